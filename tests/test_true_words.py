"""What true sentences rest on: a confidence that lets just its boxes in, who pushed a score, where padding shifts."""

import numpy as np
import pytest
import torch
from torchvision.ops import box_iou

from cvdemo.detect.nms import suppress
from cvdemo.detect.precision import Curve
from cvdemo.detect.settings import Settings
from cvdemo.errors import SettingError
from cvdemo.receptive_field.stack import Row, build
from tests.scenes import heaps

ROUNDS = range(300)


def _random(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_the_confidence_of_the_best_f1_lets_just_those_boxes_in() -> None:
    for seed in ROUNDS:
        draw = _random(seed)
        count, labels = int(draw.integers(1, 30)), 10
        scores = np.sort(draw.uniform(0.05, 1, count).round(int(draw.integers(1, 6))).astype(np.float32))[::-1]
        hits = np.cumsum(draw.random(count) < 0.6)
        ranks = np.arange(1, count + 1)
        curve = Curve(np.minimum(hits, labels) / labels, hits / ranks, scores.astype(np.float64))
        best = curve.best
        assert best is not None
        let_in = np.count_nonzero(scores >= np.float32(curve.confidence_at(best)))
        f1 = [2 * hits[n - 1] / (n + labels) for n in {np.count_nonzero(scores >= one) for one in scores}]
        if hits[-1] <= labels and hits[-1]:
            assert 2 * hits[let_in - 1] / (let_in + labels) == pytest.approx(max(f1)), seed


def test_who_pushed_a_score_below_the_confidence_is_the_box_whose_choice_did() -> None:
    for seed in range(60):
        boxes, scores, kinds = heaps(seed, 60, 6)
        settings = Settings(confidence=0.3, method="soft_gaussian")
        ledger = suppress(boxes, scores, kinds, settings)
        shared = box_iou(*[torch.from_numpy(boxes).double()] * 2).numpy()
        place = {int(box): number for number, box in enumerate(ledger.order)}
        for lost in ledger.suppressed:
            left = float(scores[lost])
            for winner in ledger.order[: place[int(ledger.by[lost])] + 1]:
                assert left >= 0.3 - 1e-5
                if kinds[winner] == kinds[lost]:
                    left *= float(np.exp(-(shared[winner, lost] ** 2) / 0.5))
            assert left < 0.3 + 1e-5


def test_same_padding_of_a_stack_is_refused_only_where_it_shifts() -> None:
    for kernel in range(1, 12):
        for dilation in range(1, 7):
            row = Row("conv", kernel=kernel, dilation=dilation, padding="same")
            pixels = torch.zeros(1, 1, 80, 80)
            kept = {
                torch.nn.Conv2d(1, 1, kernel, dilation=dilation, padding=edge)(pixels).shape[-1] for edge in range(31)
            }
            centred = 80 in kept  # as much at one edge as at the other
            try:
                build((row,), 80, 1)
            except SettingError as error:
                assert not centred and "half a pixel" in str(error)
            else:
                assert centred
