"""Faults and warnings of every library: one bounded line of JSON each, with kind and place, never a value.

A traceback ends in an exception's message, and that often repeats what a visitor sent: a path, a name, a whole body.
So nothing of the program's logging, warnings and printed tracebacks gets out but names of types, files and functions.
"""

import json
import logging
import os
import re
import sys
import threading
import time
import traceback
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final, TextIO

from app import request_log

EVERY_S: Final = 1.0  # for each kind
KINDS: Final = 256
PLACES: Final = 8
LONGEST: Final = 100  # characters of a name
ROOT: Final = Path(__file__).parent.parent.as_posix() + "/"

_lock = threading.Lock()
_told: OrderedDict[tuple[str, ...], tuple[float, int]] = OrderedDict()  # kind -> when last, how many since
_stream: TextIO = sys.stderr
_call_handlers = logging.Logger.callHandlers


def begin(environ: Mapping[str, str] = os.environ, stream: TextIO | None = None) -> None:
    """Begin the request log, and take over all else that this process would write about faults, for good.

    CV_LAB_LOG=full and `make dev` leave faults as they are: for developers.
    """
    global _stream
    request_log.begin(environ, stream)
    if environ.get("CV_LAB_LOG") == "full" or environ.get("GRADIO_WATCH_DIRS"):
        return
    _stream = stream or sys.stderr
    logging.Logger.callHandlers = _heard  # type: ignore[assignment, method-assign]
    logging.captureWarnings(True)
    traceback.print_exc = _printed
    traceback.print_exception = _printed
    threading.excepthook = lambda fault: _fault("thread", fault.exc_value)
    sys.unraisablehook = lambda fault: _fault("collector", fault.exc_value)
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "gradio":  # it prints messages of errors and names of files
            vars(module)["print"] = _unprinted


def _heard(logger: logging.Logger, record: logging.LogRecord) -> None:
    """Stand in for ``Logger.callHandlers``, which every record of every logger passes."""
    if logger is request_log.LOG:
        _call_handlers(logger, record)
    elif record.levelno >= logging.WARNING:
        own = record.name.partition(".")[0] in ("app", "cvdemo")
        what = record.msg if own and isinstance(record.msg, str) else None  # a template: arguments stay out
        fault = record.exc_info[1] if record.exc_info else None
        event = "fault" if record.levelno >= logging.ERROR else "warning"
        note(event, record.name, fault, f"{_short(record.pathname)}:{record.lineno}", what)


def _printed(*_: Any, **__: Any) -> None:
    _fault("traceback", sys.exc_info()[1])


def _unprinted(*_: Any, **__: Any) -> None:
    """Stand in for ``print``."""


def _fault(source: str, fault: BaseException | None) -> None:
    note("fault", source, fault, "")


def note(
    event: str,
    source: str,
    fault: BaseException | None,
    place: str,
    what: str | None = None,
    now: Callable[[], float] = time.monotonic,
) -> None:
    """Write a line, unless one of the same kind was written less than a second ago: then the next one counts this.

    Args:
        event: fault or warning.
        source: the logger, or how else it was heard of.
        fault: the exception, of which the types and places are told.
        place: where it was said, for what has no traceback.
        what: a sentence of our own without anything filled in.
    """
    types, places = _types(fault), [*_places(fault.__traceback__ if fault else None)] or [place]
    kind = (source[:LONGEST], types, places[-1])
    with _lock:
        request_log.count(f"{event}s")
        told_s, more = _told.get(kind, (float("-inf"), 0))
        if now() - told_s < EVERY_S:
            _told[kind] = (told_s, more + 1)
            return
        _told[kind] = (now(), 0)
        _told.move_to_end(kind)
        if len(_told) > KINDS:
            _told.popitem(last=False)
        facts = {"from": kind[0], "error": types or None, "what": what and what[:300], "at": places, "more": more}
        stamp = datetime.now(UTC).isoformat(timespec="milliseconds")
        try:
            _stream.write(json.dumps({"time": stamp, "event": event, **facts}) + "\n")
            _stream.flush()
        except (OSError, ValueError):  # a full disk, or nobody reads any more
            request_log.count("lines lost")


def _types(fault: BaseException | None) -> str:
    """Return the names of an exception and of up to two that it came from."""
    names: list[str] = []
    while fault is not None and len(names) < 3:
        names.append(type(fault).__name__[:LONGEST])
        fault = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
    return " from ".join(names)


def _places(trace: TracebackType | None) -> Iterator[str]:
    """Return the innermost places of a traceback, the last one where it happened."""
    frames: deque[tuple[str, int, str]] = deque(maxlen=PLACES)
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append((code.co_filename, trace.tb_lineno, code.co_name))
        trace = trace.tb_next
    for file, line, function in frames:
        yield f"{_short(file)}:{line} {function[:40]}"


def _short(file: str) -> str:
    """Return a file's name without what leads to the program, its packages or Python."""
    name = file.replace("\\", "/").rpartition("site-packages/")[2].removeprefix(ROOT)
    return re.sub(r".*/lib/python3\.\d+/", "", name)[-LONGEST:]
