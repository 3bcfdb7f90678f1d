"""Claims on detection, measured by the functions of Detect on a scene that we drew."""

import numpy as np
from numpy.typing import NDArray

from cvdemo import catalogue, compute, engines, images, models, starters
from cvdemo.detect.find import find
from cvdemo.detect.ledger import State
from cvdemo.detect.nms import suppress
from cvdemo.detect.result import Candidates
from cvdemo.detect.settings import Settings
from cvdemo.lesson.crowds import COUNTS, DETECTOR, SCENE, timing
from cvdemo.lesson.measured import Measured, Report
from cvdemo.preprocess import detector_side
from cvdemo.wording import figures3, listed, milliseconds

LIMITS = (0.3, 0.5, 0.7)
REPEATS = 5


def _candidates() -> Candidates:
    found, _ = find(starters.get(SCENE).path, DETECTOR)
    return found


def _kept(found: Candidates, settings: Settings) -> NDArray[np.bool_]:
    return suppress(found.boxes_xyxy, found.scores, found.class_ids, settings).states == State.KEPT


def stricter(_report: Report) -> Measured:
    """Count the boxes that stay at three limits of IoU."""
    found = _candidates()
    counts = [int(_kept(found, Settings(iou=limit)).sum()) for limit in LIMITS]
    lower = counts == sorted(counts)
    told = (
        "A lower limit is stricter: fewer boxes stay."
        if lower and counts[0] < counts[-1]
        else "The limit changes nothing here."
    )
    told = told if lower else "More boxes stay at a lower limit here."
    limits, stay = listed([f"{one:g}" for one in LIMITS]), listed([str(one) for one in counts])
    said = f"On the crowded cells, at IoU {limits} there stay {stay} boxes. {told}"
    return Measured({f"{limit:g}": count for limit, count in zip(LIMITS, counts, strict=True)}, said, lower)


def per_class(_report: Report) -> Measured:
    """Suppress all classes in one run, and each class by itself."""
    found, settings = _candidates(), Settings(max_detections=1000)
    at_once = _kept(found, settings)
    apart = np.zeros_like(at_once)
    for number in np.unique(found.class_ids):
        own = found.class_ids == number
        apart[own] = (
            suppress(found.boxes_xyxy[own], found.scores[own], found.class_ids[own], settings).states == State.KEPT
        )
    differ = int((at_once != apart).sum())
    said = (
        f"On the crowded cells, {int(at_once.sum())} boxes stay in one run over all {len(np.unique(found.class_ids))} "
        f"classes, and {int(apart.sum())} with one run a class; {differ} of {len(at_once)} candidates end otherwise."
    )
    return Measured({"at_once": int(at_once.sum()), "apart": int(apart.sum()), "differ": differ}, said, differ == 0)


def without_nms(_report: Report) -> Measured:
    """Read from the catalogue which detectors need no NMS."""
    detectors = [catalogue.get(name) for name in catalogue.names("detect")]
    free = [one.title for one in detectors if not one.needs_nms]
    count = len(detectors)
    said = f"{len(free)} of the {count} detectors here need none: {listed(free)}. The IoU limit has no effect on them."
    return Measured({"detectors": len(detectors), "free": len(free)}, said, not free)


def crowded(report: Report) -> Measured:
    """Time greedy NMS on ever more random boxes beside one run of the detector's network."""
    network_ms = _network_ms()
    figures = {"network": network_ms}
    for number, count in enumerate(COUNTS):
        report("steps", number, len(COUNTS))
        figures[f"{count}"] = timing(count).median_ms
    slower = next((count for count in COUNTS if figures[f"{count}"] > network_ms), None)
    times = listed([f"{milliseconds(figures[str(count)])} for {count:,}" for count in COUNTS])
    told = (
        f"From {slower:,} boxes on it takes longer than the network."
        if slower
        else f"Even {COUNTS[-1]:,} boxes take less than the network."
    )
    share = figures["100"] / network_ms
    said = (
        f"Greedy NMS here takes {times} random boxes; the network of {catalogue.get(DETECTOR).title} "
        f"{milliseconds(network_ms)}. At 100 boxes NMS takes {figures3(100 * share)} % of that. {told}"
    )
    return Measured(figures, said, share > 1)


def _network_ms() -> float:
    """Return the median milliseconds of the detector's network on the scene, warmed up."""
    pixels = images.open(starters.get(SCENE).path).at(detector_side(catalogue.get(DETECTOR))).pixels
    with models.borrow_detector(DETECTOR) as ready, compute.turn():
        times = [engines.detect(ready, pixels).network_ms for _ in range(1 + REPEATS)]
    return float(np.median(times[1:]))
