"""What Teach says: whose probe names most, whether that is sure, splits, curves and who is taken for whom; by scipy."""

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from cvdemo.photo_sets import LabelledPhoto, PhotoSet, too_few
from cvdemo.photo_sets.words import split as split_of
from cvdemo.probes import Point
from cvdemo.transfer import Lesson, Taught, Way, words
from cvdemo.transfer.result import way
from tests.sentences.table import Reader, holds, number, same, share, true_of

TITLES = ("ResNet-50", "Small ViT", "MobileViT-S")
SPOKEN = {"cnn": "the CNN", "vit": "the ViT", "hybrid": "the hybrid"}
CLASSES = ("mug", "keys", "plant", "cup")
SHARE, WHO = r"\d+\.\d %", r"[\w-]+(?: \w+)?"
HELD_OUT = "held\u2011out photos"


def random_lesson(draw: np.random.Generator) -> Lesson:
    """Return one to three backbones of all degrees of skill on the same photos, ties and bursts among them."""
    count, classes = int(draw.integers(8, 60)), int(draw.integers(2, 5))
    labels = np.concatenate([np.arange(classes), draw.integers(0, classes, count - classes)])
    photos = PhotoSet("your photos", CLASSES[:classes], tuple(LabelledPhoto(b"", int(one), "x") for one in labels))
    out = draw.permutation(np.arange(count) < max(1, int(count * draw.uniform(0.1, 0.9)) - 1))
    truth = labels[out]

    def answered(skill: float) -> NDArray[np.intp]:
        right = draw.random(len(truth)) < skill
        return np.where(right, truth, draw.integers(0, classes, len(truth))).astype(np.intp)

    taught = []
    for title in TITLES[: draw.integers(1, 4)]:
        skill = float(draw.choice([0, 0.4, 0.8, 1.0]))
        ways = (way("nearest", answered(skill), truth), way("probe", answered(skill), truth))
        counts = (1, 2, 5, 10)[: draw.integers(0, 5)]
        points = tuple(Point(one, tuple(draw.random(int(draw.integers(1, 4))).tolist())) for one in counts)
        taught.append(Taught(title, title, str(draw.choice(list(SPOKEN))), ways, None, points))  # type: ignore[arg-type]
    always = way("majority", np.full(len(truth), np.bincount(labels).argmax()), truth)
    groups = draw.integers(0, count, count) if draw.random() < 0.5 else np.arange(count)
    return Lesson(photos, groups.astype(np.intp), out, 0, always, tuple(taught))


def spoken(lesson: Lesson) -> list[str]:
    """Return how the page calls the backbones: by family where two differ in it."""
    if len(lesson.taught) == 2 and lesson.taught[0].family != lesson.taught[1].family:
        return [SPOKEN[one.family] for one in lesson.taught]
    return [one.title for one in lesson.taught]


def differ(lesson: Lesson, one: Way, other: Way) -> bool:
    """Return whether McNemar's exact test says that two ways are right unequally often, at 5 %."""
    truth = lesson.photos.labels[lesson.out]
    first, second = one.predicted == truth, other.predicted == truth
    only, other_only = int((first & ~second).sum()), int((second & ~first).sum())
    return only + other_only > 0 and binomtest(only, only + other_only).pvalue < 0.05


@true_of(
    words.answer,
    none=r"No way beats always saying (\w+) for sure\. More or clearer photos are needed\.",
    one=rf"The probe on ({WHO}) names (\d+) of (\d+) {HELD_OUT}: ({SHARE}) \(({SHARE}) to ({SHARE})\)\.",
    close=rf"The probe on ({WHO}) names (\d+) of (\d+) {HELD_OUT}, the one on ({WHO}) (\d+): too close to call\.",
    sure=rf"The probe on ({WHO}) names (\d+) of (\d+) {HELD_OUT}; the one on ({WHO}) only (\d+)\.",
)
def answers(draw: np.random.Generator, read: Reader) -> None:
    lesson = random_lesson(draw)
    truth, said = lesson.photos.labels[lesson.out], read(words.answer(lesson))
    probes = dict(zip(spoken(lesson), (one.way("probe") for one in lesson.taught), strict=True))
    right = {name: int((one.predicted == truth).sum()) for name, one in probes.items()}
    best = max(right, key=lambda name: right[name])
    beats = right[best] > (lesson.majority.predicted == truth).sum() and differ(lesson, probes[best], lesson.majority)
    assert (said.form == "none") == (not beats)
    if said.form == "none":
        same(said.parts[0], lesson.photos.classes[lesson.majority.predicted[0]])
        return
    assert right[said.parts[0]] == max(right.values())
    same(said.parts[1], max(right.values()))
    same(said.parts[2], len(truth))
    assert (said.form == "one") == (len(probes) == 1)
    if said.form == "one":
        share(said.parts[3], right[best] / len(truth))
        edges = binomtest(right[best], len(truth)).proportion_ci(method="wilson")
        share(said.parts[4], float(edges.low))
        share(said.parts[5], float(edges.high))
        return
    name, other = said.parts[0], said.parts[3]
    assert other != name and right[other] == sorted(right.values())[-2]
    same(said.parts[4], right[other])
    assert (said.form == "sure") == differ(lesson, probes[name], probes[other])


@true_of(
    words.split,
    split_of,
    alone=r"([\d,]+) photos to learn from, ([\d,]+) held out for the test\.",
    twins=r"([\d,]+) photos to learn from, ([\d,]+) held out for the test\. "
    r"([\d,]+) (is|are) nearly the same as another one and on its side\.",
)
def splits(draw: np.random.Generator, read: Reader) -> None:
    lesson = random_lesson(draw)
    said, count, out = read(words.split(lesson)), len(lesson.photos.photos), int(lesson.out.sum())
    holds(said.parts[0], count - out)
    holds(said.parts[1], out)
    twins = count - len(set(lesson.groups.tolist()))
    assert (said.form == "twins") == (twins > 0)
    if twins:
        holds(said.parts[2], twins)
        same(said.parts[3], "is" if twins == 1 else "are")


LINE = rf"{WHO}: {SHARE} with \d+ photos? of each class, {SHARE} with \d+\."


@true_of(words.curve, none=r"More photos are needed for a curve\.", lines=rf"({LINE}(?: {LINE})*)")
def curves(draw: np.random.Generator, read: Reader) -> None:
    lesson = random_lesson(draw)
    drawn = [(name, one.curve) for name, one in zip(spoken(lesson), lesson.taught, strict=True) if len(one.curve) > 1]
    said = read(words.curve(lesson))
    assert (said.form == "none") == (not drawn)
    if said.form == "none":
        return
    told = said.parts[0].replace(". ", ".\n").split("\n")
    for line, (name, points) in zip(told, drawn, strict=True):
        who, _, rest = line.partition(": ")
        first, _, last = rest.removesuffix(".").partition(", ")
        same(who, f"{name[0].upper()}{name[1:]}")
        same(first.partition(" with ")[2], f"{points[0].count} photo{'s' if points[0].count > 1 else ''} of each class")
        same(last.partition(" with ")[2], points[-1].count)
        share(first.partition(" with ")[0], float(np.mean(points[0].shares)))
        share(last.partition(" with ")[0], float(np.mean(points[-1].shares)))


@true_of(
    words.confused,
    none=r"None of (\d+) is wrong\.",
    some=r"(\d+) of (\d+) (is|are) wrong\.",
    most=r"(\d+) of (\d+) (is|are) wrong\. Most often (\w+) is taken for (\w+)\.",
)
def confusions(draw: np.random.Generator, read: Reader) -> None:
    lesson = random_lesson(draw)
    truth = lesson.photos.labels[lesson.out]
    for place, one in enumerate(lesson.taught):
        answers = one.way("probe").predicted
        pairs = [(int(a), int(b)) for a, b in zip(truth, answers, strict=True) if a != b]
        said, counts = read(words.confused(lesson, place)), sorted(pairs.count(pair) for pair in set(pairs))
        if said.form == "none":
            assert not pairs
            same(said.parts[0], len(truth))
            continue
        assert number(said.parts[0]) == len(pairs) > 0
        same(said.parts[1], len(truth))
        same(said.parts[2], "is" if len(pairs) == 1 else "are")
        assert (said.form == "most") == (counts[-1:] != counts[-2:-1])
        if said.form == "most":
            pair = tuple(lesson.photos.classes.index(part) for part in said.parts[3:])
            assert pairs.count(pair) == counts[-1]


@true_of(
    too_few,
    enough="",
    few=r"(\w+) has (\d+) photos?\. Five are needed, so that some can be held out for the test\.",
    alike=r"The photos of (\w+) are all nearly the same: none can be held out for the test\. Add other ones\.",
)
def enough_photos(draw: np.random.Generator, read: Reader) -> None:
    lesson = random_lesson(draw)
    photos, counts = lesson.photos, np.bincount(lesson.photos.labels)
    out = lesson.out & (draw.random() < 0.8)
    said = read(too_few(photos, out))
    held = np.bincount(photos.labels[out], minlength=len(counts))
    lacking = [name for name, count, kept in zip(photos.classes, counts, held, strict=True) if count < 5 or not kept]
    assert (said.form == "enough") == (not lacking)
    if said.form != "enough":
        same(said.parts[0], lacking[0])
        few = counts[photos.classes.index(lacking[0])]
        assert (said.form == "few") == (few < 5)
    if said.form == "few":
        same(said.parts[1], few)
