"""Choose: four questions as one sentence; three networks, what just missed, and the figures that they rest on."""

import time
from typing import Any

from app.components import chart
from app.components.choose import MeasuredView
from app.lab import Bench, Report, ShownFromTheStart, Wish, Work
from app.tabs.choose_measuring import Measured, getting_ready, refused, taking_turns
from cvdemo.choose import export, measure, production, words
from cvdemo.choose.advice import Advice, advise
from cvdemo.choose.candidates import Candidate, candidates
from cvdemo.choose.charts import accuracy_chart, along
from cvdemo.choose.demand import DOMAINS, LICENCES, TASKS, Demand
from cvdemo.choose.rules import RULES, that_apply

COUNTS = (0, 5, 10, 30, 50, 100, 500, 1000)
TIMES_MS = (5, 10, 20, 50, 100, 200, 500, 1000)
SIZES_MB = (10, 25, 50, 100, 200, 500)


def _measure(asked: Wish, report: Report) -> Measured:
    task, row = asked.settings.task, asked.value.get("measuring")
    if row:
        production.run(asked.path, task if task in production.TESTS else "classify", str(row), report)
    else:
        measure.measure(asked.path, task, report)
    return Measured()


def _measuring(_asked: Wish, step: tuple[Any, ...] | None, elapsed_s: float) -> dict[str, Any]:
    kind, *rest = step or ("",)
    if kind == "rounds":
        return taking_turns(f"Round {rest[0]} of {rest[1]}", rest[0] / rest[1])
    if kind == "race":
        race, start, total = rest
        text = f"Networks {start + 1} to {start + len(race.names)} of {total} take turns"
        return taking_turns(text, (start + len(race.names) * race.log.rounds / race.settings.rounds) / total)
    return getting_ready(step, elapsed_s, "Getting ready")


def _draw(_shown: Any, demand: Demand, question: dict[str, Any]) -> dict[str, Any]:
    known = candidates(demand.task, measure.times(demand.task))
    advice = advise(demand, known)
    if question.get("file") == "csv":
        return {"text": export.as_csv(advice, known)}
    if question.get("file") == "md":
        return {"text": export.as_markdown(advice, known)}
    drawn = accuracy_chart(advice, known)
    return {
        "answer": words.answer(advice),
        "said": [one for one in (words.ruled(advice), words.recipe(demand)) if one],
        "cards": [_card(one, advice) for one in advice.chosen],
        "missed": [{**_named(one), "text": words.missed(one, demand)} for one in advice.missed],
        "changes": [_change(one.limit, one.to, words.change(one)) for one in advice.changes],
        "set": _nearest(advice),
        "chart": drawn.plain() if drawn else None,
        "along": along(known),
        "untimed": not any(one.ms is not None for one in known),
        "button": f"Measure {len(measure.EIGHT[demand.task])} models, about {measure.takes(demand.task)}",
        "timed": _timed(demand.task),
        "rules": _rules(demand),
        "production": production.table(demand.task),
        "fault": None,
    }


def _named(one: Candidate) -> dict[str, Any]:
    return {"model": one.spec.name, "title": one.spec.title, "family": one.spec.family}


def _card(one: Candidate, advice: Advice) -> dict[str, Any]:
    reasons = [
        {"text": each.text, "source": each.source, "tab": each.tab, "view": each.view, "link": each.link}
        for each in words.reasons(one, advice)
    ]
    fits = "not timed" if advice.demand.milliseconds and one.ms is None else "fits"
    return {**_named(one), "fits": fits, "reasons": reasons}


def _change(limit: str, to: float | str, text: str) -> dict[str, Any]:
    setting = {"time": "milliseconds", "size": "max_mb", "licence": "licence"}[limit]
    return {"setting": setting, "to": to if isinstance(to, str) else words.rounded_up(to), "text": text}


def _nearest(advice: Advice) -> float | None:
    near = advice.nearest
    return None if near is None or near.ms is None else words.rounded_up(near.ms)


def _rules(demand: Demand) -> list[dict[str, Any]]:
    applying = that_apply(demand)
    return [{"when": one.when, "says": one.says, "held": one.held, "applies": one in applying} for one in RULES]


def _timed(task: str) -> str:
    timing = measure.last(task)
    if timing is None:
        return ""
    return words.timed(timing, time.time() - timing.at)


def _first() -> dict[str, Any]:
    return {"key": ShownFromTheStart.FIRST, "message": "", "fault": None, **_draw(None, Demand(), {})}


BENCH = Bench(
    id="choose",
    question=words.QUESTION,
    settings=Demand,
    view=MeasuredView,
    scripts=(*chart.SCRIPTS, "chart_grip", "head", "range", "choose_sentence", "choose_production", "choose_guide"),
    css="choosing",
    props={
        "tasks": list(TASKS.items()),
        "domains": list(DOMAINS.items()),
        "licences": list(LICENCES.items()),
        "counts": list(COUNTS),
        "times": list(TIMES_MS),
        "sizes": list(SIZES_MB),
        "why_title": words.WHY_TITLE,
        "why": words.WHY,
        "legal": words.LEGAL,
    },
    stays=True,
    work={
        "measure": Work(
            _measure,
            told=_measuring,
            refused=refused,
            mode="once",
        )
    },
    draw=_draw,
    first=_first,
    own_head=True,
    pointed=False,
    stopped="Stopped. Nothing has changed.",
    shown=ShownFromTheStart(Measured(0)),
)
