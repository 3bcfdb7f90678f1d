"""The chosen models as chips, and the menu that adds one."""

from collections.abc import Callable, Sequence
from time import time
from typing import Any

from gradio.events import EventListener

from app.components.drawn import Drawn
from cvdemo import weights
from cvdemo.catalogue import ModelSpec, figures, get
from cvdemo.wording import FAMILY_WORDS, megabytes, scaled

GROUPS = {"cnn": "CNN", "vit": "ViT", "hybrid": "Hybrid", "classical": "Classical"}


class ModelChips(Drawn):
    """Chips of chosen models; event ``models`` fires when the choice changed, by hand, by a preset or by the link.

    The value is what `chips` returns; read the choice with `chosen`. ``first`` returns the one that the page opens
    with, which a visitor's own choice or a link's keeps out.
    """

    EVENTS = [EventListener("models")]

    first: Callable[[], dict[str, Any]]

    def __init__(self, value: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(value, names=("chips",), class_name="chips", **kwargs)


def chips(
    chosen_names: Sequence[str] | None,
    offered: Sequence[ModelSpec],
    limit: int,
    note: str | None = None,
    random_will_do: bool = False,
) -> dict[str, Any]:
    """Return a ModelChips' value: the choice, and all models on offer with their state on this machine, now.

    Args:
        chosen_names: None leaves the visitor's choice as it is.
        note: one sentence under the chips.
        random_will_do: what is not on this machine runs with random weights.
    """
    return {
        "chosen": None if chosen_names is None else list(chosen_names),
        "offered": [_offer(spec, random_will_do) for spec in offered],
        "groups": GROUPS,
        "limit": limit,
        "online": weights.online(),
        "note": note,
        "told": time(),
    }


def _offer(spec: ModelSpec, random_will_do: bool) -> dict[str, Any]:
    state = weights.state(spec)
    if random_will_do and state == "download":
        state = "random only"
    size, known = weights.size(spec), figures(spec.name)
    words = {
        "bundled": "bundled",
        "packaged": "packaged",
        "cached": "ready",
        "download": f"{megabytes(size)} to download" if size else "to download",
        "random only": "random weights",
    }
    return {
        "name": spec.name,
        "title": spec.title,
        "family": spec.family,
        "word": FAMILY_WORDS[spec.family],
        "state": state,
        "state_text": words[state],
        "parameters": scaled(known.parameter_count) if known else "",
    }


def chosen(value: Any) -> tuple[str, ...]:
    """Return the chosen names in a ModelChips' value; names that the catalogue lacks raise SettingError."""
    names = value.get("chosen") if isinstance(value, dict) else None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return ()
    return tuple(get(name).name for name in names)
