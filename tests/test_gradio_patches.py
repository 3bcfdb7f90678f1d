"""A new session costs a few milliseconds, and gets the settings that Gradio would give it anyway."""

import inspect
import re
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import gradio as gr
import numpy as np
import pytest
from gradio import component_meta, networking, processing_utils, routes, utils
from gradio.components import html
from gradio.queueing import Queue
from gradio.route_utils import GradioMultiPartParser
from gradio.state_holder import SessionState
from gradio_client.utils import apply_diff

from app import gradio_patches, line, unread
from app.main import build_demo
from tests.attacked import PATIENCE_S


@pytest.fixture(scope="module")
def demo() -> gr.Blocks:
    return build_demo()


def test_a_new_session_searches_no_script(demo: gr.Blocks, monkeypatch: pytest.MonkeyPatch) -> None:
    def search(pattern: str, script: str) -> None:
        assert len(script) < 1000, f"a long script was searched for {pattern}"

    monkeypatch.setattr(html, "re", SimpleNamespace(escape=re.escape, search=search))
    assert len(SessionState(demo).config_values) == len(demo.blocks)


def test_a_missing_attribute_says_whose_it_is(demo: gr.Blocks) -> None:
    drawn = next(block for block in demo.blocks.values() if type(block).__name__ == "DetectView")
    with pytest.raises(AttributeError, match="'DetectView' has no attribute 'no_such_thing'"):
        drawn.no_such_thing  # noqa: B018


def test_the_kept_signatures_are_the_real_ones(demo: gr.Blocks) -> None:
    kinds = {type(block) for block in demo.blocks.values()}
    assert len(kinds) > 10
    for kind in kinds:
        constructor = kind.__init__
        kept = vars(constructor).pop("__signature__")
        try:
            assert inspect.signature(constructor) == kept, kind
        finally:
            constructor.__signature__ = kept


REPLACED = {
    "stubs": (component_meta, "create_or_modify_pyi", gradio_patches.write_no_stubs),
    "addresses of visitors": (
        processing_utils, "async_ssrf_protected_download", gradio_patches.refuse_url_fetching
    ),
    "values of sessions": (SessionState, "_update_value_in_config", gradio_patches.keep_no_values),
    "halves of uploads": (GradioMultiPartParser, "parse", gradio_patches.leave_no_halves),
    "a slow first page": (networking, "url_ok", gradio_patches.start_on_a_busy_machine),
    "uploads": (routes, "upload_fn", gradio_patches.keep_what_was_uploaded),
    "differences": (utils, "diff", gradio_patches.tell_true_differences),
    "matplotlib's backend": (utils, "MatplotlibBackendMananger", gradio_patches.draw_nothing_with_matplotlib),
}  # fmt: skip


@pytest.mark.parametrize("what", REPLACED)
def test_a_gradio_without_what_we_replace_ends_the_start(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, name, replace = REPLACED[what]
    monkeypatch.delattr(owner, name)
    with pytest.raises(AttributeError, match=f"{name}"):
        replace()
    assert not hasattr(owner, name)


@pytest.mark.parametrize("name", ["push", "process_events"])
def test_a_queue_without_what_we_replace_ends_the_start(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with gr.Blocks(analytics_enabled=False) as page:
        gr.Textbox()
    page.queue()
    monkeypatch.delattr(Queue, name)
    with pytest.raises(AttributeError, match=name):
        line.stand(page, lambda _: "")


def test_a_queue_without_messages_of_sessions_ends_the_start() -> None:
    with gr.Blocks(analytics_enabled=False) as page:
        gr.Textbox()
    page.queue()
    del page._queue.pending_messages_per_session
    with pytest.raises(AttributeError, match="pending_messages_per_session"):
        unread.bound(page)


@pytest.mark.parametrize(("fails", "starts"), [(0, True), (6, True), (10**6, False)])
def test_a_first_page_that_takes_long_does_not_end_the_start(
    fails: int, starts: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def answers(url: str) -> bool:  # as Gradio's own, without its three seconds
        asked.append(url)
        return len(asked) > fails

    monkeypatch.setattr(networking, "url_ok", answers)
    gradio_patches.start_on_a_busy_machine()
    gradio_patches.start_on_a_busy_machine()  # a second page in one process
    assert networking.url_ok("http://127.0.0.1:1/") is starts
    assert len(asked) == min(fails + 1, gradio_patches.STARTS)


def test_the_first_work_of_a_page_brings_no_matplotlib_in() -> None:
    """Gradio did, on the event loop, and everybody waited."""
    code = (
        "import sys, app.environment, gradio as gr, httpx\n"
        "from app.serving import launch\n"
        "with gr.Blocks(analytics_enabled=False) as page: gr.api(lambda: None, api_name='work')\n"
        "work = launch(page, block=False) + 'gradio_api/call/work'\n"
        "event = httpx.post(work, json={'data': []}).json()['event_id']\n"
        "assert 'complete' in httpx.get(f'{work}/{event}').text\n"
        "assert 'matplotlib' not in sys.modules\n"
        "page.close()\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=PATIENCE_S)


def some_value(draw: np.random.Generator, levels: int = 4) -> Any:
    """Return random JSON: few different leaves and short lists, so that two of them are alike in many places."""
    kind = draw.integers(0, 5 if levels else 3)
    if kind < 3:
        return [int(draw.integers(0, 3)), "abc"[: draw.integers(0, 4)], bool(draw.integers(0, 2)) or None][kind]
    parts = [some_value(draw, levels - 1) for _ in range(draw.integers(0, 5))]
    return parts if kind == 3 else {"abcde"[place]: part for place, part in enumerate(parts)}


def test_differences_come_to_the_new_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """As Gradio's own client applies them, which does what its page does; Gradio's own are wrong for inner lists."""
    monkeypatch.setattr(utils, "diff", gradio_patches.GRADIOS_DIFFERENCES)
    gradio_patches.tell_true_differences()
    fewer = [{"boxes": [1, 2, 3, 4]}, {"boxes": [5, 6, 7]}], [{"boxes": [1]}, {"boxes": [5, 6]}]
    draw = np.random.default_rng(0)
    pairs = [fewer, *(([some_value(draw)], [some_value(draw)]) for _ in range(2000))]
    for old, new in pairs:
        assert apply_diff(old, utils.diff(old, new)) == new
    assert apply_diff(fewer[0], gradio_patches.GRADIOS_DIFFERENCES(*fewer)) != fewer[1]  # else the patch can go


def test_differences_send_only_what_differs() -> None:
    old, new = {"a": [1, {"b": "x"}], "c": 3}, {"a": [1, {"b": "xy"}, 4], "c": 3}
    assert gradio_patches.differences(old, new) == [["append", ["a", 1, "b"], "y"], ["add", ["a", 2], 4]]
