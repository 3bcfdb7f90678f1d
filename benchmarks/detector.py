"""Rows P3 and P4: a photo's file to boxes against YOLO.predict, and a slider's step against another detector run."""

import copy
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

import numpy as np
import torch
from torch import Tensor, nn

from app.tabs import detect_steps
from benchmarks import scenes
from benchmarks.photos import phone_photo, twins
from benchmarks.rows import Measured
from benchmarks.timing import Comparison, compare, in_turns
from cvdemo import compute, engines, images, starters
from cvdemo.catalogue import get
from cvdemo.detect import THRESHOLDS, Candidates, Settings, rank, suppress, suppress_ranked
from cvdemo.detect.find import find
from cvdemo.loading import ReadyDetector, coco, from_ultralytics, load
from cvdemo.loading.untouched import untouched

MODEL = "yolov8n"
ROUNDS = 15
WARM_UPS = 2
ABOVE = 120  # so many cells are as sure as the confidence asks for: a street with a dozen people
SETTINGS = Settings()
SHAPE = (1, 3, 480, 640)  # what a photo of 4 by 3 becomes
SQUARE = (640, 640)  # then YOLOv8 has 8,400 cells


def seeing(pixels: np.ndarray) -> Any:
    """Return a YOLOv8n with random weights that is sure of something in `ABOVE` cells of a photo, uint8 (H, W, 3).

    Its normalisations are set to what the photo sends through them, or random layers would pass nothing on.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network: Any = from_ultralytics.build(MODEL, len(coco.NAMES)).eval()
        entry = from_ultralytics.letterbox(pixels, from_ultralytics.SIDE).array
        norms = [part for part in network.modules() if isinstance(part, nn.BatchNorm2d)]
        hooks = [norm.register_forward_pre_hook(_measure) for norm in norms]
        for places, classes in zip(network.model[-1].cv2, network.model[-1].cv3, strict=True):
            nn.init.normal_(places[-1].weight, std=0.1)
            nn.init.normal_(classes[-1].weight, std=0.3)
    with torch.no_grad():
        best = network(entry)[0][0, 4:].amax(0).logit()
        for hook in hooks:
            hook.remove()
        sure = torch.tensor(SETTINGS.confidence).logit() - best.sort(descending=True).values[ABOVE]
        for classes in network.model[-1].cv3:
            classes[-1].bias += sure
    return network


def _measure(norm: Any, arguments: tuple[Tensor, ...]) -> None:
    norm.running_mean.copy_(arguments[0].mean((0, 2, 3)))
    norm.running_var.copy_(arguments[0].var((0, 2, 3)))


def file_to_boxes() -> Measured:
    """P3: a 12-megapixel JPEG to the boxes that are left, against ultralytics' own way; both see 640 x 480 pixels."""
    compute.use_all_cores()
    with tempfile.TemporaryDirectory() as folder:
        photo, street = phone_photo(Path(folder)), Path(shutil.copy(starters.get("street").path, folder))
        network = seeing(images.read(street, from_ultralytics.SIDE).pixels)
        theirs, threads = _their_predict(network, street)
        ready = _loaded(network)
        engine = engines.settle(ready, SHAPE)
        with patch("cvdemo.models.borrow_detector", partial(_lent, ready)):
            unread = iter(twins(photo, 2 * (ROUNDS + WARM_UPS)))
            usual, _ = _against(unread, partial(theirs, threads, photo))
            freed, _ = _against(unread, partial(theirs, compute.cores(), photo))
            small, boxes = _against(iter(twins(street, ROUNDS + WARM_UPS)), partial(theirs, threads, street))
            there = theirs(threads, street)
    return Measured(
        usual,
        f"{engines.TITLES[engine.name]}; predict takes {threads} of {compute.cores()} cores, made to take all "
        f"{1 / freed.ratio:.2f}x; "
        f"a photo of 1 megapixel {1 / small.ratio:.2f}x, {boxes} boxes here and {there} there",
    )


def _loaded(network: nn.Module) -> ReadyDetector:
    with patch.object(from_ultralytics, "build", lambda *_: copy.deepcopy(network)):
        return cast(ReadyDetector, load(get(MODEL), random=True))


def _lent(ready: ReadyDetector, *_: object) -> AbstractContextManager[ReadyDetector]:
    return nullcontext(ready)


def _against(unread: Iterator[Path], theirs: Callable[[], int]) -> tuple[Comparison, int]:
    """Return the comparison, and how many boxes stay; each round reads a file of its own, which no cache knows."""
    counts: list[int] = []
    comparison = compare(in_turns(lambda: counts.append(_our_boxes(next(unread))), theirs, ROUNDS, WARM_UPS))
    return comparison, counts[0]


def _our_boxes(photo: Path) -> int:
    found, known = find(photo, MODEL)
    assert not known
    return len(suppress(found.boxes_xyxy, found.scores, found.class_ids, SETTINGS).kept)


def _their_predict(network: nn.Module, first: Any) -> tuple[Callable[[int, Any], int], int]:
    """Return ultralytics' ``predict`` on a copy of ``network``, and how many threads it leaves to torch.

    It takes the others from the whole process; here it has them back after each call.
    """
    with untouched():
        from ultralytics import YOLO

        whole: Any = YOLO(f"{MODEL}.yaml")
        whole.model = copy.deepcopy(network)
        same = {"conf": SETTINGS.confidence, "iou": SETTINGS.iou, "max_det": SETTINGS.max_detections}
        ask = partial(whole.predict, imgsz=from_ultralytics.SIDE, device="cpu", verbose=False, **same)
        ask(first)
        threads = torch.get_num_threads()

    def predict(count: int, photo: Any) -> int:
        torch.set_num_threads(count)
        try:
            return len(ask(photo)[0].boxes)
        finally:
            compute.use_all_cores()

    return predict, threads


def slider_step(name: str) -> Measured:
    """P4: NMS with its books on known candidates, each round at another IoU limit.

    The peer does what a page does that keeps no candidates: it asks ultralytics again about the photo in memory.
    """
    compute.use_all_cores()
    boxes, scores, classes = scenes.heaps(*scenes.HEAPS[name])
    square = np.ascontiguousarray(images.read(starters.get("street").path, 640).pixels[:640, :640])
    theirs, threads = _their_predict(seeing(square), square)
    again = partial(theirs, threads, square)
    limits, page = cycle(THRESHOLDS), _step_of_the_page(boxes, scores, classes)
    known = rank(boxes, scores, classes)
    step = compare(in_turns(lambda: suppress_ranked(known, Settings(iou=next(limits))), again, len(THRESHOLDS)))
    whole = compare(in_turns(lambda: page(next(limits)), again, len(THRESHOLDS)))
    remark = f"with every sentence and chart that the page shows {whole.ours_ms:.1f} ms: {1 / whole.ratio:.1f}x"
    return Measured(step, remark)


def _step_of_the_page(boxes: np.ndarray, scores: np.ndarray, classes: np.ndarray) -> Callable[[float], None]:
    """Return what the server does for one step of the IoU slider, from the browser's question to plain values."""
    found = Candidates(
        MODEL, "YOLOv8n", boxes, scores, classes, coco.NAMES, SQUARE,
        raw_scores=None, needs_nms=True, found=len(scores), decode_ms=1, preprocess_ms=1, network_ms=1,
    )  # fmt: skip
    key = detect_steps.remember(detect_steps.Shown(found))

    def step(limit: float) -> None:
        assert "panes" in detect_steps.suppress({"keys": [key], "settings": {"iou": limit}})

    return step
