"""Why this box? One detection's map over the photo, beside the Detect tab's picture."""

from gradio.events import EventListener

from app.components.lab_view import LabView
from cvdemo.inside.palettes import INFERNO, VIRIDIS
from cvdemo.saliency import box_words

SCRIPTS = ("range", "inside_pictures", "inside_stage", "inside_foot", "saliency_curves", "box_why")
TEXTS = {"why": box_words.WHY, "inferno": list(INFERNO), "viridis": list(VIRIDIS)}


class BoxWhy(LabView):
    """Closed until a ``cv:why`` event of the document names a box; null as its detail closes it.

    ``again`` makes the map of ``value.asked``, ``check`` its checks. The detail is ``{"key", "model", "index", "title",
    "box": [x0, y0, x1, y1], "photo": {src, name, width, height}}``, ``key`` being the one of what Detect shows.
    """

    EVENTS = [*LabView.EVENTS, EventListener("check")]
