"""The Receptive field tab's pictures, growth chart and controls in one component, its second view, and their switch."""

from typing import Any

from gradio.events import EventListener

from app.components.drawn import Drawn
from app.components.lab_view import LabView
from cvdemo.inside.palettes import INFERNO
from cvdemo.receptive_field import words

SCRIPTS = (
    "range", "switch", "receptive_field_stage", "receptive_field_growth", "receptive_field_sizes", "receptive_field"
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


class StackView(Drawn):
    """Rows that the visitor changes, with what they come to; ``stack`` answers each change without a network run.

    The value is what `app.tabs.receptive_field_stack.start` returns.
    """

    def __init__(self, value: dict[str, Any] | None = None, stack: Any = None, **kwargs: Any) -> None:
        super().__init__(
            value,
            names=("head", "receptive_field_cone", "receptive_field_stack"),
            class_name="stacker",
            server_functions=[stack] if stack else None,
            **kwargs,
        )


class FieldSwitch(Drawn):
    """Shows one of two columns of the page, by their ids; ``?view=`` keeps which. Value: ``[[id, title], ...]``."""

    def __init__(self, value: list[list[str]] | None = None, **kwargs: Any) -> None:
        super().__init__(value, names=("receptive_field_switch",), class_name="field-switch", **kwargs)
