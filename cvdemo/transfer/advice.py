"""What should you freeze? The lesson's advice for the distance and number of photos, and what did win here."""

import numpy as np

from cvdemo.transfer.domain import FAR, MANY
from cvdemo.transfer.result import Lesson, Taught, Way
from cvdemo.transfer.words import WAYS, surely
from cvdemo.wording import called

FREEZE = "What should you freeze?"
ADVICE = {
    ("near", "few"): ("probe", "keep it frozen and train the probe"),
    ("near", "many"): ("stages", "open the last stages"),
    ("far", "few"): ("stages", "open the last stages"),
    ("far", "many"): ("all", "train all layers"),
}
"""The lesson's: by distance and number of photos, the way and how a sentence calls it."""
WITHOUT = "{} keeps no statistics of its training photos, so their distance is not known here."
LINE = (
    f"Distance: how far each channel's mean lies from that over its training photos, in standard deviations. "
    f"Far begins at {FAR}, many at {MANY} photos of a class: our own lines."
)


def advised(lesson: Lesson, one: Taught) -> tuple[str, str] | None:
    """Return ``near`` or ``far`` and ``few`` or ``many`` for a backbone; None where its distance is not known."""
    if one.distance is None:
        return None
    learned = np.bincount(lesson.photos.labels[~lesson.out], minlength=len(lesson.photos.classes))
    return ("far" if one.distance >= FAR else "near", "many" if int(learned.min()) >= MANY else "few")


def advice(lesson: Lesson, place: int) -> str:
    """Return distance, the lesson's advice, and beside it what won here, for one backbone with trained ways."""
    one, name = lesson.taught[place], called(lesson.taught)[place]
    found = advised(lesson, one)
    start = f"{name[:1].upper()}{name[1:]}"
    if found is None or one.distance is None:
        return f"{WITHOUT.format(start)} {_won(lesson, one, None)}"
    learned = np.bincount(lesson.photos.labels[~lesson.out], minlength=len(lesson.photos.classes))
    way, told = ADVICE[found]
    few = f"{found[1]} ({int(learned.min())} of a class)"
    return (
        f"Your photos lie {one.distance:.2f} standard deviations from those that {name} was trained on: {found[0]}. "
        f"{found[0].capitalize()} and {few}: {told}, says the lesson. {_won(lesson, one, way)}"
    )


def _won(lesson: Lesson, one: Taught, advised: str | None) -> str:
    """Return which way named most here, whether that is sure, and whether it is what was advised."""
    tried = [one.way(name) for name in ("probe", "stages", "all") if any(way.name == name for way in one.ways)]
    best = max(tried, key=lambda way: way.score.right)
    rivals = [way for way in tried if way is not best and not surely(lesson, best, way)]
    if len(tried) == 1:
        return "Nothing else was trained here."
    if rivals and (advised is None or advised in {way.name for way in (best, *rivals)}):
        against = ", so nothing speaks against it" if advised else ""
        return f"Here {_listed(tried, best, rivals)} are too close to call{against}."
    name = WAYS[best.name][0].lower()
    if rivals:
        return f"Here {_listed(tried, best, rivals)} did better for sure: another answer than the lesson's."
    if advised is None:
        return f"Here {name} won for sure."
    return f"Here {name} won for sure, {'as the lesson says' if advised == best.name else 'not what the lesson says'}."


def _listed(tried: list[Way], best: Way, rivals: list[Way]) -> str:
    """Return ``probe, last stages and all layers``: the best one and those that are too close to it."""
    names = [WAYS[way.name][0].lower() for way in tried if way is best or any(way is one for one in rivals)]
    return f"{', '.join(names[:-1])} and {names[-1]}"
