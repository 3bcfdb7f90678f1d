"""The sentences of Look inside's saliency view, made from the numbers on screen."""

from collections.abc import Sequence

from cvdemo.catalogue import get
from cvdemo.saliency.checks import ALIKE, Checks
from cvdemo.saliency.study import Evidence
from cvdemo.wording import called, listed, percent

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


def answer(found: Sequence[tuple[Evidence, float | None]]) -> str:
    """Return in how much of the photo half of each model's saliency lies."""
    if not found:
        return NO_CLASSES
    names = called(get(one.asked.model) for one, _ in found)
    parts = [_half(number, name, share) for number, (name, (_, share)) in enumerate(zip(names, found, strict=True))]
    return f"{listed(parts)}."


def _half(number: int, name: str, share: float | None) -> str:
    if share is None:
        return f"{'Nothing' if not number else 'nothing'} speaks for the class in {name}'s map"
    if not number:
        return f"Half of {name}'s saliency lies in {percent(share)} of the photo"
    return f"half of {name}'s in {percent(share)}"


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
