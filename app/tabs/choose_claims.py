"""Claims: what the text behind this app says, and what is true of it."""

from typing import Any

from app.lab import Bench
from cvdemo.lesson.claims import CLAIMS, STATES, TOPICS
from cvdemo.settings import Settings

QUESTION = "What does the lesson claim, and is it true?"


def _draw(_shown: Any, _settings: Settings, _question: dict[str, Any]) -> dict[str, Any]:
    return {
        "answer": _answer(),
        "claims": [
            {
                "id": one.id, "topic": one.topic, "text": one.text, "state": one.state, "sentence": one.sentence,
                "source": one.source, "tab": one.link[0], "view": one.link[1], "needs": one.needs,
            }
            for one in CLAIMS
        ],
    }  # fmt: skip


def _answer() -> str:
    states = [one.state for one in CLAIMS]
    counted = [f"{states.count(state)} {state}" for state in STATES if state in states]
    return f"{len(CLAIMS)} claims: {', '.join(counted)}."


BENCH = Bench(
    id="claims",
    question=QUESTION,
    scripts=("head", "choose_claims"),
    css="choosing claims-list",
    props={"topics": list(TOPICS)},
    draw=_draw,
    own_head=True,
    pointed=False,
)
