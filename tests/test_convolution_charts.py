"""The charts of the shift lab say what the models answered at each position."""

import numpy as np
import pytest

from cvdemo.convolution import charts
from cvdemo.convolution.shift import SHIFTS, Moved


def _moved(title: str, family: str, weights: str = "bundled", top: float = 0.6) -> Moved:
    rng = np.random.default_rng(len(title))
    chances = top * rng.random(len(SHIFTS))
    labels = ("cat", *("dog" for _ in SHIFTS[1:]))
    errors = rng.random((3, len(SHIFTS)))
    strip = np.zeros((4, 68, 3), np.uint8)
    return Moved(title, title, family, weights, labels, chances, ("a", "b", "c"), (2, 4, 8), errors, strip, 1.0)


CNN, VIT, RANDOM = _moved("Small ResNet", "cnn"), _moved("ViT", "vit"), _moved("Other", "cnn", "random")


@pytest.mark.parametrize("shift", [0, 8, 32])
def test_the_first_answer_is_drawn_over_the_shifts_with_the_current_one_marked(shift: int) -> None:
    chart = charts.chances((CNN, VIT, RANDOM), shift)
    figure = chart.figure()
    assert [trace.name for trace in figure.data] == ["Small ResNet: cat", "ViT: cat"]  # random answers mean nothing
    for trace, one in zip(figure.data, (CNN, VIT), strict=True):
        assert trace.y == pytest.approx(one.probabilities, abs=1e-3)
        assert [place for place, size in enumerate(trace.marker.size) if size] == [shift]
    assert (figure.layout.shapes[0].x0, figure.layout.shapes[0].x1) == (shift, shift)
    assert figure.layout.yaxis.ticktext == ("0\u00a0%", "37.5\u00a0%", "75\u00a0%")
    assert chart.narrow["showlegend"]


@pytest.mark.parametrize("shift", [0, 8])
def test_layers_are_drawn_over_the_depth(shift: int) -> None:
    figure = charts.followed((CNN, RANDOM), shift).figure()
    assert [trace.x for trace in figure.data] == [(33.3, 66.7, 100.0)] * 2
    assert figure.data[0].y == pytest.approx(CNN.errors[:, shift], abs=1e-3)
    assert figure.data[1].line.dash == "dash"  # the second CNN
    assert figure.data[0].customdata == ("a, stride 2", "b, stride 4", "c, stride 8")
    assert figure.layout.yaxis.range[1] > max(CNN.errors.max(), RANDOM.errors.max())


def test_a_label_with_markup_stays_text() -> None:
    odd = _moved("M", "cnn")
    chart = charts.chances((Moved(**{**vars(odd), "labels": ("<b>x</b>",) * 33}),))
    assert chart.traces[0]["name"] == "M: &lt;b&gt;x&lt;/b&gt;"
