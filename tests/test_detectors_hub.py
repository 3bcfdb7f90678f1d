"""Detectors of ultralytics, transformers and torchvision: loaded from loopback, and held against their own library."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor
from torchvision.ops import batched_nms, box_iou

from cvdemo import catalogue, models
from cvdemo.catalogue import MODELS, get
from cvdemo.errors import ModelUnavailable
from cvdemo.loading import ReadyDetector, coco, from_ultralytics, load
from cvdemo.loading.boxes import RawBoxes
from cvdemo.weights import Progress, state, suggestion
from tests.fake_detectors import put_rtdetr, put_torchvision_detector, put_yolo, street, yolo
from tests.fake_hub import Hub, fake_hub
from tests.shipped import write_detector_card

NAMES = {0: "person", 1: "bus", 2: "sign"}
SIDE = 320  # a quarter of the work of 640


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """An empty Hub, an empty cache, no model in memory."""
    models._shared.cache_clear()
    with fake_hub(tmp_path / "repositories") as running:
        running.use(monkeypatch, tmp_path / "cache")
        yield running
    models._shared.cache_clear()


def _loaded(name: str) -> ReadyDetector:
    """Load through the cache that the page uses, and look at the progress on the way."""
    steps: list[Progress] = []
    with models.borrow_detector(name, steps.append) as model:
        assert [steps[0].phase, steps[-1].phase] == ["fetch", "load"]
        assert max(step.done for step in steps) == next(step.total for step in reversed(steps) if step.total)
        assert (model.weights, state(model.spec)) == ("cached", "cached")
        return model


def _rows(boxes: object, scores: object, classes: object) -> np.ndarray:
    """Return boxes, scores and classes side by side, float64 (N, 6)."""
    columns = [
        np.asarray(column, np.float64).reshape(len(np.asarray(scores)), -1) for column in (boxes, scores, classes)
    ]
    return np.concatenate(columns, axis=1)


def _same(ours: np.ndarray, theirs: np.ndarray, pixels: float = 0.05) -> bool:
    """Return whether each row has its twin in the other table: boxes within ``pixels``, scores within 1e-4."""
    scale = np.array([1 / pixels] * 4 + [1e4, 1e4])
    apart = np.abs((ours[:, None] - theirs[None]) * scale).max(axis=2)
    twins = apart.argmin(axis=1)
    return len(ours) == len(theirs) == len(set(twins)) and bool((apart.min(axis=1) < 1).all())


def _above(raw: RawBoxes, confidence: float) -> np.ndarray:
    keep = raw.scores > confidence
    return _rows(raw.boxes_xyxy[keep], raw.scores[keep], raw.class_ids[keep])


def _suppressed(raw: RawBoxes, confidence: float, iou: float) -> np.ndarray:
    keep = np.flatnonzero(raw.scores > confidence)
    boxes, scores, classes = (torch.from_numpy(column[keep]) for column in (raw.boxes_xyxy, raw.scores, raw.class_ids))
    keep = keep[batched_nms(boxes, scores, classes, iou).numpy()]
    return _rows(raw.boxes_xyxy[keep], raw.scores[keep], raw.class_ids[keep])


def _clear_limit(raw: RawBoxes, confidence: float) -> float:
    """Return an IoU near 0.45 that no two candidates have, so that rounding decides nothing."""
    boxes = torch.from_numpy(raw.boxes_xyxy[raw.scores > confidence])
    overlaps = box_iou(boxes, boxes).flatten().sort().values
    overlaps = overlaps[(overlaps > 0.4) & (overlaps < 0.5)]
    widest = (overlaps[1:] - overlaps[:-1]).argmax()
    return float(overlaps[widest : widest + 2].mean())


def _theirs(file: Path, pixels: np.ndarray) -> tuple[Tensor, tuple[int, ...]]:
    """Return ultralytics' own raw output for its own letterboxed photo, from its own reader."""
    from ultralytics.data.augment import LetterBox
    from ultralytics.nn.tasks import load_checkpoint

    network, _ = load_checkpoint(file)
    seen = LetterBox((SIDE, SIDE), auto=True, stride=32)(image=pixels)
    batch = torch.from_numpy(np.ascontiguousarray(seen.transpose(2, 0, 1)))[None].float() / 255
    network.end2end = network.yaml.get("end2end", False)
    with torch.inference_mode():
        return network(batch)[0], tuple(batch.shape[2:])


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(from_ultralytics, "SIDE", SIDE)


def test_yolov8_and_an_nms_keep_what_ultralytics_keeps(served: Hub, small: None) -> None:
    from ultralytics.utils.nms import non_max_suppression
    from ultralytics.utils.ops import scale_boxes

    file = put_yolo(served, "yolov8n")
    raw = _loaded("yolov8n").run(street())
    theirs, size_hw = _theirs(file, street())
    iou = _clear_limit(raw, 0.25)
    kept = non_max_suppression(theirs, 0.25, iou, max_det=10_000)[0]
    expected = _rows(scale_boxes(size_hw, kept[:, :4], (1000, 750)), kept[:, 4], kept[:, 5])
    ours = _suppressed(raw, 0.25, iou)
    ours[:, :4] = np.clip(ours[:, :4], 0, [750, 1000] * 2)  # as scale_boxes does
    assert 20 < len(ours) < np.count_nonzero(raw.scores > 0.25)
    assert _same(ours, expected)
    assert len(raw.scores) == theirs.shape[2] == 320 * 256 // 64 + 320 * 256 // 256 + 320 * 256 // 1024
    assert raw.labels[:2] == ("thing 0", "thing 1")


def test_yolo26_needs_no_nms_and_gives_each_cell_once(served: Hub, small: None) -> None:
    file = put_yolo(served, "yolo26n")
    raw = _loaded("yolo26n").run(street())
    theirs, _ = _theirs(file, street())
    pairs = theirs[0].numpy()  # the 300 best pairs of cell and class; best first
    firsts = np.sort(np.unique(pairs[:, :4], axis=0, return_index=True)[1])
    expected = pairs[firsts] * ([750 / 240] * 4 + [1, 1]) - ([8 * 750 / 240, 0] * 2 + [0, 0])  # 8 px of grey beside
    sure = float(pairs[-1, 4])
    ours = _above(raw, sure)
    assert _same(ours, expected[expected[:, 4] > sure])
    assert (len(raw.scores), len(ours) > 20) == (300, True)


def test_yolos_with_cocos_names_get_the_names_that_all_share() -> None:
    hub = tuple(name.replace("tv", "tvmonitor").replace("couch", "sofa").replace(" ", "") for name in coco.NAMES)
    assert coco.named(hub) == coco.NAMES
    assert coco.named(hub[::-1]) == hub[::-1]
    assert coco.named(("RBC",)) == ("RBC",)
    assert (len(coco.NAMES), coco.NAMES[0], coco.NAMES[-1]) == (80, "person", "toothbrush")


def test_rtdetr_sees_what_transformers_sees(served: Hub) -> None:
    from PIL import Image
    from transformers import RTDetrForObjectDetection, RTDetrImageProcessorPil

    spec = get("rtdetr_r50vd")
    folder = put_rtdetr(served, str(spec.weights), NAMES)
    model = _loaded(spec.name)
    raw = model.run(street())
    network = RTDetrForObjectDetection.from_pretrained(folder).eval()
    processor = RTDetrImageProcessorPil.from_pretrained(folder)
    with torch.no_grad():
        output = network(**processor(images=Image.fromarray(street()), return_tensors="pt"))
    found = processor.post_process_object_detection(output, threshold=0.0, target_sizes=[(1000, 750)])[0]
    pairs = _rows(found["boxes"], found["scores"], found["labels"])  # the best pairs of query and class, best first
    firsts = np.sort(np.unique(pairs[:, :4], axis=0, return_index=True)[1])
    expected = pairs[firsts]
    sure = float(pairs[-1, 4])
    assert _same(_above(raw, sure), expected[expected[:, 4] > sure])
    assert (len(raw.scores), raw.labels) == (60, ("person", "bus", "sign"))
    assert len(set(raw.class_ids)) > 1
    next(model.network.parameters()).fill_(torch.nan)  # type: ignore[union-attr]
    with pytest.raises(ModelUnavailable, match="RT-DETR R50 returned invalid numbers"):
        model.run(street())


def test_the_bundled_cell_detector_is_read_from_float16(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trained = yolo("yolov8n", class_count=3)
    state = {name: each.half() if each.is_floating_point() else each for name, each in trained.state_dict().items()}
    save_file(state, tmp_path / "yolov8n_blood_cells.safetensors")
    write_detector_card(tmp_path, "yolov8n_blood_cells")
    monkeypatch.setattr(catalogue, "WEIGHTS_FOLDER", tmp_path)
    model = load(get("yolov8n_blood_cells"))
    raw = model.run(street())
    trained.load_state_dict({name: each.float() for name, each in state.items()})
    with torch.no_grad():
        theirs = trained(from_ultralytics.letterbox(street(), 416).array)[0][0]
    assert np.allclose(raw.scores, theirs[4:].max(0).values, atol=1e-3)
    assert (model.weights, model.labels, len(raw.scores)) == ("bundled", ("RBC", "WBC", "Platelets"), 2730)
    assert suggestion(get("yolov8n")) == "hog_people"  # not the cells, although it is of the same family


def _their_detector(name: str, file: Path) -> Any:
    """Return torchvision's own detector, built as it builds it for the weights that it publishes."""
    from torchvision.models import detection, get_model_weights

    weights = get_model_weights(getattr(detection, name)).COCO_V1

    def own(*_: object, **__: object) -> dict[str, Tensor]:
        return torch.load(file, weights_only=True)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(weights), "get_state_dict", own)
        return getattr(detection, name)(weights=weights, weights_backbone=None).eval()


@pytest.mark.parametrize(
    "name", [spec.name for spec in MODELS if (spec.task, spec.source) == ("detect", "torchvision")]
)
def test_torchvisions_detectors_give_everything_before_their_own_nms(served: Hub, name: str) -> None:
    file = put_torchvision_detector(served, name)
    spec = replace(get(name), weights=file)
    model = load(spec)
    network: Any = model.network
    theirs = _their_detector(name, served.folder / "models" / file)
    network.transform.min_size = theirs.transform.min_size = (160,)  # as few pixels as do
    last = theirs.roi_heads if hasattr(theirs, "roi_heads") else theirs
    pixels = street()[:500]
    raw = model.run(pixels)
    iou = _clear_limit(raw, 0.2)
    last.score_thresh, last.nms_thresh, last.detections_per_img = 0.2, iou, 100_000
    with torch.no_grad():
        found = theirs([torch.from_numpy(pixels.copy()).permute(2, 0, 1) / 255])[0]
    called = [coco.CATEGORIES[label] for label in found["labels"]]
    named = [index for index, name in enumerate(called) if name in coco.NAMES]
    classes = [coco.NAMES.index(called[index]) for index in named]
    expected = _rows(found["boxes"][named], found["scores"][named], classes)
    ours = _suppressed(raw, 0.2, iou)
    assert 20 < len(ours) < np.count_nonzero(raw.scores > 0.2)
    assert _same(ours, expected)
    assert (len(model.labels), model.weights) == (80, "cached")
