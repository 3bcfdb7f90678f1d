"""The Detect tab in one component: picture with boxes, player, controls and charts."""

from collections.abc import Callable, Sequence
from typing import Any

from gradio.events import EventListener

from app.components.drawn import Drawn
from app.components.photo_copies import scene_rows
from cvdemo.detect import words

QUESTION = "What did the detector find, and what did NMS throw away?"
SCRIPTS = (
    "head", "range", "boxes", "boxes_png", "detect_charts", "detect_player", "detect_pane", "detect_settings",
    "detect_extras", "detect_controls", "detect",
)  # fmt: skip


class DetectView(Drawn):
    """Boxes over the photo and everything that changes them.

    Events: ``again`` asks for a detector run, ``fetch`` for one that may download, ``stop`` ends it.

    The value is what `app.tabs.detect` yields, with a pane of `app.tabs.detect_view` for each detector; ``steps`` are
    the server functions of `app.tabs.detect_steps`, which answer without a detector run.
    """

    EVENTS = [EventListener("again"), EventListener("fetch"), EventListener("stop")]

    def __init__(
        self, value: dict[str, Any] | None = None, steps: Sequence[Callable[..., Any]] = (), **kwargs: Any
    ) -> None:
        super().__init__(
            value,
            names=SCRIPTS,
            class_name="detect",
            question=QUESTION,
            why=words.WHY,
            hint=words.HINT,
            scenes=scene_rows(),
            server_functions=list(steps),
            **kwargs,
        )
