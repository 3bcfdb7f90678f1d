"""A card of two or three large figures, each with what it is, and a sentence under them."""

from typing import Any

from app.components.drawn import Drawn


class Figures(Drawn):
    """Value: ``{"title": ..., "figures": [[figure, what it is], ...], "sentence": ...}``."""

    def __init__(self, value: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(value, names=("figures",), class_name="figures", **kwargs)
