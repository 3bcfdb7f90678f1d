"""What Teach says of training more layers: who named more, whether that is sure, how far it is, and what to freeze."""

from dataclasses import replace

import numpy as np
from scipy.stats import binomtest

from cvdemo.transfer import Lesson, Taught, advice, words
from cvdemo.transfer.result import way
from cvdemo.wording import in_line
from tests.sentences.table import Reader, holds, number, same, share, true_of
from tests.sentences.transfer import SHARE, WHO, differ, random_lesson, spoken

CALLED = {"probe": "probe", "stages": "last stages", "all": "all layers"}


def trained_lesson(draw: np.random.Generator) -> Lesson:
    """Return a lesson in which some or all more ways were trained, on each backbone or none."""
    lesson = random_lesson(draw)
    names = ("stages", "all", "scratch")[: draw.integers(0, 4)]

    def more(one: Taught) -> Taught:
        ways = list(one.ways)
        for name in names:
            skill = float(draw.choice([0, 0.4, 0.8, 1.0]))
            right = draw.random(len(lesson.labels)) < skill
            others = draw.integers(0, len(lesson.photos.classes), len(lesson.labels))
            answers = np.where(right, lesson.labels, others).astype(np.intp)
            ways.append(way(name, answers, lesson.labels))
        return replace(one, ways=tuple(ways), distance=draw.choice([None, float(draw.uniform(0, 1))]))

    return replace(lesson, taught=tuple(more(one) for one in lesson.taught))


def counts(lesson: Lesson, one: Taught) -> dict[str, int]:
    """Return how many each way named rightly, counted anew."""
    return {each.name: int((each.predicted == lesson.labels).sum()) for each in one.ways}


def best_of(lesson: Lesson) -> Taught:
    """Return the backbone whose probe is right most often, the first of equal ones."""
    right = [counts(lesson, one)["probe"] for one in lesson.taught]
    return lesson.taught[right.index(max(right))]


@true_of(
    words.more,
    none="",
    close=r"Training more layers: too close to call\.",
    better=r"Training more layers \((last stages|all layers)\) names (\d+)\.",
    worse=r"Training more layers names only (\d+) \((last stages|all layers)\)\.",
)
def mores(draw: np.random.Generator, read: Reader) -> None:
    lesson = trained_lesson(draw)
    one, said = best_of(lesson), read(words.more(lesson))
    right = counts(lesson, one)
    tried = [name for name in ("stages", "all") if name in right]
    assert (said.form == "none") == (not tried)
    if said.form == "none":
        return
    best = max(tried, key=lambda name: right[name])
    assert (said.form == "close") == (not differ(lesson, one.way(best), one.way("probe")))
    if said.form != "close":
        assert (said.form == "better") == (right[best] > right["probe"])
        told = said.parts if said.form == "worse" else said.parts[::-1]
        same(told[0], right[best])
        same(told[1], CALLED[best])


@true_of(
    words.scratch,
    none="",
    some=rf"From random weights ({WHO}) names (\d+) of (\d+): ({SHARE}) \(({SHARE}) to ({SHARE})\)\.",
)
def scratches(draw: np.random.Generator, read: Reader) -> None:
    lesson = trained_lesson(draw)
    one, said = best_of(lesson), read(words.scratch(lesson))
    right = counts(lesson, one)
    assert (said.form == "none") == ("scratch" not in right)
    if said.form == "some":
        same(said.parts[0], spoken(lesson)[lesson.taught.index(one)])
        same(said.parts[1], right["scratch"])
        same(said.parts[2], len(lesson.labels))
        share(said.parts[3], right["scratch"] / len(lesson.labels))
        edges = binomtest(right["scratch"], len(lesson.labels)).proportion_ci(method="wilson")
        share(said.parts[4], float(edges.low))
        share(said.parts[5], float(edges.high))


@true_of(
    words.teaching,
    unknown=r"Teaching: (\d+) of (\d+) ways done\. No verdict before the end\.",
    left=r"Teaching: (\d+) of (\d+) ways done, about ([\d,]+) s left\. No verdict before the end\.",
)
def teachings(draw: np.random.Generator, read: Reader) -> None:
    of = int(draw.integers(2, 30))
    done, left_s = int(draw.integers(0, of)), draw.choice([None, float(draw.uniform(0, 2000))])
    said = read(words.teaching(done, of, left_s))
    same(said.parts[0], done)
    same(said.parts[1], of)
    assert (said.form == "unknown") == (left_s is None)
    if left_s is not None:
        assert abs(number(said.parts[2]) - left_s) <= 1


@true_of(words.stopped, all=r"Stopped\. (\d+) of (\d+) ways are finished and kept\.")
def stops(draw: np.random.Generator, read: Reader) -> None:
    of = int(draw.integers(2, 30))
    done = int(draw.integers(0, of))
    said = read(words.stopped(done, of))
    same(said.parts[0], done)
    same(said.parts[1], of)


@true_of(in_line, all=r"(One|\d+) trainings? (?:is|are) before yours\. One runs at a time\.")
def places(draw: np.random.Generator, read: Reader) -> None:
    place = int(draw.integers(1, 12))
    same(read(in_line(place)).parts[0], "One" if place == 1 else place)


WON = r"(Nothing else was trained here\.|Here .+\.)"


@true_of(
    advice.advice,
    unknown=rf"({WHO}) keeps no statistics of its training photos, so their distance is not known here\. {WON}",
    known=rf"Your photos lie (\d\.\d\d) standard deviations from those that ({WHO}) was trained on: (near|far)\. "
    rf"(?:Near|Far) and (few|many) \((\d+) of a class\): ([a-z ]+), says the lesson\. {WON}",
)
def advices(draw: np.random.Generator, read: Reader) -> None:
    lesson = trained_lesson(draw)
    for place, one in enumerate(lesson.taught):
        said, name = read(advice.advice(lesson, place)), spoken(lesson)[place]
        assert (said.form == "unknown") == (one.distance is None)
        way_of = None
        if said.form == "unknown" or one.distance is None:
            same(said.parts[0], f"{name[0].upper()}{name[1:]}")
        else:
            fewest = min(
                int(((lesson.photos.labels == label) & ~lesson.out).sum())
                for label in range(len(lesson.photos.classes))
            )
            holds(said.parts[0], round(one.distance, 2))
            same(said.parts[1], name)
            same(said.parts[2], "far" if one.distance >= 0.3 else "near")
            same(said.parts[3], "many" if fewest >= 50 else "few")
            same(said.parts[4], fewest)
            way_of = {
                "keep it frozen and train the probe": "probe",
                "open the last stages": "stages",
                "train all layers": "all",
            }[said.parts[5]]
            assert (
                way_of
                == {"near few": "probe", "near many": "stages", "far few": "stages", "far many": "all"}[
                    f"{said.parts[2]} {said.parts[3]}"
                ]
            )
        check_winner(lesson, one, said.parts[-1], way_of)


def check_winner(lesson: Lesson, one: Taught, told: str, advised: str | None) -> None:
    """Hold what is said of the winner against counts and McNemar's test."""
    right = {name: count for name, count in counts(lesson, one).items() if name in CALLED}
    assert (told == "Nothing else was trained here.") == (len(right) == 1)
    if len(right) == 1:
        return
    named = {
        name
        for name, called in CALLED.items()
        if called in told.partition(" won ")[0].partition(", ")[0].partition(" did ")[0]
    }
    best = max(right, key=lambda name: right[name])
    close = {name for name in right if name == best or not differ(lesson, one.way(best), one.way(name))}
    if "too close to call" in told:
        named = {name for name, called in CALLED.items() if called in told.partition(" are too ")[0]}
        assert named == close and len(close) > 1 and (advised is None or advised in close)
        assert ("nothing speaks against it" in told) == (advised is not None)
    else:
        assert named == close and ("for sure" in told)
        assert ("as the lesson says" in told) == (advised == best and len(close) == 1)
        assert ("not what" in told or "another answer" in told) == (advised is not None and advised not in close)
