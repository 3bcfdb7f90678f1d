"""A slider with its value beside it and a live sentence under it."""

from typing import Any

from gradio.events import EventListener

from app.components.drawn import Drawn
from cvdemo.errors import SettingError


class LiveSlider(Drawn):
    """A labelled slider; event ``input`` fires on every step, also by keyboard.

    The value is ``{"value": number, "sentence": text or None}``. Arrow keys move one step, Page keys ten.
    """

    EVENTS = [EventListener("input")]

    def __init__(
        self,
        label: str,
        low: float,
        high: float,
        step: float,
        value: float = 0.0,
        help_text: str = "",
        sentence: str | None = None,
        **kwargs: Any,
    ) -> None:
        self.low, self.high = low, high
        super().__init__(
            {"value": value, "sentence": sentence},
            names=("range", "slider"),
            class_name="slider",
            label_text=label,
            help_text=help_text,
            low=low,
            high=high,
            step=step,
            **kwargs,
        )


def slider_number(value: Any, low: float, high: float) -> float:
    """Return the number in a LiveSlider's value.

    Raises:
        SettingError: it is no finite number between ``low`` and ``high``.
    """
    number = value.get("value") if isinstance(value, dict) else None
    if isinstance(number, bool) or not isinstance(number, int | float) or not low <= number <= high:
        raise SettingError(f"This setting must be a number from {low:g} to {high:g}.")
    return float(number)
