"""The last line of every tab: left what ran, right what can be taken away."""

from typing import Any

from app.components.drawn import Drawn


class Foot(Drawn):
    """The foot of a tab.

    Value: ``{"bold": first words or None, "text": what ran, "classes": names to list or None, "json": text to copy or
    None, "link": {name: value} for the address or None}``.
    """

    def __init__(self, value: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(value, names=("foot",), class_name="foot", **kwargs)
