"""The lesson's table of networks in production: corrected where it was wrong, and what is measured here beside it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cvdemo.catalogue import figures, get
from cvdemo.choose import measure
from cvdemo.latency import duel, lesson
from cvdemo.latency.estimate import by_way, duration, expected_s
from cvdemo.latency.lineup import Report
from cvdemo.latency.settings import Settings
from cvdemo.wording import NBSP, figures3, milliseconds, scaled

COLUMNS = {
    "classify": ("resnet50", "vit_base_patch16_224", "swin_base_patch4_window7_224"),
    "detect": ("yolov8n", "fasterrcnn_resnet50_fpn", "rtdetr_r50vd"),
}
ONE_SIDE, LARGE_SIDE, AT_ONCE = 224, 448, 8


@dataclass(frozen=True)
class Row:
    """What the lesson says of each column, as corrected.

    Args:
        note: what was wrong in it, and by what it was corrected; "" where nothing was.
    """

    title: str
    cells: tuple[str, str, str]
    note: str = ""


def _quoted(model: str) -> str:
    ms = lesson.QUOTED_MS.get(model)
    return "no figure is quoted" if ms is None else f"about {ms}{NBSP}ms on a V100: a quote, not measured here"


ROWS: dict[str, tuple[Row, ...]] = {
    "classify": (
        Row("Architecture", (
            "residual blocks of convolutions, four stages", "twelve blocks of attention and MLP over 16 x 16 patches",
            "attention within shifted windows of 7 x 7, four stages")),
        Row("Inductive biases", (
            "near things belong together; the same filter everywhere, exact for whole strides only",
            "weak, not none: patches cut by a strided convolution, learned positions",
            "near things belong together, by windows and stages"),
            "Corrected: a ViT's are weak, not none; a CNN follows shifts of whole strides only."),
        Row("Data", (
            "these weights saw ImageNet-1k alone", "these weights saw ImageNet-21k first",
            "these weights saw ImageNet-22k first"),
            "Corrected: that a ViT on ImageNet-1k alone is below ResNet-50 is true of the recipe of 2020."),
        Row("Attention complexity", (
            "no attention", "quadratic in the number of patches", "linear in patches, at windows of one size")),
        Row("Hierarchical features", (
            "yes, a map at each stage", "no, one grid of patches from first to last", "yes, a map at each stage")),
        Row("Transfer", (
            "a probe, then the last stages", "a probe, then the last blocks", "a probe, then the last stages"),
            "Which one wins on your photos: Teach."),
        Row("Latency", tuple(_quoted(name) for name in COLUMNS["classify"]),  # type: ignore[arg-type]
            "Which is faster changes from machine to machine: see the rows that are measured here."),
        Row("Best for", (
            "small machines, few photos from the start", "large sets, and features learned without labels",
            "boxes and masks, where fine maps are needed")),
    ),
    "detect": (
        Row("Architecture", (
            "one stage, a CNN", "two stages: regions are proposed, then looked at again", "a CNN, then a transformer")),
        Row("Boxes from", (
            "each cell of three maps, without anchors", "anchors, moved twice", "300 learned queries")),
        Row("Non-maximum suppression", ("needed", "needed, inside the network too", "not needed"),
            "Corrected: not every detector needs it."),
        Row("Hierarchical features", ("yes, three maps", "yes, a feature pyramid", "yes, three maps")),
        Row("Best for", (
            "a limit of time", "where time does not matter and regions are looked at again",
            "scenes full of things that overlap")),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Trial:
    """A row that is measured here, with one click.

    Args:
        settings: of the duel whose medians it shows; ``each``: photos of a run, by which they are divided.
        beside: settings that the median is divided by, for "how many times as long"; None: milliseconds.
    """

    id: str
    title: str
    settings: Settings
    each: int = 1
    beside: Settings | None = None


SINGLE = Trial("single", "One photo, this machine", Settings(rounds=30))
TESTS: dict[str, tuple[Trial, ...]] = {
    "classify": (
        SINGLE,
        Trial("eight", "Eight at once, each", Settings(rounds=10, batch=AT_ONCE), AT_ONCE),
        Trial("double", "Photo of twice the side", Settings(rounds=10, side=LARGE_SIDE), 1, Settings(rounds=10)),
    ),
    "detect": (SINGLE,),
}


def _ms(model: str, settings: Settings) -> float | None:
    """Return the median of one run here, in the faster engine; None where none was measured."""
    if get(model).task == "detect":
        return measure.times("detect").get(model)
    known = [ms for way, ms in by_way(model, settings).items() if way.endswith("float32")]
    return min(known, default=None)


def cell(model: str, test: Trial) -> str | None:
    """Return a measured cell; None where it was not measured."""
    ms = _ms(model, test.settings)
    if ms is None:
        return None
    if test.beside is None:
        return milliseconds(ms / test.each)
    one = _ms(model, test.beside)
    return None if one is None else f"{figures3(ms / one)} times as long"


def run(path: Path, task: str, test_id: str, report: Report) -> None:
    """Measure one row: Latency's own duel of the three networks; of detectors, what the guide's button measures.

    Raises:
        CvDemoError: whatever that raised.
    """
    test = next((one for one in TESTS.get(task, ()) if one.id == test_id), SINGLE)
    if task == "detect":
        measure.measure(path, task, report)
        return
    needed = [test.settings, *([test.beside] if test.beside else [])]
    names = COLUMNS[task]
    for settings in needed:
        if settings is test.settings or any(_ms(name, settings) is None for name in names):
            duel.run(path, names, settings, lambda *step: report(*step, 0, len(names)))


def takes(task: str, test: Trial) -> str:
    """Return about how long a row takes."""
    return measure.takes(task) if task == "detect" else duration(expected_s(COLUMNS[task], test.settings))


def table(task: str) -> dict[str, Any]:
    """Return the table of a task for the page: rows of texts, of which those that are measured here say so."""
    names = COLUMNS.get(task, COLUMNS["classify"])
    own = task if task in COLUMNS else "classify"
    rows = [{"title": row.title, "cells": list(row.cells), "note": row.note} for row in ROWS[own]]
    rows += [{"title": title, "cells": [each(name) for name in names], "note": ""} for title, each in _STATED]
    tests = [
        {"id": test.id, "title": test.title, "cells": [cell(name, test) for name in names], "takes": takes(own, test)}
        for test in TESTS[own]
    ]
    heads = [{"title": get(name).title, "family": get(name).family} for name in names]
    return {"task": own, "heads": heads, "rows": rows, "tests": tests}


def _accuracy(name: str) -> str:
    figure = get(name).published
    return "not stated" if figure is None else f"{figure.value:.1f} ({figure.metric}, {figure.recipe})"


def _parameters(name: str) -> str:
    known = figures(name)
    return "not counted" if known is None else scaled(known.parameter_count)


def _licence(name: str) -> str:
    return get(name).licence or "not stated"


_STATED = (("Published accuracy", _accuracy), ("Parameters", _parameters), ("Licence of the weights", _licence))
