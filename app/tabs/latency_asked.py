"""What the visitor chose on the Latency tab: untrusted settings from the browser, made sound."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from app.components.chips import chosen
from app.components.photo import photo_path
from cvdemo import images
from cvdemo.catalogue import BUNDLED_PAIR, get
from cvdemo.errors import SettingError
from cvdemo.latency.settings import MODEL_LIMIT, Settings

ID = "latency"
DEFAULTS: dict[str, Any] = vars(Settings())
NAMES = frozenset(field.name for field in fields(Settings))


@dataclass(frozen=True)
class Wish:
    """All that a duel needs: the photo, the models (one alone races itself), the settings."""

    path: Path
    models: tuple[str, ...]
    settings: Settings


def settings_from(value: Any) -> Settings:
    """Return sound settings.

    Raises:
        SettingError: a setting that does not exist, is of the wrong kind or out of range.
    """
    if not isinstance(value, dict) or not set(value) <= NAMES:
        raise SettingError("These settings are not known here. Reload the page.")
    return Settings(**{**DEFAULTS, **value})


def models_from(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return who runs: the chosen models, or one twice where one alone was chosen.

    Raises:
        SettingError: more than six, or unknown ones.
    """
    known = tuple(dict.fromkeys(get(name).name for name in names)) or BUNDLED_PAIR
    if len(known) > MODEL_LIMIT:
        raise SettingError("Six at most. Remove one first.")
    return known * 2 if len(known) == 1 else known


def wish(photo: Any, models: Any, picture: Any) -> Wish:
    """Return what the page asks for.

    Raises:
        CvDemoError: no readable photo, unknown models or settings.
    """
    path = photo_path(photo)
    images.open(path)  # refused here, before models are loaded
    known = picture.get("settings") if isinstance(picture, dict) else None
    return Wish(path, models_from(chosen(models)), settings_from(known or {}))
