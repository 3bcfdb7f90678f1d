"""How many photos the small CNN and the small ViT need: figures of trainings on parts of their classes' photos.

``python -m training.data_curve`` makes them: two networks of equal cost, one recipe, from random weights.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cvdemo import plots
from cvdemo.catalogue import get
from cvdemo.plots import Chart
from cvdemo.wording import NBSP, listed, percent

FILE = Path(__file__).parents[2] / "assets" / "data_curve.json"
CNN, VIT = "mini_resnet", "mini_vit"
TITLE = "How many photos does each of the small pair need?"
ALONE = "Each dot is one training, so the bars are those of the test alone"
UNREAD = (
    "Both networks are small and see 64 px. What becomes of the gap with a million photos, or with the 300 million of "
    "the first ViT paper, cannot be read from this."
)


@dataclass(frozen=True)
class Trained:
    """One training from random weights.

    Args:
        photos: that it learned from, ``share`` (0..1) of all.
        top1: right answers among the test photos, 0..1; ``low`` and ``high`` bound it (Wilson, 95 %).
    """

    model: str
    share: float
    photos: int
    seed: int
    epochs: int
    top1: float
    low: float
    high: float


@dataclass(frozen=True)
class DataCurve:
    """All trainings, few photos first; how many test photos there were, and how and when it was measured."""

    rows: tuple[Trained, ...]
    tested: int
    recipe: str
    machine: str
    date: str

    def of(self, model: str) -> tuple[Trained, ...]:
        """Return the trainings of one network, few photos first."""
        return tuple(sorted((one for one in self.rows if one.model == model), key=lambda one: (one.photos, one.seed)))

    def first(self, model: str) -> tuple[Trained, ...]:
        """Return the trainings of one network from the first start, few photos first."""
        return tuple(one for one in self.of(model) if one.seed == 0)

    def pairs(self) -> list[tuple[Trained, Trained]]:
        """Return CNN and ViT that learned from the same photos from the first start, few photos first."""
        other = {one.photos: one for one in self.first(VIT)}
        return [(one, other[one.photos]) for one in self.first(CNN) if one.photos in other]

    def others(self) -> list[tuple[Trained, Trained]]:
        """Return the first training on a number of photos beside each one from another start, few photos first."""
        first = {(one.model, one.photos): one for one in self.rows if one.seed == 0}
        found = [(first.get((one.model, one.photos)), one) for one in self.rows if one.seed]
        return sorted(((one, other) for one, other in found if one), key=lambda pair: pair[0].photos)


def read(file: Path) -> DataCurve:
    """Return the figures of a file.

    Raises:
        OSError: there is no such file.
        ValueError: it holds something else.
    """
    told = json.loads(file.read_text(encoding="utf-8"))
    try:
        rows = tuple(_row(one) for one in told["rows"])
        return DataCurve(rows, told["validation_photos"], told["recipe"], told["machine"], told["date"])
    except (KeyError, TypeError) as error:
        raise ValueError(f"{file.name} holds no accuracy over photos") from error


def _row(told: dict[str, Any]) -> Trained:
    low, high = told["top1_interval"]
    names = ("model", "share", "photos", "seed", "epochs", "top1")
    return Trained(**{name: told[name] for name in names}, low=low, high=high)


@lru_cache(maxsize=1)
def stored() -> DataCurve | None:
    """Return the figures that lie beside the page, if they are there and tell anything."""
    try:
        found = read(FILE)
    except (OSError, ValueError):
        return None
    return found if len(found.pairs()) > 1 else None


def answer(found: DataCurve) -> str:
    """Return how far apart both are with the fewest and with the most photos, and whether the gap changed."""
    few, many = found.pairs()[0], found.pairs()[-1]
    first, last = _gap(few), _gap(many)
    told = (
        f"With {few[0].photos:,} photos the CNN names {percent(few[0].top1)} of the test photos and the ViT "
        f"{percent(few[1].top1)}; with {many[0].photos:,}, {percent(many[0].top1)} and {percent(many[1].top1)}."
    )
    return f"{told} {_change(first, last, found.tested)} {needs(found)}".rstrip()


def _gap(pair: tuple[Trained, Trained]) -> tuple[float, float]:
    """Return the CNN's lead and its variance on the test photos, as if both had been tested on different ones."""
    cnn, vit = pair[0].top1, pair[1].top1
    return cnn - vit, cnn * (1 - cnn) + vit * (1 - vit)


def _change(first: tuple[float, float], last: tuple[float, float], tested: int) -> str:
    """Return what becomes of the lead from few photos to many, as far as the test can tell (95 %)."""
    if not _clear(first[0] - last[0], first[1] + last[1], tested):
        return f"Whether the gap ({_points(first[0])}, then {_points(last[0])}) changes is too close to call."
    few, many = (_clear(*gap, tested) for gap in (first, last))
    if few and many and first[0] * last[0] > 0:
        how = "wider" if abs(last[0]) > abs(first[0]) else "narrower"
        return f"The gap in points is {how} with more photos: {_points(first[0])}, then {_points(last[0])}."
    return f"With few photos {_leads(first[0], few)}, with many {_leads(last[0], many)}."


def _clear(difference: float, variance: float, tested: int) -> bool:
    return abs(difference) >= 1.96 * math.sqrt(variance / tested)


def _points(gap: float) -> str:
    return f"{abs(100 * gap):.1f}{NBSP}points"


def _leads(gap: float, clear: bool) -> str:
    if not clear:
        return f"it is too close to call ({_points(gap)})"
    return f"the {'CNN' if gap > 0 else 'ViT'} leads by {_points(gap)}"


def needs(found: DataCurve) -> str:
    """Return between which numbers of photos the ViT reaches what the CNN reaches with fewer; "" where none says."""
    vit = found.first(VIT)
    for cnn in reversed(found.first(CNN)):
        below = [one for one in vit if one.top1 < cnn.top1]
        above = [one for one in vit if one.top1 >= cnn.top1]
        if above and below and cnn.photos <= below[-1].photos < above[0].photos:
            return (
                f"What the CNN reaches with {cnn.photos:,} photos, the ViT reaches with between "
                f"{below[-1].photos:,} and {above[0].photos:,}."
            )
    return ""


def limits(found: DataCurve) -> str:
    """Return what the figures do not say, and how far other starts landed, where there are any."""
    others = found.others()
    if not others:
        return f"{ALONE}: how far another start lands was not measured. {UNREAD}"
    counts = listed([f"{one:,}" for one in _counts([other for _, other in others])])
    far = max(abs(other.top1 - one.top1) for one, other in others)
    return (
        f"{ALONE}. Begun anew on another draw of {counts} photos (hollow marks), a network landed at most "
        f"{_points(far)} away. {UNREAD}"
    )


def about(found: DataCurve) -> str:
    """Return how it was measured."""
    epochs = sorted({one.epochs for one in found.rows})
    rounds = f"{epochs[0]}" if len(epochs) == 1 else f"{epochs[0]} to {epochs[-1]}, more where photos are few"
    return (
        f"Trained from random weights on parts of the same hundred classes; one recipe ({found.recipe}; epochs: "
        f"{rounds}); tested on {found.tested:,} other photos; {found.machine}, {found.date}."
    )


def chart(found: DataCurve) -> Chart:
    """Return the accuracy of both over the number of photos, with 95 % bars of the test (Wilson)."""
    traces: list[dict[str, Any]] = []
    ends = []
    for name in (CNN, VIT):
        spec, rows = get(name), found.first(name)
        xs, ys = [one.photos for one in rows], plots.numbers(100 * one.top1 for one in rows)
        reach = {"type": "data", "symmetric": False, "color": plots.light(spec.family), "thickness": 1.5, "width": 4,
                 "array": plots.numbers(100 * (one.high - one.top1) for one in rows),
                 "arrayminus": plots.numbers(100 * (one.top1 - one.low) for one in rows)}  # fmt: skip
        hover = f"%{{x:,}} photos: %{{y:.1f}}{NBSP}%<extra>%{{fullData.name}}</extra>"
        style = {**plots.of_model(spec.family), "mode": "lines+markers", "hovertemplate": hover, "error_y": reach}
        traces.append(plots.curve(spec.title, xs, ys, spec.family, **style))
        ends.append(plots.End(plots.shortened(spec.title, 18), spec.family, ys[-1]))
    traces += [_other_starts(found, name) for name in (CNN, VIT) if any(one.model == name for one, _ in found.others())]
    counts = _counts(found.rows)
    top = plots.ceiling(100 * max(one.high for one in found.rows), 10)
    ticks = {"tickvals": counts, "ticktext": [f"{one:,}" for one in counts]}
    layout = {
        "xaxis": plots.axis("training photos, logarithmic scale", math.log10(0.85 * counts[0]),
                            math.log10(1.15 * counts[-1]), type="log", **ticks),
        "yaxis": plots.axis(f"right on {found.tested:,} test photos,{NBSP}%", 0, top),
        "annotations": plots.at_their_ends(ends, 0, top, 200),
        "margin": {"r": 120},
    }  # fmt: skip
    narrow = {"annotations": [], "margin": {"r": 16}, "showlegend": True}
    return Chart(TITLE, answer(found), tuple(traces), layout, narrow, height=280)


def _other_starts(found: DataCurve, name: str) -> dict[str, Any]:
    spec, rows = get(name), [other for one, other in found.others() if one.model == name]
    hover = f"begun anew, %{{x:,}} photos: %{{y:.1f}}{NBSP}%<extra>{spec.title}</extra>"
    style = {**plots.of_model(spec.family, second=True), "mode": "markers", "hovertemplate": hover, "showlegend": False}
    ys = plots.numbers(100 * one.top1 for one in rows)
    return plots.curve(f"{spec.title}, begun anew", [one.photos for one in rows], ys, spec.family, **style)


def _counts(rows: Sequence[Trained]) -> list[int]:
    return sorted({one.photos for one in rows})
