"""The sentences of the Latency tab, made from the numbers on screen."""

import itertools
import math

from cvdemo.input_size import not_its_own
from cvdemo.latency.result import Duel, Pair, Racer
from cvdemo.latency.settings import DISTURBED_SHARE, FEWEST_FOR_VERDICT, MARGIN
from cvdemo.latency.statistics import Ratio
from cvdemo.wording import NBSP, listed, milliseconds

QUESTION = "Which model is faster here, and are we sure?"
WHY_TITLE = "Why measure instead of looking it up?"
WHY = (
    "Which of two models is faster depends on the processor, its memory and the software, so a number from another "
    "machine may point the wrong way. The models take turns, run by run, so that a slow moment hits all of them."
)
RANDOM = "random weights, fine for timing"
DRIFTS = "neighbouring rounds are too much alike here, as the machine drifts"
BARELY = 1.05
ENGINE_WORDS = {"torch": "PyTorch", "openvino": "OpenVINO"}
PRECISION_WORDS = {"float32": "fp32", "float16": "fp16", "bfloat16": "bf16", "int8": "int8"}


def times(ratio: float) -> str:
    """Return a ratio with two decimals; from ten on with three figures."""
    return f"{ratio:.2f}" if ratio < 9.995 else f"{ratio:.1f}" if ratio < 99.95 else f"{ratio:,.0f}"


NO_ROUND = "The time was over before the first round. Measure 30 rounds: they take as long as they need."


def answer(duel: Duel) -> str:
    """Return the tab's answer; true for 1 to 6 models, while it runs and after it was stopped."""
    if not duel.finished:
        return stopped_after(duel.rounds)
    told = [_failure(racer) for racer in duel.racers if racer.failed]
    if not duel.rounds:
        return " ".join([*told, NO_ROUND])
    if len(duel.standing) < 2:
        return " ".join([*told, *_alone(duel)])
    if duel.rounds < FEWEST_FOR_VERDICT:
        return " ".join([*told, quick(duel)])
    if duel.noisy:
        return " ".join([*told, noisy(duel)])
    return " ".join([*told, *_verdicts(duel)])


def quick(duel: Duel) -> str:
    """Return what a look of fewer than 20 rounds says: times, and no verdict."""
    found = [(racer.title, duel.percentiles(racer)) for racer in duel.standing]
    rows = listed([f"{title} {milliseconds(each.p50)}" for title, each in found if each], ",").replace(" , ", ", ")
    return f"Quick look: {rows}. Measure 30 rounds for a verdict."


def noisy(duel: Duel) -> str:
    """Return what was seen on a machine that has other things to do, and why that is no verdict."""
    why = f"No firm verdict: other programs disturbed {len(duel.disturbed)} of {duel.rounds} rounds."
    return " ".join([*(_seen(a, b, ratio) for a, b, ratio in _steps(duel)), why, "Measure again when it is quiet."])


def _seen(a: Racer, b: Racer, ratio: Ratio) -> str:
    """Return in how many rounds one of two models was faster, for those who get no verdict."""
    if ratio.ratio < 1:
        a, b, ratio = b, a, ratio.turned()
    if ratio.ratio <= 1 + MARGIN:
        return f"{a.title} and {b.title} took about as long."
    if 2 * ratio.wins <= ratio.rounds:  # the medians differ, most rounds do not say so
        return f"Neither {a.title} nor {b.title} was clearly faster."
    about = f"about {times(ratio.ratio)} times" if ratio.ratio < 1.95 else f"about {ratio.ratio:.0f} times"
    return f"{a.title} was faster than {b.title} in {ratio.wins} of {ratio.rounds} rounds, {about}."


def stopped_after(rounds: int) -> str:
    """Return what a duel that was stopped says."""
    done = f"Stopped after {rounds} round{'' if rounds == 1 else 's'}"
    if rounds < FEWEST_FOR_VERDICT:
        return f"{done}; a verdict needs {FEWEST_FOR_VERDICT}."
    return f"{done}. A verdict needs all rounds that were asked for."


def running(done: int, rounds: int, seconds_left: float | None) -> str:
    """Return how far a duel is."""
    left = "" if seconds_left is None else f", about {max(1, round(seconds_left))} s left"
    verdict = " No verdict before the end." if rounds >= FEWEST_FOR_VERDICT else ""
    return f"Round {min(done + 1, rounds)} of {rounds}{left}.{verdict}"


def in_line(place: int, seconds: float | None) -> str:
    """Return what somebody in line for the device reads."""
    ending = "th" if 10 < place % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    wait = "" if seconds is None else f", about {max(1, round(seconds))} s"
    return f"The machine is busy. You are {place}{ending} in line{wait}."


def verdict(a: Racer, b: Racer, ratio: Ratio, short: bool = False) -> str:
    """Return what is sure about two models; ``short``: one decimal and no interval."""
    if a.model == b.model and (a.engine, a.precision) == (b.engine, b.precision):
        return _self(a, ratio)
    if ratio.verdict == "too close to call":
        return f"{a.title} or {b.title}: too close to call{'' if short else _why_close(ratio)}."
    if ratio.verdict is None:
        return f"{_seen(a, b, ratio)} No firm verdict: {DRIFTS}."
    if ratio.verdict == "slower":
        a, b = b, a
        ratio = ratio.turned()
    if ratio.ratio < BARELY:
        gain = f"{100 * (ratio.ratio - 1):.0f}{NBSP}%"
        return f"{a.title} is faster than {b.title} by {gain}: measurable, but too little to notice."
    if short:
        return f"{a.title} is {ratio.ratio:.1f} times as fast as {b.title} here."
    interval = f"95{NBSP}% interval {times(ratio.low)} to {times(ratio.high)}"
    return f"{a.title} is {times(ratio.ratio)} times as fast as {b.title} here ({interval})."


def _self(racer: Racer, ratio: Ratio) -> str:
    if ratio.verdict == "too close to call":
        return f"{racer.title} against itself: too close to call, as it should be."
    if ratio.verdict is None:
        return f"{racer.title} against itself: no firm verdict, {DRIFTS}."
    interval = f"ratio {times(ratio.ratio)}, interval {times(ratio.low)} to {times(ratio.high)}"
    return f"{racer.title} against itself should be equal and is not ({interval}): do not trust this measurement."


def _why_close(ratio: Ratio) -> str:
    inside = ratio.low <= 1 <= ratio.high
    end = "includes 1" if inside else f"does not clear the margin of {100 * MARGIN:.0f}{NBSP}%"
    return f" (ratio {times(ratio.ratio)}, interval {times(ratio.low)} to {times(ratio.high)} {end})"


def _failure(racer: Racer) -> str:
    reason = (racer.failed or "").rstrip(".")
    return f"{racer.title} failed and was left out ({reason}). The other figures stand."


def _alone(duel: Duel) -> list[str]:
    return [
        f"{racer.title} takes {milliseconds(found.p50)} here."
        for racer in duel.standing
        if (found := duel.percentiles(racer)) is not None
    ]


def _verdicts(duel: Duel) -> list[str]:
    return [verdict(a, b, ratio, short=len(duel.standing) > 2) for a, b, ratio in _steps(duel)]


def _steps(duel: Duel) -> list[tuple[Racer, Racer, Ratio]]:
    """Return which pairs are told: two models; three, each against the next slower one; above three, the ends."""
    known = {(pair.a, pair.b): pair.ratio for pair in duel.pairs()}
    order = sorted(duel.standing, key=lambda racer: float(_median(duel, racer)))
    steps = list(itertools.pairwise(order))
    if len(order) > 3:
        steps = [steps[0], (order[0], order[-1])]
    return [_ordered(a, b, known) for a, b in steps]


def _ordered(a: Racer, b: Racer, known: dict[tuple[str, str], Ratio]) -> tuple[Racer, Racer, Ratio]:
    return (a, b, known[a.key, b.key]) if (a.key, b.key) in known else (b, a, known[b.key, a.key])


def _median(duel: Duel, racer: Racer) -> float:
    found = duel.percentiles(racer)
    return found.p50 if found else 0.0


def pair_words(pair: Pair) -> tuple[str, str]:
    """Return what stands beside one bar of the chart of ratios: what it says, and its interval."""
    ratio = pair.ratio
    said = {
        "faster": f"{times(ratio.ratio)}× as fast",
        "slower": f"{times(ratio.ratio)}× as fast",
        "too close to call": "too close to call",
        None: "no verdict",
    }[ratio.verdict]
    return said, f"{times(ratio.low)} to {times(ratio.high)}"


def together(duel: Duel) -> str:
    """Return what stands above the ratios of more than two models: on what their verdicts and intervals rest."""
    pairs = math.comb(len(duel.standing), 2)
    if pairs < 2:
        return ""
    return (
        f"Verdicts are corrected for {pairs} pairs (Holm): at most 5{NBSP}% of such measurements call any of them "
        "wrongly. Each bar is for its pair alone, so one beside the shaded part can still be too close to call."
    )


def badges(duel: Duel) -> list[tuple[str, str]]:
    """Return (kind, text) of each badge: ``ok``, ``warn`` or ``""``."""
    shown = [alone_badge(duel)]
    dropped = len(duel.disturbed)
    rounds = f"{duel.rounds} round{'' if duel.rounds == 1 else 's'}"
    if not dropped:
        shown.append(("", f"{rounds}, none disturbed"))
    elif duel.rounds - dropped < min(FEWEST_FOR_VERDICT, duel.rounds):
        shown.append(("warn", f"{rounds}, {dropped} disturbed, all shown"))
    else:
        shown.append(("", f"{rounds}, {dropped} disturbed {'one' if dropped == 1 else 'ones'} dropped"))
    if any(racer.weights == "random" for racer in duel.standing):
        shown.append(("warn", RANDOM))
    return shown


def alone_badge(duel: Duel) -> tuple[str, str]:
    """Return whether the device was ours alone."""
    if duel.other_requests:
        count = duel.other_requests
        return "warn", f"Not alone: {count} other request{'' if count == 1 else 's'} ran"
    if not duel.alone and duel.others_share is not None:
        return "warn", f"Not alone: other programs took {100 * duel.others_share:.0f}{NBSP}%"
    if (duel.browser_share or 0.0) > DISTURBED_SHARE:
        return "", f"Alone but for a browser here: {100 * (duel.browser_share or 0.0):.0f}{NBSP}%"
    return "ok", "Measured alone"


def engine_line(racer: Racer) -> str:
    """Return engine, precision and any size that is not the model's own, as they stand under a name."""
    precision = PRECISION_WORDS.get(racer.precision, racer.precision)
    engine, size = ENGINE_WORDS.get(racer.engine, racer.engine), not_its_own(racer.model, racer.side)
    return ", ".join(part for part in (engine, precision, size) if part)


def machine(duel: Duel) -> str:
    """Return where it was measured."""
    here = duel.environment
    versions = ", ".join(f"{name} {number}" for name, number in here.versions.items() if name in ("torch", "openvino"))
    threads = f"{here.threads} thread{'' if here.threads == 1 else 's'}"
    return f"{here.device}, {threads}, {here.processor}, {versions}."


def picture(duel: Duel) -> str:
    """Return what one run looked at."""
    batch, sides = duel.settings.batch, dict.fromkeys(racer.side for racer in duel.racers)
    photos = "one photo" if batch == 1 else f"{batch:,} photos"
    whose = "each model's own size, " if duel.settings.side is None else ""
    return f"line = median, {photos} at {whose}{listed(list(map(str, sides)))} px"


def ago(seconds: float) -> str:
    """Return how old a stored duel is."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return "Measured a moment ago on this machine."
    if minutes < 90:
        return f"Measured {minutes} minute{'' if minutes == 1 else 's'} ago on this machine."
    return f"Measured {round(minutes / 60)} hours ago on this machine."
