"""The Teach tab: classes, charts and confusions in one component."""

from gradio.events import EventListener

from app.components import chart
from app.components.lab_view import LabView
from cvdemo import images
from cvdemo.photo_sets import MAX_ZIP_BYTES
from cvdemo.transfer import advice, words

SCRIPTS = (
    *chart.SCRIPTS, "photo_files", "teach_camera", "teach_cards", "teach_own", "teach_photos", "teach_confused",
    "teach_ways", "teach",
)  # fmt: skip
TEXTS = {
    "why_title": words.WHY_TITLE,
    "why": words.WHY,
    "overlap": words.OVERLAP,
    "ways": {"freeze": advice.FREEZE, "line": advice.LINE},
    "zip_bytes": MAX_ZIP_BYTES,
    "photo_bytes": images.MAX_BYTES,
    "sets": [["digits", "Digits"], ["textures", "Textures"], ["faces", "Faces or not"]],
}


class TeachView(LabView):
    """What a few labelled photos taught; ``value.zip`` is the path of a visitor's own, as the upload gave it.

    Its event ``more`` asks for the ways that train more than the last layer.
    """

    EVENTS = [*LabView.EVENTS, EventListener("more")]
