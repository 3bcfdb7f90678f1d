"""Times of the guide's networks on this machine, by Latency's own functions; nothing of a visitor is kept."""

import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from cvdemo import engines, images, models
from cvdemo.catalogue import get
from cvdemo.errors import CvDemoError, ModelUnavailable, Stopped
from cvdemo.latency import duel
from cvdemo.latency.estimate import duration, expected_ms, expected_s, measured
from cvdemo.latency.lineup import Report, alone, uses_random
from cvdemo.latency.others import Others
from cvdemo.latency.settings import DISTURBED_SHARE
from cvdemo.latency.settings import Settings as DuelSettings
from cvdemo.latency.turns import Log, take_turns
from cvdemo.preprocess import detector_side
from cvdemo.weights import Progress

EIGHT = {
    "classify": (
        "tf_efficientnet_lite0", "mobilenetv3_large_100", "efficientnet_b0", "resnet50",
        "convnext_tiny", "vit_small_patch16_224", "vit_base_patch16_224", "swin_base_patch4_window7_224",
    ),
    "features": ("dinov2_small", "mae_base", "dinov2_base", "dinov2_large"),
    "detect": (
        "yolov8n", "yolo26n", "yolov8s", "yolov8m",
        "fasterrcnn_mobilenet_v3_large_fpn", "rtdetr_r50vd", "retinanet_resnet50_fpn", "fasterrcnn_resnet50_fpn",
    ),
}  # fmt: skip
ROUNDS = {"classify": 30, "features": 10, "detect": 10}
AT_ONCE = 4  # of them in one duel: neighbours in size take turns with each other
WARM = 3


@dataclass(frozen=True)
class Timing:
    """What was timed last for a task.

    Args:
        names: of those that ran; ``failed``: why others did not.
        rounds: that each ran.
        alone: whether others left the machine alone.
        at: seconds since 1970.
        random: how many of those that ran had random weights, for lack of others.
    """

    names: tuple[str, ...]
    failed: Mapping[str, str]
    rounds: int
    alone: bool
    at: float
    random: int = 0


@dataclass
class _Known:
    """What all pages of this machine know of its speed."""

    detectors: dict[str, float] = field(default_factory=dict)
    last: dict[str, Timing] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


_known = _Known()


def times(task: str) -> dict[str, float]:
    """Return the median milliseconds of one photo of every network of ``task`` that was timed here, by name."""
    with _known.lock:
        found = dict(_known.detectors)
    return found if task == "detect" else measured(None, "auto")


def last(task: str) -> Timing | None:
    """Return what was timed last by this guide."""
    return _known.last.get(task)


def takes(task: str) -> str:
    """Return about how long measuring takes, as people say it: from what was measured here, else from the work."""
    return duration(takes_s(task))


def takes_s(task: str) -> float:
    """Return about how many seconds measuring takes, without loading anything."""
    if task != "detect":
        return expected_s(EIGHT[task], DuelSettings(rounds=ROUNDS[task]))
    each = [times(task).get(name) or expected_ms(name, DuelSettings()) for name in EIGHT[task]]
    return sum(each) * (ROUNDS[task] + WARM) / 1000


def measure(path: Path, task: str, report: Report = lambda *_: None) -> Timing:
    """Time the guide's networks for ``task`` on the photo at ``path``; what is not here runs with random weights.

    Raises:
        CvDemoError: nothing could be had.
        Stopped: raised by ``report``.
    """
    names = EIGHT[task]
    if task == "detect":
        timing = _detectors(path, names, ROUNDS[task], report)
    else:
        timing = _duels(path, names, DuelSettings(rounds=ROUNDS[task]), report)
    timing = replace(timing, random=sum(map(uses_random, timing.names)))
    with _known.lock:
        _known.last[task] = timing
    return timing


def _duels(path: Path, names: Sequence[str], settings: DuelSettings, report: Report) -> Timing:
    ran: list[str] = []
    failed: dict[str, str] = {}
    quiet = True
    for start in range(0, len(names), AT_ONCE):
        part = names[start : start + AT_ONCE]
        found = duel.run(path, part, settings, lambda *step: report(*step, start, len(names)))  # noqa: B023 - called within
        ran += [racer.model for racer in found.standing]
        failed |= {racer.model: racer.failed for racer in found.racers if racer.failed}
        quiet = quiet and found.alone
    return Timing(tuple(ran), failed, settings.rounds, quiet, time.time())


def _detectors(path: Path, names: Sequence[str], rounds: int, report: Report) -> Timing:
    """Let detectors take turns on the photo, from pixels to raw boxes, as Detect runs them."""
    from cvdemo.latency.contender import stopwatch

    failed: dict[str, str] = {}
    with ExitStack() as stack:
        works = {}
        for name in sorted(names):
            spec = get(name)

            def told(step: Progress, name: str = name) -> None:
                report("loading", name, step)

            try:
                random = uses_random(name)
                ready = stack.enter_context(models.borrow_detector(spec, told, random))
            except Stopped:
                raise
            except CvDemoError as error:
                failed[name] = str(error)
                continue
            pixels = images.open(path).at(detector_side(spec)).pixels
            works[name] = lambda ready=ready, pixels=pixels: engines.detect(ready, pixels)
        if not works:
            raise ModelUnavailable("None of the detectors could be loaded on this machine.")
        stack.enter_context(alone(report))

        def tell(log: Log) -> None:
            report("rounds", log.rounds, rounds)

        log = take_turns(list(works.values()), rounds, stopwatch(), Others().share, tell, WARM)
    return _noted(list(works), log, failed, rounds)


def _noted(names: Sequence[str], log: Log, failed: dict[str, str], rounds: int) -> Timing:
    ran = [(place, name) for place, name in enumerate(names) if place not in log.failed]
    failed |= {names[place]: why for place, why in log.failed.items()}
    with _known.lock:
        _known.detectors |= {name: float(np.median(log.ms[place])) for place, name in ran}
    quiet = not log.others or float(np.median(log.others)) <= DISTURBED_SHARE
    return Timing(tuple(name for _, name in ran), failed, rounds, quiet, time.time())
