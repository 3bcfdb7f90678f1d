"""The charts of the Detect lab say what the lab computed."""

import numpy as np
import pytest

from cvdemo import starters
from cvdemo.detect import THRESHOLDS, Settings, charts, suppress_ranked
from cvdemo.detect.outcomes import compare
from tests.test_outcomes import photo


@pytest.mark.parametrize("seed", range(8))
def test_precision_against_recall_is_the_curve_with_the_confidence_on_it(seed: int) -> None:
    found, labels = photo(seed)
    compared = compare(found, Settings(confidence=0.5), labels)
    chart = charts.precision_against_recall(compared, "So it is.")
    figure = chart.figure()
    assert chart.answer == "So it is."
    if not len(compared.curve.scores):
        assert [len(trace.x) for trace in figure.data] == [0]
        return
    assert figure.data[0].x == pytest.approx(compared.curve.recall[: charts.POINTS_AT_MOST], abs=1e-3)
    assert figure.data[0].y == pytest.approx(compared.curve.precision[: charts.POINTS_AT_MOST], abs=1e-3)
    if compared.point is None:
        assert len(figure.data) == 1
    else:
        assert figure.data[1].x == pytest.approx([compared.recall or 0], abs=1e-3)
        assert figure.data[1].y == pytest.approx([compared.precision], abs=1e-3)
        assert figure.layout.annotations[0].text.startswith(f"precision {100 * (compared.precision or 0):.1f}")


def test_thousands_of_points_are_thinned_to_what_can_be_told_apart() -> None:
    found, labels = photo(3)
    compared = compare(found, Settings(confidence=0.05), labels)
    trace = charts.precision_against_recall(compared, "").traces[0]
    assert len(trace["x"]) == min(charts.POINTS_AT_MOST, len(compared.curve.scores))
    assert trace["x"][-1] == pytest.approx(compared.curve.recall[-1], abs=1e-3)


@pytest.mark.parametrize(
    ("kept", "limit", "here", "left"),
    [
        (list(range(1, 20)), 0.45, 9, True),
        (list(range(1, 20)), 0.63, 13, True),  # between two of the limits that were tried: the nearer one
        ([0] * 19, 0.05, 0, False),
    ],
)
def test_boxes_kept_against_the_limit(kept: list[int], limit: float, here: int, left: bool) -> None:
    chart = charts.kept_by_limit(THRESHOLDS, kept, limit)
    stairs, dot = chart.figure().data
    assert (stairs.x, stairs.y) == (THRESHOLDS, tuple(kept))
    assert stairs.line.shape == "hv"
    assert (dot.x, dot.y) == ((limit,), (here,))
    assert chart.layout["annotations"][0]["text"] == f"{here} kept at {limit:.2f}"
    assert (chart.layout["annotations"][0]["xanchor"] == "right") == left
    assert chart.answer.startswith(f"At an IoU limit of {limit:.2f}, {here} boxes are kept")


@pytest.mark.parametrize("seed", range(300))
def test_the_words_at_the_limit_lie_beside_the_curve(seed: int) -> None:
    """On a plot of 250 x 150 px, where they are 105 x 16 px: no step of the curve runs through them."""
    draw = np.random.default_rng(seed)
    kept = np.sort(draw.integers(0, draw.choice([2, 10, 400]), len(THRESHOLDS))).tolist()
    limit = float(draw.choice(THRESHOLDS))
    chart = charts.kept_by_limit(THRESHOLDS, kept, limit)
    (words,), (low, high) = chart.layout["annotations"], chart.layout["yaxis"]["range"]
    over = 150 * (words["y"] - low) / (high - low) + words["yshift"]
    left = words["xanchor"] == "right"
    first = 250 * (limit - 0.03) / 0.94 - (105 + 9 if left else -9)
    for at, count in zip(THRESHOLDS, kept, strict=True):
        across, up = 250 * (at - 0.03) / 0.94, 150 * (count - low) / (high - low)
        assert not (first < across < first + 105 and abs(up - over) < 4), (at, count, words)


def test_boxes_stand_on_their_photo_where_they_were_found() -> None:
    found, _ = photo(5)
    settings = Settings(confidence=0.3, iou=0.4)
    ledger = suppress_ranked(found.ranked, settings)
    removed, kept = charts.figure(found, settings).data
    assert (len(kept.x), len(removed.x)) == (6 * len(ledger.kept), 6 * len(ledger.suppressed))
    first = found.boxes_xyxy[ledger.kept[0]]
    assert (kept.x[0], kept.y[0], kept.x[2], kept.y[2]) == pytest.approx(tuple(first), rel=1e-3)
    assert kept.x[5] is None and removed.line.dash == "dash"


def test_a_photo_lies_beneath_the_boxes() -> None:
    found, _ = photo(5)
    assert not charts.figure(found).layout.images
    (picture,) = charts.figure(found, photo=starters.get("cat").path).layout.images
    assert (picture.sizex, picture.sizey) == found.size_wh and picture.source.startswith("data:image/")
