"""Reads the blood cell photos and their boxes into memory: ``{train,val}/{images,annotations}``, Pascal VOC."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cvdemo.detect.labels_file import parse
from cvdemo.loading.from_ultralytics import BLOOD_CELLS


@dataclass(frozen=True, eq=False)
class Scene:
    """One photo: ``pixels`` uint8 (H, W, 3) RGB, ``boxes_xyxy`` float32 (M, 4) in its pixels, ``classes`` int (M,)."""

    name: str
    pixels: NDArray[np.uint8]
    boxes_xyxy: NDArray[np.float32]
    classes: NDArray[np.int32]


def load(path: Path) -> tuple[list[Scene], list[Scene]]:
    """Return the training and the validation photos of a folder, or of a zip of that folder, in order of their names.

    Raises:
        FileNotFoundError: one of the two is missing.
    """
    if path.suffix == ".zip":
        with ZipFile(path) as archive:
            return _load(archive.namelist(), archive.read)
    names = [file.relative_to(path).as_posix() for file in path.rglob("*") if file.is_file()]
    return _load(names, lambda name: (path / name).read_bytes())


def _load(names: list[str], contents: Callable[[str], bytes]) -> tuple[list[Scene], list[Scene]]:
    labels = {_key(name): name for name in names if name.endswith(".xml")}
    pictures = sorted(name for name in names if name.endswith((".jpg", ".jpeg", ".png")) and _key(name) in labels)
    train, val = (
        [_scene(contents(name), contents(labels[_key(name)]), name) for name in pictures if _key(name)[0] == split]
        for split in ("train", "val")
    )
    if not train or not val:
        raise FileNotFoundError("the data must hold {train,val}/images/*.jpg and {train,val}/annotations/*.xml")
    return train, val


def _key(name: str) -> tuple[str, str]:
    """Return split and stem of ``.../train/images/1.jpg``."""
    path = PurePosixPath(name)
    return (path.parts[-3] if len(path.parts) > 2 else ""), path.stem


def _scene(picture: bytes, annotation: bytes, name: str) -> Scene:
    with Image.open(BytesIO(picture)) as image:
        pixels = np.asarray(image.convert("RGB"))
    truth = parse(annotation.decode(), (pixels.shape[1], pixels.shape[0]), BLOOD_CELLS)
    return Scene(PurePosixPath(name).stem, pixels, truth.boxes_xyxy, truth.class_ids)
