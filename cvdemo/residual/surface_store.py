"""The surfaces that ship with the page: arrays in one file, and the card that tells how they were made."""

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Final

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from cvdemo.residual.design import Design
from cvdemo.residual.records import Surface
from cvdemo.weights.download_record import is_as_known, sha256

FILE: Final = Path(__file__).parents[2] / "assets" / "surfaces_digits.safetensors"


@dataclass(frozen=True)
class Card:
    """How the surfaces were made.

    Args:
        data, method: in words.
        depth, steps, seed, draw, reach: of nets and directions, see `Surface`.
        machine, day: where and when.
        sha256: of the arrays' file: no other file is shown under this card.
    """

    data: str
    method: str
    depth: int
    steps: int
    seed: int
    draw: int
    reach: float
    machine: str
    day: str
    sha256: str


@dataclass(frozen=True)
class Stored:
    """Both surfaces and their card."""

    residual: Surface
    plain: Surface
    card: Card


def write(residual: Surface, plain: Surface, card: Card, file: Path = FILE) -> Card:
    """Write arrays (float32, nothing rounded) and card, and return the card with the arrays' hash."""
    save_file({"residual": residual.losses, "plain": plain.losses}, file)
    whole = Card(**{**asdict(card), "sha256": sha256(file)})
    file.with_suffix(".json").write_text(json.dumps(asdict(whole), indent=1) + "\n", encoding="utf-8")
    return whole


def read(file: Path = FILE) -> Stored | None:
    """Return what ships; None where a file is missing, damaged, or not what the card describes."""
    try:
        told = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
        card = Card(**{one.name: told[one.name] for one in fields(Card)})
        if not is_as_known(file, card.sha256):
            return None
        arrays = load_file(file)
        residual, plain = (
            Surface(Design(card.depth, skip), card.seed, card.draw, arrays[name].astype(np.float32), card.reach)
            for name, skip in (("residual", True), ("plain", False))
        )
    except (OSError, ValueError, KeyError, TypeError, SafetensorError):
        return None
    return Stored(residual, plain, card)
