"""Label files of both formats become boxes; what is wrong with one is said by line, and nothing expands or escapes."""

import time
from pathlib import Path

import numpy as np
import pytest

from cvdemo.detect.labels_file import MAX_BOXES, MAX_BYTES, LabelsError, parse

SIZE = (200, 100)
NAMES = ("person", "dog", "cat")


def voc(*objects: str, size: str = "<size><width>200</width><height>100</height><depth>3</depth></size>") -> str:
    return f"<annotation>\n<filename>a.jpg</filename>\n{size}\n" + "\n".join(objects) + "\n</annotation>"


def thing(name: str, *corners: float) -> str:
    sides = zip(("xmin", "ymin", "xmax", "ymax"), corners, strict=True)
    box = "".join(f"<{side}>{value}</{side}>" for side, value in sides)
    return f"<object><name>{name}</name><pose>Left</pose><bndbox>{box}</bndbox></object>"


PART = "<part><name>head</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></part>"
DOG = thing("dog", 10, 20, 60, 70)
DOG_BOX = [10, 20, 60, 70]
GOOD_LINE = "0 0.5 0.5 0.1 0.1"

READ = [
    ("YOLO", "1 0.175 0.45 0.25 0.5", [DOG_BOX], [1]),
    (
        "YOLO with blank lines, tabs, a byte-order mark and CRLF",
        "\ufeff\r\n1\t0.175 0.45  0.25 0.5 \r\n\r\n",
        [DOG_BOX],
        [1],
    ),
    ("YOLO, two boxes", "1 0.175 0.45 0.25 0.5\n0 0.5 0.5 1 1\n", [DOG_BOX, [0, 0, 200, 100]], [1, 0]),
    ("YOLO, over the border", "2 0 0 0.5 0.5", [[0, 0, 50, 25]], [2]),
    ("empty: nothing is there", "", [], []),
    ("only blank lines", "\n \n", [], []),
    ("VOC", voc(DOG), [DOG_BOX], [1]),
    (
        "VOC with declaration, other case and spaces",
        '<?xml version="1.0"?>\n' + voc(thing(" Dog\n", *DOG_BOX)),
        [DOG_BOX],
        [1],
    ),
    ("VOC with a part of an object", voc(DOG.replace("</object>", PART + "</object>")), [DOG_BOX], [1]),
    ("VOC, fractions", voc(thing("cat", 0.5, 1.5, 10.25, 20)), [[0.5, 1.5, 10.25, 20]], [2]),
    ("VOC, over the border", voc(thing("cat", -5, 90, 30, 130)), [[0, 90, 30, 100]], [2]),
    ("VOC without a size", voc(DOG, size=""), [DOG_BOX], [1]),
    ("VOC with a size of 0", voc(DOG, size="<size><width>0</width><height>0</height></size>"), [DOG_BOX], [1]),
    ("VOC without objects", voc(), [], []),
    ("VOC, markup inside a name is data", voc(thing("&lt;b&gt;", 1, 1, 9, 9), DOG), [DOG_BOX], [1]),
    ("an unknown class is left out", "7 0.5 0.5 0.1 0.1\n1 0.175 0.45 0.25 0.5", [DOG_BOX], [1]),
]


@pytest.mark.parametrize(("name", "text", "boxes", "classes"), READ)
@pytest.mark.parametrize("from_file", [True, False])
def test_good_files(
    name: str, text: str, boxes: list[list[float]], classes: list[int], from_file: bool, tmp_path: Path
) -> None:
    (tmp_path / "labels").write_bytes(text.encode())
    truth = parse(tmp_path / "labels" if from_file else text, SIZE, NAMES)
    assert truth.boxes_xyxy.dtype == np.float32
    assert truth.boxes_xyxy.shape == (len(boxes), 4)
    assert truth.boxes_xyxy == pytest.approx(np.array(boxes, np.float32).reshape(-1, 4), abs=1e-4)
    assert truth.class_ids.tolist() == classes
    assert truth.labels == NAMES


@pytest.mark.parametrize(
    ("name", "text", "kept", "left_out"),
    [
        ("none", GOOD_LINE, 1, 0),
        ("classes that the detector does not know", f"7 0.5 0.5 0.1 0.1\n{GOOD_LINE}\n9 0.5 0.5 0.1 0.1", 1, 2),
        ("no width", f"0 0.5 0.5 0 0.2\n{GOOD_LINE}", 1, 1),
        ("only boxes without area", "0 0.5 0.5 0 0.2", 0, 1),
        ("VOC, a point", voc(thing("dog", 5, 5, 5, 5), DOG), 1, 1),
    ],
)
def test_left_out_boxes_are_counted(name: str, text: str, kept: int, left_out: int) -> None:
    truth = parse(text, SIZE, NAMES)
    assert (len(truth.class_ids), truth.left_out) == (kept, left_out)


ENTITY = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>\n'
OUTSIDE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n'

BAD = [
    ("4 numbers", f"{GOOD_LINE}\n\n0 0.5 0.5 0.1", "Line 3 of the label file has 4 numbers; 5 are needed."),
    ("1 number", "7", "Line 1 of the label file has 1 number; 5 are needed."),
    ("with a confidence", f"{GOOD_LINE} 0.9", "Line 1 of the label file has 6 numbers; 5 are needed."),
    ("a polygon", f"{GOOD_LINE}\n0 0.1 0.1 0.2 0.1 0.2 0.2", "Line 2 of the label file has 7 numbers; 5 are needed."),
    ("a word", "dog 0.5 0.5 0.1 0.1", "Line 1 of the label file has “dog” in place of a number."),
    ("a very long word", "x" * 5000, "Line 1 of the label file has “xxxxxxxxxxxxxxxxxxxx” in place"),
    ("underscores", "0 0.5 0.5 0_1 0.1", "“0_1” in place of a number"),
    ("no number", "0 0.5 nan 0.1 0.1", "“nan”; finite numbers are needed."),
    ("endless", "0 0.5 0.5 inf 0.1", "“inf”; finite numbers are needed."),
    ("pixels", "0 100 50 20 20", "Line 1 of the label file has 100; places are shares from 0 to 1."),
    ("negative", "0 -0.1 0.5 0.2 0.2", "Line 1 of the label file has -0.1; places are shares from 0 to 1."),
    ("half a class", "1.5 0.5 0.5 0.2 0.2", "has 1.5 as its class"),
    ("a class below 0", "-1 0.5 0.5 0.2 0.2", "has -1 as its class"),
    ("an enormous class", "1e300 0.5 0.5 0.2 0.2", "has 1e300 as its class"),
    (
        "of another detector",
        "17 0.5 0.5 0.1 0.1",
        "Line 1 of the label file names class 17; this detector knows 0 (person), 1 (dog), 2 (cat).",
    ),
    ("JSON", '{"boxes": []}', 'Line 1 of the label file has “{"boxes":” in place of a number.'),
    ("too many", f"{GOOD_LINE}\n" * (MAX_BOXES + 1), "has 2,001 boxes; the limit is 2,000."),
    ("too large", " " * (MAX_BYTES + 1), "is too large; the limit is 1.0\u00a0MB."),
    ("binary", "0 0.5\0", "The label file is no plain text."),
    (
        "VOC, of another photo",
        voc(DOG, size="<size><width>640</width><height>480</height></size>"),
        "is for a picture of 640 x 480 pixels; this photo has 200 x 100.",
    ),
    (
        "VOC, of another detector",
        voc(thing("zebra", *DOG_BOX)),
        "Line 4 of the label file names “zebra”; this detector knows",
    ),
    ("VOC, cut off", voc(DOG)[:-20], "of the label file is no valid XML."),
    ("VOC, no corner", voc(DOG.replace("xmin", "left")), "The object at line 4 of the label file has no xmin."),
    ("VOC, no name", voc(DOG.replace("name", "title")), "The object at line 4 of the label file has no name."),
    (
        "VOC, a corner of the object before",
        voc(DOG, DOG.replace("xmin", "left")),
        "The object at line 5 of the label file has no xmin.",
    ),
    (
        "VOC, a word for a corner",
        voc(thing("dog", "ten", 20, 60, 70)),
        "Line 4 of the label file has “ten” in place of a number.",
    ),
    ("VOC, inverted", voc(thing("dog", 60, 20, 10, 70)), "The box at line 4 of the label file ends before it begins."),
    (
        "VOC, outside",
        voc(thing("dog", 300, 20, 400, 70)),
        "The box at line 4 of the label file lies outside the photo.",
    ),
    ("other XML", "<svg><circle/></svg>", "The label file is XML, but no Pascal VOC annotation."),
    ("HTML", "<!doctype html><html></html>", "Line 1 of the label file is no valid XML."),
    (
        "entities that grow",
        ENTITY + voc(thing("&b;", *DOG_BOX)),
        "Line 1 of the label file declares a document type or entities.",
    ),
    (
        "entities from outside",
        OUTSIDE + voc(thing("&x;", *DOG_BOX)),
        "Line 1 of the label file declares a document type or entities.",
    ),
    ("an entity that nobody declared", voc(thing("&b;", *DOG_BOX)), "Line 4 of the label file is no valid XML."),
    ("very deep", "<annotation>" * 50_000, "The label file is XML, but no Pascal VOC annotation."),
]


@pytest.mark.parametrize(("name", "text", "sentence"), BAD, ids=[row[0] for row in BAD])
@pytest.mark.parametrize("from_file", [True, False])
def test_bad_files(name: str, text: str, sentence: str, from_file: bool, tmp_path: Path) -> None:
    (tmp_path / "labels").write_bytes(text.encode())
    started = time.thread_time()
    with pytest.raises(LabelsError) as caught:
        parse(tmp_path / "labels" if from_file else text, SIZE, NAMES)
    assert sentence in str(caught.value)
    assert str(caught.value).endswith(".")
    assert len(str(caught.value)) < 250
    assert time.thread_time() - started < 1


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a picture", b"\x89PNG\r\n\x1a\n\0\0\0"),
        ("Latin-1", "0 0.5 0.5 0.1 0.1 é".encode("latin-1")),
        ("UTF-16", voc(DOG).encode("utf-16")),
    ],
)
def test_files_that_are_no_plain_text(name: str, data: bytes, tmp_path: Path) -> None:
    (tmp_path / "labels").write_bytes(data)
    with pytest.raises(LabelsError, match=r"The label file is no plain text\."):
        parse(tmp_path / "labels", SIZE, NAMES)


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(LabelsError, match=r"The label file is gone\. Choose it again\."):
        parse(tmp_path / "labels", SIZE, NAMES)


def test_many_classes_are_named_by_their_ends() -> None:
    names = tuple(f"thing {number}" for number in range(80))
    with pytest.raises(LabelsError, match=r"knows 0 \(thing 0\), 1 \(thing 1\), 2 \(thing 2\) \.\. 79 \(thing 79\)\."):
        parse("80 0.5 0.5 0.1 0.1", SIZE, names)
