"""Which of the two answers faster on this machine, and is that sure?"""

from dataclasses import dataclass

from cvdemo.catalogue import get
from cvdemo.errors import CvDemoError
from cvdemo.latency.duel import run
from cvdemo.latency.settings import Settings
from cvdemo.lesson.outcome import Measure, Subject
from cvdemo.wording import figures3, milliseconds

ROUNDS = 30
BUDGET_S = 20.0


@dataclass(frozen=True)
class Times:
    """Medians in ms of two models that took turns, their ratio with its 95 % interval, and Latency's verdict."""

    names: tuple[str, str]
    families: tuple[str, str]
    medians: tuple[float, float]
    ratio: tuple[float, float, float]
    verdict: str | None


def _take(subject: Subject) -> Times:
    duel = run(subject.photo, subject.pair, Settings(rounds=ROUNDS), budget_s=BUDGET_S)
    pairs = duel.pairs()
    if len(duel.standing) != 2 or not pairs:
        raise CvDemoError(next((racer.failed for racer in duel.racers if racer.failed), "a model did not run"))
    known = [duel.percentiles(racer) for racer in duel.standing]
    medians = [one.p50 for one in known if one is not None]
    ratio = pairs[0].ratio
    specs = [get(name) for name in subject.pair]
    return Times(
        (specs[0].title, specs[1].title), (specs[0].family, specs[1].family), (medians[0], medians[1]),
        (ratio.ratio, ratio.low, ratio.high), ratio.verdict,
    )  # fmt: skip


def _right(numbers: Times) -> str | None:
    if numbers.verdict not in ("faster", "slower") or set(numbers.families) != {"cnn", "vit"}:
        return None
    return numbers.families[0 if numbers.verdict == "faster" else 1]


def _told(numbers: Times) -> dict[str, str]:
    return {
        "one": numbers.names[0],
        "ms_one": milliseconds(numbers.medians[0]),
        "other": numbers.names[1],
        "ms_other": milliseconds(numbers.medians[1]),
        "times": figures3(max(numbers.medians) / max(min(numbers.medians), 1e-9)),
    }


MEASURE = Measure(("cnn", "vit"), ("one", "ms_one", "other", "ms_other", "times"), _take, _right, _told)
