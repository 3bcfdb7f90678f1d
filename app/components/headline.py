"""The head of a tab: its question, its answer, and what is being worked on."""

from typing import Any

from gradio.events import EventListener

from app.components.drawn import Drawn


class Headline(Drawn):
    """Question (h2) and answer of a tab; events: ``stop``, ``again``.

    The value is what `headline` returns.
    """

    EVENTS = [EventListener("stop"), EventListener("again")]

    def __init__(self, value: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(value, names=("head", "headline"), class_name="tab-head", **kwargs)


def headline(
    question: str,
    answer: str,
    marked: str | None = None,
    busy: dict[str, Any] | None = None,
    differs: str | None = None,
    again: bool = False,
) -> dict[str, Any]:
    """Return a Headline's value.

    Args:
        marked: a part of the answer to underline, such as the class that both models named.
        busy: ``{"text": ..., "share": 0..1 or None, "stoppable": bool}`` while something runs.
        differs: what else differs between the models that answer, see `cvdemo.pairs.differences`.
        again: whether the same can be asked for once more.
    """
    return {"question": question, "answer": answer, "marked": marked, "busy": busy, "differs": differs, "again": again}
