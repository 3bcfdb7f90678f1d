"""The weights that ship with the page, and the card that tells how they were made and how good they are."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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


@dataclass(frozen=True)
class DetectorCard:
    """How a bundled detector was made. Shares are 0..1; ``ap50`` is each class's average precision at IoU 0.50."""

    name: str
    data: str
    recipe: str
    hours: float
    machine: str
    validation_photos: int
    map50: float
    map50_95: float
    ap50: dict[str, float]
    licence: str
    labels: tuple[str, ...]


def weights_file(name: str) -> Path:
    """Return where the weights of the bundled model ``name`` lie, or would."""
    return catalogue.WEIGHTS_FOLDER / f"{name}.safetensors"


def card(name: str) -> Card | None:
    """Return the card of the bundled classifier ``name``; None if it has none."""
    data = _read(name)
    if data is None or "top1" not in data:
        return None
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


def detector_card(name: str) -> DetectorCard | None:
    """Return the card of the bundled detector ``name``; None if it has none."""
    data = _read(name)
    if data is None or "map50" not in data:
        return None
    return DetectorCard(
        name=data["name"],
        data=data["data"],
        recipe=data["recipe"],
        hours=data["hours"],
        machine=data["machine"],
        validation_photos=data["validation_photos"],
        map50=data["map50"],
        map50_95=data["map50_95"],
        ap50=data["ap50"],
        licence=data["licence"],
        labels=tuple(data["labels"]),
    )


def _read(name: str) -> dict[str, Any] | None:
    file = catalogue.WEIGHTS_FOLDER / f"{name}.json"
    if not file.exists():
        return None
    data: dict[str, Any] = json.loads(file.read_text())
    return data
