"""Teach, take it away: each head as a file with its card, the program that uses both, and the snippet, corrected."""

import base64
from dataclasses import dataclass
from functools import partial
from typing import Any

from app.components.teach_after import AFTER, AfterTeaching
from app.lab import Bench, Report, Wish, Work
from app.lab.busy import busy, fetching
from app.tabs.teach_shown import lesson_of
from cvdemo.settings import Settings
from cvdemo.transfer import Lesson, card_words, snippet, take


@dataclass(frozen=True)
class Taken:
    """A lesson with the card of each head."""

    lesson: Lesson
    cards: tuple[take.Card, ...]


def _take(asked: Wish, report: Report) -> Taken:
    lesson = lesson_of((asked.value.get("asked") or {}).get("key"))
    cards = []
    for place, one in enumerate(lesson.taught):
        report()
        cards.append(take.card_of(lesson, place, partial(report, one.model)))
    snippet.faults()
    return Taken(lesson, tuple(cards))


def _taking(_asked: Wish, step: tuple[Any, ...] | None, elapsed_s: float) -> dict[str, Any]:
    return {"busy": fetching(step[0], step[1], elapsed_s) if step else busy("Reading what the backbones are")}


def _taken(asked: Wish, taken: Taken) -> dict[str, Any]:
    rows = [
        {"model": one.model, "title": one.title, "family": one.family, "card": card_words.markdown(card)}
        for one, card in zip(taken.lesson.taught, taken.cards, strict=True)
    ]
    names = [title for _, title in snippet.NETWORKS]
    wrong = [{"line": one.line, "why": one.why, "right": one.right, "wrong": one.wrong} for one in snippet.faults()]
    sheet = {"heads": rows, "program": take.program(), "networks": names, "faults": wrong, "snippet": snippet.RIGHT}
    key = BENCH.shown.keep(taken)
    return {"done": asked.value["asked"], "message": "", "key": key, "sheet": sheet}


def _draw(taken: Taken, _settings: Settings, question: dict[str, Any]) -> dict[str, Any]:
    """Return one head as a file for the browser."""
    place = question.get("head")
    if not isinstance(place, int) or isinstance(place, bool) or not 0 <= place < len(taken.cards):
        return {"file": None}
    data = base64.b64encode(take.head_file(taken.lesson, place, taken.cards[place])).decode("ascii")
    return {"file": f"data:application/octet-stream;base64,{data}"}


BENCH = Bench(
    id="teach-take",
    question=card_words.TAKE_TITLE,
    view=AfterTeaching,
    scripts=(*AFTER, "teach_take"),
    css="teach-after",
    props={"title": card_words.TAKE_TITLE, "hint": card_words.TAKE_HINT, "how": card_words.TAKE_HOW},
    own_head=True,
    pointed=False,
    stays=True,
    work={"again": Work(_take, _taken, _taking, refused=lambda error: {"message": str(error)})},
    draw=_draw,
)
