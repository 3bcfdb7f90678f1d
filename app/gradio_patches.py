"""What we change in Gradio itself, each for a reason: nothing else of it is replaced."""

import contextlib
import inspect
import os
from pathlib import Path
from types import FunctionType
from typing import Any

import gradio as gr
from gradio import component_meta, networking, processing_utils, routes, utils
from gradio.route_utils import GradioMultiPartParser
from gradio.state_holder import SessionState
from starlette.datastructures import FormData

from app import mcp, request_log
from app.uploads import uploaded
from cvdemo.errors import PhotoError

NOT_FETCHED = "Web addresses are not fetched here. Save the picture, then upload the file."
STARTS = 20  # times, three seconds each
UNREADABLE = (
    "This cannot be read: an argument is missing, too many, or none that is taken here."
    " /gradio_api/info lists the endpoints and their arguments."
)
GRADIOS_DIFFERENCES = utils.diff  # before ours takes its place: a test says when ours can go


def instead(owner: Any, name: str, ours: Any) -> None:
    """Put ``ours`` in the place of what Gradio calls ``name``.

    Raises:
        AttributeError: the installed Gradio has no such name, so what we hold off would come back without a word.
    """
    if not hasattr(owner, name):
        where = getattr(owner, "__name__", type(owner).__name__)
        raise AttributeError(
            f"This version of Gradio has no {name} in {where}, which CV Lab replaces: install the version that "
            "requirements.lock names, or see app/gradio_patches.py."
        )
    setattr(owner, name, ours)


def write_no_stubs() -> None:
    """Keep Gradio from writing a .pyi beside each file of our components at every start."""
    instead(component_meta, "create_or_modify_pyi", lambda *_: None)


def refuse_url_fetching() -> None:
    """Make Gradio fetch no address that a visitor names; pictures come by upload only."""
    instead(processing_utils, "async_ssrf_protected_download", _refuse_url)


async def _refuse_url(url: str, cache_dir: str) -> str:
    if path := mcp.own_upload(url):
        with contextlib.suppress(PhotoError):
            return str(uploaded(path))
    raise gr.Error(NOT_FETCHED, print_exception=False)


def say_what_cannot_be_read() -> None:
    """Let Gradio's own reading of arguments end in a sentence: too few of them, a file without a name, no choice.

    It takes what a visitor sent for granted there, and its errors reach nobody, or repeat what was sent.
    """
    read = gr.Blocks.preprocess_data
    if read.__name__ == "read_or_say":
        return

    async def read_or_say(blocks: gr.Blocks, block_fn: Any, inputs: Any, *rest: Any, **more: Any) -> Any:
        try:
            return await read(blocks, block_fn, inputs, *rest, **more)
        except Exception as error:
            if isinstance(error, MemoryError) or getattr(error, "message", None) == NOT_FETCHED:
                raise
            request_log.malformed(request_log.endpoint_of(block_fn.fn))
            raise gr.Error(UNREADABLE, print_exception=False) from error

    gr.Blocks.preprocess_data = read_or_say  # type: ignore[assignment, method-assign]


def start_on_a_busy_machine() -> None:
    """Let Gradio start where its first page takes long: it gave up after the first three seconds without an answer."""
    answers = networking.url_ok

    def answers_in_time(url: str) -> bool:
        return any(answers(url) for _ in range(STARTS))

    if answers.__name__ != answers_in_time.__name__:
        instead(networking, "url_ok", answers_in_time)


def draw_nothing_with_matplotlib() -> None:
    """Keep Gradio from bringing matplotlib in, on the event loop, at a page's first work: nothing here draws with it.

    It chooses matplotlib's backend around each call; the import took 0.4 s of the first answer.
    """
    instead(utils, "MatplotlibBackendMananger", contextlib.nullcontext)


def leave_no_halves() -> None:
    """Let Gradio remove the temporary files of an upload that ends in any error: a full disk, a client who leaves."""
    parse = GradioMultiPartParser.parse

    async def parse_or_remove(parser: GradioMultiPartParser) -> FormData:
        try:
            return await parse(parser)
        except BaseException:
            for file in parser._files_to_close_on_error:
                with contextlib.suppress(OSError):  # closing writes what is left, and may fail the same way
                    file.close()
                Path(file.name).unlink(missing_ok=True)
            raise

    if parse.__name__ != parse_or_remove.__name__:
        instead(GradioMultiPartParser, "parse", parse_or_remove)


def keep_what_was_uploaded() -> None:
    """Let an upload make its folder anew where the janitor took that, empty as it was, just before the file came.

    Gradio tried again after its answer, without the folder: the photo was lost, and the connection with it.
    """
    upload = routes.upload_fn

    async def upload_and_stay(*given: Any, **more: Any) -> tuple[list[Any], list[Any], list[Any]]:
        files, left, places = await upload(*given, **more)
        for file, place in list(zip(left, places, strict=True)):
            with contextlib.suppress(OSError):  # on another file system Gradio copies it after its answer
                Path(place).parent.mkdir(parents=True, exist_ok=True)
                os.rename(file, place)
                left.remove(file)
                places.remove(place)
        return files, left, places

    if upload.__name__ != upload_and_stay.__name__:
        instead(routes, "upload_fn", upload_and_stay)


def know_signatures(demo: gr.Blocks) -> None:
    """Keep the signatures of all blocks' constructors, so that new sessions are cheap.

    Gradio writes down the settings of every block for each of them, on the event loop; to ask for the signatures
    again and again was half of that work.
    ``inspect.signature`` returns ``__signature__`` where a function has it.
    """
    kinds = {kind for block in demo.blocks.values() for kind in type(block).__mro__}
    for kind in kinds:
        constructor = vars(kind).get("__init__")
        if isinstance(constructor, FunctionType):
            constructor.__signature__ = inspect.signature(constructor)  # type: ignore[attr-defined]


def keep_no_values() -> None:
    """Let Gradio forget what a visitor's components last held: it kept up to 12 MB a component and session.

    Only its deep links read that, which the guard hides. `gr.State` lies elsewhere and stays.
    """
    instead(SessionState, "_update_value_in_config", lambda *_: None)


def tell_true_differences() -> None:
    """Let Gradio send right differences between two values that one event yields.

    Its own count the items that go from an inner list for the outer one, too: ``[[1, 2], [3, 4]]`` made
    ``[[1], [3]]`` came as ``[[1], [4]]``.
    """
    instead(utils, "diff", differences)


def differences(old: Any, new: Any, path: tuple[str | int, ...] = ()) -> list[list[Any]]:
    """Return what makes ``new`` out of ``old``, as Gradio's browser and client apply it, one after the other.

    Args:
        old: what was sent last, plain JSON.
        new: what is to be sent now.
        path: where both lie in the whole.

    Returns:
        ``[action, path, value]`` each; of the items of a list that go the last comes first, so that the others keep
        their places.
    """
    if old == new:  # quick for what is large and stays
        return []
    if type(old) is not type(new):
        return [["replace", list(path), new]]
    if isinstance(old, dict):
        within = [edit for key in old if key in new for edit in differences(old[key], new[key], (*path, key))]
        gone = [["delete", [*path, key], None] for key in old if key not in new]
        return within + gone + [["add", [*path, key], new[key]] for key in new if key not in old]
    if isinstance(old, list):
        both = enumerate(zip(old, new, strict=False))
        within = [edit for place, pair in both for edit in differences(*pair, (*path, place))]
        gone = [["delete", [*path, place], None] for place in range(len(old) - 1, len(new) - 1, -1)]
        return within + gone + [["add", [*path, place], new[place]] for place in range(len(old), len(new))]
    if isinstance(old, str) and new.startswith(old):
        return [["append", list(path), new[len(old) :]]]
    return [["replace", list(path), new]]
