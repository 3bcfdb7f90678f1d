"""The Detect tab in one component: picture with boxes, player, controls and charts."""

from typing import Any

from app.components import chart
from app.components.lab_view import LabView
from app.components.photo_copies import scene_rows
from cvdemo.detect import words

QUESTION = "What did the detector find, and what did NMS throw away?"
SCRIPTS = (
    *chart.SCRIPTS, "head", "range", "boxes", "boxes_png", "detect_charts", "detect_player", "detect_pick",
    "detect_pane", "detect_settings", "detect_extras", "detect_controls", "detect",
)  # fmt: skip


class DetectView(LabView):
    """Boxes over the photo and everything that changes them; the value holds a pane for each detector."""

    def __init__(self, value: dict[str, Any] | None = None, look: Any = None, **kwargs: Any) -> None:
        super().__init__(value, look, why=words.WHY, hint=words.HINT, scenes=scene_rows(), **kwargs)
