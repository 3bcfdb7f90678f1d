"""Why this box? One detection's map over the photo, beside the Detect tab's picture."""

from collections.abc import Callable
from typing import Any

from gradio.events import EventListener

from app.components.drawn import Drawn
from cvdemo.inside.palettes import INFERNO, VIRIDIS
from cvdemo.saliency import box_words


class BoxWhy(Drawn):
    """Closed until a ``cv:why`` event of the document names a box; null as its detail closes it.

    Events: ``ask`` wants the map of ``value.asked``, ``check`` its checks, ``stop`` ends what runs.

    The detail is ``{"key", "index", "title", "box": [x0, y0, x1, y1], "photo": {src, name, width, height}}``; the
    value is what `app.tabs.detect_why` yields; ``arrays`` is its server function of that name.
    """

    EVENTS = [EventListener("ask"), EventListener("check"), EventListener("stop")]

    def __init__(self, value: dict[str, Any], arrays: Callable[..., Any], **kwargs: Any) -> None:
        super().__init__(
            value,
            names=("range", "inside_pictures", "inside_stage", "inside_foot", "saliency_curves", "box_why"),
            class_name="box-why",
            why=box_words.WHY,
            inferno=list(INFERNO),
            viridis=list(VIRIDIS),
            server_functions=[arrays],
            **kwargs,
        )
