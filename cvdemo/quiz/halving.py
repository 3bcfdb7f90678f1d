"""Questions about halving the photo: which way flickers when it moves, and what max-pooling does to its brightness."""

import numpy as np

from cvdemo.convolution.pooling import WAYS, Halved, compare, last_halving
from cvdemo.convolution.reduced_photo import colours
from cvdemo.quiz.question import Miss, Question, numbers, paired, words
from cvdemo.quiz.subject import Subject
from cvdemo.results import Results
from cvdemo.wording import figures3

CLEAR = 1.08  # times: less between two ways is no difference to ask for
TIMES = (1, 2, 3)
LEAST_LEVELS = 1.0

_kept = Results("quiz halvings")
TITLES = {way: title for way, title, _ in WAYS}
STEADY = {
    "max": "You took the brightest of four for something steady. Which pixel that is changes as the photo moves.",
    "average": "You took the mean of four for enough. Blurring over three pixels first is steadier on this photo.",
    "stride": "You took a strided convolution for the one that loses nothing. It keeps whichever pixel stands there.",
    "blur": "You took the blur for a loss only. It is on this photo not what changes least.",
}
RESTLESS = {
    "max": "You took the brightest of four for the most restless. A bare stride or another way changes more here.",
    "average": "You took averaging for restless. It mixes all four pixels, so one step changes it little.",
    "stride": "You took the bare stride for the most restless. On this photo another way changes more.",
    "blur": "You took blurring for restless. It mixes over three pixels, so one step changes it least of all.",
}


BRIGHTENED = (
    "You let it keep the brightness, as averaging does. The brightest of four is above their mean.",
    "You let it darken the photo. The largest of four numbers is never below their mean.",
    "You counted one halving only.",
    "You halved it with the map. Brightness does not shrink with the number of pixels.",
    "You doubled it with the stride. Brightness does not depend on how far the window moves.",
)


def flickering(subject: Subject, draw: np.random.Generator) -> Question | None:
    """Ask which way of halving changes most, or least, when the photo moves by one pixel."""
    found = _halved(subject, draw)
    if found is None:
        return None
    times, ways = found
    most = bool(draw.random() < 0.5)
    order = sorted(ways, key=lambda one: -one.flicker if most else one.flicker)
    first, second = order[0].flicker, order[1].flicker
    if min(first, second) <= 0 or max(first, second) < CLEAR * min(first, second):
        return None
    misses = [Miss(TITLES[one.way], _because(one, ways, most)) for one in order[1:]]
    choices = words(draw, TITLES[order[0].way], misses)
    if choices is None:
        return None
    told = ", ".join(f"{TITLES[one.way].lower()} {figures3(one.flicker)}" for one in order)
    return Question(
        topic="flickering",
        about="photo",
        text=(
            f"Your photo is halved {_times(times)} in four ways, then it moves by one pixel. Which way's result changes"
            f" {'most' if most else 'least'}?"
        ),
        choices=choices,
        figure=TITLES[order[0].way],
        reason=f"Measured on your photo, mean change in levels of 255: {told}.",
        lab="convolution",
        state={"view": "pool", "picture": "photo", "times": str(times)},
        on_photo=True,
    )


def _because(one: Halved, ways: tuple[Halved, ...], most: bool) -> str:
    """Return the misconception of who takes this way; its measured place is told where the usual sentence is untrue."""
    ranked = sorted(ways, key=lambda other: other.flicker)
    place = ranked.index(one)
    if most:
        usual = {"average": place <= 1, "blur": place == 0}.get(one.way, True)
        return RESTLESS[one.way] if usual else _placed(one, ranked[-1])
    usual = {"average": ranked[0].way == "blur"}.get(one.way, True)
    return STEADY[one.way] if usual else _placed(one, ranked[0])


def _placed(one: Halved, first: Halved) -> str:
    return (
        f"You went by a rule instead of the photo: {TITLES[one.way].lower()} changes by {figures3(one.flicker)} levels,"
        f" {TITLES[first.way].lower()} by {figures3(first.flicker)}."
    )


def brightened(subject: Subject, draw: np.random.Generator) -> Question | None:
    """Ask what max-pooling does to the photo's brightness."""
    found = _halved(subject, draw)
    if found is None:
        return None
    times, ways = found
    change = {one.way: one.brightness for one in ways}
    once = {one.way: one.brightness for one in _compared(subject, 1)}["max"]
    right = change["max"]
    misses = [
        *paired(BRIGHTENED, 0.0, -right, once, right / 2, 2 * right),
        Miss(
            times * once,
            f"You took {times} times what one halving does. The later maps are smoother and gain less or more.",
        ),
    ]
    choices = numbers(draw, right, misses, _levels, max(LEAST_LEVELS, 0.15 * abs(right)))
    if choices is None or abs(right) < LEAST_LEVELS:
        return None
    return Question(
        topic="brightened",
        about="photo",
        text=(
            f"Your photo is halved {_times(times)} by max-pooling. How does its mean brightness change, in levels of"
            " 255?"
        ),
        choices=choices,
        figure=_levels(right),
        reason=(
            f"Measured on your photo: {_levels(right)}, because the brightest of every 2 × 2 stays. Average pooling "
            f"changes it by {_levels(change['average'])}."
        ),
        lab="convolution",
        state={"view": "pool", "picture": "photo", "times": str(times)},
        on_photo=True,
    )


def _halved(subject: Subject, draw: np.random.Generator) -> tuple[int, tuple[Halved, ...]] | None:
    planes, times = colours(subject.reduced), int(draw.choice(TIMES))
    if last_halving((planes.shape[1], planes.shape[2] // 2)) < max(TIMES):
        return None
    return times, _compared(subject, times)


def _compared(subject: Subject, times: int) -> tuple[Halved, ...]:
    photo = subject.reduced
    return _kept.find((photo.digest, times), lambda: compare(colours(photo), times))


def _levels(change: float) -> str:
    return f"{round(change, 1) + 0.0:+.1f} levels".replace("-", "−")


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
