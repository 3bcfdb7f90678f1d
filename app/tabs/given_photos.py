"""What cards that take photos share: who asks, which files a question names, each read once and then let go."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import anyio
import anyio.to_thread
import gradio as gr

from app.disk import LEDGER
from app.uploads import uploaded
from cvdemo.errors import SettingError
from cvdemo.images.door import contents

FILES: Final = 20  # of one question
OURS: Final = re.compile(r"teach-[0-9a-z]{6,}|[0-9a-f]{16}\.zip")  # uploads that nobody needs once they are read
UNREADABLE: Final = "The page and the server do not understand each other. Reload the page."

Ask = dict[str, Any]
_looking = anyio.CapacityLimiter(2)  # of its own, so that decoding holds up no other question


async def answered(answer: Callable[[Ask], dict[str, Any]], asked: Any, request: gr.Request) -> dict[str, Any]:
    """Return what ``answer`` says to a question with the ``session`` of the page that asks."""
    sent = await request.json()  # Gradio has read it already
    question = {**(asked if isinstance(asked, dict) else {}), "session": str(sent.get("session_hash") or "")}
    return await anyio.to_thread.run_sync(answer, question, limiter=_looking)


def text(asked: Ask, name: str, longest: int = 4096) -> str:
    """Return a text of a question.

    Raises:
        SettingError: there is none, or it is too long.
    """
    value = asked.get(name)
    if not isinstance(value, str) or len(value) > longest:
        raise SettingError(UNREADABLE)
    return value


def rows(asked: Ask, name: str) -> list[Any]:
    """Return a list of a question, of at most `FILES`.

    Raises:
        SettingError: there is none, or it is too long.
    """
    value = asked.get(name)
    if not isinstance(value, list) or len(value) > FILES:
        raise SettingError(UNREADABLE)
    return value


def files(asked: Ask) -> Iterator[tuple[str, bytes]]:
    """Return name and bytes of each upload that a question names under ``files``; each is let go once it is read.

    Raises:
        SettingError: the question is none.
        PhotoError: one of them is no upload; then none is let go.
    """
    named = [row for row in rows(asked, "files") if isinstance(row, dict)]
    paths = [(Path(text(row, "name")).name, uploaded(text(row, "path"))) for row in named]
    return ((name, _read(path)) for name, path in paths)


def _read(path: Path) -> bytes:
    try:
        return contents(path)
    finally:
        let_go(path)


def let_go(path: Path) -> None:
    """Delete an upload of a card like this; the rail's may still be shown."""
    if OURS.fullmatch(path.name):
        LEDGER.release(path)
