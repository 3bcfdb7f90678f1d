"""What a request's body may hold: read once before a deadline, counted before anybody parses it.

Twelve megabytes of ``[],[],[]`` become gigabytes of Python objects, and Gradio parses them on the event loop. So a body
of JSON is bounded in bytes while it arrives, and in values and depth by one pass over its bytes.
"""

import asyncio
import re
import time
from collections.abc import Callable
from typing import Final

from starlette.types import Message, Receive

JSON_BYTES: Final = 256 * 1024  # the page's own largest has 155 KB
FRAME_BYTES: Final = 450 * 1024  # a frame of live video is one long text
PHOTO_BYTES: Final = 14 * 1024 * 1024  # a photo in a tool's call is one, too
VALUES: Final = 20_000
DEPTH: Final = 50

# Possessive, so that nothing is tried twice; a text without an end reaches to the end of the body.
_TEXT = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_BRACKET = re.compile(rb"[\[\]{}]")


_DIGITS = bytes(ord("0") if chr(byte).isdigit() and byte < 128 else 32 for byte in range(256))
_HUGE = re.compile(rb"(?<![\d.eE+])\d{19}")  # before the point: more than 64 bits hold


class TooMuch(Exception):
    """The body is larger than its limit, or unpacks to more than `VALUES` values or `DEPTH` levels."""


class NoSuchNumber(Exception):
    """The body holds a number of so many digits that no part of it could be worked with or sent back."""


def check(body: bytes) -> None:
    """Refuse a body that would unpack to too much; what is no JSON at all is left to whoever parses it.

    Raises:
        TooMuch: more than 20,000 values, deeper than 50, or written in UTF-16 or UTF-32, where this count would miss.
        NoSuchNumber: 19 digits in a row, outside texts, before a point.
    """
    if b"\0" in body:  # never part of JSON in UTF-8
        raise TooMuch
    _count(body)
    if b"0" * 19 in body.translate(_DIGITS):  # seldom, and mostly inside a text: a name, a photo
        bare = _TEXT.sub(b'""', body)
        if len(bare) > JSON_BYTES:
            raise TooMuch
        if _HUGE.search(bare):
            raise NoSuchNumber


def _count(body: bytes) -> None:
    if _marks(body) <= DEPTH:
        return
    if body.count(b'"') - body.count(b'\\"') > 4 * VALUES:  # a value and its name are two texts
        raise TooMuch
    bare = _TEXT.sub(b'""', body)
    if _marks(bare) + 1 > VALUES or len(bare) > JSON_BYTES or _depth(bare) > DEPTH:
        raise TooMuch


def _marks(body: bytes) -> int:
    """Count what can come before a value: each but the outermost follows a comma or the opening of a list or object."""
    return body.count(b",") + body.count(b"[") + body.count(b"{")


def _depth(bare: bytes) -> int:
    deepest = depth = 0
    for bracket in _BRACKET.findall(bare):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


class Body:
    """The ``receive`` of one request: can be read ahead and then replayed, and must arrive before a deadline."""

    def __init__(self, receive: Receive, deadline_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._receive = receive
        self._clock = clock
        self._ends_s = clock() + deadline_s
        self._ahead: list[Message] = []
        self._complete = False
        self.late = False

    async def whole(self, limit: int) -> bytes:
        """Read everything there is and keep it for the application; a cut-off body is returned as it stands.

        Raises:
            TooMuch: more than ``limit`` bytes; what had come is let go.
        """
        count = 0
        while not self._complete:
            self._ahead.append(await self._next())
            count += len(self._ahead[-1].get("body", b""))
            if count > limit:
                self._ahead.clear()
                raise TooMuch
        return b"".join(message.get("body", b"") for message in self._ahead)

    async def __call__(self) -> Message:
        return self._ahead.pop(0) if self._ahead else await self._next()

    async def _next(self) -> Message:
        if self._complete:
            return await self._receive()
        try:
            message = await asyncio.wait_for(self._receive(), self._ends_s - self._clock())
        except TimeoutError:
            self.late = True
            raise
        self._complete = not message.get("more_body", False)
        return message
