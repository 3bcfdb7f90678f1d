"""How many boxes stay kept at each IoU limit: the curve beside the slider."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cvdemo.detect.greedy import greedy
from cvdemo.detect.nms import Ids, checked, measure_of, ranking, suppress, within_limits
from cvdemo.detect.overlap import Floats, at_most, columns
from cvdemo.detect.settings import Settings

THRESHOLDS = tuple(step / 20 for step in range(1, 20))  # 0.05 to 0.95


def counts_by_iou(
    boxes_xyxy: Floats,
    scores: Floats,
    class_ids: Ids,
    settings: Settings,
    thresholds: tuple[float, ...] = THRESHOLDS,
) -> tuple[int, ...]:
    """Return how many boxes `suppress` would keep at each of ``thresholds``, all else as in ``settings``.

    The answer does not depend on ``settings.iou``: keep it while only that slider moves. It costs one suppression
    per threshold, without the books.
    """
    if settings.method == "soft_gaussian":  # knows no limit
        return (len(suppress(boxes_xyxy, scores, class_ids, settings).kept),) * len(thresholds)
    if settings.method == "soft_linear":
        ledgers = (suppress(boxes_xyxy, scores, class_ids, replace(settings, iou=value)) for value in thresholds)
        return tuple(len(ledger.kept) for ledger in ledgers)
    boxes, scores, classes = checked(boxes_xyxy, scores, class_ids)
    ranked = ranking(boxes, scores, classes, settings)
    classes = classes[ranked]
    with np.errstate(all="ignore"):
        table = columns(boxes[ranked], None if settings.class_agnostic else classes)
        beaten_by = [greedy(table, at_most(value), measure_of(settings))[0] for value in thresholds]
    return tuple(_kept(classes[by < 0], settings) for by in beaten_by)


def _kept(classes: NDArray[np.int32], settings: Settings) -> int:
    return int(np.count_nonzero(within_limits(classes, settings)))
