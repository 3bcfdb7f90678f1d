"""The Detect tab in one component: picture with boxes, player, controls and charts."""

from typing import Any

from gradio.events import EventListener

from app.components.drawn import Drawn

WHY = (
    "A detector proposes many windows for the same thing. Non-maximum suppression keeps the best-scoring window and "
    "removes every other one that overlaps it by more than the IoU limit, then goes on to the next best."
)


class DetectView(Drawn):
    """Boxes over the photo and everything that changes them; events: ``again`` asks for a detector run, ``stop`` ends it.

    The value is what `app.tabs.detect_view.view` returns; ``suppress`` answers slider steps without a detector run.
    """

    EVENTS = [EventListener("again"), EventListener("stop")]

    def __init__(self, value: dict[str, Any] | None = None, suppress: Any = None, **kwargs: Any) -> None:
        super().__init__(
            value,
            names=("head", "range", "boxes", "detect"),
            class_name="detect",
            why=WHY,
            server_functions=[suppress] if suppress else None,
            **kwargs,
        )
