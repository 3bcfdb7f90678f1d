"""Questions that the browser asks beside Gradio's queue, a slider step each: checked, answered in one way, counted."""

import functools
from collections.abc import Callable
from typing import Any

from app import request_log
from app.lab.declared import Bench
from cvdemo.errors import CvDemoError

GONE = {"gone": True}  # the server forgot: the page asks for a new run


def say_what_is_wrong(answer: Callable[[Any], dict[str, Any]]) -> Callable[[Any], dict[str, Any]]:
    """Turn a `CvDemoError` of a server function into ``{"error": sentence}``, and note how it ended.

    The question's ``key`` stands beside the sentence: a refusal that comes late is not taken for one of what is shown.
    """

    @functools.wraps(answer)
    def told(asked: Any) -> dict[str, Any]:
        with request_log.noted(f"{answer.__module__.rpartition('.')[2]}.{answer.__name__}", quick=True) as note:
            try:
                return answer(asked)
            except CvDemoError as error:
                note.refused(error)
                key = {"key": asked["key"]} if isinstance(asked, dict) and "key" in asked else {}
                return {**key, "error": str(error)}

    return told


def answers_questions(bench: Bench) -> Callable[[Any], dict[str, Any]]:
    """Return the server function ``look`` of a bench: what is known, under the settings that the browser sends.

    It answers what `Bench.draw` returns with its ``key``; ``{"gone": True}`` when what it shows is not known any more;
    ``{"error": sentence}`` where the settings cannot be.
    """

    def look(asked: Any) -> dict[str, Any]:
        question = asked if isinstance(asked, dict) else {}
        key, shown = question.get("key"), bench.shown.get(question.get("key"))
        if bench.work and (shown is None or not bench.known(shown)):
            return GONE
        return {"key": key, **bench.draw(shown, bench.settings.of(question.get("settings")), question)}

    look.__module__ = bench.id
    return say_what_is_wrong(look)
