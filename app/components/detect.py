"""The Detect tab in one component: picture with boxes, player, controls and charts."""

from typing import Any

from gradio.events import EventListener

from app.components.drawn import Drawn
from cvdemo.detect import words


class DetectView(Drawn):
    """Boxes over the photo and everything that changes them.

    Events: ``again`` asks for a detector run, ``stop`` ends it.

    The value is what `app.tabs.detect_view.view` returns; ``suppress`` answers slider steps without a detector run.
    """

    EVENTS = [EventListener("again"), EventListener("stop")]

    def __init__(self, value: dict[str, Any] | None = None, suppress: Any = None, **kwargs: Any) -> None:
        super().__init__(
            value,
            names=("head", "range", "boxes", "detect"),
            class_name="detect",
            why=words.WHY,
            server_functions=[suppress] if suppress else None,
            **kwargs,
        )
