"""With and without augmentation: the same seeds and photos, and an interval as scipy has it."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy.stats import bootstrap

from app.tabs import teach_helped
from app.tabs.teach_shown import TAUGHT
from cvdemo import catalogue
from cvdemo.errors import SettingError, Stopped
from cvdemo.transfer import probe
from cvdemo.transfer.helped import SEEDS, helped, interval
from cvdemo.transfer.training import Budget, train
from tests.test_probes import few_digits

SHORT = Budget(steps=2, seconds=60)


@pytest.mark.parametrize("seed", range(3))
def test_the_interval_is_scipys(seed: int) -> None:
    random = np.random.default_rng(seed)
    plain, changed = random.random((3, 60)) < 0.7, random.random((3, 60)) < 0.8
    each = changed.mean(0) - plain.mean(0)
    wanted = bootstrap((each,), np.mean, n_resamples=5000, method="percentile", rng=random).confidence_interval
    assert interval(plain, changed, seed) == pytest.approx((wanted.low, wanted.high), abs=0.015)
    assert interval(plain, plain, seed) == (0, 0)


def test_both_sides_have_the_same_seeds_and_photos() -> None:
    lesson, told = probe(few_digits(8), ("mini_vit",)), []
    found = helped(lesson, 0, "crop", SHORT, lambda done, of, step: told.append((done, of, step.way)))
    assert found.plain.shape == found.changed.shape == (SEEDS, lesson.out.sum())
    assert {one[0] for one in told} == set(range(2 * SEEDS)) and {one[1:] for one in told} == {(6, "stages")}
    for seed in range(SEEDS):
        spec = catalogue.get("mini_vit")
        plain = train(lesson.photos, spec, "stages", lesson.out, lesson.groups, lesson.seed + seed, SHORT)
        assert np.array_equal(found.plain[seed], plain.predicted == lesson.labels)
    assert helped(lesson, 0, "crop", SHORT) is found
    with pytest.raises(SettingError):
        helped(lesson, 0, "sharpen", SHORT)


def test_it_can_be_stopped() -> None:
    def stop(*_: Any) -> None:
        raise Stopped("stopped")

    with pytest.raises(Stopped):
        helped(probe(few_digits(8), ("mini_vit",)), 0, "flip", SHORT, stop)


@pytest.mark.parametrize("change", [{"place": 1}, {"place": True}, {"name": "x"}, {"name": []}, {"key": "gone"}])
def test_odd_questions_are_refused(change: dict[str, Any]) -> None:
    asked = {"key": TAUGHT.keep(probe(few_digits(8), ("mini_vit",))), "place": 0, "name": "flip", **change}
    with pytest.raises(SettingError):
        teach_helped._measure(SimpleNamespace(value={"asked": asked}), lambda *_: None)  # type: ignore[arg-type]
