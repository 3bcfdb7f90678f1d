"""The labs as one row across the page, in groups; below 1024 px as a sheet that the header's button opens."""

from collections.abc import Iterable
from typing import Any

from app.components.drawn import Drawn


class TabRow(Drawn):
    """Opens labs: it presses the buttons of Gradio's own tabs, which are hidden, and follows which one is open.

    It has no value. ``rows``: each lab's ``{"id", "title", "brief": its question in a few words, "group"}``, in order.
    ``lesson``: the words of the button that opens the lesson, which the sheet has, too.
    """

    def __init__(self, rows: Iterable[dict[str, Any]], lesson: str = "", elem_id: str = "labs", **kwargs: Any) -> None:
        super().__init__(
            None,
            names=("tab_row_fit", "tab_row"),
            class_name="lab-row",
            elem_id=elem_id,
            rows=list(rows),
            lesson=lesson,
            **kwargs,
        )
