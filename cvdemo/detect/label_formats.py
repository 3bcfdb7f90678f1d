"""The two formats of label files: YOLO text and Pascal VOC XML, read without trusting them."""

import math
from dataclasses import dataclass
from xml.parsers import expat

from cvdemo.errors import CvDemoError

KINDS = "Choose a YOLO text file or a Pascal VOC XML file."
SIDES = ("xmin", "ymin", "xmax", "ymax")
MAX_CLASSES = 100_000
MAX_DEPTH = 20
QUOTED = 20  # characters of a file that a sentence repeats


class LabelsError(CvDemoError):
    """The label file cannot be used with this photo and detector."""


@dataclass(frozen=True)
class Row:
    """One labelled box as the file has it: its line, its class (number or name) and its corners in pixels."""

    line: int
    name: int | str
    box_xyxy: tuple[float, float, float, float]


def read_yolo(text: str, size_wh: tuple[int, int]) -> list[Row]:
    """Read lines of ``class x_centre y_centre width height``, all but the class as shares of the photo's sides."""
    return [
        _yolo_row(number, line.split(), size_wh) for number, line in enumerate(text.splitlines(), 1) if line.strip()
    ]


def _yolo_row(line: int, parts: list[str], size_wh: tuple[int, int]) -> Row:
    values = [number(part, line) for part in parts]
    if len(values) != 5:
        amount = "1 number" if len(values) == 1 else f"{len(values)} numbers"
        raise LabelsError(f"Line {line} of the label file has {amount}; 5 are needed.")
    name, *shares = values
    if name != int(name) or not 0 <= name < MAX_CLASSES:
        raise LabelsError(
            f"Line {line} of the label file has {parts[0][:QUOTED]} as its class; 0, 1, 2 .. are classes."
        )
    for part, share in zip(parts[1:], shares, strict=True):
        if not 0 <= share <= 1:
            raise LabelsError(f"Line {line} of the label file has {part[:QUOTED]}; places are shares from 0 to 1.")
    x, y, width, height = shares
    wide, tall = size_wh
    low, high = ((x - width / 2) * wide, (y - height / 2) * tall), ((x + width / 2) * wide, (y + height / 2) * tall)
    return Row(line, int(name), (*low, *high))


def number(text: str, line: int) -> float:
    """Return a finite number from a line of the file, or raise `LabelsError`."""
    try:
        value = float(text if "_" not in text else "")
    except ValueError:
        raise LabelsError(
            f"Line {line} of the label file has “{text[:QUOTED]}” in place of a number. {KINDS}"
        ) from None
    if not math.isfinite(value):
        raise LabelsError(f"Line {line} of the label file has “{text[:QUOTED]}”; finite numbers are needed.")
    return value


def read_voc(text: str) -> tuple[tuple[int, int] | None, list[Row]]:
    """Read the picture's size, if stated, and the boxes of a Pascal VOC annotation.

    Document types and entities are refused, so nothing expands and nothing outside the file is read.
    """
    reading = _Voc()
    try:
        reading.parser.Parse(text.encode(), True)
    except expat.ExpatError as error:
        raise LabelsError(f"Line {error.lineno} of the label file is no valid XML. {KINDS}") from None
    if not reading.is_voc:
        raise LabelsError(f"The label file is XML, but no Pascal VOC annotation. {KINDS}")
    return reading.size(), reading.rows


class _Voc:
    """Collects size and objects while expat walks through an annotation."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate("utf-8")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse
        self.path: list[str] = []
        self.text: list[str] = []
        self.values: dict[str, tuple[int, str]] = {}
        self.rows: list[Row] = []
        self.is_voc = False

    def size(self) -> tuple[int, int] | None:
        """Return width and height as stated; some files state none, or 0."""
        stated = [self.values.get(f"size/{side}") for side in ("width", "height")]
        sides = [int(number(text, line)) for line, text in filter(None, stated)]
        return (sides[0], sides[1]) if len(sides) == 2 and min(sides) > 0 else None

    def _refuse(self, *_: object) -> None:
        line = self.parser.CurrentLineNumber
        raise LabelsError(f"Line {line} of the label file declares a document type or entities. Remove that line.")

    def _start(self, tag: str, _: dict[str, str]) -> None:
        if len(self.path) >= MAX_DEPTH:
            raise LabelsError(f"The label file is XML, but no Pascal VOC annotation. {KINDS}")
        self.is_voc = self.is_voc or (not self.path and tag == "annotation")
        self.path.append(tag)
        self.text = []
        if self.path[1:] == ["object"]:
            self.values = {key: value for key, value in self.values.items() if key.startswith("size/")}
            self.values["object"] = (self.parser.CurrentLineNumber, "")

    def _text(self, text: str) -> None:
        self.text.append(text)

    def _end(self, _: str) -> None:
        place = "/".join(self.path[1:])
        self.path.pop()
        if place == "object":
            self.rows.append(self._row())
        elif place.startswith(("size/", "object/")):
            self.values[place] = (self.parser.CurrentLineNumber, "".join(self.text).strip())
        self.text = []

    def _row(self) -> Row:
        line = self.values["object"][0]
        corners = []
        for side in SIDES:
            if f"object/bndbox/{side}" not in self.values:
                raise LabelsError(f"The object at line {line} of the label file has no {side}.")
            at, text = self.values[f"object/bndbox/{side}"]
            corners.append(number(text, at))
        if not self.values.get("object/name", (0, ""))[1]:
            raise LabelsError(f"The object at line {line} of the label file has no name.")
        x0, y0, x1, y1 = corners
        return Row(line, self.values["object/name"][1], (x0, y0, x1, y1))
