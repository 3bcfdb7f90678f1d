"""What the guide says, against the catalogue and the times that it was given."""

import math
from dataclasses import replace

import numpy as np

from cvdemo import catalogue
from cvdemo.catalogue import figures
from cvdemo.choose import export, words
from cvdemo.choose.advice import Advice, advise
from cvdemo.choose.candidates import Candidate, candidates
from cvdemo.choose.demand import DOMAINS, LICENCES, TASKS, Demand
from cvdemo.choose.measure import Timing
from tests.sentences.table import Reader, holds, number, same, true_of

X = r"([\d,.]+)"
NEEDS = rf"(?: It needs {X} ms\.| It needs {X} ms here\.)?"
SAYS = r"(.+?)"
PUBLISHED = rf"(?: {X}(?: %)? published\.)?"
KIND = "( with a published accuracy| with a published AP)?"
FREE = ("apache-2.0", "mit", "bsd-3-clause")


def random_demand(draw: np.random.Generator) -> Demand:
    """Return a demand with limits that some networks obey and some do not."""
    return Demand(
        task=str(draw.choice(list(TASKS))),
        photos=int(draw.choice([0, 5, 49, 50, 500])),
        domain=str(draw.choice(list(DOMAINS))),
        milliseconds=float(draw.choice([0, 3, 20, 50, 51.37, 200])),
        max_mb=float(draw.choice([0, 0, 3, 30, 103, 400])),
        licence=str(draw.choice(list(LICENCES))),
    )


def random_times(draw: np.random.Generator, task: str) -> dict[str, float]:
    """Return times of some networks, or of none; now and then one that a rounded limit would hide."""
    part = float(draw.choice([0, 0.3, 1]))
    names = [name for name in catalogue.names(task) if draw.random() < part]
    return {name: float(draw.choice([draw.uniform(2, 400), 20.00004, 49.9996, 51.37])) for name in names}


def random_advice(draw: np.random.Generator) -> tuple[Advice, dict[str, float], tuple[Candidate, ...]]:
    demand = random_demand(draw)
    times = random_times(draw, demand.task)
    known = candidates(demand.task, times)
    return advise(demand, known), times, known


def obeys(one: Candidate, demand: Demand, ms: float | None, but: str = "") -> bool:
    """Return whether a network obeys a demand, leaving out the limit ``but``, from the catalogue alone."""
    known = figures(one.spec.name)
    licence = demand.licence == "any" or one.spec.licence in (*FREE, "agpl-3.0")
    size = not demand.max_mb or (known is not None and known.byte_count / 1e6 <= demand.max_mb)
    quick = not demand.milliseconds or ms is None or ms <= demand.milliseconds
    return (licence or but == "licence") and (size or but == "size") and (quick or but == "time")


@true_of(
    words.answer,
    nothing=r"Nothing here obeys all of this\. Allow more, or another use\.",
    near=rf"Nothing here answers within {X} ms\. {SAYS} comes nearest: {X} ms\.",
    untimed=r"No times from this machine yet\.",
    within=rf"{SAYS}: the most accurate of the (\d+){KIND} that stay under {X} ms here\.{NEEDS}",
    only=rf"{SAYS}: the only one{KIND} that stays under {X} ms here\.{NEEDS}",
    free=rf"{SAYS}: the most accurate of (\d+){KIND} that fit, as published\.{NEEDS}",
    alike=rf"{SAYS} or {SAYS}: too close to call, so take the smaller: {SAYS}\.{NEEDS}",
    rule=rf"{SAYS}, by the lesson's rule: no (figure here speaks of such photos|published figure compares these)\."
    rf"{NEEDS}",
    small=rf"{SAYS}, the smallest that fits: no published figure compares these\.{NEEDS}",
)
def answer(draw: np.random.Generator, read: Reader) -> None:
    found, times, known = random_advice(draw)
    demand, said = found.demand, read(words.answer(found))
    fits = [one for one in known if obeys(one, demand, times.get(one.spec.name))]
    timed = [one for one in known if one.spec.name in times and obeys(one, demand, times[one.spec.name], "time")]
    if demand.milliseconds and timed:
        fits = [one for one in fits if one.spec.name in times]
    if said.form == "nothing":
        assert not fits and not timed
        return
    if said.form == "near":
        best = min(timed, key=lambda one: times[one.spec.name])
        assert not fits and number(said.parts[0]) == demand.milliseconds < number(said.parts[2])
        same(said.parts[1], best.spec.title)
        holds(said.parts[2], times[best.spec.name])
        return
    if said.form == "untimed":
        assert fits and demand.milliseconds and not timed
        return
    first = next(one for one in fits if one.spec.title == said.parts[2 if said.form == "alike" else 0])
    _needs(said.parts[-2:], demand, times.get(first.spec.name))
    rated = {one.spec.title: one.published.value for one in fits if one.published}
    _first(said, first, rated, fits, demand)


def _needs(parts: tuple[str, ...], demand: Demand, ms: float | None) -> None:
    limited, free = parts
    assert bool(limited) == bool(demand.milliseconds and ms is not None)
    assert bool(free) == (not demand.milliseconds and ms is not None)
    if ms is not None:
        holds(limited or free, ms)
    assert not limited or number(limited) <= demand.milliseconds


def _first(said, first: Candidate, rated: dict[str, float], fits: list[Candidate], demand: Demand) -> None:  # type: ignore[no-untyped-def]
    form, parts = said.form, said.parts
    if form in ("within", "only", "free"):
        assert rated[first.spec.title] == max(rated.values())
        counted = {"within": 1, "free": 1}.get(form)
        assert (int(parts[counted]) if counted else 1) == len(rated)
        kind = parts[2] if counted else parts[1]
        wanted = " with a published AP" if demand.task == "detect" else " with a published accuracy"
        same(kind, wanted if len(fits) > len(rated) else "")
        if form != "free":
            assert number(parts[3] if counted else parts[2]) == demand.milliseconds
    elif form == "alike":
        top = max(rated, key=lambda title: rated[title])
        assert rated[parts[0]] == rated[top] and parts[1] == parts[2] != parts[0]
        other = next(one for one in fits if one.spec.title == parts[0])
        assert first.mb is not None and other.mb is not None and first.mb < other.mb
        shares = [rated[one] / 100 for one in parts[:2]]
        assert abs(shares[0] - shares[1]) < 1.96 * math.sqrt(sum(one * (1 - one) for one in shares) / 50_000)
    elif form == "rule":
        far = demand.domain == "far" and first.spec.name.startswith("dinov2")
        same(parts[1], "figure here speaks of such photos" if far else "published figure compares these")
    else:
        assert not rated and first.mb == min(one.mb for one in fits if one.mb is not None)


@true_of(
    words.missed,
    time=rf"{X} ms here, over the limit of {X} ms\.{PUBLISHED}",
    size=rf"{X} MB of weights, over the limit of {X} MB\.{PUBLISHED}",
    unstated=rf"Its publisher states no licence for the weights, so nothing allows a product\.{PUBLISHED}",
    non_commercial=r"Its weights are not for products: (\S+)\.",
    own_terms=rf"Its licence has terms of its own: (\S+)\. Not among apache-2\.0, mit, bsd-3-clause\.{PUBLISHED}",
)
def missed(draw: np.random.Generator, read: Reader) -> None:
    demand, known = random_demand(draw), ()
    times = random_times(draw, demand.task)
    known = [one for one in candidates(demand.task, times) if len(one.breaks(demand)) == 1]
    if draw.random() < 0.2:
        demand = Demand("features", licence="commercial", milliseconds=0)
        known = [one for one in candidates("features", {}) if one.breaks(demand)]
    for one in known:
        said = read(words.missed(one, demand))
        ms = times.get(one.spec.name)
        limit = {"time": "time", "size": "size"}.get(said.form, "licence")
        assert not obeys(one, demand, ms) and obeys(one, demand, ms, limit)
        if limit in ("time", "size"):
            value, most = (ms, demand.milliseconds) if limit == "time" else (one.mb, demand.max_mb)
            assert value is not None and number(said.parts[0]) > number(said.parts[1]) == most
            holds(said.parts[0], value)
        elif said.form == "unstated":
            assert one.spec.licence is None
        else:
            same(said.parts[0], one.spec.licence)
            assert (said.form == "non_commercial") == ("-nc-" in said.parts[0])
        if said.form != "non_commercial":
            same(said.parts[-1], f"{one.published.value:.1f}" if one.published else "")


@true_of(
    words.change,
    licence=rf"If it were not for a product: {SAYS}\.",
    limit=rf"From {X} (ms|MB) on: {SAYS}\.",
)
def change(draw: np.random.Generator, read: Reader) -> None:
    found, _, known = random_advice(draw)
    for one in found.changes:
        said = read(words.change(one))
        if said.form == "licence":
            moved = replace(found.demand, licence="any")
        elif said.parts[1] == "ms":
            assert found.demand.milliseconds < number(said.parts[0])
            moved = replace(found.demand, milliseconds=number(said.parts[0]))
        else:
            assert found.demand.max_mb < number(said.parts[0])
            moved = replace(found.demand, max_mb=number(said.parts[0]))
        then = advise(moved, known).chosen[0]
        assert then.spec.title == said.parts[-1] != next((each.spec.title for each in found.chosen), "")
        if said.form == "limit":
            time = said.parts[1] == "ms"
            least = then.ms if time else then.mb
            assert least is None or number(said.parts[0]) <= least * 1.02, "a smaller limit would do"


@true_of(
    words.ruled,
    none="",
    waits=r"The lesson's rule says (.+)\. No measurement speaks yet, so the order is the rule's, then the least work\.",
    decides=rf"The lesson's rule says (.+)\. No figure speaks of it, so the rule decides: {SAYS}\.",
    agrees=rf"The lesson's rule says (.+)\. {SAYS} is that, and the figures agree\.",
    overruled=rf"The lesson's rule says (.+)\. {SAYS} is not that: the figures overrule the rule here\.",
)
def ruled(draw: np.random.Generator, read: Reader) -> None:
    found, times, _ = random_advice(draw)
    demand, said = found.demand, read(words.ruled(found))
    wanted = _rule(demand)
    assert (said.form == "none") == (wanted is None or not found.chosen)
    if said.form == "none" or wanted is None:
        return
    same(said.parts[0], wanted[0])
    first = found.chosen[0].spec
    assert (said.form == "waits") == (bool(demand.milliseconds) and first.name not in times)
    if said.form == "waits":
        return
    same(said.parts[1], first.title)
    follows = first.name.startswith(wanted[1]) if wanted[1] else first.family == "cnn"
    assert (said.form == "overruled") == (not follows)
    if follows:
        assert (said.form == "decides") == (
            first.published is None or (demand.domain == "far" and demand.task != "detect")
        )


def _rule(demand: Demand) -> tuple[str, tuple[str, ...]] | None:
    """Return what the strongest rule says, and how the names begin that it takes; () for any CNN."""
    if demand.task != "detect" and demand.domain == "far":
        return "features learned without labels: DINOv2", ("dinov2",)
    if demand.task == "classify" and 0 < demand.photos < 50:
        return "a CNN: ViTs do worse than CNNs on small sets", ()
    if demand.task == "classify" and 0 < demand.milliseconds <= 20:
        small = ("mobilenet", "efficientnet_b0", "efficientnet_lite0", "tf_efficientnet_lite0", "mobilevit")
        return "a small CNN: EfficientNet-B0 or MobileNet", small
    if demand.task == "detect" and demand.milliseconds:
        return "one stage: YOLO, not the R-CNN family", ("yolo", "retinanet", "rtdetr")
    return None


ADVISED = {
    ("everyday", False): "keep it frozen and train the probe",
    ("everyday", True): "open the last stages",
    ("far", False): "open the last stages",
    ("far", True): "train all layers",
}


@true_of(
    words.recipe,
    none="",
    between=rf"(.+), about {X} of each class \((few|many)\), between near and far: (.+), then (.+)\. "
    r"Teach tells which one wins on yours\.",
    told=rf"(.+), about {X} of each class \((few|many)\): (.+), says the lesson\. "
    r"Teach tells whether that wins on yours\.",
)
def recipe(draw: np.random.Generator, read: Reader) -> None:
    demand = random_demand(draw)
    said = read(words.recipe(demand))
    assert (said.form == "none") == (not demand.photos or demand.task == "detect")
    if said.form == "none":
        return
    many = demand.photos >= 50
    same(said.parts[0].lower(), DOMAINS[demand.domain])
    assert number(said.parts[1]) == demand.photos
    same(said.parts[2], "many" if many else "few")
    if said.form == "between":
        assert demand.domain == "moderate"
        same(said.parts[3], ADVISED["everyday", many])
        same(said.parts[4], ADVISED["far", many])
    else:
        same(said.parts[3], ADVISED[demand.domain, many])


@true_of(
    words.timed,
    _=r"(\d+) models timed (just now|\d+ min ago|\d+ h ago), (\d+) rounds each, "
    r"(alone on the machine|while other programs took part of the machine)\."
    r"(?: (\d+) of them with random weights, which is right for timing\.)?(?: (\d+) could not run\.)?",
)
def timed(draw: np.random.Generator, read: Reader) -> None:
    names = tuple("abcdefgh"[: draw.integers(1, 9)])
    failed = {"x": "no memory"} if draw.random() < 0.5 else {}
    timing = Timing(names, failed, int(draw.choice([10, 30])), bool(draw.random() < 0.5), 0.0, int(draw.integers(0, 3)))
    ago_s = float(draw.choice([3, 59, 61, 1000, 5399, 5401, 50_000]))
    said = read(words.timed(timing, ago_s))
    same(said.parts[0], len(names))
    ago, _, unit = said.parts[1].partition(" ")
    if ago == "just":
        assert ago_s < 60
    else:
        assert abs(int(ago) * (60 if unit == "min ago" else 3600) - ago_s) <= (30 if unit == "min ago" else 1800)
        assert (unit == "min ago") == (ago_s < 5400)
    same(said.parts[2], timing.rounds)
    assert said.parts[3].startswith("alone") == timing.alone
    same(said.parts[4], timing.random or "")
    same(said.parts[5], "1" if failed else "")


@true_of(
    export.asked,
    _=rf"I want to ({'|'.join(TASKS.values())}) in ({'|'.join(DOMAINS.values())})(?:, about {X} of each class)?, "
    rf"(?:in at most {X} ms a photo|(in any time))"
    rf"(?:, with at most {X} MB of weights)?, and (.+)\.",
)
def asked(draw: np.random.Generator, read: Reader) -> None:
    demand = random_demand(draw)
    task, domain, photos, ms, free, mb, licence = read(export.asked(demand)).parts
    assert (task, domain, licence) == (TASKS[demand.task], DOMAINS[demand.domain], LICENCES[demand.licence])
    assert (number(photos) if photos else 0) == demand.photos
    assert (number(ms) if ms else 0) == demand.milliseconds and free == ("" if demand.milliseconds else "in any time")
    assert (number(mb) if mb else 0) == demand.max_mb
