"""Detect with a network: detectors of three libraries come from a Hub on loopback, with their cost said beforehand."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from cvdemo import catalogue, models, starters, weights
from cvdemo.results import Results
from cvdemo.weights import transfer
from tests.awaited import expect
from tests.fake_detectors import put_rtdetr, put_torchvision_detector, put_yolo
from tests.fake_hub import Fault, Hub, fake_hub
from tests.test_browser import Visit

pytestmark = pytest.mark.browser

SETTLED = (
    "() => document.querySelector('.detect .busy').hidden && document.querySelector('.offers').childElementCount === 0"
)


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A Hub, an empty cache, no model in memory and no photo seen before."""
    models._shared.cache_clear()
    monkeypatch.setattr("cvdemo.detect.find._candidates", Results())
    with fake_hub(tmp_path / "repositories") as running:
        running.use(monkeypatch, tmp_path / "cache")
        yield running
    models._shared.cache_clear()


def _rtdetr(hub: Hub) -> None:
    put_rtdetr(hub, "PekingU/rtdetr_r50vd", {0: "person", 1: "bus", 2: "sign"})


def _put(hub: Hub, name: str, patch: pytest.MonkeyPatch) -> None:
    if name == "yolov8n":
        put_yolo(hub, name)
    elif name == "rtdetr_r50vd":
        _rtdetr(hub)
    else:  # the catalogue knows the published file by its hash; random weights have another one
        published = put_torchvision_detector(hub, name)
        patch.setitem(catalogue._BY_NAME, name, replace(catalogue.get(name), weights=published))


def _open(page: str, visit: Visit, name: str) -> Any:
    """Open the tab and, once the first detector's boxes are there, choose one that is not here yet."""
    tab = visit(f"{page}/?tab=detect")
    tab.wait_for_selector(".pane rect.kept")
    tab.get_by_label("Detector", exact=True).select_option(name)
    tab.wait_for_selector(".offer button")
    return tab


def _fetch(tab: Any) -> None:
    tab.locator(".offer").get_by_role("button", name=re.compile("^Download")).click()
    tab.wait_for_function(SETTLED, timeout=120_000)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("yolov8n", "YOLOv8n"),
        ("rtdetr_r50vd", "RT-DETR R50"),
        ("fasterrcnn_mobilenet_v3_large_fpn", "Faster R-CNN MobileNet"),
    ],
)
def test_a_detector_is_fetched_and_runs(
    page: str, visit: Visit, hub: Hub, monkeypatch: pytest.MonkeyPatch, name: str, title: str
) -> None:
    _put(hub, name, monkeypatch)
    tab = _open(page, visit, name)
    expect(tab.locator(".offer")).to_contain_text(title)
    assert tab.locator(".pane").count() == 1  # the first detector's boxes stay on screen meanwhile
    _fetch(tab)
    expect(tab.locator(".detect .ran")).to_contain_text("ran 1 time")
    expect(tab.get_by_label("Detector", exact=True)).to_have_value(name)
    expect(tab.locator(".detect input[type=range]").first).to_be_enabled(enabled=name != "rtdetr_r50vd")


def test_without_nms_a_classic_detector_is_one_click_away(page: str, visit: Visit, hub: Hub) -> None:
    _rtdetr(hub)
    tab = _open(page, visit, "rtdetr_r50vd")
    _fetch(tab)
    expect(tab.locator(".controls .notice")).to_contain_text("needs no NMS")
    tab.get_by_role("button", name="Show a classic detector beside it").click()
    tab.wait_for_function("document.querySelectorAll('.pane').length === 2")
    expect(tab.locator(".detect input[type=range]").first).to_be_enabled()


def test_a_refused_download_is_a_sentence_with_two_ways_on(
    page: str, visit: Visit, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer, "PAUSE_S", 0.01)
    put_yolo(hub, "yolov8n")
    hub.faults["GET"] = [Fault(status=500)] * 20
    tab = _open(page, visit, "yolov8n")
    tab.locator(".offer").get_by_role("button", name=re.compile("^Download")).click()
    tab.wait_for_selector(".offer button:text-is('Try again')", timeout=60_000)
    assert tab.locator(".pane").count() == 1
    hub.faults.clear()
    tab.get_by_role("button", name="Try again").click()
    tab.wait_for_function(SETTLED, timeout=120_000)
    expect(tab.locator(".detect .ran")).to_contain_text("ran 1 time")


def test_where_a_detector_of_everyday_things_is_here_photos_of_them_choose_it(
    page: str, visit: Visit, hub: Hub, tmp_path: Path
) -> None:
    put_yolo(hub, "yolov8n")
    weights.fetch(catalogue.get("yolov8n"))
    tab = visit(f"{page}/?tab=detect")
    tab.wait_for_selector(".pane rect.kept")
    menu = tab.get_by_label("Detector", exact=True)
    expect(menu).to_have_value("hog_people")  # the street shows best what NMS does
    tab.locator("#rail [data-id='starter:cat']").click()
    expect(menu).to_have_value("yolov8n")
    expect(tab.locator(".detect .answer")).to_contain_text("YOLOv8n looks for 80 things")
    tab.locator("#rail [data-id='starter:blood_cells']").click()
    expect(menu).to_have_value("yolov8n_blood_cells")
    own = tmp_path / "own.jpg"
    Image.open(starters.get("coffee").path).convert("RGB").save(own)
    tab.locator("#rail input[type=file]").first.set_input_files(str(own))
    expect(menu).to_have_value("yolov8n")
    expect(tab.locator(".detect .answer")).to_contain_text("YOLOv8n looks for 80 things")
