"""The charts of the Detect lab say what the lab computed."""

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
        (list(range(1, 20)), 0.45, 9, False),
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
