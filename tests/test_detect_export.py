"""Exported boxes: the CSV reads back, its kept rows are torchvision's, and nothing in it computes in a spreadsheet."""

import csv
import importlib.metadata
import io
import json
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torchvision.ops import batched_nms, box_iou

from cvdemo import starters
from cvdemo.detect import Candidates, Settings
from cvdemo.detect.export import COLUMNS, csv_table, detections, settings_of_export
from cvdemo.detect.find import find
from tests.scenes import Scene, heaps, scene

LABELS = ("person", "bus", "sign")


def _found(arrays: Scene, labels: tuple[str, ...] = LABELS, model: str = "yolov8n", **more: Any) -> Candidates:
    boxes, scores, kinds = arrays
    order = np.argsort(-scores, kind="stable")
    known = {"size_wh": (640, 480), "raw_scores": None, "needs_nms": True, "found": len(order)}
    times = {"decode_ms": 1.0, "preprocess_ms": 1.0, "network_ms": 1.0}
    return Candidates(model, "A detector", boxes[order], scores[order], kinds[order], labels, **known | times | more)


def _rows(table: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table, newline=""), strict=True))


def _theirs(found: Candidates, confidence: float, iou: float) -> list[int]:
    part = torch.from_numpy(np.flatnonzero(found.scores >= np.float32(confidence)))
    arrays = (torch.from_numpy(column)[part] for column in (found.boxes_xyxy, found.scores, found.class_ids))
    return part[batched_nms(*arrays, iou)].tolist()


@pytest.mark.parametrize(
    ("confidence", "iou"), [(0.0, 0.45), (0.25, 0.3), (0.5, 0.7), (0.25, 0.05), (0.9, 0.95), (1.0, 0.5)]
)
@pytest.mark.parametrize("count", [0, 1, 300])
def test_the_kept_rows_are_those_of_torchvision(confidence: float, iou: float, count: int) -> None:
    found = _found(scene(2, count, 200, classes=3))
    settings = Settings(confidence=confidence, iou=iou, max_detections=1000)
    rows = _rows(csv_table(found, settings))
    kept = [int(row["id"]) for row in rows if row["state"] == "kept"]
    assert kept == _theirs(found, confidence, iou)
    assert kept == [box["id"] for box in detections(found, settings, cached=True)["kept"]]
    assert len(rows) == np.count_nonzero(found.scores >= np.float32(confidence))


def test_a_suppressed_row_names_the_box_and_the_overlap() -> None:
    found = _found(heaps(1, 200, 6))
    rows = _rows(csv_table(found, Settings(iou=0.4)))
    boxes = torch.from_numpy(found.boxes_xyxy)
    lost = [row for row in rows if row["state"] == "suppressed"]
    assert len(lost) > 20
    for row in lost:
        index, by = int(row["id"]), int(row["by"])
        assert float(row["overlap"]) == pytest.approx(box_iou(boxes[[index]], boxes[[by]]).item(), abs=1e-5)
        assert float(row["overlap"]) > 0.4 and found.scores[by] >= found.scores[index]
    assert {(row["by"], row["overlap"]) for row in rows if row["state"] != "suppressed"} == {("", "")}


def test_a_row_holds_the_box_as_it_was_found() -> None:
    found = _found(scene(4, 200, 200, classes=3))
    rows = _rows(csv_table(found, Settings(confidence=0.3, iou=0.3, max_detections=3)))
    assert {row["state"] for row in rows} == {"kept", "suppressed", "over_limit"}
    places = [["kept", "suppressed", "over_limit"].index(row["state"]) for row in rows]
    assert places == sorted(places)
    for row in rows:
        index = int(row["id"])
        edges = [float(row[name]) for name in ("x0", "y0", "x1", "y1")]
        assert edges == pytest.approx(found.boxes_xyxy[index].tolist(), abs=0.006)
        assert float(row["score"]) == pytest.approx(found.scores[index], abs=1e-6)
        assert row["label"] == LABELS[found.class_ids[index]]


def test_the_file_is_rfc_4180() -> None:
    table = csv_table(_found(scene(0, 5), ('a "big", red\nbus',)), Settings(confidence=0.0))
    assert table.startswith(",".join(COLUMNS) + "\r\n") and table.endswith("\r\n")
    assert '"a ""big"", red\nbus"' in table
    assert {row["label"] for row in _rows(table)} == {'a "big", red\nbus'}
    assert csv_table(_found(scene(0, 0)), Settings()) == ",".join(COLUMNS) + "\r\n"


@pytest.mark.parametrize(
    ("label", "written"),
    [
        ("=1+1", "'=1+1"),
        ('=HYPERLINK("http://evil.example";"cat")', '\'=HYPERLINK("http://evil.example";"cat")'),
        ("+49", "'+49"),
        ("-2", "'-2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("  =1", "'  =1"),
        ("＝1", "'＝1"),
        ("a=b", "a=b"),
        ("T-shirt", "T-shirt"),
        ("", ""),
        ("<b>bus</b>", "<b>bus</b>"),
    ],
)
def test_a_label_never_becomes_a_formula(label: str, written: str) -> None:
    rows = _rows(csv_table(_found(scene(0, 3), (label,)), Settings(confidence=0.0)))
    assert {row["label"] for row in rows} == {written}


def test_soft_nms_writes_the_lowered_score_and_who_lowered_it_below() -> None:
    arrays = np.float32([[0, 0, 10, 10], [0, 0, 10, 9], [0, 0, 10, 5]]), np.float32([0.9, 0.5, 0.8])
    rows = _rows(csv_table(_found((*arrays, np.zeros(3, np.int32))), Settings(method="soft_linear", confidence=0.3)))
    assert [(row["id"], row["state"], row["by"]) for row in rows] == [
        ("0", "kept", ""), ("1", "kept", ""), ("2", "suppressed", "0")
    ]  # fmt: skip
    assert float(rows[1]["score"]) == pytest.approx(0.8 * (1 - 0.5), abs=1e-6)
    assert float(rows[2]["overlap"]) == pytest.approx(0.9, abs=1e-6)


def test_the_json_file_tells_how_to_get_the_same_boxes_again() -> None:
    settings = Settings(confidence=0.4, iou=0.3, method="merge", max_detections=7, classes=frozenset({2, 0}))
    found = _found(heaps(2, 80, 4))
    told = settings_of_export(found, settings)
    whole = json.loads(json.dumps({**detections(found, settings, cached=True), **told}, allow_nan=False))
    assert set(whole) - set(detections(found, settings, cached=True)) == {"settings", "versions"}
    assert (whole["model"], whole["image_size"]) == ("yolov8n", [640, 480])
    named = whole["settings"].pop("classes")
    assert named == ["person", "sign"]
    classes = frozenset(LABELS.index(name) for name in named)
    assert Settings(**whole["settings"], classes=classes) == settings


def test_without_nms_the_settings_that_acted_are_told() -> None:
    found = _found(heaps(2, 80, 4), model="yolo26n", needs_nms=False)
    assert settings_of_export(found, Settings(iou=0.2))["settings"]["iou"] == 1.0
    rows = _rows(csv_table(found, Settings(iou=0.2, confidence=0.0)))
    assert {row["state"] for row in rows} == {"kept"} and len(rows) == 80


@pytest.mark.parametrize(
    ("model", "libraries"),
    [
        ("hog_people", {"opencv"}),
        ("yolov8n", {"torch", "ultralytics", "opencv"}),
        ("yolov8n_blood_cells", {"torch", "ultralytics", "opencv"}),
        ("rtdetr_r50vd", {"torch", "transformers"}),
        ("retinanet_resnet50_fpn", {"torch", "torchvision"}),
    ],
)
def test_versions_are_those_of_what_ran(model: str, libraries: set[str]) -> None:
    versions = settings_of_export(_found(scene(0, 2), model=model), Settings())["versions"]
    project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text())["project"]
    assert versions.pop("cv_lab") == project["version"]
    assert set(versions) == libraries | {"numpy", "pillow"}
    for name in set(versions) - {"opencv"}:
        assert versions[name] == importlib.metadata.version(name)
    if "opencv" in versions:
        import cv2

        assert versions["opencv"].startswith(cv2.__version__)


def test_real_windows_come_out_as_the_tab_shows_them() -> None:
    found, _ = find(starters.get("street").path, "hog_people")
    settings = Settings(iou=0.3)
    rows, answer = _rows(csv_table(found, settings)), detections(found, settings, cached=True)
    assert len(rows) == answer["above_confidence"]
    assert [int(row["id"]) for row in rows] == [box["id"] for box in answer["kept"] + answer["suppressed"]]
    suppressors = {box["id"]: box["by"] for box in answer["suppressed"]}
    assert {int(row["id"]): int(row["by"]) for row in rows if row["by"]} == suppressors
    assert replace(settings, classes=None) == Settings(**settings_of_export(found, settings)["settings"])
