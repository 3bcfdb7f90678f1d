"""Boxes over the live picture of a webcam: one frame in flight, half a minute at most, nothing kept."""

import os
from typing import Any

from app.components.drawn import Drawn

FRAME_SIDE = 640  # pixels of a frame's longer side
SECONDS = 30


class LiveDetect(Drawn):
    """The webcam with a detector's boxes over it, closed until the visitor opens it.

    Value: ``{"model": name, "settings": as the Detect tab keeps them, "titles": {name: title}}``; it counts from the
    next frame on. A ``cv:detect`` event of the document, with ``{"model", "settings"}`` as its detail, does the same
    from within the page. ``look`` answers ``{"frame": JPEG in base64, "model", "settings"}``; see
    `app.tabs.detect_live`. The camera is given back after 30 s, and when the visitor stops, closes it or goes away.
    """

    def __init__(
        self, value: dict[str, Any] | None = None, look: Any = None, seconds: float = SECONDS, **kwargs: Any
    ) -> None:
        on_space = os.environ.get("SYSTEM") == "spaces" or bool(os.environ.get("SPACE_ID"))
        super().__init__(
            value,
            names=("live",),
            class_name="live-detect",
            server_functions=[look] if look else None,
            tab="detect",
            side=FRAME_SIDE,
            seconds=seconds,
            privacy=f"Frames {'go to this server only' if on_space else 'stay on this machine'} and are not kept.",
            **kwargs,
        )
