"""Questions about what the CNN's answer loses without one of its blocks."""

import numpy as np

from cvdemo.quiz.question import Miss, Question, numbers, words
from cvdemo.quiz.subject import Subject
from cvdemo.surgery.words import numbered, without
from cvdemo.wording import percent, points

NEAR_POINTS = 3.0
CLEAR = 0.02  # of probability, between the most missed block and the next


def lesioned(subject: Subject, draw: np.random.Generator) -> Question | None:
    """Ask how probable the answer stays without one block."""
    found = subject.lesions
    chances, number, whole = without(found), numbered(found), found.probability
    names = list(chances)
    for place in draw.permutation(len(names)):
        name, right = names[int(place)], chances[names[int(place)]]
        others = [other for other in names if abs(chances[other] - right) * 100 >= NEAR_POINTS]
        misses = [
            Miss(whole, "You let the shortcut carry all of it. What the branch adds to it counts here."),
            Miss(whole * (1 - 1 / len(names)), f"You gave each of the {len(names)} blocks an equal share of it."),
            Miss(0.0, "You let the whole chain break. The shortcut goes on past the missing branch."),
            Miss(whole / 2, "You halved it. What is lost depends on the block: measure it."),
            *[Miss(chances[other], f"That is what is left without block {number[other]}, not {number[name]}.")
              for other in others[:2]],
        ]  # fmt: skip
        choices = numbers(
            draw, 100 * right, [Miss(100 * float(one.value), one.because) for one in misses],
            lambda value: percent(value / 100), NEAR_POINTS,
        )  # fmt: skip
        if choices is not None:
            change = "falls" if right < whole else "rises"
            return Question(
                topic="lesioned",
                about="photo",
                text=(
                    f"{subject.cnn.title} calls your photo {found.label} with {percent(whole)}. Block {number[name]} is"
                    " switched off: only its shortcut stays. How probable does it find that then?"
                ),
                choices=choices,
                figure=percent(right),
                reason=(
                    f"Measured without block {number[name]} ({name}): the probability {change} by "
                    f"{points(right - whole)}, from {percent(whole)} to {percent(right)}."
                ),
                lab="skips",
                state={"view": "surgery", "models": subject.cnn.name, "off": name},
                on_photo=True,
            )
    return None


def missed(subject: Subject, draw: np.random.Generator) -> Question | None:
    """Ask which block the answer cannot miss."""
    found = subject.lesions
    chances, number = without(found), numbered(found)
    names = sorted(chances, key=lambda name: chances[name])
    if len(names) < 4 or chances[names[1]] - chances[names[0]] < CLEAR:
        return None
    worst, order = names[0], list(chances)
    other = [name for name in order[1:-1] if name != worst]
    drawn = [other[int(place)] for place in draw.permutation(len(other))]
    told = {
        order[-1]: "You took the last block for the one that decides. It only adds to what came before.",
        order[0]: "You took the first block for the one that all builds on. Its shortcut lets the rest go on.",
        **{name: f"You took any block for one that it cannot miss: without this one the answer changes by "
           f"{points(chances[name] - found.probability)}." for name in drawn},
    }  # fmt: skip
    misses = [Miss(f"Block {number[name]} ({name})", because) for name, because in told.items() if name != worst]
    choices = words(draw, f"Block {number[worst]} ({worst})", misses)
    if choices is None:
        return None
    return Question(
        topic="missed",
        about="photo",
        text=(
            f"{subject.cnn.title} calls your photo {found.label} with {percent(found.probability)}. Each block that can"
            " be left out is switched off alone. Without which of these is that answer least probable?"
        ),
        choices=choices,
        figure=f"Block {number[worst]}",
        reason=(
            f"Without block {number[worst]} {found.label} has only {percent(chances[worst])}; without any other one at "
            f"least {percent(chances[names[1]])}."
        ),
        lab="skips",
        state={"view": "surgery", "models": subject.cnn.name},
        on_photo=True,
    )
