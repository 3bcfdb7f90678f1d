"""Questions about what the CNN makes of the photo: how much it sees, how sure it is, what a shift does to that."""

import math

import numpy as np

from cvdemo.convolution import shift
from cvdemo.quiz.question import Miss, Question, numbers, paired
from cvdemo.quiz.subject import Subject
from cvdemo.wording import figures3, percent

NEAR_PERCENT = 2.5  # points between two choices
CLOSEST, WIDEST = 0.4, 6.0  # between two logits: odds of 1.5 to 400


ODDS = (
    "You took the difference itself. Softmax raises e to it.",
    "You raised 2 to the difference. Softmax is made of powers of e.",
    "You raised 10 to the difference. Softmax is made of powers of e.",
    "You took the first step of e's series for all of it: the rest counts from a difference of about one half on.",
    "You halved the difference, as at a temperature of 2. The usual one is 1.",
)

SHIFTED = (
    "You took a CNN for blind to shifts. Strides sample the photo, so small shifts change its maps.",
    "You let every shift change the answer. It often stays while its probability moves.",
)


def odds(subject: Subject, draw: np.random.Generator) -> Question | None:
    """Ask how many times as probable one class is as another, given their logits."""
    answer = subject.answer
    order = np.argsort(-answer.logits, kind="stable")[:8]
    pairs = [(int(a), int(b)) for place, a in enumerate(order) for b in order[place + 1 :]]
    for place in draw.permutation(len(pairs)):
        first, second = pairs[int(place)]
        high, low = (round(float(answer.logits[one]), 2) for one in (first, second))
        apart = high - low
        if not CLOSEST <= apart <= WIDEST:
            continue
        right = math.exp(apart)
        misses = [
            *paired(ODDS, apart, 2**apart, 10**apart, 1 + apart, math.exp(apart / 2)),
            *(
                [Miss(high / low, "You divided the logits. They have no zero: only differences count.")]
                if low > 0
                else []
            ),
        ]
        choices = numbers(draw, right, misses, figures3, 0.15 * right)
        if choices is not None:
            return Question(
                topic="odds",
                about="photo",
                text=(
                    f"{answer.title} gives {answer.labels[first]} a logit of {high:.2f} on your photo and "
                    f"{answer.labels[second]} one of {low:.2f}. How many times as probable is {answer.labels[first]}?"
                ),
                choices=choices,
                figure=f"{figures3(right)} times",
                reason=(
                    f"The quotient of two softmax values is e to the difference of their logits: e^({high:.2f} - "
                    f"{low:.2f}) = {figures3(right)}. All other classes cancel out.".replace("- -", "+ ")
                ),
                lab="classify",
                state={"models": answer.model},
                on_photo=True,
            )
    return None


def unseen(subject: Subject, draw: np.random.Generator) -> Question | None:
    """Ask how much of the photo the CNN never sees."""
    answer, (width, height) = subject.answer, subject.size_wh
    left, top, right, bottom = answer.crop_xyxy
    side, short, long = min(right - left, bottom - top), min(width, height), max(width, height)
    kept = side / short  # of the shorter side
    misses = (
        Miss(0.0, "You let it see everything. A square is cut out of the middle, and of that often the rim as well."),
        Miss(1 - short / long, "You cut the photo to a square only. The square's rim is left out as well."),
        Miss(1 - kept**2, "You took the photo for a square. What is longer than wide loses more."),
        Miss(1 - kept, "You measured along the shorter side only. What is left out is an area."),
        Miss(1 - side / long, "You measured along the longer side only. What is left out is an area."),
        Miss(answer.cut_off / 2, "You counted one of two edges. The crop lies in the middle, so both are cut."),
        Miss(1 - answer.cut_off, "You told how much it sees."),
    )
    choices = numbers(draw, 100 * answer.cut_off, [Miss(100 * float(one.value), one.because) for one in misses],
                      lambda value: percent(value / 100), NEAR_PERCENT)  # fmt: skip
    if choices is None:
        return None
    return Question(
        topic="unseen",
        about="photo",
        text=(
            f"Your photo has {width:,} × {height:,} pixels. {answer.title} looks at a square crop of about "
            f"{side:,.0f} × {side:,.0f} of them. How much of the photo does it never see?"
        ),
        choices=choices,
        figure=percent(answer.cut_off),
        reason=(
            f"It sees about {side:,.0f} × {side:,.0f} of {width:,} × {height:,} pixels, which leaves out "
            f"{percent(answer.cut_off)} of the area."
        ),
        lab="classify",
        state={"models": answer.model},
        on_photo=True,
    )


def shifted(subject: Subject, draw: np.random.Generator) -> Question | None:
    """Ask at how many of 32 shifts the CNN keeps its answer."""
    (found,) = shift.move(subject.path, (subject.cnn.name,))
    shifts, strides = shift.SHIFT_LIMIT, dict(zip(found.strides, found.layers, strict=True))
    misses = [
        *paired(SHIFTED, shifts, 0),
        *[
            Miss(
                shifts // stride,
                f"You let it stay only at multiples of {stride}, the stride of its {layer}. There that map moves along"
                " exactly; the answer can stay elsewhere as well.",
            )
            for stride, layer in strides.items()
        ],
    ]
    choices = numbers(draw, found.kept, misses, "{:.0f}".format, 3)
    if choices is None:
        return None
    low, high = float(found.probabilities.min()), float(found.probabilities.max())
    return Question(
        topic="shifted",
        about="photo",
        text=(
            f"Your photo moves 1 to {shifts} pixels to the right under {found.title}, which calls it {found.labels[0]}."
            f" At how many of these {shifts} shifts does it keep that answer?"
        ),
        choices=choices,
        figure=f"{found.kept} of {shifts}",
        reason=(
            f"Measured: the answer stays at {found.kept} of {shifts} shifts, while the probability of {found.labels[0]}"
            f" goes from {percent(low)} to {percent(high)}."
        ),
        lab="convolution",
        state={"view": "shift"},
        on_photo=True,
    )
