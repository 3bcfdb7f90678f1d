"""Frames of the visitor's webcam: taken in one at a time, first come, first served, and kept nowhere."""

import base64
import binascii
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, TypeVar

import anyio
import anyio.to_thread
import gradio as gr
from numpy import uint8
from numpy.typing import NDArray

from app import request_log
from app.components.live import FRAME_SIDE
from app.upload_door import CLIENT
from cvdemo import images
from cvdemo.errors import Busy, CvDemoError, PhotoError, SettingError

FRAME_LIMIT = 400_000  # characters of base64; noise of 640 x 640 pixels has 370,000
CROWD = 16  # visitors who wait in line; more are asked to try again
PLACES = 4  # of one address there: a session's name can be invented, and behind one address the next frame gets in
NO_FRAME = "This is no frame of live video. Reload the page."
BUSY: dict[str, Any] = {"busy": True}

ServerFunction = Callable[[Any, gr.Request], Awaitable[dict[str, Any]]]
Prepare = Callable[[Any], dict[str, Any] | None]
"""Gets ready for a frame, which may take long; returns what there is to say if that cannot be."""
Answer = Callable[[Any], dict[str, Any]]
T = TypeVar("T", bound=dict[str, Any] | None)


def says_why(function: Callable[[Any], T]) -> Callable[[Any], T | dict[str, Any]]:
    """Return a function of a frame whose refusals are answers too: ``{"busy": True}``, or ``{"error": sentence}``."""

    @wraps(function)
    def told(asked: Any) -> T | dict[str, Any]:
        try:
            return function(asked)
        except Busy:
            return BUSY
        except CvDemoError as error:
            return {"error": str(error)}

    return told


def one_at_a_time(prepare: Prepare, answer: Answer) -> ServerFunction:
    """Return the server function of one component: first come, first served, one frame of a visitor at a time."""
    waiting_room = WaitingRoom(prepare, answer)

    async def look(asked: Any, request: gr.Request) -> dict[str, Any]:
        if not isinstance(asked, dict):  # an upload, too: then the request was no JSON
            return {"error": NO_FRAME}
        sent = await request.json()  # Gradio has read it already
        return await waiting_room.admit(str(sent["session_hash"]), asked, request.scope.get(CLIENT, ""))

    return look


class WaitingRoom:
    """Frames wait here on the event loop, which costs no thread; it alone touches what is kept here."""

    def __init__(self, prepare: Prepare, answer: Answer) -> None:
        self._prepare, self._answer = prepare, answer
        self._visitors: dict[str, str] = {}  # session -> address
        self._preparing = anyio.CapacityLimiter(4)  # apart, so that a model on its way in holds up nobody else
        self._looking = anyio.CapacityLimiter(1)

    async def admit(self, visitor: str, asked: Any, address: str = "") -> dict[str, Any]:
        """Answer one frame, or tell its sender to wait; where the ``address`` is not known, it is not counted."""
        full = bool(address) and Counter(self._visitors.values())[address] >= PLACES
        if full or visitor in self._visitors or len(self._visitors) >= CROWD:
            request_log.count("frames told to wait")
            return BUSY
        self._visitors[visitor] = address
        try:
            with request_log.noted(request_log.endpoint_of(self._answer), quick=True) as note:
                told = await anyio.to_thread.run_sync(self._prepare, asked, limiter=self._preparing)
                if told is None:
                    told = await anyio.to_thread.run_sync(self._answer, asked, limiter=self._looking)
                if "error" in told:
                    note.outcome = "refused"
                return told
        finally:
            del self._visitors[visitor]


def text(asked: Any, name: str) -> str:
    """Return a text out of what the browser sent.

    Raises:
        SettingError: there is none.
    """
    value = asked.get(name) if isinstance(asked, dict) else None
    if not isinstance(value, str):
        raise SettingError(NO_FRAME)
    return value


def pixels(asked: Any) -> NDArray[uint8]:
    """Return the frame that the browser sent, uint8 RGB (H, W, 3).

    Raises:
        SettingError, PhotoError: there is none, or it is too large or damaged.
    """
    return images.read_frame(jpeg(text(asked, "frame")), FRAME_SIDE)


def jpeg(frame: str) -> bytes:
    """Return the bytes of a frame that came as base64.

    Raises:
        PhotoError: it is too long, or no base64.
    """
    if len(frame) > FRAME_LIMIT:
        raise PhotoError(f"This frame is too large: {len(frame):,} characters, {FRAME_LIMIT:,} at most.")
    try:
        return base64.b64decode(frame, validate=True)
    except (binascii.Error, ValueError) as error:
        raise PhotoError("This frame arrived damaged. Look again.") from error
