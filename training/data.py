"""Reads the training photos once into two uint8 tensors; everything after that is arithmetic in memory."""

from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import torch
from PIL import Image
from torch import Tensor

SIDE = 64


@dataclass(frozen=True)
class Photos:
    """Pictures of one split: ``pixels`` uint8 (N, 3, 64, 64) RGB and ``labels`` int64 (N,)."""

    pixels: Tensor
    labels: Tensor


@dataclass(frozen=True)
class Dataset:
    """A training and a validation split over the same ``synsets``, in label order."""

    synsets: tuple[str, ...]
    train: Photos
    val: Photos


def load(path: Path) -> Dataset:
    """Read ``classes.tsv`` and ``{train,val}/<synset>/*.JPEG`` from a folder, or from a zip of that folder.

    Raises:
        FileNotFoundError: there is no ``classes.tsv`` in ``path``.
    """
    if path.suffix == ".zip":
        with ZipFile(path) as archive:
            names = [name for name in archive.namelist() if not name.endswith("/")]
            return _load(names, lambda name: archive.open(name))
    names = [str(file.relative_to(path)) for file in path.rglob("*") if file.is_file()]
    return _load(names, lambda name: (path / name).open("rb"))


def _load(names: list[str], opened) -> Dataset:
    listing = next((name for name in names if Path(name).name == "classes.tsv"), None)
    if listing is None:
        raise FileNotFoundError("the data must hold classes.tsv, train/<synset>/ and val/<synset>/")
    with opened(listing) as file:
        synsets = tuple(line.split("\t")[0] for line in file.read().decode().splitlines() if line)
    return Dataset(synsets, _split(names, opened, "train", synsets), _split(names, opened, "val", synsets))


def _split(names: list[str], opened, split: str, synsets: tuple[str, ...]) -> Photos:
    files = sorted(name for name in names if split in Path(name).parts and name.endswith(".JPEG"))
    pixels = np.empty((len(files), 3, SIDE, SIDE), np.uint8)
    for row, name in enumerate(files):
        with opened(name) as file:
            pixels[row] = np.asarray(Image.open(file).convert("RGB")).transpose(2, 0, 1)
    labels = [synsets.index(next(part for part in Path(name).parts if part in synsets)) for name in files]
    return Photos(torch.from_numpy(pixels), torch.tensor(labels))
