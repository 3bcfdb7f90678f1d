"""Choose: four questions as one sentence, and what the rules of the lesson say to them."""

from typing import Any

from app.lab import Bench
from cvdemo.choose.demand import DOMAINS, LICENCES, TASKS, Demand
from cvdemo.choose.rules import RULES, that_apply

QUESTION = "Which network would you ship?"
COUNTS = (0, 5, 10, 30, 50, 100, 500, 1000)
TIMES_MS = (5, 10, 20, 50, 100, 200, 500, 1000)
SIZES_MB = (10, 25, 50, 100, 200, 500)


def _draw(_shown: Any, demand: Demand, _question: dict[str, Any]) -> dict[str, Any]:
    applying = that_apply(demand)
    return {
        "answer": _answer([rule.says for rule in applying]),
        "rules": [
            {"when": one.when, "says": one.says, "held": one.held, "applies": one in applying} for one in RULES
        ],
    }  # fmt: skip


def _answer(said: list[str]) -> str:
    if not said:
        return "None of the lesson's rules says anything to this."
    return f"By the lesson's rules: {said[0]}."


BENCH = Bench(
    id="choose",
    question=QUESTION,
    settings=Demand,
    scripts=("head", "choose_sentence", "choose_guide"),
    css="choosing",
    props={
        "tasks": list(TASKS.items()), "domains": list(DOMAINS.items()), "licences": list(LICENCES.items()),
        "counts": list(COUNTS), "times": list(TIMES_MS), "sizes": list(SIZES_MB),
    },
    draw=_draw,
    own_head=True,
    pointed=False,
)  # fmt: skip
