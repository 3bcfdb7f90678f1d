"""The sentences under the four views of the Latency tab: resolution, batch, accuracy, layers."""

import math
from collections.abc import Sequence

from cvdemo.catalogue import get
from cvdemo.latency.accuracy import AccuracyPoint
from cvdemo.latency.fits import Exponent, Knee, exponent, knee
from cvdemo.latency.layers import LayerTimes
from cvdemo.latency.result import Duel
from cvdemo.latency.settings import Settings
from cvdemo.latency.sweep import ROUNDS, Kind, Line
from cvdemo.wording import NBSP, called, figures3, listed, milliseconds

SIDE_WHY = (
    "A CNN computes the same for every pixel: twice the side is four times the work (exponent 2). A ViT computes the "
    "same for every patch, but its attention compares all patches with all: that part grows sixteenfold (exponent 4). "
    "Swin compares only within windows and stays near 2. Small photos do not fill the processor, which bends the line."
)
BATCH_WHY = (
    "Several photos at once read the weights only once and keep the processor busy. Beyond the knee every photo waits "
    "longer and nothing is gained."
)
ACCURACY_WHY = (
    "Times are measured on this machine; accuracies are those that the weights' publishers state (top-1 on "
    "ImageNet-1k, at their own photo size). Models that come with this page know 100 classes: they have an axis of "
    "their own, with what we measured. The line joins models that no other one here beats in both."
)
LAYERS_WHY = (
    "Each layer with a clock before and after it, in PyTorch; a layer's own time, without the layers inside it. The "
    "clocks make the whole run a little slower."
)


def sides(lines: Sequence[Line]) -> str:
    """Return by which power each model's time grows."""
    found = [(name, exponent(line.steps, line.ms)) for name, line in zip(called(lines), lines, strict=True)]
    known = [(name, fit) for name, fit in found if fit is not None]
    if not known:
        return "Four sizes are needed before a growth can be told."
    costs = listed([f"{name} {figures3(fit.doubling)} times" for name, fit in known])
    return f"Twice the side costs {costs} ({_exponents([fit for _, fit in known])})."


def _exponents(fits: list[Exponent]) -> str:
    told = [f"{fit.value:.2f}, {fit.low:.2f} to {fit.high:.2f}" for fit in fits]
    word = "exponent" if len(fits) == 1 else "exponents"
    return f"{word} {'; '.join(told)}: 95{NBSP}% intervals"


def batches(lines: Sequence[Line]) -> str:
    """Return where each model stops gaining from larger batches."""
    told = [
        _knee(name, knee(line.steps, line.ms), max(line.steps, default=1))
        for name, line in zip(called(lines), lines, strict=True)
    ]
    known = [text for text in told if text]
    return " ".join(known) or "Two batch sizes are needed before a gain can be told."


def _knee(name: str, found: Knee | None, largest: int) -> str:
    if found is None:
        return ""
    subject = f"{name[:1].upper()}{name[1:]}"
    rate = f"{figures3(found.per_second)} photos a second"
    if found.batch == 1:
        gain = math.ceil(round(100 * (found.most - 1), 6))
        most = f"at most {gain}{NBSP}%" if gain else "nothing"
        return f"{subject} gains {most} from larger batches: {rate} one by one."
    if found.batch == largest:
        more = f"{found.gain:.1f} times as many"
        return f"{subject} still gained at batch {found.batch}, the largest measured: {rate}, {more}."
    return f"{subject} gains little beyond batch {found.batch}: {rate}, {found.gain:.1f} times as many as one by one."


def accuracy(points: Sequence[AccuracyPoint], left_out: Sequence[str]) -> str:
    """Return what the chart of accuracy against latency says."""
    if not points:
        return (
            "Nothing to show yet: no model that was measured here has a published accuracy on ImageNet-1k. "
            "Add one, such as ResNet-50, and measure."
        )
    best = [point.title for point in sorted(points, key=lambda point: point.ms) if point.best]
    text = f"Nobody here is both faster and more accurate than {listed(best, 'or')}."
    if left_out:
        text += f" Not shown, since their accuracy on ImageNet-1k is not published: {listed(list(left_out))}."
    return text


def own_accuracy(points: Sequence[AccuracyPoint]) -> str:
    """Return what the chart of the bundled models says; they have an axis of their own."""
    best = [point.title for point in sorted(points, key=lambda point: point.ms) if point.best]
    return f"Of the models that come with this page nobody is both faster and more accurate than {listed(best, 'or')}."


def layers(found: Sequence[LayerTimes]) -> str:
    """Return where the time goes, layer by layer."""
    told = []
    for name, one in zip(called(found), found, strict=True):
        share = sum(layer.share for layer in one.slowest)
        word = f"{name[:1].upper()}{name[1:]}"
        told.append(
            f"{word}: the {len(one.slowest)} slowest of {one.count} layers take {100 * share:.0f}{NBSP}% of "
            f"{milliseconds(one.total_ms)}."
        )
    return " ".join(told)


def without_accuracy(models: Sequence[str]) -> list[str]:
    """Return the titles of the models whose accuracy on ImageNet-1k nobody published."""
    return [get(name).title for name in models if get(name).published is None]


def one_photo(settings: Settings) -> str:
    """Return of how many photos of which size the accuracies' times are."""
    return f"One photo of {_size(settings)}."


def dots(kind: Kind, settings: Settings) -> str:
    """Return what a dot of a growth is."""
    photos = "One photo" if kind == "side" else f"Photos of {_size(settings)}"
    return f"{photos}, PyTorch, median of {ROUNDS} runs a dot."


def _size(settings: Settings) -> str:
    return "each model's own size" if settings.side is None else f"{settings.side} px"


def described(duel: Duel) -> str:
    """Return the strip plot in a sentence."""
    told = []
    for racer in duel.racers:
        found = duel.percentiles(racer) if racer.failed is None else None
        if found:
            told.append(f"{racer.title}: median {milliseconds(found.p50)}, 90 % within {milliseconds(found.p90)}.")
    return " ".join(told) or "Nothing has been measured yet."


def no_pairs(finished: bool) -> str:
    """Return why no intervals are drawn."""
    if not finished:
        return "Intervals are drawn after the last round: looking at them earlier would favour lucky moments."
    return "Two models that ran are needed to compare."
