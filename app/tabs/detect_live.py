"""Detect, live: frames of the visitor's webcam, one at a time, answered with boxes and kept nowhere."""

import base64
import binascii
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import anyio.to_thread
import gradio as gr

from app.components.live import FRAME_SIDE, LiveDetect
from app.tabs.detect_asked import wanted
from cvdemo import catalogue, images
from cvdemo.detect.live import LiveBoxes, look, ready
from cvdemo.errors import Busy, CvDemoError, PhotoError, SettingError

FRAME_LIMIT = 400_000  # characters of base64; noise of 640 x 640 pixels has 370,000
CROWD = 16  # visitors who wait in line; more are asked to try again
NO_FRAME = "This is no frame of live video. Reload the page."
BUSY: dict[str, Any] = {"busy": True}

Look = Callable[[Any, gr.Request], Awaitable[dict[str, Any]]]


def component(model: str, settings: dict[str, Any]) -> LiveDetect:
    """Return the component, wired; ``settings`` as the browser sends them."""
    titles = {name: catalogue.get(name).title for name in catalogue.names("detect")}
    return LiveDetect({"model": model, "settings": settings, "titles": titles}, look=looking())


def looking() -> Look:
    """Return the server function of one component: first come, first served, one frame of a visitor at a time."""
    waiting_room = _WaitingRoom()

    async def look(asked: Any, request: gr.Request) -> dict[str, Any]:
        if not isinstance(asked, dict):  # an upload, too: then the request was no JSON
            return {"error": NO_FRAME}
        sent = await request.json()  # Gradio has read it already
        return await waiting_room.admit(str(sent["session_hash"]), asked)

    return look


class _WaitingRoom:
    """Frames wait here on the event loop, which costs no thread; it alone touches what is kept here."""

    def __init__(self) -> None:
        self._visitors: set[str] = set()
        self._preparing = anyio.CapacityLimiter(4)  # apart, so that a model on its way in holds up nobody else
        self._looking = anyio.CapacityLimiter(1)

    async def admit(self, visitor: str, asked: Any) -> dict[str, Any]:
        """Answer one frame, or tell its sender to wait."""
        if visitor in self._visitors or len(self._visitors) >= CROWD:
            return BUSY
        self._visitors.add(visitor)
        try:
            refusal = await anyio.to_thread.run_sync(prepare, asked, limiter=self._preparing)
            if refusal is not None:
                return refusal
            return await anyio.to_thread.run_sync(answer, asked, limiter=self._looking)
        finally:
            self._visitors.remove(visitor)


def prepare(asked: Any) -> dict[str, Any] | None:
    """Load the detector that a frame asks for; return what there is to say if that cannot be."""
    try:
        ready(_text(asked, "model"))
    except CvDemoError as error:
        return {"error": str(error)}
    return None


def answer(asked: Any) -> dict[str, Any]:
    """Answer one frame, for the browser: its boxes, ``{"busy": True}``, or ``{"error": sentence}``."""
    try:
        frame, model = _text(asked, "frame"), _text(asked, "model")
        chosen = wanted(asked.get("settings"))
        pixels = images.read_frame(_jpeg(frame), FRAME_SIDE)
        height, width = pixels.shape[:2]
        return _drawn(look(pixels, model, chosen.settings, chosen.classes), (width, height))
    except Busy:
        return BUSY
    except CvDemoError as error:
        return {"error": str(error)}


def _drawn(found: LiveBoxes, size_wh: tuple[int, int]) -> dict[str, Any]:
    rows = zip(found.boxes_xyxy.tolist(), found.labels, found.scores.tolist(), strict=True)
    return {
        "size": list(size_wh),
        "boxes": [{"box": [round(edge, 1) for edge in box], "tag": f"{name} {score:.2f}"} for box, name, score in rows],
        "detector_ms": found.network_ms,
        "nms_ms": found.nms_ms,
    }


def _text(asked: Any, name: str) -> str:
    value = asked.get(name) if isinstance(asked, dict) else None
    if not isinstance(value, str):
        raise SettingError(NO_FRAME)
    return value


def _jpeg(frame: str) -> bytes:
    if len(frame) > FRAME_LIMIT:
        raise PhotoError(f"This frame is too large: {len(frame):,} characters, {FRAME_LIMIT:,} at most.")
    try:
        return base64.b64decode(frame, validate=True)
    except (binascii.Error, ValueError) as error:
        raise PhotoError("This frame arrived damaged. Look again.") from error
