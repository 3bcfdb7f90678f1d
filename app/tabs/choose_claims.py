"""Claims: what the text behind this app says, and what is true of it; those that a lab can measure have a button."""

import time
from typing import Any

from app.components.choose import MeasuredView
from app.lab import Bench, Report, ShownFromTheStart, Wish, Work
from app.tabs.choose_measuring import Measured, getting_ready, refused, taking_turns
from cvdemo import compute
from cvdemo.lesson import measured
from cvdemo.lesson.claims import CLAIMS, STATES, TOPICS, Claim
from cvdemo.lesson.claims_measured import SECONDS, measure
from cvdemo.settings import Settings

WORDS = {"measured": "can be measured here", "corrected": "are corrected", "not here": "cannot be measured here"}
QUESTION = "What does the lesson claim, and is it true?"


def _measure(asked: Wish, report: Report) -> Measured:
    return Measured(measure(str(asked.value.get("measuring")), report).at)


def _measuring(_asked: Wish, step: tuple[Any, ...] | None, elapsed_s: float) -> dict[str, Any]:
    kind, *rest = step or ("",)
    if kind == "steps":
        return taking_turns("Measuring", rest[0] / rest[1])
    if kind == "race":
        return taking_turns("The models take turns", rest[0].log.rounds / rest[0].settings.rounds)
    return getting_ready(step, elapsed_s, "Measuring")


def _draw(_shown: Any, _settings: Settings, _question: dict[str, Any]) -> dict[str, Any]:
    rows = [_row(one) for one in CLAIMS]
    machine = compute.describe() if any(one["found"] for one in rows) else ""  # it asks torch, for which no page waits
    return {"answer": answer(), "claims": rows, "fault": None, "machine": machine}


def _row(claim: Claim) -> dict[str, Any]:
    found = measured.known(claim.id)
    seconds = SECONDS.get(claim.id)
    return {
        "id": claim.id,
        "topic": claim.topic,
        "text": claim.text,
        "state": claim.state,
        "sentence": claim.sentence,
        "source": claim.source,
        "tab": claim.link[0],
        "view": claim.link[1],
        "needs": claim.needs,
        "button": f"Measure, about {seconds} s" if seconds else "Measure",
        "found": None if found is None else found.sentence,
        "agrees": None if found is None else found.agrees,
        "when": "" if found is None else time.strftime("%H:%M", time.localtime(found.at)),
    }


def answer() -> str:
    """Return how many claims there are of each state, and of how many the figures speak here."""
    states = [one.state for one in CLAIMS]
    counted = [f"{states.count(state)} {WORDS[state]}" for state in STATES]
    found = [one.agrees for claim in CLAIMS if (one := measured.known(claim.id)) is not None]
    told = f"{len(CLAIMS)} claims: {', '.join(counted)}."
    if not found:
        return told
    return f"{told} Measured so far: {len(found)}; {found.count(True)} held as worded, {found.count(False)} did not."


def _first() -> dict[str, Any]:
    return {"key": ShownFromTheStart.FIRST, "message": "", **_draw(None, Settings(), {})}


BENCH = Bench(
    id="claims",
    question=QUESTION,
    view=MeasuredView,
    scripts=("head", "choose_claims"),
    css="choosing claims-list",
    props={"topics": list(TOPICS)},
    stays=True,
    work={"measure": Work(_measure, told=_measuring, refused=refused, mode="once")},
    draw=_draw,
    first=_first,
    own_head=True,
    pointed=False,
    stopped="Stopped. Nothing has changed.",
    shown=ShownFromTheStart(Measured(0)),
)
