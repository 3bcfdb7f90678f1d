"""Why this box, in a real browser, offline: the map of a chosen blood cell, its checks; no button without a network."""

import json
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.awaited import expect, fits
from tests.test_browser import Visit

pytestmark = pytest.mark.browser

CELLS = "/?tab=detect&detector=yolov8n_blood_cells"


def _cells(page: str, visit: Visit, **options: Any) -> Any:
    tab = visit(f"{page}{CELLS}", **options)
    tab.wait_for_selector(".scene img[src]", state="attached")
    tab.evaluate("document.dispatchEvent(new CustomEvent('cv:choose', { detail: 'starter:blood_cells' }))")
    tab.wait_for_function("document.querySelector('.scene img')?.alt.startsWith('Blood cells')")
    tab.wait_for_selector(".why-box", state="attached")
    return tab


def test_a_chosen_cell_is_explained_and_the_map_is_checked(page: str, visit: Visit) -> None:
    tab = _cells(page, visit)
    tab.locator(".scene").press("Escape")
    expect(tab.locator(".why-box"), "no box is chosen").to_be_hidden()
    tab.locator(".scene").press("ArrowRight")
    tab.locator(".why-box").click()
    tab.wait_for_selector(".box-why .in-curves path.deletion")
    expect(tab.locator(".box-answer")).to_contain_text("lies inside the box")
    for check in ("a plain blob in the middle of the box", "With random weights"):
        expect(tab.locator(".box-why .in-checks")).to_contain_text(check)
    tab.wait_for_function("document.querySelector('.box-why canvas').width > 40")

    card = tab.locator(".box-card")
    with tab.expect_download() as map_file:
        card.get_by_role("button", name="NPY").click()
    values = np.load(map_file.value.path())
    assert map_file.value.suggested_filename == "yolov8n_blood_cells-layercam.npy"
    assert values.dtype == np.float32 and values.min() >= 0 and values.max() == 1
    with tab.expect_download() as picture:
        card.get_by_role("button", name="PNG").click()
    with Image.open(picture.value.path()) as sheet:
        red, green, blue = (band.getextrema() for band in sheet.convert("RGB").split())
        assert sheet.width >= 680 and min(red[1] - red[0], green[1] - green[0], blue[1] - blue[0]) > 200
    tab.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    card.get_by_role("button", name="Copy as JSON").click()
    tab.wait_for_function("window.copied")
    facts = json.loads(tab.evaluate("window.copied"))
    assert (facts["method"], facts["weights"], len(facts["box_xyxy"])) == ("layercam", "bundled", 4)

    tab.get_by_role("button", name="Grad-CAM").last.click()
    tab.wait_for_function("document.querySelector('.box-why .sub').textContent.startsWith('Grad-CAM')")
    tab.locator(".box-why").get_by_role("button", name="Close").click()
    expect(tab.locator(".box-card")).to_be_hidden()


def test_another_photo_closes_the_card(page: str, visit: Visit) -> None:
    tab = _cells(page, visit, width=390, height=844)
    tab.locator(".why-box").click()
    tab.wait_for_function("document.querySelector('.box-answer').textContent.includes('inside the box')")
    fits(tab, 390)
    tab.evaluate("document.dispatchEvent(new CustomEvent('cv:choose', { detail: 'starter:street' }))")
    tab.wait_for_selector(".box-card", state="hidden")


def test_a_detector_without_a_network_offers_no_why(page: str, visit: Visit) -> None:
    tab = visit(f"{page}/?tab=detect")
    tab.wait_for_selector(".scene rect.pinned")
    expect(tab.locator(".stepper p")).to_contain_text("lost to #")
    assert not tab.locator(".why-box").is_visible()
