"""A recommendation to take away: as JSON for the API, as a table, as Markdown with figures and versions."""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import metadata
from typing import Any

from cvdemo import compute
from cvdemo.choose import words
from cvdemo.choose.advice import Advice, advise
from cvdemo.choose.candidates import Candidate, candidates
from cvdemo.choose.demand import DOMAINS, LICENCES, TASKS, Demand
from cvdemo.choose.measure import last, times
from cvdemo.latency.duel import PACKAGES

COLUMNS = ("model", "milliseconds", "published", "metric", "recipe", "megabytes", "licence", "breaks", "place")


def choose(demand: Demand) -> list[dict[str, Any]]:
    """Return up to three networks with their reasons, as JSON; a time that was not measured here is None."""
    advice = advise(demand, candidates(demand.task, times(demand.task)))
    return [
        {
            "model": one.spec.name,
            "milliseconds": one.ms,
            "reasons": [
                {"text": reason.text, "figure": reason.figure, "source": reason.source}
                for reason in words.reasons(one, advice)
            ],
        }
        for one in advice.chosen
    ]


def as_csv(advice: Advice, known: Sequence[Candidate]) -> str:
    """Return every candidate that was looked at as a table: what is known of it, and which limits it breaks."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(COLUMNS)
    places = {one.spec.name: place + 1 for place, one in enumerate(advice.chosen)}
    for one in known:
        figure = one.published
        rows.writerow([
            one.spec.name, one.ms, figure and figure.value, figure and figure.metric, figure and figure.recipe, one.mb,
            one.spec.licence, " ".join(one.breaks(advice.demand)), places.get(one.spec.name),
        ])  # fmt: skip
    return text.getvalue()


def asked(demand: Demand) -> str:
    """Return the demand as the sentence that the page shows."""
    photos = f", about {demand.photos:,} of each class" if demand.photos else ""
    limit = f"in at most {words.limit_ms(demand)} a photo" if demand.milliseconds else "in any time"
    size = f", with at most {demand.max_mb:g} MB of weights" if demand.max_mb else ""
    task, domain = TASKS[demand.task], DOMAINS[demand.domain]
    return f"I want to {task} in {domain}{photos}, {limit}{size}, and {LICENCES[demand.licence]}."


def as_markdown(advice: Advice, known: Sequence[Candidate]) -> str:
    """Return the recommendation with the figures it rests on, what just missed, and the versions that measured."""
    lines = ["# Which network would you ship?", "", asked(advice.demand), "", f"**{words.answer(advice)}**", ""]
    for place, one in enumerate(advice.chosen):
        lines.append(f"{place + 1}. **{one.spec.title}** (`{one.spec.name}`)")
        lines += [f"   - {reason.text} Source: {reason.source}." for reason in words.reasons(one, advice)]
    for title, told in (
        ("Just missed", [f"{one.spec.title}: {words.missed(one, advice.demand)}" for one in advice.missed]),
        ("What would change this", [words.change(one) for one in advice.changes]),
        ("The lesson's rule", [words.ruled(advice)] if words.ruled(advice) else []),
        ("How to teach it", [words.recipe(advice.demand)] if words.recipe(advice.demand) else []),
    ):
        if told:
            lines += ["", f"## {title}", "", *(f"- {one}" for one in told)]
    return "\n".join([*lines, "", "## Where", "", *_where(advice, known), "", words.LEGAL, ""])


def _where(advice: Advice, known: Sequence[Candidate]) -> list[str]:
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES if _installed(name))
    timing = last(advice.demand.task)
    timed = [one for one in known if one.ms is not None]
    when = (
        ""
        if timing is None
        else f", {timing.rounds} rounds each, {datetime.fromtimestamp(timing.at, UTC):%Y-%m-%d %H:%M} UTC"
    )
    return [
        f"- Machine: {compute.describe()}.",
        f"- Times: {len(timed)} of {len(known)} networks were timed on it{when}.",
        f"- Versions: {versions}.",
    ]


def _installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True
