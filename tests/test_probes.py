"""Probes against scikit-learn on timm's own features, scores against closed forms, and a test for leaks."""

import math

import numpy as np
import pytest
import timm
import torch
from numpy.random import default_rng
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from cvdemo import models, probes
from cvdemo.catalogue import get
from cvdemo.errors import SettingError
from cvdemo.photo_sets import PhotoSet, ready
from cvdemo.probes import Score, choose_strength, confusion, curve, features, fit, majority, mcnemar, nearest, scored


def few_digits(count: int = 6, classes: int = 3) -> PhotoSet:
    """Return the first photos of a few digits."""
    digits = ready("digits")
    photos = [
        photo for label in range(classes) for photo in [one for one in digits.photos if one.label == label][:count]
    ]
    return PhotoSet("some digits", digits.classes[:classes], tuple(photos), digits.source)


def clouds(seed: int, count: int, classes: int, size: int = 40, apart: float = 1.5) -> tuple[np.ndarray, np.ndarray]:
    """Return features of overlapping clouds, float32 (N, size), and their labels."""
    draw = default_rng(seed)
    labels = np.repeat(np.arange(classes), count)
    middles = apart * draw.normal(size=(classes, size)) / math.sqrt(size) * 3
    return (middles[labels] + draw.normal(size=(len(labels), size))).astype(np.float32), labels


@pytest.mark.parametrize("name", ["mini_resnet", "mini_vit"])
def test_features_are_timms_own(name: str) -> None:
    photos = few_digits(2)
    found = features(photos, get(name))
    with models.borrow(name) as ready_model:
        network, rule = ready_model.network, ready_model.preprocessing
        config = {"input_size": (3, *rule.size_hw), "interpolation": rule.interpolation, "mean": rule.mean,
                  "std": rule.std, "crop_pct": rule.crop_share}  # fmt: skip
        transform = timm.data.create_transform(**config)
        from PIL import Image

        pixels = torch.stack([transform(Image.fromarray(photo.photo().pixels)) for photo in photos.photos])
        with torch.inference_mode():
            theirs = network.forward_head(network.forward_features(pixels), pre_logits=True).numpy()  # type: ignore[operator]
    assert found.shape == theirs.shape and found.dtype == np.float32
    assert found == pytest.approx(theirs, abs=0.02 * float(np.abs(theirs).max()))  # 1 of 255 levels in the resampling


def test_each_photo_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    photos = few_digits(3)
    features(photos, get("mini_resnet"))
    before = probes.network_runs()
    more = few_digits(4)
    features(more, get("mini_resnet"))
    assert probes.network_runs() - before == 3


def test_a_stopped_run_keeps_what_it_saw() -> None:
    photos = few_digits(5, 4)

    class Enough(Exception):
        pass

    def stop(done: int, _of: int) -> None:
        if done == 4:
            raise Enough

    before = probes.network_runs()
    with pytest.raises(Enough):
        features(photos, get("mini_vit_distilled"), stop)
    features(photos, get("mini_vit_distilled"))
    assert probes.network_runs() - before == len(photos.photos)


def test_a_detector_has_no_features() -> None:
    with pytest.raises(SettingError, match="no features"):
        features(few_digits(2), get("hog_people"))


@pytest.mark.parametrize("classes", [2, 3, 5])
@pytest.mark.parametrize(("count", "size"), [(6, 40), (30, 8)])
def test_a_probe_is_scikit_learns(classes: int, count: int, size: int) -> None:
    """Fitted in the photos' span it is the same as on all standardised features."""
    xs, labels = clouds(classes, count, classes, size)
    others, _ = clouds(99, 7, classes, size)
    ours = fit(xs, labels, 0.1)
    scaler = StandardScaler().fit(xs)
    theirs = LogisticRegression(C=0.1, max_iter=10_000, tol=1e-10).fit(scaler.transform(xs), labels)
    logits = ours.logits(others)
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    assert shares == pytest.approx(theirs.predict_proba(scaler.transform(others)), abs=2e-3)


def test_a_number_that_never_changes_does_no_harm() -> None:
    xs, labels = clouds(0, 8, 2)
    xs[:, 3] = 7
    assert np.isfinite(fit(xs, labels, 1.0).logits(xs)).all()
    assert np.isfinite(fit(np.zeros((4, 5), np.float32), np.array([0, 0, 1, 1]), 1.0).logits(xs[:, :5])).all()


def test_shuffled_labels_are_answered_by_chance() -> None:
    """A leak test: what was held out must not be known."""
    right = []
    for seed in range(30):
        xs, _ = clouds(seed, 20, 2)
        draw = default_rng(seed)
        labels = draw.permutation(np.repeat([0, 1], 20))
        out = draw.permutation(np.repeat([True, False], 20))
        strength = choose_strength(xs[~out], labels[~out], np.flatnonzero(~out), seed)
        right.append(scored(fit(xs[~out], labels[~out], strength).predict(xs[out]), labels[out]).share)
    assert abs(np.mean(right) - 0.5) < 4 * 0.5 / math.sqrt(30 * 20)


def test_a_burst_on_both_sides_of_a_fold_would_flatter() -> None:
    """Pairs of equal photos with random labels: with groups the choice sees chance, and takes the smallest strength."""
    xs, _ = clouds(1, 30, 1)
    twice, labels = np.repeat(xs, 2, axis=0), np.repeat(default_rng(0).integers(0, 2, 30), 2)
    groups = np.repeat(np.arange(30), 2)
    folds = probes.linear._folds(labels, groups, 0)
    assert folds and all(not set(groups[learn]) & set(groups[test]) for learn, test in folds)
    assert 0.001 <= choose_strength(twice, labels, groups, 0) <= 10


def test_two_runs_of_one_seed_are_equal() -> None:
    xs, labels = clouds(5, 12, 3)
    out = np.arange(len(labels)) % 4 == 0
    one, other = (list(curve(xs, labels, out, 0.1, 7)) for _ in range(2))
    assert one == other and [point.count for point in one] == [1, 2, 5]
    assert [len(point.shares) for point in one] == [10, 10, 10]
    assert list(curve(xs, labels, out, 0.1, 8)) != one


def test_the_simplest_ways() -> None:
    labels = np.array([1, 1, 0, 2, 1])
    assert majority(labels, 3).tolist() == [1, 1, 1]
    xs = np.eye(5, dtype=np.float32)
    assert nearest(xs, labels, xs * 3 + 0.1).tolist() == labels.tolist()
    assert confusion(np.array([0, 1, 1]), np.array([0, 1, 0]), 2).tolist() == [[1, 1], [0, 1]]


@pytest.mark.parametrize(("right", "of"), [(0, 5), (5, 5), (22, 24), (1, 3), (450, 600)])
def test_intervals_are_wilsons(right: int, of: int) -> None:
    z, share = 1.959964, right / of
    middle = (share + z**2 / (2 * of)) / (1 + z**2 / of)
    reach = z / (1 + z**2 / of) * math.sqrt(share * (1 - share) / of + z**2 / (4 * of**2))
    assert Score(right, of).ci95 == pytest.approx((max(0, middle - reach), min(1, middle + reach)), abs=1e-6)


@pytest.mark.parametrize(("only_one", "only_other"), [(0, 0), (1, 0), (5, 0), (8, 2), (3, 3), (12, 1)])
def test_mcnemar_is_exact(only_one: int, only_other: int) -> None:
    one = np.array([True] * only_one + [False] * only_other + [True] * 4 + [False] * 3)
    other = np.array([False] * only_one + [True] * only_other + [True] * 4 + [False] * 3)
    count, least = only_one + only_other, min(only_one, only_other)
    expected = min(1.0, 2 * sum(math.comb(count, few) for few in range(least + 1)) / 2**count)
    assert mcnemar(one, other) == pytest.approx(expected)
