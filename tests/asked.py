"""Calls as the page makes them, and what counts as a sentence in their answers."""

import json
import re
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx

from tests.attacked import Visitor

FORBIDDEN = re.compile(r"Traceback|<class|\.py\b|Error:|object has no|unhashable|NoneType|must be real")
LONGEST_S = 1.0


def is_sentence(told: object) -> bool:
    """Whether a refusal is made of words for a visitor."""
    return isinstance(told, str) and len(told) > 10 and told[-1] in ".?" and not FORBIDDEN.search(told)


def ask_event(visitor: Visitor, session: str, content: str) -> dict[str, Any]:
    """Put an event into the queue, and return how it ended; what takes long is stopped, as visitors do."""
    answer = unhurried(visitor, "queue/join", content)
    if answer.status_code != 200:
        return {"success": False, "output": {"error": answer.json()["detail"]}}
    body = {**answer.json(), "session_hash": session, "fn_index": json.loads(content)["fn_index"]}
    stopping = threading.Timer(LONGEST_S, lambda: visitor.post("/gradio_api/cancel", json=body))
    stopping.start()
    try:
        return outcome(visitor, session)
    finally:
        stopping.cancel()


def unhurried(visitor: Visitor, path: str, content: str) -> httpx.Response:
    """Post, and again a little later when that was faster than the guard or the queue allows."""
    while True:
        headers = {"Content-Type": "application/json"}
        answer = visitor.post(f"/gradio_api/{path}", content=content, headers=headers)
        if answer.status_code not in (429, 503):
            return answer
        time.sleep(0.2)


def outcome(visitor: Visitor, session: str) -> dict[str, Any]:
    """Return how the one piece of work of a session ended, once the server has closed the stream that tells it.

    Who leaves a stream before takes the session's next work along.
    """
    done = None
    with visitor.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as stream:
        for line in _lines(stream):
            told = json.loads(line.removeprefix("data:")) if line.startswith("data:") else {"msg": ""}
            assert told["msg"] != "unexpected_error", told
            done = told if told["msg"] == "process_completed" else done
    assert done is not None, "the stream ended without an answer"
    return dict(done)


def _lines(stream: httpx.Response) -> Iterator[str]:
    """Return a stream's lines; httpx's own also end at signs that may stand in a text, such as U+0085."""
    rest = ""
    for part in stream.iter_text():
        *lines, rest = (rest + part).split("\n")
        yield from lines


def faults(visitor: Visitor) -> int:
    """Return how many faults of its own the program has counted."""
    counts = visitor.get("/healthz").json()["requests"]
    return int(counts.get("failed", 0) + counts.get("faults", 0))
