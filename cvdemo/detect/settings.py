"""What a visitor may set about suppression; every slider of the Detect tab is one field."""

import math
from dataclasses import dataclass, replace

from cvdemo.errors import SettingError

METHODS = ("greedy", "soft_linear", "soft_gaussian", "diou", "merge")
OVERLAPS = ("iou", "smaller")
DETECTION_LIMIT = 1000  # the page draws 300; the API may ask for more
CLASS_LIMIT = 100_000


def _share(value: object, name: str) -> None:
    number = not isinstance(value, bool) and isinstance(value, int | float)
    if not number or not math.isfinite(value) or not 0 <= value <= 1:  # type: ignore[arg-type, operator]
        raise SettingError(f"{name} must be a number from 0 to 1.")


def _count(value: object, name: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= DETECTION_LIMIT:
        raise SettingError(f"{name} must be a whole number from 1 to {DETECTION_LIMIT:,}.")


def _choice(value: object, name: str, choices: tuple[str, ...]) -> None:
    if not isinstance(value, str) or value not in choices:
        raise SettingError(f"{name} must be one of: {', '.join(choices)}.")


def _class(value: object) -> bool:
    return not isinstance(value, bool) and isinstance(value, int) and 0 <= value < CLASS_LIMIT


@dataclass(frozen=True)
class Settings:
    """How candidates are thinned out; checked when made, so that functions may trust it.

    Args:
        confidence: 0..1, lowest score that counts (at least).
        iou: 0..1, a box that overlaps a better one by MORE than this loses: lower is stricter.
        method: one of `METHODS`.
        class_agnostic: True lets boxes of different classes suppress each other.
        overlap: ``iou`` (intersection over union) or ``smaller`` (intersection over the smaller box); ``diou`` has
            its own measure and knows no choice.
        max_detections: most boxes kept, 1 to `DETECTION_LIMIT`.
        max_per_class: most boxes kept of one class, or None.
        classes: the classes that count, or None for all.

    Raises:
        SettingError: a value is of the wrong kind, not finite or out of range.
    """

    confidence: float = 0.25
    iou: float = 0.45
    method: str = "greedy"
    class_agnostic: bool = False
    overlap: str = "iou"
    max_detections: int = 300
    max_per_class: int | None = None
    classes: frozenset[int] | None = None

    def __post_init__(self) -> None:
        _share(self.confidence, "The confidence")
        _share(self.iou, "The IoU limit")
        _choice(self.method, "The method", METHODS)
        _choice(self.overlap, "The overlap", OVERLAPS)
        if not isinstance(self.class_agnostic, bool):
            raise SettingError("Comparing across classes is either on (true) or off (false).")
        _count(self.max_detections, "The most boxes")
        if self.max_per_class is not None:
            _count(self.max_per_class, "The most boxes per class")
        chosen = self.classes
        if chosen is not None and (not isinstance(chosen, frozenset) or not all(map(_class, chosen))):
            raise SettingError("The chosen classes must be whole numbers, 0 for the first class.")

    def without_nms(self) -> "Settings":
        """Return the same settings for a detector that needs no NMS: no box removes another."""
        return replace(self, method="greedy", iou=1.0)
