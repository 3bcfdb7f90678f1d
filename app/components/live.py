"""A webcam, live: one frame in flight, half a minute at most, nothing kept."""

from typing import Any

from app.components.drawn import Drawn
from app.doors import on_spaces

FRAME_SIDE = 640  # pixels of a frame's longer side
SECONDS = 30


class Live(Drawn):
    """The webcam, closed until the visitor opens it; ``SCRIPT`` says what is done with its frames.

    ``look`` answers ``{"frame": JPEG in base64, ...}``; see `app.live_frames`. The camera is given back after 30 s, and
    when the visitor stops, closes it or goes away.
    """

    SCRIPT = ""
    CLASS = ""
    TAB = ""

    def __init__(
        self, value: dict[str, Any] | None = None, look: Any = None, seconds: float = SECONDS, **kwargs: Any
    ) -> None:
        super().__init__(
            value,
            names=(self.SCRIPT, "live_camera"),
            class_name=self.CLASS,
            server_functions=[look] if look else None,
            tab=self.TAB,
            side=FRAME_SIDE,
            seconds=seconds,
            privacy=f"Frames {'go to this server only' if on_spaces() else 'stay on this machine'} and are not kept.",
            **kwargs,
        )


class LiveDetect(Live):
    """The webcam with a detector's boxes over it.

    Value: ``{"model": name, "settings": as the Detect tab keeps them, "titles": {name: title}}``; it counts from the
    next frame on. A ``cv:detect`` event of the document, with ``{"model", "settings"}`` as its detail, does the same
    from within the page.
    """

    SCRIPT, CLASS, TAB = "live_boxes", "live live-detect", "detect"


class LiveSpeed(Live):
    """The webcam with what each of several models says, and how many frames a second it could follow.

    Value: ``{"models": names}``. A ``cv:latency`` event of the document, with ``{"models"}`` as its detail, chooses
    others.
    """

    SCRIPT, CLASS, TAB = "live_speed", "live live-speed", "latency"


class LiveTaught(Live):
    """The webcam with what each newly taught head calls it.

    Value: ``{"key": of the lesson}``. A ``cv:taught`` event of the document tells another one.
    """

    SCRIPT, CLASS, TAB = "live_taught", "live live-taught", "teach"
