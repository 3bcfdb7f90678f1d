"""The bars of several models say what they answered."""

import numpy as np
import pytest

from cvdemo.classify import Answer, Classification, charts


def _answer(title: str, family: str, logits: list[float]) -> Answer:
    seen = np.zeros((4, 4, 3), np.uint8)
    return Answer(
        title, title, family, "bundled", "torch", ("cat", "<b>dog</b>", "fox"), np.float32(logits), seen,
        (0, 0, 4, 4), 0.0, 1, None, None, 0.0, 0.0, 0.0,
    )  # fmt: skip


def test_each_model_has_its_bars_on_one_scale() -> None:
    first, second = _answer("A", "cnn", [3, 1, 0]), _answer("B", "cnn", [0, 1, 2])
    found = Classification((first, second), (), (4, 4), first.seen)
    figure = charts.figure(found)
    for trace, one in zip(figure.data, found.answers, strict=True):
        known = dict(zip(trace.y, trace.x, strict=True))
        for guess in one.top(5):
            assert known[guess.label.replace("<", "&lt;").replace(">", "&gt;")] == pytest.approx(
                guess.probability, abs=1e-3
            )
    assert figure.data[0].marker.color != figure.data[1].marker.color
    assert figure.layout.xaxis.range == (0, 1.03)
    assert charts.answers(found, 1).answer.startswith("A: cat, ")
    assert charts.answers(found, 1).traces[0]["y"] == ["cat"]


def test_nobody_answered() -> None:
    assert charts.figure(Classification((), (), (4, 4), np.zeros((4, 4, 3), np.uint8))).data == ()
