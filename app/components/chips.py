"""The chosen models as chips, and the menu that adds one."""

from collections.abc import Sequence
from typing import Any

from app.components.drawn import Drawn
from cvdemo import weights
from cvdemo.catalogue import ModelSpec, get
from cvdemo.classify.words import FAMILY_WORDS

GROUPS = {"cnn": "CNN", "vit": "ViT", "hybrid": "Hybrid", "classical": "Classical"}


class ModelChips(Drawn):
    """Chips of chosen models; event ``models`` fires when the visitor changed the choice.

    The value is what `chips` returns; read the choice with `chosen`.
    """

    def __init__(self, value: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(value, names=("chips",), class_name="cv-chips", **kwargs)


def chips(chosen_names: Sequence[str], offered: Sequence[ModelSpec], limit: int) -> dict[str, Any]:
    """Return a ModelChips' value: the choice, and all models on offer with their state on this machine, now."""
    return {
        "chosen": list(chosen_names),
        "offered": [_offer(spec) for spec in offered],
        "groups": GROUPS,
        "limit": limit,
        "online": weights.online(),
    }


def _offer(spec: ModelSpec) -> dict[str, Any]:
    state = weights.state(spec)
    words = {"bundled": "bundled", "cached": "ready", "download": "to download", "random only": "random weights"}
    return {
        "name": spec.name,
        "title": spec.title,
        "family": spec.family,
        "word": FAMILY_WORDS[spec.family],
        "state": state,
        "state_text": words[state],
    }


def chosen(value: Any) -> tuple[str, ...]:
    """Return the chosen names in a ModelChips' value; names that the catalogue lacks raise SettingError."""
    names = value.get("chosen") if isinstance(value, dict) else None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return ()
    return tuple(get(name).name for name in names)
