"""The Convolution tab's first view: a kernel that slides over 32 x 32 cells of the photo, and over all of it."""

from typing import Any

from gradio.events import EventListener

from app.components.drawn import Drawn
from cvdemo.convolution import words


class SlideView(Drawn):
    """Photo cells x kernel = result, its player, its settings and the whole photo's response.

    Event: ``again`` asks for the photo's cells anew. The value is what `app.tabs.convolution_view.view` returns;
    ``slide`` answers changed settings.
    """

    EVENTS = [EventListener("again")]

    def __init__(self, value: dict[str, Any] | None = None, slide: Any = None, **kwargs: Any) -> None:
        scripts = ("pane", "ask", "grid", "numbers", "settings", "slide", "export")
        super().__init__(
            value,
            names=("head", "range", *(f"convolution_{name}" for name in scripts), "convolution"),
            class_name="convpane convolution",
            why_title=words.WHY_TITLE,
            why=words.WHY,
            server_functions=[slide] if slide else None,
            **kwargs,
        )
