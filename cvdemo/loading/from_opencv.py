"""OpenCV's trained people and face detectors: every window that they accept, without any grouping."""

import time

import cv2
import numpy as np
from numpy.typing import NDArray

from cvdemo.loading.boxes import RawBoxes

# Dalal and Triggs (CVPR 2005): HOG + linear SVM; Viola and Jones (CVPR 2001): a cascade of Haar features.
LONGEST_SIDE = 720  # about where people of a street photo have the size that the detector was trained on
HOG_LOWEST_MARGIN = -0.3
HOG_STEEPNESS = 4.0
HAAR_STEEPNESS = 1.0


def logistic(margins: NDArray[np.float64], steepness: float) -> NDArray[np.float32]:
    """Map margins to 0..1: ``1 / (1 + exp(-steepness * margin))``. A scale for the slider, no probability."""
    return (1 / (1 + np.exp(-steepness * margins))).astype(np.float32)


def people(pixels: NDArray[np.uint8]) -> RawBoxes:
    """Return the windows in which HOG + SVM sees a person in full height; ``pixels`` uint8 (H, W, 3) RGB."""
    started = time.perf_counter()
    grey, scale = _grey(pixels, smallest_hw=(128, 64))
    detector = cv2.HOGDescriptor()
    detector.setSVMDetector(cv2.HOGDescriptor_getDefaultPeopleDetector())
    prepared = time.perf_counter()
    windows, margins = detector.detectMultiScale(
        grey, hitThreshold=HOG_LOWEST_MARGIN, winStride=(8, 8), padding=(16, 16), scale=1.05, groupThreshold=0
    )
    return _boxes(windows, margins, HOG_STEEPNESS, "person", scale, started, prepared)


def faces(pixels: NDArray[np.uint8]) -> RawBoxes:
    """Return the windows that pass the whole Haar cascade for frontal faces; ``pixels`` uint8 (H, W, 3) RGB."""
    started = time.perf_counter()
    grey, scale = _grey(pixels, smallest_hw=(24, 24))
    detector = cv2.CascadeClassifier(f"{cv2.data.haarcascades}haarcascade_frontalface_default.xml")
    prepared = time.perf_counter()
    windows, _, margins = detector.detectMultiScale3(
        grey, scaleFactor=1.1, minNeighbors=0, minSize=(24, 24), outputRejectLevels=True
    )
    return _boxes(windows, margins, HAAR_STEEPNESS, "face", scale, started, prepared)


def _grey(pixels: NDArray[np.uint8], smallest_hw: tuple[int, int]) -> tuple[NDArray[np.uint8], float]:
    """Return the grey picture at the detector's size, not smaller than its window, and the factor of the change."""
    height, width = pixels.shape[:2]
    scale = min(1.0, LONGEST_SIDE / max(height, width))
    size_wh = (max(smallest_hw[1], round(width * scale)), max(smallest_hw[0], round(height * scale)))
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    if size_wh != (width, height):
        grey = cv2.resize(grey, size_wh, interpolation=cv2.INTER_AREA)
    return grey, scale


def _boxes(
    windows: object, margins: object, steepness: float, label: str, scale: float, started: float, prepared: float
) -> RawBoxes:
    done = time.perf_counter()
    xywh = np.asarray(windows, np.float64).reshape(-1, 4)
    raw = np.asarray(margins, np.float64).reshape(-1)
    xyxy = np.concatenate([xywh[:, :2], xywh[:, :2] + xywh[:, 2:]], axis=1) / scale
    return RawBoxes(
        boxes_xyxy=xyxy.astype(np.float32),
        scores=logistic(raw, steepness),
        class_ids=np.zeros(len(raw), np.int32),
        labels=(label,),
        margins=raw.astype(np.float32),
        preprocess_ms=1000 * (prepared - started),
        network_ms=1000 * (done - prepared),
    )
