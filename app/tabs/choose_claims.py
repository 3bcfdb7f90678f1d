"""Claims: what the text behind this app says, and what is true of it; those that a lab can measure have a button."""

import time
from dataclasses import dataclass
from typing import Any

from app.components.choose import MeasuredView
from app.lab import Bench, Report, ShownFromTheStart, Wish, Work
from app.lab.busy import busy, fetching
from cvdemo import compute
from cvdemo.errors import CvDemoError
from cvdemo.latency import words as latency_words
from cvdemo.lesson import measured
from cvdemo.lesson.claims import CLAIMS, STATES, TOPICS, Claim
from cvdemo.lesson.claims_measured import SECONDS, measure
from cvdemo.settings import Settings

WORDS = {"measured": "can be measured here", "corrected": "are corrected", "not here": "cannot be measured here"}
QUESTION = "What does the lesson claim, and is it true?"


@dataclass(frozen=True)
class Shown:
    """What one page shows: figures are known to the machine, so this only says when one was last measured."""

    at: float


def _measure(asked: Wish, report: Report) -> Shown:
    return Shown(measure(str(asked.value.get("measuring")), report).at)


def _measuring(asked: Wish, step: tuple[Any, ...] | None, elapsed_s: float) -> dict[str, Any]:
    kind, *rest = step or ("",)
    if kind == "waiting":
        return {"busy": busy(latency_words.in_line(rest[0] + 1, compute.seconds_left()))}
    if kind == "loading":
        return {"busy": fetching(rest[0], rest[1], elapsed_s)}
    if kind == "steps":
        return {"busy": {**busy("Measuring"), "share": rest[0] / rest[1]}}
    if kind == "race":
        return {"busy": {**busy("The models take turns"), "share": rest[0].log.rounds / rest[0].settings.rounds}}
    return {"busy": busy("Measuring")}


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
    return f"{told} Measured so far: {len(found)}; {found.count(True)} hold as worded, {found.count(False)} do not."


def _refused(error: CvDemoError) -> dict[str, Any]:
    return {"fault": str(error)}


def _first() -> dict[str, Any]:
    return {"key": ShownFromTheStart.FIRST, "message": "", **_draw(None, Settings(), {})}


BENCH = Bench(
    id="claims",
    question=QUESTION,
    view=MeasuredView,
    scripts=("head", "choose_claims"),
    css="choosing claims-list",
    props={"topics": list(TOPICS)},
    work={"measure": Work(_measure, told=_measuring, refused=_refused, mode="once")},
    draw=_draw,
    first=_first,
    own_head=True,
    pointed=False,
    stopped="Stopped. Nothing has changed.",
    shown=ShownFromTheStart(Shown(0.0)),
)
