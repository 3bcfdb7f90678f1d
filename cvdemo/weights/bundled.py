"""The weights that ship with the page, and the card that tells how they were made and how good they are."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from cvdemo import catalogue
from cvdemo.catalogue import ModelSpec
from cvdemo.weights.download_record import is_as_known


@dataclass(frozen=True)
class Card:
    """How a bundled model was made. Shares are 0..1, intervals are of 95 %, ``synsets`` are its classes in order.

    ``sha256`` is that of its weights file: no other file is loaded under its name.
    """

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
    sha256: str
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
    sha256: str
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


@dataclass(frozen=True)
class DoubtCard:
    """When a bundled classifier should be doubted, as `training.doubt` measured it on all validation photos.

    Args:
        photos: so many.
        weak_below: share of a best answer, 0..1, below which fewer than half of them were right.
        weak_share, weak_right: how many best answers lay below it, and how many of these were right, 0..1.
        energy_limit: below it lie 95 % of the energies.
        doubted: share of the validation photos that either sign doubts, 0..1.
        outside_photos, outside_doubted: of other things: how many were tried, and what share the signs doubt, 0..1.
    """

    photos: int
    weak_below: float
    weak_share: float
    weak_right: float
    energy_limit: float
    doubted: float
    outside_photos: int
    outside_doubted: float


AnyCard = TypeVar("AnyCard", Card, DetectorCard, Int8Card, DoubtCard)


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


def fault(spec: ModelSpec) -> str | None:
    """Return why the bundled model ``spec`` cannot be trusted to be what its card says, in words; None where it can."""
    known = card(spec.name) if spec.task == "classify" else detector_card(spec.name)
    if known is None:
        return "has no card in this copy of the page, or a damaged one, so nobody knows what it is"
    if not is_as_known(weights_file(spec.name), known.sha256):
        return "is not what its card describes: its file was changed or damaged in this copy of the page"
    return None


def doubt_card(name: str) -> DoubtCard | None:
    """Return when to doubt the bundled classifier ``name``; None where nobody has measured it."""
    return _read(_facts(name).get("doubt", {}), DoubtCard)


def _facts(name: str) -> dict[str, Any]:
    """Return what stands in a card's file; nothing where it is missing or damaged."""
    try:
        facts = json.loads((catalogue.WEIGHTS_FOLDER / f"{name}.json").read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return facts if isinstance(facts, dict) else {}


def _read(data: Any, kind: type[AnyCard]) -> AnyCard | None:
    """Read the fields of ``kind``; None where one is missing or is no such value."""
    wanted = get_type_hints(kind)
    if not isinstance(data, dict) or not all(name in data and _is(data[name], hint) for name, hint in wanted.items()):
        return None
    values: dict[str, Any] = {key: tuple(data[key]) if isinstance(data[key], list) else data[key] for key in wanted}
    return kind(**values)


def _is(value: object, hint: Any) -> bool:
    """Whether a value of JSON is what a card's field declares."""
    inner = get_args(hint)
    if get_origin(hint) is dict:
        return isinstance(value, dict) and all(_is(each, inner[1]) for each in value.values())
    if get_origin(hint) is tuple:
        fits = inner[-1] is Ellipsis or (isinstance(value, list) and len(value) == len(inner))
        return isinstance(value, list) and fits and all(_is(each, inner[0]) for each in value)
    kinds = (int, float) if hint is float else (hint,)
    return isinstance(value, kinds) and not isinstance(value, bool)
