"""How many boxes stay kept at each IoU limit: the curve beside the slider."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cvdemo.detect.greedy import greedy
from cvdemo.detect.nms import measure_of, suppress_ranked, within_limits
from cvdemo.detect.overlap import Floats, at_most
from cvdemo.detect.ranked import Ids, Ranked
from cvdemo.detect.settings import Settings
from cvdemo.detect.soft import chosen_by_limit

THRESHOLDS = tuple(step / 20 for step in range(1, 20))  # 0.05 to 0.95
PAIRED = 1500  # so many boxes fit a table of all pairs


@dataclass(frozen=True, eq=False)
class Survivors:
    """Who survives at each limit, for every confidence from ``least`` on: in greedy methods none fears a worse box.

    Args:
        least: the confidence from which boxes took part.
        scores: float32 (N,), best first.
        classes: int32 (N,)
        stayed: bool (T, N), a row for each limit.
    """

    least: float
    scores: Floats
    classes: Ids
    stayed: NDArray[np.bool_]

    def counts(self, settings: Settings) -> tuple[int, ...]:
        """Return how many boxes are kept at each limit, under the confidence and the limits of ``settings``."""
        if settings.confidence < self.least:
            raise ValueError(f"survivors are known from confidence {self.least} on, asked for {settings.confidence}")
        count = int(np.count_nonzero(self.scores >= np.float32(settings.confidence)))
        return tuple(
            int(np.count_nonzero(within_limits(self.classes[:count][row[:count]], settings))) for row in self.stayed
        )


def survivors(candidates: Ranked, settings: Settings, thresholds: tuple[float, ...] = THRESHOLDS) -> Survivors:
    """Return who survives a greedy method at each of ``thresholds``, from the confidence of ``settings`` on."""
    ranked, table = candidates.taking_part(settings)
    stayed = [greedy(table, at_most(value), measure_of(settings))[0] < 0 for value in thresholds]
    return Survivors(
        settings.confidence,
        candidates.scores[ranked],
        candidates.class_ids[ranked],
        np.array(stayed).reshape(len(thresholds), len(ranked)),
    )


def counts_by_iou(
    candidates: Ranked, settings: Settings, thresholds: tuple[float, ...] = THRESHOLDS
) -> tuple[int, ...]:
    """Return how many boxes `suppress` would keep at each of ``thresholds``, all else as in ``settings``.

    The answer does not depend on ``settings.iou``: keep it while only that slider moves. It costs one suppression
    per threshold, without the books.
    """
    if settings.method == "soft_gaussian":  # knows no limit
        return (len(suppress_ranked(candidates, settings).kept),) * len(thresholds)
    if settings.method == "soft_linear":
        return _softly(candidates, settings, thresholds)
    return survivors(candidates, settings, thresholds).counts(settings)


def _softly(candidates: Ranked, settings: Settings, thresholds: tuple[float, ...]) -> tuple[int, ...]:
    ranked, table = candidates.taking_part(settings)
    if len(ranked) > PAIRED or settings.max_per_class is not None:
        ledgers = (suppress_ranked(candidates, replace(settings, iou=value)) for value in thresholds)
        return tuple(len(ledger.kept) for ledger in ledgers)
    limits = np.array([at_most(value) for value in thresholds], np.float32)
    with np.errstate(all="ignore"):
        return tuple(map(int, chosen_by_limit(table, candidates.scores[ranked], limits, settings)))
