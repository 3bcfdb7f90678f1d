"""Claims on CNN and ViT, read from the models and timed by Latency's functions."""

from typing import Any

import numpy as np

from cvdemo import starters
from cvdemo.catalogue import get
from cvdemo.classify import data_curve
from cvdemo.errors import ModelUnavailable
from cvdemo.latency import duel, lesson, sweep
from cvdemo.latency.settings import Settings
from cvdemo.lesson.measured import Measured, Report
from cvdemo.wording import figures3, listed, milliseconds, percent

POOLED = ("resnet50", "efficientnet_b0", "vit_base_patch16_224")
PYRAMIDS = ("resnet50", "swin_base_patch4_window7_224", "vit_base_patch16_224")
GROWING = ("vit_base_patch16_224", "swin_base_patch4_window7_224")
LESSONS = tuple(lesson.QUOTED_MS)
ROUNDS = 20
NO_CURVE = "The figures of these trainings do not lie beside this page: python -m training.data_curve makes them."


def pooling(_report: Report) -> Measured:
    """Read from each model what its head gets: the mean of a map, or the class token."""
    import torch

    from cvdemo.loading import build

    pools = {}
    for name in POOLED:
        with torch.device("meta"):
            network = build(get(name), None).network
        pools[name] = float(getattr(network, "global_pool", None) != "token")
    yes = [get(name).title for name in POOLED if pools[name]]
    no = [get(name).title for name in POOLED if not pools[name]]
    rest = f"; {listed(no)} does not: it answers from its class token" if no else ""
    return Measured(pools, f"Read from the models: {listed(yes)} take the mean of their last map{rest}.", not no)


def hierarchy(_report: Report) -> Measured:
    """Read from each model how fine the maps of its stages are."""
    import torch

    from cvdemo.loading import build

    figures, said = {}, []
    for name in PYRAMIDS:
        with torch.device("meta"):
            network: Any = build(get(name), None).network
        reductions = sorted({int(row["reduction"]) for row in network.feature_info})
        figures[name] = float(len(reductions))
        said.append(f"{get(name).title} {listed([f'1/{one}' for one in reductions])}")
    swin, vit = figures[PYRAMIDS[1]], figures[PYRAMIDS[2]]
    told = f"Read from the models, the sides of their maps: {'; '.join(said)}."
    return Measured(figures, told, swin > 1 and vit == 1)


def growth(report: Report) -> Measured:
    """Time a ViT and a Swin on ever larger photos, and fit by which power the time grows with the side."""
    from cvdemo.latency.fits import exponent

    path = starters.get(starters.best("cat")).path
    found = sweep.sweep(path, GROWING, Settings(), "side", report)
    figures, said = {}, []
    for line in found.lines:
        fitted = exponent(line.steps, line.ms)
        if fitted is None:
            continue
        figures[line.model] = fitted.value
        said.append(
            f"{line.title} takes {figures3(fitted.doubling)} times as long for twice the side "
            f"(exponent {fitted.value:.2f}, {fitted.low:.2f} to {fitted.high:.2f})"
        )
    if not said:
        raise ModelUnavailable("Too few sizes fit in the memory of this machine for a growth.")
    told = f"Timed here: {'; '.join(said)}. An exponent of 2 is linear in the number of patches, 4 quadratic."
    first, second = (figures.get(name) for name in GROWING)
    return Measured(figures, told, None if first is None or second is None else first > second)


def quoted(report: Report) -> Measured:
    """Let the three models race whose times on a V100 the lesson quotes."""
    path = starters.get(starters.best("cat")).path
    found = duel.run(path, LESSONS, Settings(rounds=ROUNDS), report)
    times = {racer.model: float(np.median(found.times(racer))) for racer in found.standing}
    said = [
        f"{get(name).title} {milliseconds(ms)} (quoted: about {lesson.QUOTED_MS[name]} ms)"
        for name, ms in times.items()
    ]
    ranked = sorted(times, key=lambda name: times[name])
    same = ranked == sorted(times, key=lambda name: lesson.QUOTED_MS[name])
    order = "The same order as" if same else "Another order than"
    return Measured(times, f"Medians of {found.rounds} rounds here: {listed(said)}. {order} quoted for a V100.", same)


def small_sets(_report: Report) -> Measured:
    """Read the stored trainings of our small CNN and small ViT on parts of their photos.

    Raises:
        ModelUnavailable: they do not lie beside the page.
    """
    found = data_curve.stored()
    if found is None:
        raise ModelUnavailable(NO_CURVE)
    cnn, vit = found.pairs()[0]
    sure = cnn.low > vit.high or vit.low > cnn.high
    close = "" if sure else " Their intervals overlap, so this is too close to call."
    told = (
        f"Trained by us from random weights on {cnn.photos:,} photos: the small CNN names {percent(cnn.top1)} of "
        f"{found.tested:,} test photos ({percent(cnn.low)} to {percent(cnn.high)}), the small ViT {percent(vit.top1)} "
        f"({percent(vit.low)} to {percent(vit.high)}).{close}"
    )
    return Measured(
        {"photos": cnn.photos, "cnn": cnn.top1, "vit": vit.top1}, told, cnn.top1 > vit.top1 if sure else None
    )
