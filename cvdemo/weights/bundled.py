"""The weights that ship with the page, and the card that tells how they were made and how good they are."""

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

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


AnyCard = TypeVar("AnyCard", Card, DetectorCard)


def weights_file(name: str) -> Path:
    """Return where the weights of the bundled model ``name`` lie, or would."""
    return catalogue.WEIGHTS_FOLDER / f"{name}.safetensors"


def card(name: str) -> Card | None:
    """Return the card of the bundled classifier ``name``; None if it has none."""
    return _card(name, Card)


def detector_card(name: str) -> DetectorCard | None:
    """Return the card of the bundled detector ``name``; None if it has none."""
    return _card(name, DetectorCard)


def _card(name: str, kind: type[AnyCard]) -> AnyCard | None:
    """Read the fields of ``kind``; None where the file is missing or speaks of the other kind."""
    file = catalogue.WEIGHTS_FOLDER / f"{name}.json"
    data: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
    wanted = [field.name for field in fields(kind)]
    if not data.keys() >= set(wanted):
        return None
    values: dict[str, Any] = {key: tuple(data[key]) if isinstance(data[key], list) else data[key] for key in wanted}
    return kind(**values)
