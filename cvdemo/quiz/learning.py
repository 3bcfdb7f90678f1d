"""Questions about learning: what a bottleneck saves, what skips do to deep nets, and what a probe learned."""

import json

import numpy as np

from cvdemo.catalogue import ASSETS
from cvdemo.photo_sets import ready
from cvdemo.quiz.question import Miss, Question, numbers, paired
from cvdemo.quiz.subject import Subject
from cvdemo.residual import costs, depths
from cvdemo.residual.costs import Branch
from cvdemo.transfer import stored
from cvdemo.wording import figures3, percent

DEPTHS = ASSETS / "skips_depths.json"
LESSON, LESSON_ABOUT = ASSETS / "taught_digits.safetensors", ASSETS / "taught_digits.json"


BOTTLENECK = (
    "You divided by the narrowing once. A 3 × 3 shrinks with its channels in and with its channels out.",
    "You divided by the square of the narrowing. The two 1 × 1 that narrow and widen cost as well.",
    "You forgot the two 1 × 1 that narrow and widen.",
    "You compared a 3 × 3 with a 1 × 1. The bottleneck has both.",
    "You compared with one 3 × 3. There are two.",
    "You compared two layers with one. The bottleneck has three, but narrow ones.",
)

DEEPER = (
    "You took skips for a matter of speed only. Without them these nets learn worse, not only later.",
    "You let the loss fall as layers are added. Without skips it rises here.",
    "You let depth make no difference. Without skips the deeper net is the worse one.",
    "You let depth help a little. Without skips it hurts here.",
)

TAUGHT = (
    "That is what always saying the commonest class gets.",
    "You took a frozen network for half blind to digits. Its last layer is new, the rest serves as it is.",
    "You took a few photos a class for enough to be perfect.",
    "That is what comparing with the nearest photo gets. The probe learns how to weigh the features.",
    "You let the network name only what it was trained on. The new last layer learns digits.",
)


def bottleneck(_subject: Subject, draw: np.random.Generator) -> Question | None:
    """Ask how many times fewer weights a bottleneck has than two plain convolutions of its width."""
    width, narrowed = int(draw.choice((128, 256, 512))), int(draw.choice((2, 4, 8)))
    branch = Branch(width=width, narrowed=narrowed)
    narrow, wide, _ = costs.costs(branch)
    right = wide.weights / narrow.weights
    misses = [*paired(BOTTLENECK, narrowed, narrowed**2, 18 * narrowed**2 / 9, 9.0, right / 2, 2.0)]
    choices = numbers(draw, right, misses, lambda value: f"{figures3(value)} times", 0.1 * right)
    if choices is None:
        return None
    return Question(
        topic="bottleneck",
        about="theory",
        text=(
            f"A bottleneck takes {width} channels to {branch.middle} by 1 × 1, looks around by 3 × 3 there, and goes"
            f" back by 1 × 1. How many times fewer weights is that than two 3 × 3 convolutions at {width} channels?"
        ),
        choices=choices,
        figure=f"{figures3(right)} times",
        reason=f"{narrow.formula} = {narrow.weights:,} against {wide.formula} = {wide.weights:,}.",
        lab="skips",
        state={"view": "order", "width": str(width), "narrowed": str(narrowed)},
    )


def deeper(_subject: Subject, draw: np.random.Generator) -> Question | None:
    """Ask what the stored nets came to at one depth without skips, given those with skips."""
    found = depths.read(DEPTHS)
    rows = {(row.depth, row.skip): float(np.mean(row.losses)) for row in found.rows if row.losses}
    deep = [depth for depth, skip in rows if not skip and depth > min(rows)[0]]
    depth, least = int(draw.choice(deep)), min(rows)[0]
    right, small, skip = rows[depth, False], rows[least, False], rows[depth, True]
    if right <= max(small, skip):
        return None  # another run than the one that is stored here
    misses = [
        *paired(DEEPER, skip, small * least / depth, small, (small + skip) / 2),
        Miss(float(np.log(10)), f"You let it learn nothing: guessing among ten digits is {np.log(10):.2f}."),
    ]
    choices = numbers(draw, right, misses, "{:.2f}".format, 0.1)
    if choices is None:
        return None
    return Question(
        topic="deeper",
        about="theory",
        text=(
            f"Small nets learned digits for {found.steps} steps. Without skips {least} layers came to a training loss"
            f" of {small:.2f}; with skips {depth} layers came to {skip:.2f}. What did {depth} layers without skips"
            " come to?"
        ),
        choices=choices,
        figure=f"{right:.2f}",
        reason=(
            f"The mean of its starts is {right:.2f}, worse than {least} layers ({small:.2f}): it is the loss on the"
            f" photos it learns from, so it is not overfitting. Trained on {found.machine}, {found.date}."
        ),
        lab="skips",
        state={"view": "train", "layers": str(depth)},
    )


def taught(_subject: Subject, draw: np.random.Generator) -> Question | None:
    """Ask how many held-out digits the stored probe names."""
    lesson = stored.read(LESSON, ready("digits"))
    one = lesson.taught[int(draw.integers(len(lesson.taught)))]
    probe, nearest = one.way("probe").score, one.way("nearest").score
    of, majority, classes = probe.of, lesson.majority.score.right, len(lesson.photos.classes)
    told = json.loads(LESSON_ABOUT.read_text(encoding="utf-8"))["stored"]
    misses = [
        *paired(TAUGHT, majority, of // 2, of, nearest.right, round(0.3 * of)),
        Miss(
            round(of / classes),
            f"You took it for guessing among {classes} classes. Features made for photos serve digits too.",
        ),
    ]
    choices = numbers(draw, probe.right, misses, "{:.0f}".format, 4)
    if choices is None:
        return None
    low, high = probe.ci95
    return Question(
        topic="taught",
        about="theory",
        text=(
            f"{one.title} never learned digits. Only a new last layer was trained, on {len(lesson.photos.labels) - of}"
            f" photos of {classes} digits. How many of {of} held-out ones does it name?"
        ),
        choices=choices,
        figure=f"{probe.right} of {of}",
        reason=(
            f"Measured on {told['machine']}, {told['date']}: {probe.right} of {of}, 95 % interval {percent(low)} to "
            f"{percent(high)}."
        ),
        lab="teach",
        state={"photos": "digits"},
    )
