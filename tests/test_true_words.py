"""Sentences over random numbers: each claim in them is computed anew from the numbers and must be true."""

import re

import numpy as np
import pytest
import torch
from torchvision.ops import box_iou

from cvdemo.attention import words as attention
from cvdemo.detect import words as detect
from cvdemo.detect.nms import suppress
from cvdemo.detect.precision import Curve
from cvdemo.detect.settings import Settings
from cvdemo.errors import SettingError
from cvdemo.feature_maps import words as feature_maps
from cvdemo.latency import view_words
from cvdemo.latency.sweep import Line
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


def test_silent_means_zero_and_a_value_below_zero_is_not_silent() -> None:
    for seed in ROUNDS:
        draw = _random(seed)
        one = (draw.normal(draw.normal(), 1, (8, 9)) * (draw.random((8, 9)) < draw.choice([0, 0.02, 0.5, 1]))).astype(
            "f"
        )
        one = np.maximum(one, 0) if seed % 2 else one
        said = feature_maps.quiet(one)
        assert said.startswith("silent") == bool((one >= 0).all())
        assert ("everywhere" in said) == bool((one <= 0).all()) and ("nowhere" in said) == bool((one > 0).all())
        for share in re.findall(r"[\d.]+(?=.%)", said):
            assert float(share) == pytest.approx(100 * (one <= 0).mean(), abs=0.051)


@pytest.mark.parametrize("method", ["greedy", "diou", "soft_linear", "soft_gaussian"])
def test_nothing_overlaps_is_said_where_nothing_of_a_class_does(method: str) -> None:
    said_so = 0
    for seed in range(120):
        draw = _random(seed)
        boxes, scores, _ = heaps(seed, int(draw.integers(2, 9)), 3)
        kinds = draw.integers(0, 3, len(scores)).astype(np.int32)
        boxes = boxes + np.repeat(draw.uniform(0, 260, (len(boxes), 2)), 2, 1)[:, [0, 2, 1, 3]].astype(np.float32)
        settings = Settings(confidence=0.01, method=method, iou=0.3, max_detections=int(draw.choice([2, 300])))
        ledger = suppress(boxes, scores, kinds, settings)
        said = detect.live(ledger, settings, many_classes=True)
        if "no two windows" not in said and "no window" not in said:
            continue
        said_so += 1
        shared = box_iou(*[torch.from_numpy(boxes).double()] * 2).numpy()
        alike = (kinds[:, None] == kinds) & ~np.eye(len(kinds), dtype=bool)
        assert "class" in said
        if method == "diou":
            assert "by DIoU above" in said
            continue
        limit = 0.3 if method != "soft_gaussian" else 0
        rows = ledger.kept if "your limit" in said else np.arange(len(kinds))
        assert not (alike & (shared > limit + 1e-6))[rows].any(), (seed, said)
    assert said_so > 10


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


def test_what_larger_batches_gain() -> None:
    steps = (1, 2, 4, 8)
    for seed in ROUNDS:
        draw = _random(seed)
        rates = 100 * np.cumprod(draw.uniform(0.9, 1.3, 4))
        ms = tuple(float(1000 * step / rate) for step, rate in zip(steps, rates, strict=True))
        said = view_words.batches([Line("a", "A", "cnn", False, steps, ms)])
        most = max(rates) / rates[0]
        if "gains nothing" in said:
            assert most < 1.005
        elif "gains at most" in said:
            assert float(re.findall(r"at most (\d+)", said)[0]) == pytest.approx(100 * (most - 1), abs=0.51)
        elif "still gained" in said:
            assert rates[-1] == max(rates) and (rates[:-1] < 0.9 * rates[-1]).all()
        else:
            batch = int(re.findall(r"beyond batch (\d+)", said)[0])
            assert max(rates) <= rates[steps.index(batch)] / 0.9


@pytest.mark.parametrize(
    ("asked", "patches", "said"), [(49, 49, "Over all 49 patches"), (256, 1369, "Over 256 of 1,369")]
)
def test_a_mean_says_over_how_many_patches(asked: int, patches: int, said: str) -> None:
    assert attention.head_told(80.0, 2.0, patches + 1, None, asked, patches).startswith(said)
