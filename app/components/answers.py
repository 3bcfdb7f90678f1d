"""The answer cards: one per model, bars on one scale, what it saw, its facts."""

from typing import Any

from gradio.events import EventListener

from app.components.drawn import Drawn


class Answers(Drawn):
    """Cards of 1 to 4 models; events: ``use`` (a suggested model instead of a missing one), ``again`` and ``fetch``.

    The value is what `app.tabs.classify_view.cards` returns.
    """

    EVENTS = [EventListener("use"), EventListener("again"), EventListener("fetch")]

    def __init__(self, value: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(value, names=("answers",), class_name="answers", **kwargs)
