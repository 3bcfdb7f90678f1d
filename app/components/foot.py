"""The last line of every tab: left what ran, right what can be taken away."""

from typing import Any

from app.components.drawn import Drawn


class Foot(Drawn):
    """Value: ``{"text": text, "bold": first words or None, "json": text to copy or None, "link": {name: value}}``."""

    def __init__(self, value: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(value, names=("foot",), class_name="foot", **kwargs)
