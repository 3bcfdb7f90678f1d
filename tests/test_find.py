"""A detector runs once on each photo; boxes come in the photo's own pixels, best first, and nothing invented."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from cvdemo import images, models, starters
from cvdemo.catalogue import get
from cvdemo.detect import find as module
from cvdemo.detect.find import detector_runs, find
from cvdemo.detect.result import CANDIDATE_LIMIT, Candidates
from cvdemo.errors import ModelUnavailable, PhotoError, SettingError
from cvdemo.loading.boxes import RawBoxes
from cvdemo.results import Results, Store

STREET = starters.get("street").path
PORTRAIT = starters.get("portrait").path


@pytest.fixture(autouse=True)
def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start with no results."""
    monkeypatch.setattr(module, "_candidates", Results())


def _raw(boxes: list[list[float]], scores: list[float]) -> RawBoxes:
    classes = np.zeros(len(scores), np.int32)
    return RawBoxes(
        np.array(boxes, np.float32).reshape(-1, 4), np.array(scores, np.float32), classes, ("thing",), None, 1.0, 2.0
    )


def _answers(monkeypatch: pytest.MonkeyPatch, raw: RawBoxes) -> list[tuple[int, ...]]:
    """Let every detector answer ``raw``; the list fills with the shapes of the pictures that it was given."""
    seen: list[tuple[int, ...]] = []

    def run(pixels: np.ndarray) -> RawBoxes:
        seen.append(pixels.shape)
        return raw

    monkeypatch.setattr(models, "borrow_detector", lambda *_: nullcontext(SimpleNamespace(run=run, graph=None)))
    return seen


def test_the_detector_runs_once_and_the_photo_is_decoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    before = detector_runs()
    first, known = find(STREET, "hog_people")
    assert (known, detector_runs()) == (False, before + 1)
    monkeypatch.setattr(images.OpenedPhoto, "decoded", None)
    second, known = find(STREET, "hog_people")
    assert (known, detector_runs(), second is first) == (True, before + 1, True)
    assert first.scores[0] >= first.scores[-1] > 0
    assert (first.labels, first.size_wh, first.needs_nms) == (("person",), (810, 1080), True)
    assert first.raw_scores is not None
    assert np.all(np.diff(first.raw_scores) <= 0)
    assert min(first.decode_ms, first.preprocess_ms, first.network_ms) > 0


def test_a_copy_of_the_photo_is_the_same_photo_and_another_one_is_not(tmp_path: Path) -> None:
    find(PORTRAIT, "haar_faces")
    copy = tmp_path / "copy.png"
    copy.write_bytes(PORTRAIT.read_bytes())
    assert find(copy, "haar_faces")[1]
    Image.open(PORTRAIT).transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(copy)
    other, known = find(copy, "haar_faces")
    assert not known
    assert other.boxes_xyxy[0, 0] > 200  # the face is on the left of the portrait itself


def test_boxes_come_in_full_size_pixels_of_a_photo_that_was_read_smaller(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "large.jpg"
    Image.new("RGB", (4000, 3000), "grey").save(file)
    seen = _answers(monkeypatch, _raw([[500, 375, 1000, 750]], [0.9]))
    assert find(file, "yolov8n")[0].boxes_xyxy.tolist() == [[2000, 1500, 4000, 3000]]
    assert find(file, "retinanet_resnet50_fpn")[0].boxes_xyxy.tolist() == [[1000, 750, 2000, 1500]]
    assert seen == [(750, 1000, 3), (1500, 2000, 3)]


def test_boxes_are_cut_at_the_edges_and_ordered_and_what_lies_outside_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    boxes = [[-9, -9, 50, 60], [400, 400, 600, 700], [600, 10, 700, 20], [20, 20, 10, 30], [1, 2, 3, 4]]
    _answers(monkeypatch, _raw(boxes, [0.2, 0.8, 0.9, 0.9, 0.2]))
    found, _ = find(PORTRAIT, "yolov8n")
    assert found.boxes_xyxy.tolist() == [[400, 400, 512, 512], [0, 0, 50, 60], [1, 2, 3, 4]]
    assert np.allclose(found.scores, [0.8, 0.2, 0.2])
    assert (found.found, found.boxes_xyxy.dtype, found.class_ids.dtype) == (3, np.float32, np.int32)


@pytest.mark.parametrize("count", [0, 1, 20_000])
def test_none_and_too_many_candidates(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    scores = np.random.default_rng(0).permutation(count) / max(count, 1)
    _answers(monkeypatch, _raw([[0, 0, 9, 9]] * count, list(scores)))
    found, _ = find(PORTRAIT, "yolov8n")
    assert (found.found, len(found.scores)) == (count, min(count, CANDIDATE_LIMIT))
    if count > CANDIDATE_LIMIT:
        assert np.allclose(found.scores[-1], 1 - CANDIDATE_LIMIT / count)


def test_nonsense_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="Small ViT does not detect objects"):
        find(STREET, "mini_vit")
    with pytest.raises(SettingError, match="There is no model called"):
        find(STREET, "yolov9000")
    with pytest.raises(PhotoError):
        find(tmp_path / "none.jpg", "hog_people")
    (tmp_path / "text.jpg").write_text("no photo")
    with pytest.raises(PhotoError):
        find(tmp_path / "text.jpg", "hog_people")


NETWORKS = ("yolov8n", "yolo26n", "fasterrcnn_mobilenet_v3_large_fpn", "retinanet_resnet50_fpn")


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_that_computes_no_numbers_is_one_sentence_and_nothing_is_kept(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    borrow = models.borrow_detector
    monkeypatch.setattr(models, "borrow_detector", lambda spec, *_: borrow(spec, random=True))
    with borrow(name, random=True) as model:
        weight = next(p for p in model.network.parameters() if p.ndim == 4)  # type: ignore[union-attr]
        if hasattr(model.network, "transform"):
            monkeypatch.setattr(model.network.transform, "min_size", (160,))  # torchvision's; as few pixels as do
        before = weight.detach().clone()
        weight.fill_(torch.nan)
    title = get(name).title
    try:
        for _ in range(2):
            with pytest.raises(ModelUnavailable, match=f"{title} returned invalid numbers for this photo."):
                find(PORTRAIT, name)
    finally:
        weight.copy_(before)
    assert not find(PORTRAIT, name)[1]


def _thumbnail(photo: Path, folder: Path) -> Path:
    """Return a small copy: small photos have small windows, so each call is short."""
    file = folder / photo.name
    image = Image.open(photo).convert("RGB")
    image.thumbnail((160, 160))
    image.save(file)
    return file


def _equal(one: Candidates, other: Candidates) -> bool:
    return np.array_equal(one.boxes_xyxy, other.boxes_xyxy) and np.array_equal(one.scores, other.scores)


def test_four_threads_with_two_photos_and_two_detectors_never_mix_their_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cache of results forgets at once here, so that all 200 calls run a detector that is in memory."""
    borrow = models.borrow_detector
    monkeypatch.setattr(models, "borrow_detector", lambda spec, *_: borrow(spec, random=spec.name == "yolov8n"))
    monkeypatch.setattr(module, "_candidates", Results(store=Store(0)))
    photos = [_thumbnail(photo, tmp_path) for photo in (STREET, PORTRAIT)]
    jobs = [(photo, name) for photo in photos for name in ("haar_faces", "yolov8n")]
    alone = [find(*job)[0] for job in jobs]
    start = threading.Barrier(4)

    def visit(seed: int) -> int:
        start.wait()
        order = np.random.default_rng(seed).integers(0, len(jobs), 50)
        return sum(not _equal(find(*jobs[job])[0], alone[job]) for job in order)

    before = detector_runs()
    with ThreadPoolExecutor(4) as pool:
        mixed = list(pool.map(visit, range(4)))
    assert mixed == [0, 0, 0, 0]
    assert detector_runs() - before == 200
    assert not _equal(alone[1], alone[3])
