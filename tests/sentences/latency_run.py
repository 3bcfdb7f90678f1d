"""What Latency says while it measures, and beside its charts."""

import itertools

import numpy as np

from cvdemo.latency import statistics, words
from cvdemo.latency.result import Pair
from tests.sentences.latency import X, random_duel, random_ratio
from tests.sentences.table import Reader, holds, listed_in, same, true_of


@true_of(
    words.stopped_after,
    few=r"Stopped after (\d+) (round|rounds); a verdict needs (\d+)\.",
    enough=r"Stopped after (\d+) (rounds)\. A verdict needs all rounds that were asked for\.",
)
def stopped(draw: np.random.Generator, read: Reader) -> None:
    rounds = int(draw.integers(0, 40))
    said = read(words.stopped_after(rounds))
    holds(said.parts[0], rounds)
    same(said.parts[1], "round" if rounds == 1 else "rounds")
    assert (said.form == "few") == (rounds < 20)
    if said.form == "few":
        holds(said.parts[2], 20)


@true_of(words.running, _=r"Round (\d+) of (\d+)(?:, about (\d+ s) left)?\.( No verdict before the end\.)?")
def running(draw: np.random.Generator, read: Reader) -> None:
    rounds = int(draw.choice([10, 19, 20, 30]))
    done, left = int(draw.integers(0, rounds + 1)), None if draw.random() < 0.3 else float(draw.exponential(20))
    said = read(words.running(done, rounds, left))
    holds(said.parts[0], min(done + 1, rounds))
    holds(said.parts[1], rounds)
    assert bool(said.parts[2]) == (left is not None) and bool(said.parts[3]) == (rounds >= 20)
    if left is not None:
        holds(said.parts[2], max(1, left), "s")


@true_of(words.in_line, _=r"The machine is busy\. You are (\d+)(st|nd|rd|th) in line(?:, about (\d+ s))?\.")
def in_line(draw: np.random.Generator, read: Reader) -> None:
    place, seconds = int(draw.integers(1, 130)), None if draw.random() < 0.3 else float(draw.exponential(20))
    said = read(words.in_line(place, seconds))
    holds(said.parts[0], place)
    same(said.parts[1], "th" if place // 10 % 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th"))
    assert bool(said.parts[2]) == (seconds is not None)
    if seconds is not None:
        holds(said.parts[2], max(1, seconds), "s")


@true_of(
    words.pair_words, fast=rf"{X}× as fast: {X} to {X}", other=rf"(too close to call|no verdict): {X} to {X}"
)  # fmt: skip
def pair_words(draw: np.random.Generator, read: Reader) -> None:
    ratio = random_ratio(draw)
    said = read(": ".join(words.pair_words(Pair("a", "b", ratio))))
    assert (said.form == "fast") == (ratio.verdict in ("faster", "slower"))
    if said.form == "fast":
        holds(said.parts[0], ratio.ratio)
    else:
        same(said.parts[0], ratio.verdict or "no verdict")
    holds(said.parts[1], ratio.low)
    holds(said.parts[2], ratio.high)


@true_of(
    words.together,
    none="",
    pairs=r"Verdicts are corrected for (\d+) pairs \(Holm\): at most (5 %) of such measurements call any of them "
    r"wrongly\. Each bar is for its pair alone, so one beside the shaded part can still be too close to call\.",
)
def together(draw: np.random.Generator, read: Reader) -> None:
    duel = random_duel(draw)
    count = sum(racer.failed is None for racer in duel.racers)
    said = read(words.together(duel))
    assert (said.form == "pairs") == (count > 2)
    if said.form == "pairs":
        holds(said.parts[0], len(list(itertools.combinations(range(count), 2))))
        holds(said.parts[1], 100 * statistics.ERROR, "%")


@true_of(
    words.badges,
    words.alone_badge,
    alone=r"(ok): Measured alone",
    requests=r"(warn): Not alone: (\d+) other (request|requests) ran",
    programs=r"(warn): Not alone: other programs took (\d+ %)",
    none=r"(): (\d+) (round|rounds), none disturbed",
    shown=r"(warn): (\d+) (round|rounds), (\d+) disturbed, all shown",
    dropped=r"(): (\d+) (round|rounds), (\d+) disturbed (one|ones) dropped",
    random=r"(warn): random weights, fine for timing",
)
def badges(draw: np.random.Generator, read: Reader) -> None:
    duel = random_duel(draw)
    found = words.badges(duel)
    told = [read(f"{kind}: {text}") for kind, text in found]
    by_form = {said.form: said.parts for said in told}
    for said in told:
        same(said.parts[0], {"alone": "ok", "none": "", "dropped": ""}.get(said.form, "warn"))
    share = duel.others_share or 0
    assert ("requests" in by_form) == (duel.other_requests > 0)
    assert ("programs" in by_form) == (not duel.other_requests and share > 0.1)
    assert ("alone" in by_form) == (not duel.other_requests and share <= 0.1)
    if "requests" in by_form:
        holds(by_form["requests"][1], duel.other_requests)
        same(by_form["requests"][2], "request" if duel.other_requests == 1 else "requests")
    if "programs" in by_form:
        holds(by_form["programs"][1], 100 * share, "%")
    gone, kept = len(duel.disturbed), len(duel.kept())
    form = "none" if not gone else "shown" if kept == duel.rounds else "dropped"
    same(str(form in by_form), True)
    holds(by_form[form][1], duel.rounds)
    same(by_form[form][2], "round" if duel.rounds == 1 else "rounds")
    if gone:
        holds(by_form[form][3], gone)
    if form == "dropped":
        same(by_form[form][4], "one" if gone == 1 else "ones")
    assert ("random" in by_form) == any(one.weights == "random" and not one.failed for one in duel.racers)


@true_of(words.picture, _=r"line = median, (one photo|[\d,]+ photos) at (each model's own size, )?([\d, and]+) px")
def picture(draw: np.random.Generator, read: Reader) -> None:
    duel = random_duel(draw)
    said = read(words.picture(duel))
    same(said.parts[0], "one photo" if duel.settings.batch == 1 else f"{duel.settings.batch:,} photos")
    assert bool(said.parts[1]) == (duel.settings.side is None)
    assert {int(side) for side in listed_in(said.parts[2])} == {racer.side for racer in duel.racers}


@true_of(
    words.ago,
    now=r"Measured a moment ago on this machine\.",
    minutes=r"Measured (\d+) (minute|minutes) ago on this machine\.",
    hours=r"Measured (\d+) hours ago on this machine\.",
)
def ago(draw: np.random.Generator, read: Reader) -> None:
    seconds = float(draw.exponential(draw.choice([20, 1000, 20000])))
    said = read(words.ago(seconds))
    assert (said.form == "now") == (round(seconds / 60) == 0)
    if said.form == "minutes":
        holds(said.parts[0], seconds / 60)
        same(said.parts[1], "minute" if said.parts[0] == "1" else "minutes")
    elif said.form == "hours":
        holds(said.parts[0], round(seconds / 60) / 60)
