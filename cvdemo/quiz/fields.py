"""Questions about how far one unit can see, and how far it does see on the photo."""

import math

import numpy as np

from cvdemo.quiz.question import Grid, Miss, Question, numbers, paired
from cvdemo.quiz.subject import Subject
from cvdemo.receptive_field import study
from cvdemo.receptive_field.mass import SHARES
from cvdemo.receptive_field.stack import KIND_WORDS, Level, Row, build
from cvdemo.receptive_field.table import Layer
from cvdemo.wording import NBSP, percent

SHARE = 0.5
LEAST = 8  # pixels of a field worth asking about


EFFECTIVE = (
    "You took how far it could see for where its influence lies. Most of it lies in the middle.",
    "You let every pixel of the field count alike. Those in the middle count more.",
    "You took half of the field's width for half of the influence.",
    "You took the step between neighbouring units for what moves one of them.",
)

STACKED = (
    "You forgot the product of the strides: after a stride of 2 every step is 2 px of the photo.",
    "You let a layer's own stride count for its own kernel. Only the strides before it do.",
    "You forgot the dilation: the kernel's numbers stand apart.",
    "You added the kernels. Each adds one less than its size, times the strides before it.",
    "You multiplied the kernels. Fields grow by sums.",
    "You took the product of the strides. That is how far neighbours stand apart.",
)


REACH = (
    "You took the step between neighbours for what each of them sees. Fields overlap.",
    "You gave it its own share of the photo and a pixel around.",
    "You went along the shortcuts. The longest way sees farthest.",
    "You counted the reach to each side twice. The size is the whole width already.",
)


def reach(subject: Subject, draw: np.random.Generator) -> Question | None:
    """Ask how far a unit of the CNN that looks at the photo can see at most."""
    asked, _ = study.asked_for(subject.path, subject.cnn.name, False, None, subject.point_rc)
    stops = study.table(asked.model, asked.side).stops
    known = [place for place, stop in enumerate(stops) if (stop.field.size or 0) > LEAST and stop.field.stride]
    for drawn in draw.permutation(len(known)):
        place = known[int(drawn)]
        stop, size, step = stops[place], stops[place].field.size or 0, stops[place].field.stride or 1
        others = [(one, number) for number in (place - 1, place + 1) if 0 <= number < len(stops)
                  and (one := stops[number].field.size)]  # fmt: skip
        misses = [
            *paired(REACH, step, asked.side / stop.output_hw[0] + 2, stop.shortest.size or 1, 2 * size - 1),
            *[Miss(one, f"That is the field one stop {'later' if number > place else 'before'}, {stops[number].label}.")
              for one, number in others],
        ]  # fmt: skip
        choices = numbers(draw, size, misses, lambda value: f"{value:,.0f}{NBSP}px", max(3.0, 0.08 * size))
        if choices is not None:
            return Question(
                topic="reach",
                about="photo",
                text=(
                    f"{subject.cnn.title} sees your photo at {asked.side} × {asked.side} px. How far can the unit at"
                    f" your point see in {_called(stop)}, along the longest way?"
                ),
                choices=choices,
                figure=f"{size:,}{NBSP}px",
                reason=(
                    f"Every layer adds (kernel - 1) times the product of all strides before it: that makes {size:,} px "
                    f"here, while neighbouring units stand {stop.field.stride} px apart."
                ),
                lab="receptive-field",
                state={"models": asked.model, "depth": f"{place / (len(stops) - 1):.3f}"},
                point_rc=subject.point_rc,
            )
    return None


def _called(stop: Layer) -> str:
    """Return a stop's label, with the library's name where that is another."""
    return stop.label if stop.label == stop.name else f"{stop.label} ({stop.name})"


def effective(subject: Subject, draw: np.random.Generator) -> Question | None:
    """Ask in how small a square half of the influence on one unit lies, measured by its gradient on the photo."""
    asked, shown = study.asked_for(subject.path, subject.cnn.name, False, None, subject.point_rc)
    stops = study.table(asked.model, asked.side).stops
    found = study.measure(asked, shown)
    known = [place for place, stop in enumerate(stops) if found.stops[place] and (stop.field.size or 0) > LEAST]
    for drawn in draw.permutation(len(known)):
        place = known[int(drawn)]
        measured, stop = found.stops[place], stops[place]
        assert measured is not None and stop.field.size is not None
        sides = dict(zip(SHARES, (int(side) for side in measured.sides[0]), strict=True))
        could = min(stop.field.size, asked.side)
        misses = [
            *paired(EFFECTIVE, could, could / math.sqrt(2), could / 2, stop.field.stride or 1),
            Miss(sides[0.95], f"That square holds {percent(0.95)} of it, not half."),
            Miss(sides[0.2], f"That square holds {percent(0.2)} of it, not half."),
        ]
        choices = numbers(
            draw, sides[SHARE], misses, lambda value: f"{value:,.0f}{NBSP}px", max(3.0, 0.08 * sides[SHARE])
        )
        if sides[SHARE] and choices is not None:
            return Question(
                topic="effective",
                about="photo",
                text=(
                    f"The unit at your point in {_called(stop)} of {subject.cnn.title} has a field of"
                    f" {stop.field.size:,} px, on a picture of {asked.side} × {asked.side} px. In how wide a square"
                    " around it does half of the influence of your photo's pixels lie?"
                ),
                choices=choices,
                figure=f"{sides[SHARE]:,}{NBSP}px",
                reason=(
                    f"Measured by the unit's gradient on your photo: a square of {sides[SHARE]:,} px holds half of it,"
                    f" one of {sides[0.95]:,} px {percent(0.95)}."
                ),
                lab="receptive-field",
                state={"models": asked.model, "depth": f"{place / (len(stops) - 1):.3f}", "share": "0.5"},
                point_rc=subject.point_rc,
            )
    return None


def stacked(_subject: Subject, draw: np.random.Generator) -> Question | None:
    """Ask how far one unit sees after a small stack of layers."""
    rows = tuple(_row(draw) for _ in range(int(draw.choice((3, 4)))))
    levels = build(rows, 128)
    right = levels[-1].size
    steps = [int(step) for step in np.cumprod([1, *(row.stride for row in rows)])]
    reaches = [(row.kernel - 1) * row.dilation for row in rows]
    misses = [
        *paired(
            STACKED,
            1 + sum(reaches),
            1 + sum(reach * step for reach, step in zip(reaches, steps[1:], strict=True)),
            1 + sum((row.kernel - 1) * step for row, step in zip(rows, steps[:-1], strict=True)),
            sum(row.kernel for row in rows),
            math.prod(row.kernel for row in rows),
            steps[-1],
        )
    ]
    choices = numbers(draw, right, misses, lambda value: f"{value:,.0f}{NBSP}px", 1)
    if choices is None:
        return None
    return Question(
        topic="stacked",
        about="theory",
        text="How far can one unit see after these layers?",
        choices=choices,
        figure=f"{right:,}{NBSP}px",
        reason=(
            f"1 + {_terms(levels)} = {right:,}: each layer adds (kernel - 1) × dilation × the product of the strides "
            "before it."
        ),
        lab="receptive-field",
        state={"view": "field-stack", "stack": "128_" + "_".join(map(_link, rows))},
        grids=(Grid("From the photo on", (("Layer", "kernel", "stride", "dilation"), *map(_told, rows))),),
    )


def _row(draw: np.random.Generator) -> Row:
    if draw.random() < 0.25:
        return Row("max", 2, 2, 0)
    dilation = int(draw.choice((1, 1, 2)))
    kernel = int(draw.choice((3, 3, 5)))
    return Row("conv", kernel, int(draw.choice((1, 2))), (kernel - 1) * dilation // 2, dilation, 1, 8)


def _terms(levels: tuple[Level, ...]) -> str:
    before = [1, *(level.stride for level in levels[:-1])]
    return " + ".join(
        f"{level.row.kernel - 1}·{level.row.dilation}·{step}" for level, step in zip(levels, before, strict=True)
    )


def _told(row: Row) -> tuple[str, ...]:
    return KIND_WORDS[row.kind], f"{row.kernel} × {row.kernel}", str(row.stride), str(row.dilation)


def _link(row: Row) -> str:
    kind = {"conv": "c", "max": "m", "average": "a"}[row.kind]
    return f"{kind}-{row.kernel}-{row.stride}-{row.padding}-{row.dilation}-{row.groups}-{row.channels}"
