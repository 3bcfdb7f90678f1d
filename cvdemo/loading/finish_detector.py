"""The last steps that all detectors with a network share: to the device, warmed up, wrapped."""

import time
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from cvdemo import compute
from cvdemo.catalogue import ModelSpec, figures
from cvdemo.errors import invalid_numbers
from cvdemo.labels import lasting
from cvdemo.loading.boxes import Detect, RawBoxes, Through
from cvdemo.loading.finish import byte_count, parameter_count
from cvdemo.loading.oom_fallback import device_of, fitting
from cvdemo.loading.parts import DetectorParts, Kind, ReadyDetector


def finish_detector(
    spec: ModelSpec, parts: DetectorParts, device: str, weights: Kind, sha256: str | None
) -> ReadyDetector:
    """Return the detector on ``device`` after one grey photo, which warms it up."""
    network = parts.network.eval().requires_grad_(False).to(device)
    run = _detect(spec, network, parts)
    with compute.turn():  # the caller must not hold the device: borrow first, then take a turn
        run(np.full((*parts.input_size_hw, 3), 114, np.uint8))
    counted = figures(spec.name)
    return ReadyDetector(
        spec=spec,
        network=network,
        labels=lasting(parts.labels),
        weights=weights,
        weight_bytes=byte_count(network),
        parameter_count=parameter_count(network),
        multiply_adds=counted.multiply_adds if counted else None,
        sha256=sha256,
        run=run,
        prepare=parts.prepare,
        graph=parts.graph,
    )


def _detect(spec: ModelSpec, network: nn.Module, parts: DetectorParts) -> Detect:
    labels = lasting(parts.labels)

    def detect(pixels: NDArray[np.uint8], through: Through | None = None) -> RawBoxes:
        started = time.perf_counter()
        entry = parts.prepare(pixels)
        prepared = time.perf_counter()
        lent = through(tuple(entry.array.shape)) if through is not None and parts.graph is not None else None
        chosen = time.perf_counter()
        try:
            with torch.inference_mode():
                if lent is not None:
                    found = parts.propose(_first(lent), entry.array)
                else:
                    found = parts.propose(network, entry.array.to(device_of(network)))
                boxes, scores, class_ids = (tensor.cpu().numpy() for tensor in found)  # waits for the device
        except ArithmeticError as error:
            raise invalid_numbers(spec.title, spec.name) from error
        done = time.perf_counter()
        if not (np.isfinite(boxes).all() and np.isfinite(scores).all()):
            raise invalid_numbers(spec.title, spec.name)
        xyxy = (boxes - np.array(entry.shift_wh * 2)) / np.array(entry.scale_wh * 2)
        return RawBoxes(
            boxes_xyxy=xyxy.astype(np.float32),
            scores=scores.astype(np.float32),
            class_ids=class_ids.astype(np.int32),
            labels=labels,
            margins=None,
            preprocess_ms=1000 * (prepared - started),
            network_ms=1000 * (done - chosen),
        )

    def run(pixels: NDArray[np.uint8], through: Through | None = None) -> RawBoxes:
        for attempt, _ in fitting(spec.title, network):
            with attempt:
                found = detect(pixels, through)
        return found

    return run


def _first(run: Callable[[NDArray[np.float32]], NDArray[np.float32]]) -> Callable[[Tensor], tuple[Tensor]]:
    """Return ``run`` in the form of a network whose first output is all that counts."""
    return lambda array: (torch.from_numpy(run(array.contiguous().numpy())),)
