"""The Receptive field tab's pictures, growth chart and controls in one component."""

from gradio.events import EventListener

from app.components import chart
from app.components.lab_view import LabView
from cvdemo.inside.palettes import INFERNO
from cvdemo.receptive_field import words

SCRIPTS = (
    *chart.SCRIPTS, "range", "receptive_field_stage", "receptive_field_growth", "receptive_field_sizes",
    "receptive_field",
)  # fmt: skip
TEXTS = {
    "why_title": words.WHY_TITLE,
    "why": words.WHY,
    "random_words": words.RANDOM,
    "not_saliency": words.NOT_SALIENCY,
    "inferno": list(INFERNO),
}


class FieldView(LabView):
    """What one unit of each model sees; ``refine`` averages over more copies, ``sweep`` measures other input sizes."""

    EVENTS = [*LabView.EVENTS, EventListener("refine"), EventListener("sweep")]
