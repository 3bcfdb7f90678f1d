"""What a visitor may set about suppression; every slider of the Detect tab is one field."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from cvdemo import catalogue
from cvdemo.errors import SettingError
from cvdemo.settings import Settings as Described
from cvdemo.settings import Spec, choice, custom, flag, number, whole

METHODS = ("greedy", "soft_linear", "soft_gaussian", "diou", "merge")
OVERLAPS = ("iou", "smaller")
DETECTION_LIMIT = 1000  # the page draws 300; the API may ask for more
CLASS_LIMIT = 100_000
NAMES_LIMIT = 200  # of the classes that a visitor chooses
FIRST_DETECTOR = "hog_people"
SIDE_BY_SIDE = 2

ACROSS: Final = "Comparing across classes is either on (true) or off (false)."
MERGED: Final = "Merging across tiles is either on (true) or off (false)."
TILES_ONLY: Final = "A photo can be cut into 2 x 2 or 3 x 3 tiles."
_EACH: Final = Spec("whole", "most boxes per class", 1, DETECTION_LIMIT)


def _limit(value: Any) -> int | None:
    return None if value is None else _EACH.sound(value)


def _numbers(value: Any) -> frozenset[int] | None:
    if value is not None and not (isinstance(value, frozenset) and all(map(_class, value))):
        raise SettingError("The chosen classes must be whole numbers, 0 for the first class.")
    return value


def _class(value: object) -> bool:
    return not isinstance(value, bool) and isinstance(value, int) and 0 <= value < CLASS_LIMIT


def _names(value: Any) -> tuple[str, ...] | None:
    if value is not None and not (_texts(value) and len(value) <= NAMES_LIMIT):
        raise SettingError("The chosen classes must be a list of names.")
    return None if value is None else tuple(value)


def _texts(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(one, str) for one in value)


def _detectors(value: Any) -> tuple[str, ...]:
    if not _texts(value or ()):
        raise SettingError("The detectors must be a list of names.")
    names = tuple(dict.fromkeys(value or (FIRST_DETECTOR,)))[:SIDE_BY_SIDE]
    for spec in map(catalogue.get, names):
        if spec.task != "detect":
            raise SettingError(f"{spec.title} does not detect objects. Choose a detector.")
    return names


def _label_file(value: Any) -> dict[str, str] | None:
    names = ("path", "name", "photo")
    right = isinstance(value, dict) and all(isinstance(value.get(name), str) for name in names)
    return {name: value[name] for name in names} if right else None


@dataclass(frozen=True)
class Suppression(Described):
    """How candidates are thinned out, whatever their classes are called.

    Args:
        confidence: 0..1, lowest score that counts (at least).
        iou: 0..1, a box that overlaps a better one by MORE than this loses: lower is stricter.
        method: one of `METHODS`.
        class_agnostic: True lets boxes of different classes suppress each other.
        overlap: ``iou`` (intersection over union) or ``smaller`` (intersection over the smaller box); ``diou`` has
            its own measure and knows no choice.
        max_detections: most boxes kept, 1 to `DETECTION_LIMIT`.
        max_per_class: most boxes kept of one class, or None.
    """

    confidence: float = number(0.25, 0, 1, "confidence")
    iou: float = number(0.45, 0, 1, "IoU limit")
    method: str = choice("greedy", METHODS, "method")
    class_agnostic: bool = flag(False, "comparing across classes", says=ACROSS)
    overlap: str = choice("iou", OVERLAPS, "overlap")
    max_detections: int = whole(300, 1, DETECTION_LIMIT, "most boxes")
    max_per_class: int | None = custom(None, _limit)


@dataclass(frozen=True)
class Settings(Suppression):
    """How candidates of one detector are thinned out.

    Args:
        classes: the classes that count, or None for all.
    """

    classes: frozenset[int] | None = custom(None, _numbers)

    def without_nms(self) -> "Settings":
        """Return the same settings for a detector that needs no NMS: no box removes another."""
        return replace(self, method="greedy", iou=1.0)


@dataclass(frozen=True)
class Wanted(Suppression):
    """What a visitor of the tab may set; classes by name, because two detectors number them differently.

    Args:
        classes: the names that count, or None for all.
        merged: False keeps NMS inside each tile.
        models: one or two detectors.
        tiles: into how many a side the photo is cut.
        labels: the file to check against: ``path`` of the upload, ``name`` for the visitor, ``photo`` it is for.
    """

    classes: tuple[str, ...] | None = custom(None, _names)
    merged: bool = flag(True, "merging across tiles", says=MERGED)
    models: tuple[str, ...] = custom((FIRST_DETECTOR,), _detectors, link="detector")
    tiles: int = whole(1, 1, 3, "tiles", says=TILES_ONLY)
    labels: Mapping[str, str] | None = custom(None, _label_file, link="")

    def settings_for(self, labels: tuple[str, ...]) -> Settings:
        """Return the settings for a detector with these class names."""
        shared = {one.name: getattr(self, one.name) for one in fields(Suppression)}
        chosen = None if self.classes is None else (at for at, label in enumerate(labels) if label in self.classes)
        return Settings(**shared, classes=None if chosen is None else frozenset(chosen))
