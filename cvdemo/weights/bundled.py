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


@dataclass(frozen=True)
class Int8Card:
    """How good the int8 version of a bundled classifier is, as `training.int8` measured it on all validation photos.

    Shares are 0..1, intervals are of 95 %.

    Args:
        side: of the photos that it takes, in pixels.
        calibration_photos: training photos that its steps were chosen on.
        nncf, openvino: versions that made and measured it.
        made_from: sha256 of the weights that it was made from.
        sha256: of its own file.
    """

    top1: float
    top1_interval: tuple[float, float]
    top5: float
    top5_interval: tuple[float, float]
    side: int
    calibration_photos: int
    nncf: str
    openvino: str
    made_from: str
    sha256: str


AnyCard = TypeVar("AnyCard", Card, DetectorCard, Int8Card)


def weights_file(name: str) -> Path:
    """Return where the weights of the bundled model ``name`` lie, or would."""
    return catalogue.WEIGHTS_FOLDER / f"{name}.safetensors"


def int8_file(name: str) -> Path:
    """Return where the int8 version of the bundled classifier ``name`` lies, or would: a zip of OpenVINO's files."""
    return catalogue.WEIGHTS_FOLDER / f"{name}.int8.zip"


def card(name: str) -> Card | None:
    """Return the card of the bundled classifier ``name``; None if it has none."""
    return _read(_facts(name), Card)


def detector_card(name: str) -> DetectorCard | None:
    """Return the card of the bundled detector ``name``; None if it has none."""
    return _read(_facts(name), DetectorCard)


def int8_card(name: str) -> Int8Card | None:
    """Return what is known of the int8 version of ``name``; None without a measured accuracy or without its file."""
    return _read(_facts(name).get("int8", {}), Int8Card) if int8_file(name).exists() else None


def _facts(name: str) -> dict[str, Any]:
    file = catalogue.WEIGHTS_FOLDER / f"{name}.json"
    facts: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
    return facts


def _read(data: dict[str, Any], kind: type[AnyCard]) -> AnyCard | None:
    """Read the fields of ``kind``; None where the file is missing or speaks of another kind."""
    wanted = [field.name for field in fields(kind)]
    if not data.keys() >= set(wanted):
        return None
    values: dict[str, Any] = {key: tuple(data[key]) if isinstance(data[key], list) else data[key] for key in wanted}
    return kind(**values)
