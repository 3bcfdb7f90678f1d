"""Mistakes: classes apart, maps of photos against scikit-learn, and maps of a new head against their closed form."""

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from sklearn.decomposition import PCA

from app.tabs import teach_mistakes
from app.tabs.teach_shown import TAUGHT
from cvdemo import catalogue, models, preprocess, starters
from cvdemo.errors import SettingError
from cvdemo.photo_sets import LabelledPhoto, PhotoSet, ready
from cvdemo.photo_sets.photo_set import encoded
from cvdemo.probes import features
from cvdemo.settings import Settings
from cvdemo.transfer import Lesson, mistakes, mistakes_charts, probe


@pytest.fixture(scope="module", name="lesson")
def taught() -> Lesson:
    digits = ready("digits")
    first = [[photo for photo in digits.photos if photo.label == label][:10] for label in range(10)]
    few = PhotoSet("few of each", digits.classes, tuple(photo for mine in first for photo in mine), digits.source)
    return probe(few, ("mini_resnet", "mini_vit"))


def test_classes_apart_are_counted(lesson: Lesson) -> None:
    for place, one in enumerate(lesson.taught):
        predicted = one.way("probe").predicted
        for label, score in enumerate(mistakes.class_scores(lesson, place)):
            mine = lesson.labels == label
            assert (score.right, score.of) == (int((predicted[mine] == label).sum()), int(mine.sum()))
        assert mistakes.wrong(lesson, place).tolist() == [
            int(at) for at, answer in zip(np.flatnonzero(lesson.out), predicted, strict=True)
            if lesson.photos.labels[at] != answer
        ]  # fmt: skip


def test_the_map_is_that_of_scikit_learn(lesson: Lesson) -> None:
    found = features(lesson.photos, catalogue.get("mini_resnet")).astype(np.float64)
    wanted, laid = PCA(2, svd_solver="full").fit_transform(found), mistakes.spread_out(lesson, 0, "pca")
    for axis in (0, 1):
        assert abs(np.corrcoef(wanted[:, axis], laid[:, axis])[0, 1]) == pytest.approx(1, abs=1e-6)
    near = mistakes.spread_out(lesson, 0, "tsne")
    assert near.shape == (100, 2) and np.isfinite(near).all()
    labels, apart = lesson.photos.labels, np.linalg.norm(near[:, None] - near[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    assert (labels[apart.argmin(axis=1)] == labels).mean() > 0.5  # of ten kinds: guessing has 0.1
    with pytest.raises(SettingError):
        mistakes.spread_out(lesson, 0, "umap")


@pytest.mark.parametrize("label", [0, 7])
def test_a_map_of_a_head_on_an_averaging_network_is_its_weights_times_its_channels(lesson: Lesson, label: int) -> None:
    """Where the features are means of the last map, Grad-CAM is CAM (Zhou et al. 2016): no gradient is needed."""
    found, photo, weight = mistakes.heat(lesson, 0, 3, label), lesson.photos.photos[3], lesson.taught[0].probe.weight
    with models.borrow("mini_resnet") as ready, torch.no_grad():
        pixels = torch.from_numpy(preprocess.prepare(photo.photo(), ready.preprocessing).array)
        last = ready.network.forward_features(pixels)[0].numpy()  # type: ignore[operator]
        assert not any(one.requires_grad or one.grad is not None for one in ready.network.parameters())
    wanted = np.tensordot(weight[label] - weight.mean(axis=0), last, 1) / last[0].size
    assert found.values == pytest.approx(np.maximum(wanted, 0), abs=1e-5) and found.values.any()


def test_a_map_of_a_head_on_a_vit_depends_on_the_class(lesson: Lesson) -> None:
    one, other = (mistakes.heat(lesson, 1, 3, label).values for label in (0, 7))
    assert one.shape == (8, 8) and (one >= 0).all() and not np.allclose(one, other)


def _brute(values: NDArray[np.float32]) -> float:
    """Return the share outside the centred box of half the area, on cells cut finely."""
    fine = np.repeat(np.repeat(values, 600, 0), 600, 1)
    rows, columns = (np.abs((np.arange(size) + 0.5) / size - 0.5) for size in fine.shape)
    inside = np.maximum.outer(rows, columns) < np.sqrt(0.5) / 2
    return float(fine[~inside].sum() / fine.sum())


@pytest.mark.parametrize("shape", [(4, 4), (7, 7), (3, 5), (1, 1)])
def test_the_share_at_the_rim(shape: tuple[int, int]) -> None:
    blank = np.zeros((2, 2, 3), np.uint8)
    even = np.ones(shape, np.float32)
    assert mistakes.Heat(blank, even).at_the_rim == pytest.approx(0.5)
    random = np.random.default_rng(0).random(shape).astype(np.float32)
    assert mistakes.Heat(blank, random).at_the_rim == pytest.approx(_brute(random), abs=4e-3)
    assert mistakes.Heat(blank, 0 * even).at_the_rim is None


def _framed(where: str) -> PhotoSet:
    """Return photos of which only the rim, or only the middle, is of the class's texture; the rest is always a cat."""
    random, photos = np.random.default_rng(0), []
    cat = np.asarray(Image.open(starters.get("cat").path).convert("RGB"))
    textures = ready("textures")
    for number in range(24):
        label = number % 2
        texture = [photo for photo in textures.photos if photo.label == label][number].photo().pixels
        y, x = random.integers(0, 150, 2)
        rim, middle = (
            (texture, cat[y : y + 96, x : x + 96]) if where == "rim" else (cat[y : y + 96, x : x + 96], texture)
        )
        pixels = rim.copy()
        pixels[14:-14, 14:-14] = middle[14:-14, 14:-14]
        photos.append(LabelledPhoto(encoded(pixels), label, f"photo {number}"))
    return PhotoSet(f"framed {where}", ("brick", "grass"), tuple(photos), "a test")


@pytest.mark.parametrize(("where", "told"), [("rim", True), ("middle", False)])
def test_a_head_that_learned_the_background_is_told(where: str, told: bool) -> None:
    lesson = probe(_framed(where), ("tf_efficientnet_lite0",))
    found = [mistakes.cover(lesson, 0, label) for label in (0, 1)]
    assert mistakes.suspect(found) == told, found
    assert all(one.of > 0 for one in found)


def test_two_halves_of_a_photo_are_equally_large_and_make_the_photo() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (90, 120, 3)).astype(np.uint8)
    rim, middle = mistakes.halves(pixels)
    outer = (rim == pixels).all(axis=2)
    assert outer.mean() == pytest.approx(0.5, abs=0.01)
    assert np.array_equal(np.where(outer[..., None], rim, middle), pixels)


def test_no_photo_is_an_outlier_by_a_number_that_is_nearly_constant(lesson: Lesson) -> None:
    """Of EfficientNet's numbers some are dead in most photos: standardised, one photo alone filled the whole map."""
    digits = ready("digits")
    few = PhotoSet("three digits", digits.classes[:3], digits.photos[:120], digits.source)
    laid = mistakes.spread_out(probe(few, ("tf_efficientnet_lite0",)), 0, "pca")
    assert np.abs(laid).max(axis=0) == pytest.approx(2.5 * laid.std(axis=0), rel=0.6)


def test_charts_are_sound(lesson: Lesson) -> None:
    chart = mistakes_charts.by_class(lesson, 0)
    for x, score in zip(chart.traces[0]["x"], mistakes.class_scores(lesson, 0), strict=True):
        assert x == pytest.approx(100 * score.share, rel=1e-3)
    chart.figure()
    drawn = mistakes_charts.photo_map(lesson, 1, mistakes.spread_out(lesson, 1, "pca"), "pca")
    drawn.figure()
    assert sorted(at for trace in drawn.traces[:10] for at in trace["customdata"]) == list(range(100))
    assert drawn.traces[10]["customdata"] == mistakes.wrong(lesson, 1).tolist()


ODD: list[dict[str, Any]] = [
    {"place": 2}, {"place": True}, {"place": "0"}, {"how": "x"}, {"how": []}, {"photo": 10**400}, {"photo": True},
    {"photo": -1}, {"key": "gone"},
]  # fmt: skip


@pytest.mark.parametrize("change", ODD)
def test_odd_questions_are_refused(lesson: Lesson, change: dict[str, Any]) -> None:
    asked = {"key": TAUGHT.keep(lesson), "place": 0, "how": "pca", "photo": None}
    assert teach_mistakes._asked(asked).lesson is lesson
    with pytest.raises(SettingError):
        teach_mistakes._asked({**asked, **change})


def test_a_mark_shows_its_photo(lesson: Lesson) -> None:
    looked = teach_mistakes.Looked(lesson, 0, "pca", None)
    told = teach_mistakes._draw(looked, Settings(), {"photo": 41})["photo"]
    assert (told["name"], told["is"]) == (lesson.photos.photos[41].name, "4") and told["out"] == lesson.out[41]
    for odd in (100, -1, True, None, "1", [], 10**400):
        assert teach_mistakes._draw(looked, Settings(), {"photo": odd}) == {"photo": None}
