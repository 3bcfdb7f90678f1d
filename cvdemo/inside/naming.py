"""How sentences call models: by family where that is clear, else by title."""

from collections.abc import Iterable

from cvdemo.catalogue import ModelSpec

FAMILY_WORDS = {"cnn": "CNN", "vit": "ViT", "hybrid": "hybrid", "classical": "classical detector"}


def called(specs: Iterable[ModelSpec]) -> list[str]:
    """Return ``the CNN`` and ``the ViT`` for two models of different families, else their titles."""
    rows = list(specs)
    clear = len(rows) == 2 and rows[0].family != rows[1].family
    return [f"the {FAMILY_WORDS[spec.family]}" if clear else spec.title for spec in rows]
