"""Rows P3 and P4: a photo's file to boxes against YOLO.predict, and a slider's step against another detector run."""

import copy
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

import numpy as np
import torch
from safetensors.torch import load_file
from torch import nn

from app.lab import answers_questions
from app.tabs.detect import BENCH
from app.tabs.detect_view import Pane, Request, Shown
from benchmarks import scenes
from benchmarks.photos import PHONE_WH, phone_photo, twins
from benchmarks.rows import Measured
from benchmarks.timing import Comparison, compare, in_turns, timed_ms
from cvdemo import compute, engines, images, starters
from cvdemo.catalogue import WEIGHTS_FOLDER, get
from cvdemo.detect import THRESHOLDS, Candidates, Settings, rank, suppress, suppress_ranked
from cvdemo.detect.find import find
from cvdemo.loading import ReadyDetector, coco, from_ultralytics, load
from cvdemo.loading.untouched import untouched

MODEL = "yolov8n"
TRAINED = "yolov8n_blood_cells"
PHOTO = "blood_cells"
ROUNDS = 15
WARM_UPS = 2
SETTINGS = Settings()
SHAPE = (1, 3, 480, 640)  # what a photo of 4 by 3 becomes
SMALL_WH = (1152, 864)  # one megapixel
SQUARE = (640, 640)  # then YOLOv8 has 8,400 cells


def trained() -> Any:
    """Return the YOLOv8n that we trained on blood cells, as ultralytics builds it: a network with real answers."""
    network: Any = from_ultralytics.build(MODEL, len(from_ultralytics.BLOOD_CELLS)).eval()
    network.load_state_dict(load_file(WEIGHTS_FOLDER / f"{TRAINED}.safetensors"))
    return network


def file_to_boxes() -> Measured:
    """P3: a 12-megapixel JPEG to the boxes that are left, against ultralytics' own way; both see 640 x 480 pixels."""
    compute.use_all_cores()
    with tempfile.TemporaryDirectory() as folder:
        photo, small_photo = (phone_photo(Path(folder), PHOTO, size_wh) for size_wh in (PHONE_WH, SMALL_WH))
        network = trained()
        theirs, threads = _their_predict(network, small_photo)
        ready = _loaded(network)
        engine = engines.settle(ready, SHAPE)
        with patch("cvdemo.models.borrow_detector", partial(_lent, ready)):
            unread = iter(twins(photo, 2 * (ROUNDS + WARM_UPS)))
            usual, _ = _against(unread, partial(theirs, threads, photo))
            freed, _ = _against(unread, partial(theirs, compute.cores(), photo))
            small, boxes = _against(iter(twins(small_photo, ROUNDS + WARM_UPS)), partial(theirs, threads, small_photo))
            there = theirs(threads, small_photo)
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
    """P4: NMS with its books on known candidates: the middle step of a slider that moves through all limits.

    The peer does what a page does that keeps no candidates: it asks ultralytics again about the photo in memory.
    """
    compute.use_all_cores()
    boxes, scores, classes = scenes.heaps(*scenes.HEAPS[name])
    square = np.ascontiguousarray(images.read(starters.get(PHOTO).path).pixels[:, :480])
    theirs, threads = _their_predict(trained(), square)
    again = partial(theirs, threads, square)
    limits, page = cycle(THRESHOLDS), _step_of_the_page(boxes, scores, classes)
    known = rank(boxes, scores, classes)
    steps_ms: list[list[float]] = []

    def drag() -> None:
        steps_ms.append([timed_ms(partial(suppress_ranked, known, Settings(iou=limit))) for limit in THRESHOLDS])

    moved = in_turns(drag, again, ROUNDS, WARM_UPS)
    each_ms = np.array(steps_ms[WARM_UPS:])  # (rounds, limits)
    step = compare(replace(moved, ours_ms=tuple(np.median(each_ms, axis=1).tolist())))
    first = compare(in_turns(lambda: suppress_ranked(known, Settings(iou=next(limits))), again, len(THRESHOLDS)))
    whole = compare(in_turns(lambda: page(next(limits)), again, len(THRESHOLDS)))
    slowest_ms = np.median(each_ms, axis=0).max()
    return Measured(
        step,
        f"the slowest limit takes {slowest_ms:.1f} ms; right after a detector run, which empties the caches, a step "
        f"takes {first.ours_ms:.2f} ms: {1 / first.ratio:.0f}x; there with all sentences and charts of the page "
        f"{whole.ours_ms:.1f} ms: {1 / whole.ratio:.1f}x",
    )


def _step_of_the_page(boxes: np.ndarray, scores: np.ndarray, classes: np.ndarray) -> Callable[[float], None]:
    """Return what the server does for one step of the IoU slider, from the browser's question to plain values."""
    found = Candidates(
        MODEL, "YOLOv8n", boxes, scores, classes, coco.NAMES, SQUARE,
        raw_scores=None, needs_nms=True, found=len(scores), decode_ms=1, preprocess_ms=1, network_ms=1,
    )  # fmt: skip
    key = BENCH.shown.keep(Shown(Request("benchmark", (MODEL,)), Path("benchmark"), (Pane(found),)))
    look = answers_questions(BENCH)

    def step(limit: float) -> None:
        assert "panes" in look({"key": key, "settings": {"iou": limit}})

    return step
