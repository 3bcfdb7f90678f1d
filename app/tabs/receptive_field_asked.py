"""What the visitor chose on the Receptive field tab: untrusted settings from the browser, made sound."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.components.chips import chosen
from app.components.photo import photo_path, photo_point
from cvdemo import images
from cvdemo.catalogue import BUNDLED_PAIR
from cvdemo.errors import SettingError
from cvdemo.receptive_field.mass import SHARES

MODEL_LIMIT = 3
SIDES = range(64, 513, 32)
DEFAULTS: dict[str, Any] = {
    "depth": 0.8, "share": 0.5, "log": False, "shortest": False, "side": 224, "random": False
}  # fmt: skip


@dataclass(frozen=True)
class Settings:
    """How the tab is set: depth 0..1, share of the mass, scale, path, input side in pixels, random weights or not."""

    depth: float = 0.8
    share: float = 0.5
    log: bool = False
    shortest: bool = False
    side: int = 224
    random: bool = False


def settings_from(value: Any) -> Settings:
    """Return sound settings.

    Raises:
        SettingError: a setting that does not exist, is of the wrong kind or out of range.
    """
    if not isinstance(value, dict) or not set(value) <= set(DEFAULTS):
        raise SettingError("These settings are not known here. Reload the page.")
    asked = {**DEFAULTS, **value}
    depth = asked["depth"]
    if isinstance(depth, bool) or not isinstance(depth, int | float) or not math.isfinite(depth) or not 0 <= depth <= 1:
        raise SettingError("The depth must be a number from 0 to 1.")
    if asked["share"] not in SHARES:
        raise SettingError("The square can hold 20, 50 or 95 % of the influence.")
    if isinstance(asked["side"], bool) or asked["side"] not in SIDES:
        raise SettingError("The input size must be a multiple of 32 from 64 to 512.")
    if not all(isinstance(asked[name], bool) for name in ("log", "shortest", "random")):
        raise SettingError("Scale, path and weights must be one of the two that are offered.")
    return Settings(**asked)


@dataclass(frozen=True)
class Wish:
    """All that a measurement needs: which photo and point of it, which models, which settings."""

    path: Path
    point_rc: tuple[int, int]
    models: tuple[str, ...]
    settings: Settings


def wish(photo: Any, models: Any, picture: Any) -> Wish:
    """Return what the page asks for.

    Raises:
        CvDemoError: no readable photo, a point outside it, unknown models or settings.
    """
    path = photo_path(photo)
    names = tuple(dict.fromkeys(chosen(models) or BUNDLED_PAIR))
    if len(names) > MODEL_LIMIT:
        raise SettingError("Three at most. Remove one first.")
    known = picture.get("settings") if isinstance(picture, dict) else None
    point = photo_point(photo, images.open(path).facts.full_size_wh)
    return Wish(path, point, names, settings_from(known or {}))
