"""ZeroGPU of Hugging Face: a lab's networks run in a forked process that has a GPU for some seconds.

The page's own process has no GPU there. `on_gpu` marks the functions whose networks shall run on it; everywhere else
it changes nothing. A marked function is called as ever: what is known already is answered here, what is not goes to
the GPU's process with its arguments pickled, and comes back with its progress, its result and what it kept.
"""

import contextlib
import functools
import inspect
import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar

from cvdemo import catalogue, compute, models, results, weights
from cvdemo.errors import Busy, CvDemoError, Stopped
from cvdemo.notices import gathered, tell

P = ParamSpec("P")
T = TypeVar("T")

LONGEST_S = 30.0  # of one call: shorter ones come first in ZeroGPU's line
MARGIN_S = 2.0  # for what must still be sent back
LOOK_S = 0.1
TOO_LONG = "This took longer than the GPU is lent for. Choose fewer or smaller models, then try again."

LABS: dict[str, tuple[Callable[..., Any], Callable[..., float]]] = {}
"""The marked functions as they are, with their seconds, by module and name."""

_in_worker = False


def present() -> bool:
    """Return whether this is a Space with ZeroGPU; ``spaces`` was imported first there."""
    return os.environ.get("SPACES_ZERO_GPU", "").lower() in ("1", "t", "true") and "spaces" in sys.modules


def on_gpu(seconds: Callable[..., float], named: bool = True) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Mark a function whose networks shall run on ZeroGPU.

    Its arguments and its result must be picklable, but for ``progress``, which stays here.

    Args:
        seconds: from the same arguments by name, how long it asks the GPU for; never more than `LONGEST_S`.
        named: its ``progress`` is told which model a step is of.
    """

    def mark(lab: Callable[P, T]) -> Callable[P, T]:
        LABS[f"{lab.__module__}.{lab.__qualname__}"] = (lab, seconds)
        return through(lab, seconds, named, sys.modules["spaces"].GPU) if present() else lab

    return mark


def through(lab: Callable[P, T], seconds: Callable[..., float], named: bool, gpu: Any) -> Callable[P, T]:
    """Return ``lab`` as it runs through the decorator ``gpu`` of the package spaces."""

    def duration(missing: object = None, **arguments: Any) -> float:
        return min(LONGEST_S, seconds(**arguments))

    def there(missing: dict[str, CvDemoError], **arguments: Any) -> Iterator[tuple[str, Any]]:
        yield from in_worker(lab, arguments, duration(**arguments) - MARGIN_S, missing)

    task = gpu(duration=duration)(there)

    @functools.wraps(lab)
    def here(*args: P.args, **kwargs: P.kwargs) -> T:
        if _in_worker:
            return lab(*args, **kwargs)
        with contextlib.suppress(models.NeedsModel):
            return _from_what_is_known(lab, args, kwargs)
        arguments = inspect.signature(lab).bind(*args, **kwargs).arguments
        progress = arguments.pop("progress", None)
        missing = _fetched(arguments, progress, named)  # a download costs the visitor no GPU time
        if missing:
            with contextlib.suppress(models.NeedsModel), _told_of(models.unavailable, missing):
                return _from_what_is_known(lab, args, kwargs)
        with closing(task(missing=missing, **arguments)) as steps:
            return _answer(steps, progress)

    return here


def place(names: Iterable[str]) -> None:
    """Put models on ZeroGPU's device before the page is launched, so that its processes find them there."""
    if not present():
        return
    compute.choose(_gpu())
    try:
        for name in names:
            with models.borrow(name):
                pass
    finally:
        compute.choose("cpu")


def _gpu() -> str:
    return os.environ.get("CV_LAB_DEVICE") or "cuda"


def _from_what_is_known(lab: Callable[..., T], args: Any, kwargs: Any) -> T:
    with _told_of(models.only_known, True):
        return lab(*args, **kwargs)


@contextlib.contextmanager
def _told_of(variable: ContextVar[T], value: T) -> Iterator[None]:
    token = variable.set(value)
    try:
        yield
    finally:
        variable.reset(token)


def _fetched(arguments: dict[str, Any], progress: Callable[..., None] | None, named: bool) -> dict[str, CvDemoError]:
    """Fetch what a call needs; return the models that cannot be had, and why: the others may answer all the same."""
    missing: dict[str, CvDemoError] = {}
    for spec in _not_here(arguments):
        try:
            weights.fetch(spec, functools.partial(progress, spec.name) if progress and named else progress)
        except Stopped:
            raise
        except CvDemoError as error:
            missing[spec.name] = error
    return missing


def _not_here(arguments: dict[str, Any]) -> Iterator[catalogue.ModelSpec]:
    """Yield the models among a call's arguments whose weights must be fetched: none where random ones are wanted."""
    known = set(catalogue.names())
    for value in arguments.values():
        if arguments.get("random") or getattr(value, "random", False):
            continue
        texts = value if isinstance(value, tuple | list) else [getattr(value, "model", value)]
        for name in texts:
            if isinstance(name, str) and name in known and weights.state(catalogue.get(name)) == "download":
                yield catalogue.get(name)


def _answer(steps: Iterator[tuple[str, Any]], progress: Callable[..., None] | None) -> Any:
    """Pass progress on, and return or raise what the GPU's process did."""
    for kind, value in steps:
        if kind == "step" and value is not None and progress is not None:
            progress(*value)
        elif kind == "failed":
            raise value
        elif kind == "done":
            result, written, sentences = value
            results.replay(written)
            for sentence in sentences:
                tell(sentence)
            return result
    raise Busy("The GPU was taken away before the answer was there. Try again in a minute.")


def in_worker(
    lab: Callable[..., Any], arguments: dict[str, Any], limit_s: float, missing: dict[str, CvDemoError]
) -> Iterator[tuple[str, Any]]:
    """Run ``lab`` in the GPU's process; yield its steps and its outcome, at the latest after ``limit_s`` seconds.

    Args:
        missing: models that cannot be had, and why.

    Yields:
        ("step", what it reported or None), ("failed", a sentence) or ("done", (result, recording, notices)).

    Raises:
        TimeoutError: after the sentence, so that this process, which still computes, is not used again.
    """
    prepare()
    ends_s = time.monotonic() + limit_s
    told: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
    gone = threading.Event()

    def report(*step: Any) -> None:
        if gone.is_set() or time.monotonic() > ends_s:
            raise Stopped(TOO_LONG)
        told.put(("step", step))

    threading.Thread(target=_run, args=(lab, arguments, missing, report, told), daemon=True).start()
    try:
        while True:
            try:
                kind, value = told.get(timeout=max(0.0, min(LOOK_S, ends_s - time.monotonic())))
            except queue.Empty:
                if time.monotonic() < ends_s:
                    yield "step", None
                    continue
                yield "failed", Busy(TOO_LONG)
                raise TimeoutError(f"{lab.__name__} is still running after {limit_s} s") from None
            if kind == "broken":
                raise value
            yield kind, value
            if kind != "step":
                return
    finally:
        gone.set()


def _run(
    lab: Callable[..., Any],
    arguments: dict[str, Any],
    missing: dict[str, CvDemoError],
    report: Any,
    told: "queue.SimpleQueue[Any]",
) -> None:
    models.unavailable.set(missing)  # of this thread, which does nothing else
    wants = {"progress": report} if "progress" in inspect.signature(lab).parameters else {}
    try:
        with gathered() as sentences, results.recording() as written:
            result = lab(**arguments, **wants)
        told.put(("done", (result, written, sentences)))
    except Stopped as error:
        told.put(("failed", Busy(str(error))))
    except CvDemoError as error:
        told.put(("failed", error))
    except BaseException as error:  # noqa: BLE001 - handed to the process's own loop, which raises it
        told.put(("broken", error))


def prepare() -> None:
    """Make a forked process fit to compute; does nothing the second time, and nothing outside ZeroGPU."""
    global _in_worker
    if _in_worker or not present():
        return
    import torch

    _in_worker = True
    os.environ["CV_LAB_ENGINE"] = "torch"
    compute.choose(_gpu())
    compute.renew()
    results.renew()
    torch.set_num_threads(1)  # the threads of OpenMP stayed behind in the page's process


if present():
    compute.choose("cpu")
