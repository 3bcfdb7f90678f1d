"""The weights that ship with the page, and the card that tells how they were made and how good they are."""

import json
from dataclasses import dataclass
from pathlib import Path

from cvdemo import catalogue


@dataclass(frozen=True)
class Card:
    """How a bundled model was made. Shares are 0..1, intervals are of 95 %, ``synsets`` are its classes in order."""

    name: str
    data: str
    recipe: str
    hours: float
    machine: str
    validation_photos: int
    top1: float
    top1_interval: tuple[float, float]
    top5: float
    top5_interval: tuple[float, float]
    licence: str
    synsets: tuple[str, ...]


def weights_file(name: str) -> Path:
    """Return where the weights of the bundled model ``name`` lie, or would."""
    return catalogue.WEIGHTS_FOLDER / f"{name}.safetensors"


def card(name: str) -> Card | None:
    """Return the card of the bundled model ``name``; None if it has none."""
    file = catalogue.WEIGHTS_FOLDER / f"{name}.json"
    if not file.exists():
        return None
    data = json.loads(file.read_text())
    return Card(
        name=data["name"],
        data=data["data"],
        recipe=data["recipe"],
        hours=data["hours"],
        machine=data["machine"],
        validation_photos=data["validation_photos"],
        top1=data["top1"],
        top1_interval=tuple(data["top1_interval"]),
        top5=data["top5"],
        top5_interval=tuple(data["top5_interval"]),
        licence=data["licence"],
        synsets=tuple(data["synsets"]),
    )
