"""What the browser asks of the Detect tab, checked: which detectors, which settings, which labels."""

from dataclasses import dataclass, field, fields, replace
from typing import Any

from cvdemo import catalogue
from cvdemo.detect import Settings
from cvdemo.errors import SettingError

FIRST_DETECTOR = "hog_people"
SIDE_BY_SIDE = 2
SHOWN = ("confidence", "iou", "method", "class_agnostic", "overlap", "max_detections", "max_per_class")
CLASS_LIMIT = 200
TILES = (1, 2, 3)


@dataclass(frozen=True)
class Wanted:
    """The visitor's settings; classes by name, because two detectors number them differently.

    Args:
        settings: for all detectors, with ``classes`` None.
        classes: the names that count, or None for all.
        merged: False keeps NMS inside each tile.
    """

    settings: Settings = field(default_factory=Settings)
    classes: tuple[str, ...] | None = None
    merged: bool = True

    def settings_for(self, labels: tuple[str, ...]) -> Settings:
        """Return the settings for a detector with these class names."""
        if self.classes is None:
            return self.settings
        chosen = frozenset(number for number, label in enumerate(labels) if label in self.classes)
        return replace(self.settings, classes=chosen)

    def echo(self) -> dict[str, Any]:
        """Return the settings as the browser keeps them and sends them back."""
        shown = {name: getattr(self.settings, name) for name in SHOWN}
        return {**shown, "classes": None if self.classes is None else list(self.classes), "merged": self.merged}


@dataclass(frozen=True)
class Wish:
    """What to run: one or two detectors, on how many tiles a side, under which settings, against which label file."""

    models: tuple[str, ...]
    wanted: Wanted
    tiles: int
    labels: dict[str, str] | None


def wanted(value: Any) -> Wanted:
    """Return validated settings from what the browser sent; names that do not exist are refused.

    Raises:
        SettingError: it is no object of known settings with fitting values.
    """
    known = {one.name for one in fields(Settings)} | {"merged"}
    if not isinstance(value, dict) or not set(value) <= known:
        raise SettingError("These settings are not known here. Reload the page.")
    value = dict(value)
    classes, merged = value.pop("classes", None), value.pop("merged", True)
    named = isinstance(classes, list) and len(classes) <= CLASS_LIMIT and all(isinstance(one, str) for one in classes)
    if classes is not None and not named:
        raise SettingError("The chosen classes must be a list of names.")
    if not isinstance(merged, bool):
        raise SettingError("Merging across tiles is either on (true) or off (false).")
    return Wanted(Settings(**value), None if classes is None else tuple(classes), merged)


def asked(picture: Any) -> Wish:
    """Return what the component's value asks for.

    Raises:
        SettingError: a model or a setting is not known.
    """
    known = picture if isinstance(picture, dict) else {}
    names = known.get("models") or [FIRST_DETECTOR]
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise SettingError("The detectors must be a list of names.")
    names = list(dict.fromkeys(names))[:SIDE_BY_SIDE]
    for name in names:
        if catalogue.get(name).task != "detect":
            raise SettingError(f"{catalogue.get(name).title} does not detect objects. Choose a detector.")
    tiles = known.get("tiles", 1)
    if tiles not in TILES or isinstance(tiles, bool):
        raise SettingError("A photo can be cut into 2 x 2 or 3 x 3 tiles.")
    labels = known.get("labels")
    right = isinstance(labels, dict) and all(isinstance(labels.get(key), str) for key in ("path", "name", "photo"))
    return Wish(tuple(names), wanted(known.get("settings") or {}), tiles, labels if right else None)
