"""The sentences of Look inside's saliency view, made from the numbers on screen."""

import math
from collections.abc import Sequence

from cvdemo.saliency.checks import ALIKE, Checks
from cvdemo.saliency.point import PointHeat
from cvdemo.saliency.study import Evidence
from cvdemo.wording import NBSP, listed, percent

MATTERS = 0.5  # a point that is hotter than half of the photo matters
EQUAL = 0.05  # ranks nearer than that are called equal

WHY = (
    "Bright places are those that this method holds responsible for the class's score. Such maps can look convincing "
    "and be wrong, so two checks stand beside it."
)
CAREFUL = "Careful: this map hardly depends on what was learned."
NO_CLASSES = "This model has no classes, so there is nothing that a map could explain. Choose a classifier."
RANDOM = "Random weights: the map is drawn correctly and means nothing."
AGAINST_MEAN = (
    "The class is held against the mean of all classes here: by its own score alone, every place speaks against it."
)
SAME_FOR_ALL = "Eigen-CAM shows the strongest pattern, whatever the class."


def answer(names: Sequence[str], found: Sequence[PointHeat | None]) -> str:
    """Return how much the point matters to each model, by its rank in each map; None: the map is dark everywhere."""
    if not names:
        return NO_CLASSES
    rows = [(name, one.hotter_than) for name, one in zip(names, found, strict=True) if one is not None]
    dark = [name for name, one in zip(names, found, strict=True) if one is None]
    parts = [_ranked(rows)] if rows else []
    parts += [f"No place of this layer holds up the word for {listed(dark, 'or')}."] if dark else []
    return " ".join(parts)


def _ranked(rows: Sequence[tuple[str, float]]) -> str:
    """Return the sentence on names and ranks."""
    shares, ranks = [whole(rank) for _, rank in rows], [rank for _, rank in rows]
    if len(rows) > 1 and max(ranks) < MATTERS:
        return f"Your point hardly matters to {'either' if len(rows) == 2 else 'any of them'} ({', '.join(shares)})."
    if len(rows) > 1 and max(ranks) - min(ranks) < EQUAL:
        return f"Your point matters about equally to {'both' if len(rows) == 2 else 'all'} ({', '.join(shares)})."
    first, *others = sorted(rows, key=lambda row: -row[1])
    most = f"to {first[0]} (hotter than {whole(first[1])} of the photo)"
    if len(rows) == 1:
        return f"Your point {'matters' if first[1] >= MATTERS else 'hardly matters'} {most}."
    if len(rows) == 2:
        return f"Your point matters {most}, less to {others[0][0]} ({whole(others[0][1])})."
    too = [f"to {name} ({whole(rank)})" for name, rank in others if rank >= MATTERS]
    less = [f"to {name} ({whole(rank)})" for name, rank in others if rank < MATTERS]
    return f"Your point matters {listed([most, *too])}{f', hardly {listed(less)}' if less else ''}."


def whole(share: float) -> str:
    """Return a share as ``71 %``, rounded down: what is hotter than 70.9 % of the photo is hotter than 70 %."""
    return f"{math.floor(100 * share + 1e-9)}{NBSP}%"


def halves(found: Sequence[tuple[str, float]]) -> str | None:
    """Return in how much of the photo half of each model's saliency lies: rows of its name and that share, 0..1."""
    if not found:
        return None
    parts = [
        f"{'half' if number else 'Half'} of {name}'s {'' if number else 'saliency lies '}in {percent(share)}"
        for number, (name, share) in enumerate(found)
    ]
    parts[0] += " of the photo"
    return f"{listed(parts)}."


def at_point(heat: PointHeat | None, target: str) -> str:
    """Return how hot the point is and where the hottest place lies."""
    if heat is None:
        return f"No place of this layer speaks for {target}."
    away = f"hottest {heat.hottest_px:.0f}{NBSP}px {heat.toward}"
    if not heat.seen:
        return f"Your point was cut off before the model saw it; {away}."
    if heat.hottest_px < 1:
        return "Your point is the hottest of all."
    return f"Your point is hotter than {whole(heat.hotter_than)} of the photo; {away}."


def same_everywhere(heat: PointHeat | None) -> str:
    """Return that a map asks for no point, and how the visitor's ranks in it."""
    if heat is None:
        return "This map does not depend on your point."
    if not heat.seen:
        return "This map does not depend on your point, which was cut off before the model saw it."
    rank = f"is hotter than {whole(heat.hotter_than)} of the photo"
    return f"This map does not depend on your point, which {rank}."


def explained(found: Evidence) -> str:
    """Return what the map explains: a class, or why one and not another."""
    if found.against_name is not None:
        return f"why {found.target_name} and not {found.against_name}"
    return found.target_name


def checked(checks: Checks) -> list[str]:
    """Return what hiding pixels and random weights say about a map."""
    numbers = f"(deletion {checks.deletion.area:.2f}, insertion {checks.insertion.area:.2f})"
    blob = "a plain blob in the centre never brings it there"
    if checks.blob.half_at is not None:
        blob = f"a plain blob in the centre needs {percent(checks.blob.half_at)}"
    if checks.deletion.half_at is None:
        hiding = f"Hiding the brightest first, the answer never falls to half; {blob} {numbers}."
    else:
        fallen = f"the answer falls to half after {percent(checks.deletion.half_at)} of the pixels"
        hiding = f"Hiding the brightest first, {fallen}; {blob} {numbers}."
    return [hiding, *random_weights(checks.random_similarity)]


def believed(rows: Sequence[tuple[str, float | None, float | None]]) -> str:
    """Return what hiding pixels says of the overview's maps, and what follows.

    Args:
        rows: a model's name, and the shares of the pixels, 0..1, after which its answer falls to half when the map's
            brightest are hidden first, and when those in the middle are; None: never.
    """
    told = "; ".join(_hidden(*row) for row in rows)
    better = [name for name, fell, blob in rows if fell is not None and (blob is None or fell < blob)]
    if len(better) == len(rows):
        so = f"{'this map knows' if len(rows) == 1 else 'these maps know'} something, but not everything"
    elif better:
        so = f"only the map of {listed(better)} does better than the blob"
    else:
        so = f"{'this map does' if len(rows) == 1 else 'these maps do'} no better than the blob"
    return f"Such maps can look convincing and be wrong. Hiding the brightest first, {told}. So {so}."


def _hidden(name: str, fell: float | None, blob: float | None) -> str:
    needs = "never brings it there" if blob is None else f"needs {percent(blob)}"
    falls = "never falls to half" if fell is None else f"falls to half after {percent(fell)} of the pixels"
    return f"{name} {falls}, a plain blob in the middle {needs}"


def random_weights(similarity: float | None) -> list[str]:
    """Return what the map of random weights says, with a warning where it hardly differs."""
    if similarity is None:
        return []
    told = f"With random weights the map stays {similarity:.2f} similar; a faithful map should change."
    return [told, CAREFUL] if similarity > ALIKE else [told]


def shared(overlap: float | None, correlation: float | None) -> str | None:
    """Return how far two models' maps agree."""
    if overlap is None:
        return None
    ranks = "" if correlation is None else f"; their ranks agree by {correlation:.2f} (Spearman, 1 = the same order)"
    return f"The brightest fifths of both maps overlap by {percent(overlap)} (intersection over union){ranks}."


def cost(title: str, runs: int, seconds: float) -> str:
    """Return what Score-CAM would take."""
    time = f"about {seconds:.0f} s" if seconds >= 1 else "less than a second"
    if seconds >= 90:
        time = f"about {seconds / 60:.0f} minutes"
    return f"Score-CAM runs {title} {runs:,} times, {time} here."


NO_MAP = "No map yet."
NOT_EXPLAINED = "Not explained yet."


def instead(chosen: str, used: str) -> str:
    """Return why another method than the chosen one made a map."""
    return f"{chosen} is made for CNNs; this is {used}."


def silent(target: str) -> str:
    """Return what is said of a map that is 0 everywhere."""
    return f"No place of the last map speaks for {target}."


def places(shape: tuple[int, ...]) -> str:
    """Return how many places a map has."""
    return f"{shape[0]} x {shape[1]} places, drawn smoothly"
