"""Sweeps, exponents, knees, layers and the Pareto front, against hand-made cases and real small models."""

import math
from pathlib import Path

import numpy as np
import pytest

from cvdemo import models, starters
from cvdemo.latency import view_words as words
from cvdemo.latency.accuracy import pareto
from cvdemo.latency.counts import count
from cvdemo.latency.fits import exponent, knee
from cvdemo.latency.layers import layer_times
from cvdemo.latency.settings import Settings
from cvdemo.latency.sweep import STEPS, Line, sweep

SIDES = (64, 96, 128, 192, 256, 384)
PAIR = ("mini_resnet", "mini_vit")


@pytest.fixture(scope="module")
def cat() -> Path:
    return starters.get("cat").path


@pytest.mark.parametrize("power", [1.0, 2.0, 3.3, 4.0])
def test_the_exponent_of_a_power_law_is_found(power: float) -> None:
    rng = np.random.default_rng(3)
    clean = exponent(SIDES, [1e-4 * side**power for side in SIDES])
    noisy = exponent(SIDES, [1e-4 * side**power * rng.lognormal(0, 0.03) for side in SIDES])
    assert clean is not None and noisy is not None
    assert (clean.value, clean.low, clean.high) == pytest.approx((power, power, power), abs=1e-6)
    assert clean.doubling == pytest.approx(2**power)
    assert noisy.low < power < noisy.high
    assert noisy.high - noisy.low < 0.3


def test_three_sizes_tell_no_growth() -> None:
    assert exponent((64, 96, 128), (1, 2, 3)) is None
    assert exponent((32, 32, 32, 32), (1, 2, 3, 4)) is None


@pytest.mark.parametrize(
    ("ms", "batch"),
    [((10, 20, 40, 80), 1), ((10, 11, 12, 13), 8), ((10, 12, 14, 28), 4)],
    ids=["no gain", "gain to the end", "a knee"],
)
def test_the_knee_is_where_larger_batches_stop_paying(ms: tuple[float, ...], batch: int) -> None:
    found = knee((1, 2, 4, 8), ms)
    assert found is not None and found.batch == batch
    assert found.per_second == pytest.approx(1000 * batch / ms[(1, 2, 4, 8).index(batch)])


def test_the_pareto_front_holds_whom_nobody_beats_in_both() -> None:
    points = [(10.0, 70.0), (20.0, 80.0), (15.0, 65.0), (30.0, 80.0), (40.0, 85.0), (10.0, 60.0)]
    assert pareto(points) == {(10.0, 70.0), (20.0, 80.0), (40.0, 85.0)}
    assert pareto([]) == set()


def test_a_resolution_sweep_measures_every_size_in_turn(cat: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(STEPS, "side", (32, 48, 64, 96))
    seen: list[int] = []
    found = sweep(
        cat, PAIR, Settings(side=64), "side", lambda kind, *rest: seen.append(rest[0].now) if kind == "sweep" else None
    )
    assert list(dict.fromkeys(seen)) == sorted(set(seen))
    for line in found.lines:
        assert line.steps == (32, 48, 64, 96)
        assert all(math.isfinite(ms) and ms > 0 for ms in line.ms)
    assert words.sides(found.lines).startswith("Twice the side costs the CNN ")


def test_a_model_of_one_size_has_one_point(cat: Path) -> None:
    found = sweep(cat, ("lenet5",), Settings(), "side")
    assert [line.steps for line in found.lines] == [(32,)]
    assert words.sides(found.lines) == "Four sizes are needed before a growth can be told."


def test_a_batch_sweep_tells_photos_a_second(cat: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(STEPS, "batch", (1, 2))
    found = sweep(cat, PAIR, Settings(side=64), "batch")
    assert all(line.steps == (1, 2) for line in found.lines)
    assert "photos a second" in words.batches(found.lines)


def test_the_layers_of_a_model_take_no_more_than_the_whole(cat: Path) -> None:
    for one in layer_times(cat, PAIR, Settings(side=64)):
        assert len(one.slowest) == 5 and one.count > 50
        assert [layer.ms for layer in one.slowest] == sorted((layer.ms for layer in one.slowest), reverse=True)
        assert 0 < sum(layer.share for layer in one.slowest) <= 1.5  # medians of different runs
        with models.borrow(one.model) as ready:
            known = dict(ready.network.named_modules())
            assert {layer.name for layer in one.slowest} <= set(known)
            assert not any(part._forward_pre_hooks or part._forward_hooks for part in known.values())


@pytest.mark.parametrize(
    ("model", "multiply_adds"), [("resnet50", 4.089e9), ("vit_base_patch16_224", 17.564e9), ("mobilevit_s", 1.522e9)]
)
def test_multiply_adds_are_counted_without_running(model: str, multiply_adds: float) -> None:
    """ResNet-50 and ViT-B/16 as in assets/figures.json; MobileViT-S there at 256 px: (224 / 256)^2 of the rest."""
    assert count(model, 224).multiply_adds == pytest.approx(multiply_adds, rel=0.01)


def test_costs_grow_as_the_architecture_says() -> None:
    small, large = (count("resnet50", side) for side in (224, 448))
    assert large.multiply_adds / small.multiply_adds == pytest.approx(4, rel=0.01)
    assert large.working_bytes / small.working_bytes == pytest.approx(4, rel=0.15)
    assert large.parameter_count == small.parameter_count == 25_557_032
    swin = [count("swin_base_patch4_window7_224", side) for side in (224, 448)]
    assert swin[1].multiply_adds / swin[0].multiply_adds == pytest.approx(4, rel=0.02)  # by tokens, not their square
    vit = [count("vit_base_patch16_224", side) for side in (224, 448)]
    assert 4.1 < vit[1].multiply_adds / vit[0].multiply_adds < 6


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ((1, 2, 4), "gains nothing from larger batches: 100 photos a second one by one."),
        ((1, 1, 4), "gains little beyond batch 2: 2,000 photos a second, 2.0 times as many as one by one."),
        ((1, 1, 1), "still gained at batch 4, the largest measured: 4,000 photos a second, 4.0 times as many."),
    ],
    ids=["flat", "knee", "still gains"],
)
def test_the_batch_sentence(line: tuple[float, ...], text: str) -> None:
    ms = tuple(10.0 * value for value in line) if line == (1, 2, 4) else tuple(float(value) for value in line)
    assert words.batches([Line("a", "A", "cnn", False, (1, 2, 4), ms)]) == f"A {text}"
