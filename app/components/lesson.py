"""The lesson's bar and cards."""

from typing import Any

from gradio.events import EventListener

from app.components.drawn import Drawn


class LessonBar(Drawn):
    """Leads through the steps of a lesson; nothing of it is seen until one is opened.

    The header's button and a link, ``?lesson=3`` or ``?lesson=<name>.3``, open it; ``server.lesson`` has its steps.
    Event ``measure`` asks for what ``value.settings`` names; ``value.outcome`` is what came of it. Event ``sheet`` asks
    for all steps, which come as ``value.sheet``.
    """

    EVENTS = [EventListener("measure"), EventListener("sheet")]

    def __init__(self, value: dict[str, Any] | None = None, elem_id: str = "lesson", **kwargs: Any) -> None:
        names = ("lesson_kept", "lesson_spot", "lesson_cards", "lesson_pick", "lesson_sheet", "lesson")
        super().__init__(value, names=names, class_name="lesson", elem_id=elem_id, **kwargs)
