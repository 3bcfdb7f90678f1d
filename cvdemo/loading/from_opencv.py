"""OpenCV's trained people and face detectors: every window that they accept, without any grouping."""

import time
from collections.abc import Callable

import cv2
import numpy as np
from cv2.data import haarcascades
from numpy.typing import NDArray

from cvdemo.catalogue import ModelSpec
from cvdemo.loading.boxes import Detect, RawBoxes, Through
from cvdemo.loading.parts import ReadyDetector

# Dalal and Triggs (CVPR 2005): HOG + linear SVM; Viola and Jones (CVPR 2001): a cascade of Haar features.
LONGEST_SIDE = 720  # about where people of a street photo have the size that the detector was trained on
HOG_WINDOW_HW = (128, 64)
HOG_LOWEST_MARGIN = -0.3
HOG_STEEPNESS = 4.0
HAAR_WINDOW_HW = (24, 24)
HAAR_STEEPNESS = 1.0

Windows = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Boxes as x, y, width, height (N, 4), in pixels of the grey picture, and margins (N,)."""


def load_opencv(spec: ModelSpec) -> ReadyDetector:
    """Return HOG + SVM or the Haar cascade; their trained numbers lie in OpenCV itself."""
    make, label, byte_count, parameter_count = DETECTORS[spec.name]
    return ReadyDetector(spec, None, (label,), "bundled", byte_count, parameter_count, None, None, make(label))


def people(label: str) -> Detect:
    """Return the detector that sees people in full height by HOG + SVM, as a function of uint8 (H, W, 3) RGB."""
    detector = cv2.HOGDescriptor()
    detector.setSVMDetector(np.array(cv2.HOGDescriptor.getDefaultPeopleDetector()))

    def windows(grey: NDArray[np.uint8]) -> Windows:
        found, margins = detector.detectMultiScale(
            grey, hitThreshold=HOG_LOWEST_MARGIN, winStride=(8, 8), padding=(16, 16), scale=1.05, groupThreshold=0
        )
        return _numbers(found, margins)

    return _detect(windows, HOG_WINDOW_HW, HOG_STEEPNESS, label)


def faces(label: str) -> Detect:
    """Return the detector of frontal faces by a Haar cascade: all windows that pass its last stage."""
    detector = cv2.CascadeClassifier(f"{haarcascades}haarcascade_frontalface_default.xml")

    def windows(grey: NDArray[np.uint8]) -> Windows:
        found, _, margins = detector.detectMultiScale3(
            grey, scaleFactor=1.1, minNeighbors=0, minSize=HAAR_WINDOW_HW[::-1], outputRejectLevels=True
        )
        return _numbers(found, margins)

    return _detect(windows, HAAR_WINDOW_HW, HAAR_STEEPNESS, label)


DETECTORS: dict[str, tuple[Callable[[str], Detect], str, int, int]] = {
    "hog_people": (people, "person", 4 * 3781, 3781),
    "haar_faces": (faces, "face", 930_127, 2913 * 3 + 25),
}
"""Label, bytes and learned numbers: HOG's weights; the cascade's file, its stumps and its stages' thresholds."""


def logistic(margins: NDArray[np.float64], steepness: float) -> NDArray[np.float32]:
    """Map margins to 0..1: ``1 / (1 + exp(-steepness * margin))``. A scale for the slider, no probability."""
    return (1 / (1 + np.exp(-steepness * margins))).astype(np.float32)


def _detect(
    windows: Callable[[NDArray[np.uint8]], Windows], window_hw: tuple[int, int], steepness: float, label: str
) -> Detect:
    def detect(pixels: NDArray[np.uint8], through: Through | None = None) -> RawBoxes:
        started = time.perf_counter()
        grey, scale_wh = _grey(pixels, window_hw)
        prepared = time.perf_counter()
        xywh, margins = windows(grey)
        done = time.perf_counter()
        xyxy = np.concatenate([xywh[:, :2], xywh[:, :2] + xywh[:, 2:]], axis=1) / np.array(scale_wh * 2)
        return RawBoxes(
            boxes_xyxy=xyxy.astype(np.float32),
            scores=logistic(margins, steepness),
            class_ids=np.zeros(len(margins), np.int32),
            labels=(label,),
            margins=margins.astype(np.float32),
            preprocess_ms=1000 * (prepared - started),
            network_ms=1000 * (done - prepared),
            engine="opencv",
        )

    return detect


def _grey(pixels: NDArray[np.uint8], window_hw: tuple[int, int]) -> tuple[NDArray[np.uint8], tuple[float, float]]:
    """Return the grey picture at the detector's size, and by how much its width and height changed.

    A picture smaller than the detector's window is continued at its right and bottom edge: HOG reads and writes
    outside of its memory there and ends the process (OpenCV 4.14, pictures of 64 x 64 px).
    """
    height, width = pixels.shape[:2]
    share = min(1.0, LONGEST_SIDE / max(height, width))
    size_wh = (max(1, round(width * share)), max(1, round(height * share)))
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    if size_wh != (width, height):
        grey = cv2.resize(grey, size_wh, interpolation=cv2.INTER_AREA)
    below, beside = (max(0, want - have) for want, have in zip(window_hw, grey.shape, strict=True))
    if below or beside:
        grey = cv2.copyMakeBorder(grey, 0, below, 0, beside, cv2.BORDER_REPLICATE)
    return np.asarray(grey, np.uint8), (size_wh[0] / width, size_wh[1] / height)


def _numbers(found: object, margins: object) -> Windows:
    """OpenCV answers with empty tuples where there is nothing."""
    return np.asarray(found, np.float64).reshape(-1, 4), np.asarray(margins, np.float64).reshape(-1)
