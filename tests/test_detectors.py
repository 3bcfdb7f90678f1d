"""Every detector gives raw boxes of one shape, and what its own library would find is among them."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torchvision.ops import nms

from cvdemo import images, models, starters
from cvdemo.catalogue import figures, get
from cvdemo.loading import load
from cvdemo.loading.boxes import RawBoxes


def _kept(raw: RawBoxes, confidence: float = 0.25, iou: float = 0.45) -> np.ndarray:
    """Return the indices that torchvision's NMS keeps, best first, whatever their class."""
    above = np.flatnonzero(raw.scores >= confidence)
    boxes, scores = torch.from_numpy(raw.boxes_xyxy[above]), torch.from_numpy(raw.scores[above])
    return above[nms(boxes, scores, iou).numpy()]


def _starter(name: str) -> np.ndarray:
    return images.read(starters.get(name).path, 640).pixels


def test_hog_sees_people_in_the_street_many_times_each() -> None:
    with models.borrow_detector("hog_people") as model:
        raw = model.run(_starter("street"))
    kept = _kept(raw)
    assert np.count_nonzero(raw.scores >= 0.25) - len(kept) > 1
    x0, y0, x1, y1 = raw.boxes_xyxy[kept[0]]
    assert (x0 < 350 < x1, y0 < 650 < y1) == (True, True)  # the man in the middle
    assert (raw.labels, set(raw.class_ids)) == (("person",), {0})
    assert raw.margins is not None
    assert np.allclose(raw.scores, 1 / (1 + np.exp(-4.0 * raw.margins)), atol=1e-6)


def test_haar_sees_the_face_of_the_portrait() -> None:
    with models.borrow_detector("haar_faces") as model:
        raw = model.run(_starter("portrait"))
    kept = _kept(raw)
    x0, y0, x1, y1 = raw.boxes_xyxy[kept[0]]
    assert (x0 < 222 < x1, y0 < 115 < y1) == (True, True)
    assert (100 < x1 - x0 < 140, raw.labels) == (True, ("face",))
    assert len(kept) < np.count_nonzero(raw.scores >= 0.25)


@pytest.mark.parametrize("name", ["hog_people", "haar_faces"])
@pytest.mark.parametrize(
    "size_hw",
    [(1, 1), (5, 5), (23, 23), (24, 24), (64, 64), (64, 32), (127, 63), (5, 500), (500, 5), (8, 5000)],
    ids=str,
)
def test_classical_detectors_survive_pictures_smaller_than_their_window(name: str, size_hw: tuple[int, int]) -> None:
    """OpenCV's HOG writes outside of its memory on some of these and takes the process with it."""
    pixels = np.random.default_rng(0).integers(0, 256, (*size_hw, 3), dtype=np.uint8)
    with models.borrow_detector(name) as model:
        raw = model.run(pixels)
    assert np.isfinite(raw.boxes_xyxy).all()


def test_boxes_lie_in_the_pixels_of_the_photo_whatever_its_size() -> None:
    portrait = _starter("portrait")
    with models.borrow_detector("haar_faces") as model:
        once = model.run(portrait)
        twice = model.run(np.repeat(np.repeat(portrait, 2, axis=0), 2, axis=1))
    best, same = (raw.boxes_xyxy[np.argmax(raw.scores)] for raw in (once, twice))
    assert np.allclose(same / 2, best, atol=25)


@pytest.mark.parametrize(("ask", "name"), [(models.borrow, "hog_people"), (models.borrow_detector, "mini_vit")])
def test_the_wrong_kind_of_model_is_a_mistake_of_the_programmer(ask: Callable, name: str) -> None:
    with pytest.raises(ValueError, match="borrow"), ask(name):
        pass


@pytest.mark.parametrize("name", ["yolov8n", "yolo26n", "yolov8n_blood_cells", "fasterrcnn_mobilenet_v3_large_fpn"])
def test_random_weights_are_called_random_and_counted(name: str) -> None:
    model = load(get(name), random=True)
    raw = model.run(np.random.default_rng(0).integers(0, 256, (90, 120, 3), dtype=np.uint8))
    counted = figures(name)
    assert counted is not None
    assert (model.parameter_count, model.multiply_adds) == (counted.parameter_count, counted.multiply_adds)
    assert (model.weights, model.sha256, raw.margins) == ("random", None, None)
    assert not any(parameter.requires_grad for parameter in model.network.parameters())
    assert set(raw.class_ids) <= set(range(len(model.labels)))
    assert (raw.boxes_xyxy.dtype, raw.scores.dtype, raw.class_ids.dtype) == (np.float32, np.float32, np.int32)
