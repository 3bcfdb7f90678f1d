"""The Receptive field tab's pictures, growth chart and controls in one component."""

from typing import Any

from gradio.events import EventListener

from app.components.drawn import Drawn
from cvdemo.inside.palettes import INFERNO
from cvdemo.receptive_field import words


class FieldView(Drawn):
    """What one unit of each model sees.

    Events: ``again`` asks for a measurement, ``refine`` for its refinement, ``sweep`` for other input sizes, ``fetch``
    for trained weights of the model ``value.fetching``, ``stop`` ends any of them, ``said`` tells that the headline's
    value, ``value.head``, has changed.

    The value is what `app.tabs.receptive_field_handlers` yields; ``look`` answers slider steps without a network run.
    """

    EVENTS = [EventListener(name) for name in ("again", "refine", "sweep", "fetch", "stop", "said")]

    def __init__(self, value: dict[str, Any] | None = None, look: Any = None, **kwargs: Any) -> None:
        super().__init__(
            value,
            names=(
                "range",
                "switch",
                "receptive_field_stage",
                "receptive_field_growth",
                "receptive_field_sizes",
                "receptive_field",
            ),
            class_name="field",
            why_title=words.WHY_TITLE,
            why=words.WHY,
            random_words=words.RANDOM,
            not_saliency=words.NOT_SALIENCY,
            inferno=list(INFERNO),
            server_functions=[look] if look else None,
            **kwargs,
        )
