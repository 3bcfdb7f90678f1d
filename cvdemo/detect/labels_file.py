"""Reads labelled boxes from an uploaded file, YOLO text or Pascal VOC XML, and says by line what is wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cvdemo.detect.label_formats import KINDS, LabelsError, Row, read_voc, read_yolo
from cvdemo.wording import megabytes

MAX_BYTES = 1_000_000
MAX_BOXES = 2_000

__all__ = ["MAX_BOXES", "MAX_BYTES", "GroundTruth", "LabelsError", "parse"]


@dataclass(frozen=True, eq=False)
class GroundTruth:
    """What a label file says is in the photo.

    Args:
        boxes_xyxy: float32 (M, 4), pixels, inside the photo.
        class_ids: int32 (M,), indices into ``labels``.
        labels: the detector's class names.
        left_out: how many boxes were left out: of a class that the detector does not know, or without area, as
            published data sets have them.
    """

    boxes_xyxy: NDArray[np.float32]
    class_ids: NDArray[np.int32]
    labels: tuple[str, ...]
    left_out: int = 0

    def __post_init__(self) -> None:
        if self.boxes_xyxy.shape != (len(self.class_ids), 4):
            raise ValueError(f"boxes must have shape ({len(self.class_ids)}, 4), got {self.boxes_xyxy.shape}")


def parse(source: Path | str, size_wh: tuple[int, int], labels: Sequence[str]) -> GroundTruth:
    """Return the labelled boxes in ``source``; an empty file says that nothing is there.

    Args:
        source: a Path is read; a str is the text itself.
        size_wh: of the photo, in pixels.
        labels: the detector's class names. YOLO files mean them by number, VOC files by name.

    Raises:
        LabelsError: the file is too large, in no known format, wrong in some line, or of another picture or detector.
    """
    text = _text(_bytes(source) if isinstance(source, Path) else source.encode(errors="replace"))
    rows = _voc_rows(text, size_wh) if text.lstrip().startswith("<") else read_yolo(text, size_wh)
    if len(rows) > MAX_BOXES:
        raise LabelsError(f"The label file has {len(rows):,} boxes; the limit is {MAX_BOXES:,}.")
    named = [(row, number) for row in rows if (number := _class(row, labels)) is not None]
    if rows and not named:
        raise LabelsError(f"{_foreign(rows[0])}; this detector knows {_known(labels)}. Choose labels that match it.")
    known = [(box, number) for row, number in named if (box := _inside(row, size_wh)) is not None]
    return GroundTruth(
        np.array([box for box, _ in known], np.float32).reshape(-1, 4),
        np.array([number for _, number in known], np.int32),
        tuple(labels),
        len(rows) - len(known),
    )


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError:
        raise LabelsError("The label file is gone. Choose it again.") from None


def _text(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise LabelsError(f"The label file is too large; the limit is {megabytes(MAX_BYTES)}. {KINDS}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise LabelsError(f"The label file is no plain text. {KINDS}")
    return text


def _voc_rows(text: str, size_wh: tuple[int, int]) -> list[Row]:
    stated, rows = read_voc(text)
    if stated is not None and stated != size_wh:
        raise LabelsError(
            f"The label file is for a picture of {stated[0]:,} x {stated[1]:,} pixels; "
            f"this photo has {size_wh[0]:,} x {size_wh[1]:,}. Choose the labels of this photo."
        )
    return rows


def _inside(row: Row, size_wh: tuple[int, int]) -> tuple[float, float, float, float] | None:
    """Return the box clipped to the photo, or None when it has no area."""
    x0, y0, x1, y1 = row.box_xyxy
    if x1 < x0 or y1 < y0:
        raise LabelsError(f"The box at line {row.line} of the label file ends before it begins.")
    if x1 <= 0 or y1 <= 0 or x0 >= size_wh[0] or y0 >= size_wh[1]:
        raise LabelsError(f"The box at line {row.line} of the label file lies outside the photo.")
    x0, x1 = (min(max(value, 0.0), float(size_wh[0])) for value in (x0, x1))
    y0, y1 = (min(max(value, 0.0), float(size_wh[1])) for value in (y0, y1))
    return None if x0 == x1 or y0 == y1 else (x0, y0, x1, y1)


def _class(row: Row, labels: Sequence[str]) -> int | None:
    if isinstance(row.name, int):
        return row.name if row.name < len(labels) else None
    names = [label.casefold() for label in labels]
    return names.index(row.name.casefold()) if row.name.casefold() in names else None


def _foreign(row: Row) -> str:
    what = f"class {row.name}" if isinstance(row.name, int) else f"“{row.name[:40]}”"
    return f"Line {row.line} of the label file names {what}"


def _known(labels: Sequence[str]) -> str:
    shown = ", ".join(f"{number} ({label})" for number, label in enumerate(labels[:3]))
    return shown if len(labels) <= 3 else f"{shown} .. {len(labels) - 1} ({labels[-1]})"
