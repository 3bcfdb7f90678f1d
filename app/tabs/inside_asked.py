"""What the visitor chose on Look inside: untrusted settings from the browser, made sound."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.components.chips import chosen
from app.components.photo import photo_path, photo_point
from app.tabs.inside_view_input import own
from app.tabs.inside_views import VIEWS
from cvdemo import images
from cvdemo.catalogue import BUNDLED_PAIR
from cvdemo.errors import SettingError
from cvdemo.inside.crop import Pair

MODEL_LIMIT = 3
SIDES = (224, 518)
DEFAULTS: dict[str, Any] = {
    "view": VIEWS[0].ID, "depth": 1.0, "opacity": 0.6, "random": False, "side": 224,
    **{view.ID: view.DEFAULTS for view in VIEWS},
}  # fmt: skip


@dataclass(frozen=True)
class Settings:
    """How the tab is set.

    Args:
        view: the open one's id.
        depth: 0..1.
        random: random weights, also where trained ones are here.
        side: in pixels, of the pictures for DINOv2.
        own: each view's settings by its id.
    """

    view: str
    depth: float
    random: bool
    side: int
    own: dict[str, Any]


def settings_from(value: Any) -> Settings:
    """Return sound settings.

    Raises:
        CvDemoError: a setting that does not exist, is of the wrong kind or out of range.
    """
    asked = own(value, DEFAULTS)
    depth = asked["depth"]
    if isinstance(depth, bool) or not isinstance(depth, int | float) or not math.isfinite(depth) or not 0 <= depth <= 1:
        raise SettingError("The depth must be a number from 0 to 1.")
    if asked["view"] not in [view.ID for view in VIEWS]:
        raise SettingError("There is no such view. Reload the page.")
    if type(asked["side"]) is not int or asked["side"] not in SIDES:
        raise SettingError("DINOv2 can look at 224 or 518 pixels here.")
    each = {view.ID: view.settings(asked[view.ID]) for view in VIEWS}
    return Settings(asked["view"], float(depth), asked["random"] is True, asked["side"], each)


@dataclass(frozen=True)
class Wish:
    """All that a run needs: which photo and point of it, which models, which settings, as ``sent`` and made sound."""

    path: Path
    photo_wh: Pair
    point_rc: Pair
    models: tuple[str, ...]
    settings: Settings
    sent: Any


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
    size_wh = images.open(path).facts.full_size_wh
    return Wish(path, size_wh, photo_point(photo, size_wh), names, settings_from(known or {}), known)
