"""How probable a model's answer stays without each of its blocks, without several at random, and as a visitor wants it.

After Veit et al. 2016 (arXiv:1605.06431), who removed blocks of a trained ResNet one by one and several at random.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.random import default_rng
from numpy.typing import NDArray

from cvdemo import catalogue, images, runs, zerogpu
from cvdemo.catalogue import ModelSpec
from cvdemo.errors import SettingError
from cvdemo.inside.activations import PassRequest, at_size
from cvdemo.results import Count, Results
from cvdemo.surgery.answers import Answers, Curve
from cvdemo.surgery.plain import NOTHING, Block, Operation, check
from cvdemo.weights import Progress

if TYPE_CHECKING:
    from cvdemo.loading import ReadyModel

MOST_ROWS = 16  # of one turn: whoever waits for the device meanwhile waits that long
HEAVY, FEW_ROWS = 6e9, 6  # multiply-adds from which a turn has fewer
DRAWS = 10
COUNTS = 8  # numbers of blocks at which the curve of random lesions is measured, beside 0
UNSUITED = ("lenet5", "alexnet", "vgg16", "googlenet", "inception_v3", "densenet121", "mobilevit_s")
"""Classifiers that are not taken apart: all but the last add nothing to what they make of their input."""


@dataclass(frozen=True)
class Step:
    """How far an operation is: ``done`` of ``total`` ways of it."""

    done: int
    total: int


Told = Callable[[str, Progress | Step], None]
"""Called with the model's name and how far its fetching, its loading or the operation is; may raise Stopped."""

Seen = Callable[["ReadyModel"], NDArray[np.float32]]
"""From a borrowed model to the photo as it gets it, float32 (1, 3, h, w)."""

_kept = Results("surgery")
_runs = Count()


def network_runs() -> int:
    """Return how many times a network has run for this lab since the start; one run serves many operations."""
    return _runs.total


def network_turn() -> AbstractContextManager[runs.Took]:
    """Hold the device for one run of a borrowed network, and count it among those of this lab, see `runs.turn`."""
    return runs.turn(_runs)


def suited(spec: ModelSpec) -> bool:
    """Return whether a model's blocks can be switched: it has some, and classes of its own."""
    return spec.task == "classify" and not spec.zero_shot and spec.name not in UNSUITED


def refuse(spec: ModelSpec) -> None:
    """Refuse a model without such blocks before it is loaded.

    Raises:
        SettingError: it has none, or no classes of its own.
    """
    if not suited(spec):
        raise SettingError(
            f"{spec.title} has no blocks here that can be switched off. Choose a ResNet, ConvNeXt, EfficientNet or ViT."
        )


@zerogpu.on_gpu(lambda **_: 20)
def lesion(path: Path, model: str, progress: Told | None = None) -> Answers:
    """Return what ``model`` says without each droppable block, one at a time; what is known runs nothing.

    Raises:
        PhotoError: the file is no picture we can read.
        SettingError: an unknown model, or one whose blocks cannot be switched.
        ModelUnavailable: it cannot be had, or its numbers are none.
        Stopped: raised by ``progress``.
    """
    return _run(path, model, "alone", _each_alone, progress)


@zerogpu.on_gpu(lambda **_: 10)
def operate(path: Path, model: str, operation: Operation, progress: Told | None = None) -> Answers:
    """Return what ``model`` says under one operation.

    Raises:
        SettingError: it cannot be done to this model; else as `lesion`.
    """
    return _run(path, model, operation, lambda _blocks: (operation,), progress)


@zerogpu.on_gpu(lambda **_: 25)
def at_random(path: Path, model: str, draws: int = DRAWS, seed: int = 0, progress: Told | None = None) -> Curve:
    """Return how probable the answer stays without 1, 2, .. blocks, ``draws`` choices for each number.

    Raises:
        See `lesion`.
    """
    return _curve(_run(path, model, (draws, seed), partial(_choices, draws=draws, seed=seed), progress), draws)


def request(digest: str, model: str) -> PassRequest:
    """Return what is asked of ``model`` on the photo with a digest, here and now.

    Raises:
        SettingError: an unknown model, or one whose blocks cannot be switched.
    """
    spec = catalogue.get(model)
    refuse(spec)
    return PassRequest(digest, model, runs.invented(spec, "trained"))


def each_alone(asked: PassRequest, seen: Seen, progress: Told | None = None) -> Answers:
    """Return what `lesion` does, of a photo that is no file: ``seen`` tells how the model gets it."""
    return _answered(asked, "alone", _each_alone, seen, progress)


def known(asked: PassRequest, operation: Operation | None = None) -> Answers | None:
    """Return what `operate` found, or `lesion` without an operation, if that is still known; never runs anything."""
    return _kept.get((asked, "alone" if operation is None else operation))


def curve_known(asked: PassRequest, draws: int = DRAWS, seed: int = 0) -> Curve | None:
    """Return what `at_random` found, if that is still known; never runs anything."""
    found = _kept.get((asked, (draws, seed)))
    return None if found is None else _curve(found, draws)


def _curve(found: Answers, draws: int) -> Curve:
    counts = tuple(dict.fromkeys(len(one.dropped) for one in found.operations))
    rows = found.probabilities.reshape(len(counts), draws)
    return Curve((0, *counts), np.vstack([np.full(draws, found.probability), rows]))


def _each_alone(blocks: Sequence[Block]) -> tuple[Operation, ...]:
    return tuple(Operation(dropped=frozenset({block.name})) for block in blocks if block.droppable)


def _choices(blocks: Sequence[Block], draws: int, seed: int) -> tuple[Operation, ...]:
    names, random = [block.name for block in blocks if block.droppable], default_rng(seed)
    counts = sorted({round(one) for one in np.linspace(1, len(names), min(COUNTS, len(names)))})
    return tuple(
        Operation(dropped=frozenset(random.choice(names, count, replace=False).tolist()))
        for count in counts
        for _ in range(draws)
    )


def _run(
    path: Path,
    model: str,
    what: object,
    plan: Callable[[Sequence[Block]], tuple[Operation, ...]],
    progress: Told | None,
) -> Answers:
    asked = request(images.open(path).digest, model)
    return _answered(asked, what, plan, lambda ready: at_size(ready, path, None).array, progress)


def _answered(
    asked: PassRequest,
    what: object,
    plan: Callable[[Sequence[Block]], tuple[Operation, ...]],
    seen: Seen,
    progress: Told | None,
) -> Answers:
    report = progress and partial(progress, asked.model)
    work = partial(_work, seen=seen, asked=asked, plan=plan, report=report)
    return runs.run(_kept, (asked, what), catalogue.get(asked.model), work, asked.random, report)


def _work(
    ready: "ReadyModel",
    seen: Seen,
    asked: PassRequest,
    plan: Callable[[Sequence[Block]], tuple[Operation, ...]],
    report: Callable[[Step], None] | None,
) -> Answers:
    from cvdemo.surgery.blocks import blocks_of
    from cvdemo.surgery.operating import operated

    blocks, shown = blocks_of(ready.network), seen(ready)
    operations = plan(blocks)
    for one in operations:
        check(blocks, one)
    logits: dict[int, NDArray[np.float32]] = {}
    whole = None
    for turn in turns(blocks, operations, ready.multiply_adds or 0):
        if report is not None:
            report(Step(len(logits), len(operations)))
        with network_turn(), operated(ready.network, [NOTHING, *(operations[one] for one in turn)]) as rows:
            found = ready.run(shown)[rows.of()]
        runs.check_finite(ready.spec, found)
        whole = found[0]
        logits |= dict(zip(turn, found[1:], strict=True))
    assert whole is not None
    stacked = np.stack([logits[one] for one in range(len(operations))]).astype(np.float32)
    return Answers(asked, ready.weights, blocks, ready.labels, operations, stacked, whole.astype(np.float32))


def turns(blocks: Sequence[Block], operations: Sequence[Operation], multiply_adds: int) -> list[list[int]]:
    """Return the numbers of ``operations`` turn by turn: those that begin alike stand together, to share more."""
    places = {block.name: place for place, block in enumerate(blocks)}
    modules = {block.module: place for place, block in reversed(list(enumerate(blocks)))}

    def touched(number: int) -> list[int]:
        one = operations[number]
        return sorted([*(places[name] for name in one.dropped | one.cut), *(modules[path] for path in one.swapped)])

    size = FEW_ROWS if multiply_adds > HEAVY else MOST_ROWS
    order = sorted(range(len(operations)), key=touched)
    return [order[at : at + size] for at in range(0, len(order), size)]
