"""The base of our components: a gr.HTML that JavaScript draws from a JSON value, without rebuilding it."""

from functools import cache
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.events import EventListener

from app.gradio_patches import write_no_stubs

HERE = Path(__file__).parent

write_no_stubs()  # before the first class below


@cache
def script(*names: str | Path) -> str:
    """Return the text of ``app/components/<name>.js`` for each name, in order; ``dom`` comes first of itself.

    A path is taken as it is: a lab's script may lie elsewhere.
    """
    files = (name if isinstance(name, Path) else HERE / f"{name}.js" for name in ("dom", *names))
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


class Drawn(gr.HTML):
    """A component whose value is JSON and whose picture is drawn by the scripts ``names``.

    The template never mentions the value, so Gradio leaves the drawn elements alone and focus stays where it is.
    A subclass names the events that its scripts trigger in ``EVENTS``.
    """

    EVENTS: list[EventListener] = []

    def __init__(self, value: Any = None, *, names: tuple[str | Path, ...], class_name: str, **kwargs: Any) -> None:
        super().__init__(
            value,
            html_template=f'<div class="{class_name}"></div>',
            js_on_load=script("after_break", *names),
            apply_default_css=False,
            **kwargs,
        )

    def __getattr__(self, name: str) -> Any:
        """Say at once that there is no such attribute: our events stand in ``EVENTS``.

        ``gr.HTML`` looks for an event of that name in the whole script, which cost each new visitor 40 ms.
        """
        raise AttributeError(f"'{type(self).__name__}' has no attribute '{name}'")

    def preprocess(self, payload: Any) -> Any:
        """Return the JSON as the browser sent it: it is untrusted."""
        return payload

    def postprocess(self, value: Any) -> Any:
        """Return the JSON for the browser."""
        return value

    def api_info(self) -> dict[str, Any]:
        """Describe the value for Gradio's schema."""
        return {"type": "object"}
