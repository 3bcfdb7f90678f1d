"""The Teach tab: classes, charts and confusions in one component."""

from app.components import chart
from app.components.lab_view import LabView
from cvdemo.photo_sets import MAX_ZIP_BYTES
from cvdemo.transfer import words

SCRIPTS = (*chart.SCRIPTS, "teach_photos", "teach_confused", "teach")
TEXTS = {
    "why_title": words.WHY_TITLE,
    "why": words.WHY,
    "overlap": words.OVERLAP,
    "zip_bytes": MAX_ZIP_BYTES,
    "sets": [["digits", "Digits"], ["textures", "Textures"], ["faces", "Faces or not"]],
}


class TeachView(LabView):
    """What a few labelled photos taught; ``value.zip`` is the path of a visitor's own, as the upload gave it."""
