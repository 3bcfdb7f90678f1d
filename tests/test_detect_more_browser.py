"""The Detect tab beyond one slider, in a browser, offline: two detectors, settings, labels, tiles, files, links."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.awaited import at_rest, expect
from tests.test_browser import Visit

pytestmark = pytest.mark.browser

DONE = (
    "(wanted) => document.querySelectorAll('.pane').length === wanted && document.querySelector('.detect .busy').hidden"
)
TWO_CELLS = "1 0.30 0.35 0.10 0.14\n1 0.70 0.75 0.08 0.10\n"  # YOLO text: class, middle, size, in shares


def _open(page: str, visit: Visit, address: str = "", panes: int = 1, **options: Any) -> Any:
    tab = visit(f"{page}/?tab=detect{address}", **options)
    tab.wait_for_selector(".scene rect", state="attached")
    tab.wait_for_function(DONE, arg=panes, timeout=60_000)
    return tab


def _more(tab: Any) -> None:
    tab.locator(".detect .more > summary").click()


def _download(tab: Any, button: str) -> tuple[str, bytes]:
    with tab.expect_download() as file:
        tab.locator(".detect .foot").get_by_role("button", name=button, exact=True).click()
    return file.value.suggested_filename, Path(file.value.path()).read_bytes()


def _outcomes(tab: Any) -> list[int]:
    """Return what the answer says was found, false and missed."""
    counted = re.search(r"(\d+) found, (\d+) false, (\d+) missed: ", tab.locator(".detect .answer").inner_text())
    assert counted is not None
    return [int(count) for count in counted.groups()]


def test_a_second_detector_stands_beside_the_first(page: str, visit: Visit) -> None:
    tab = _open(page, visit)
    _more(tab)
    tab.get_by_label("Second detector beside it").select_option("haar_faces")
    tab.wait_for_function(DONE, arg=2, timeout=60_000)
    expect(tab.locator(".pane .fam").first).to_have_text(re.compile("^HOG"), use_inner_text=True)
    expect(tab.locator(".pane .scene").nth(1)).to_have_attribute("aria-label", re.compile("^Street"))
    expect(tab.locator(".detect .answer")).to_contain_text("Haar")
    tab.get_by_label("Second detector beside it").select_option("")
    tab.wait_for_function(DONE, arg=1, timeout=60_000)


def test_settings_act_on_known_boxes(page: str, visit: Visit) -> None:
    from cvdemo.detect.find import detector_runs

    tab = _open(page, visit)
    at_rest()
    runs = detector_runs()
    _more(tab)
    tab.get_by_label("Method", exact=True).select_option("soft_gaussian")
    tab.wait_for_function("document.querySelector('.detect .answer').textContent.includes('Soft-NMS lowered')")
    tab.get_by_label("Method", exact=True).select_option("merge")
    tab.wait_for_function("document.querySelector('.detect .answer').textContent.includes('merged.')")
    tab.get_by_label("Most boxes").fill("2")
    tab.wait_for_function("document.querySelector('.detect .answer').textContent.includes(': 2 boxes kept')")
    expect(tab.locator(".detect .ran")).to_contain_text("slider moves since: 3")
    assert detector_runs() == runs


def test_a_link_brings_back_detectors_and_settings(page: str, visit: Visit) -> None:
    tab = _open(page, visit, "&detector=hog_people,haar_faces&iou=0.3&confidence=0.5&method=diou", panes=2)
    tab.wait_for_function("document.querySelector('.detect .live').textContent.startsWith('At 0.30')")
    for place, value in enumerate(("0.30", "0.50")):
        expect(tab.locator(".controls output").nth(place)).to_have_text(value)
    expect(tab.get_by_label("Method", exact=True)).to_have_value("diou")


def test_what_is_on_screen_can_be_taken_away(page: str, visit: Visit) -> None:
    tab = _open(page, visit)
    kept = tab.locator(".scene rect.line.kept").count()
    name, data = _download(tab, "CSV")
    rows = list(csv.DictReader(io.StringIO(data.decode())))
    assert name == "hog_people.csv"
    assert sum(row["state"] == "kept" for row in rows) == kept
    name, data = _download(tab, "JSON")
    answer = json.loads(data)
    assert (name, len(answer["kept"]), answer["settings"]["iou"]) == ("hog_people.json", kept, 0.45)
    assert all(box["by"] in {one["id"] for one in answer["kept"]} for box in answer["suppressed"])
    name, data = _download(tab, "PNG")
    assert re.fullmatch(r"cvlab-detect-boxes-street-\d{4}-\d\d-\d\d\.png", name)
    assert data.startswith(b"\x89PNG")


def test_labels_colour_the_boxes_and_a_wrong_file_is_one_sentence(page: str, visit: Visit, tmp_path: Path) -> None:
    right, wrong = tmp_path / "labels.txt", tmp_path / "wrong.txt"
    right.write_text("0 0.14 0.61 0.2 0.48\n0 0.9 0.2 0.1 0.1\n")
    wrong.write_text("0 0.14 0.61 0.2\n")
    tab = _open(page, visit)
    _more(tab)
    tab.get_by_label("Label file").set_input_files(str(wrong))
    tab.wait_for_selector(".detect .alert:not([hidden])")
    expect(tab.locator(".detect .alert")).to_have_text(re.compile("^Line 1 of the label file"))
    tab.get_by_label("Label file").set_input_files(str(right))
    tab.wait_for_selector(".scene rect.line.missed", state="attached")
    found, false, missed = _outcomes(tab)
    assert found + missed == 2
    expect(tab.locator(".scene rect.line.missed")).to_have_count(missed)
    assert tab.locator(".scene rect.line.fp").count() in (false, false - 1)  # one may be pinned
    expect(tab.locator(".charts h3").first).to_have_text("Precision against recall")
    tab.get_by_role("button", name="Remove").click()
    tab.wait_for_function("!document.querySelector('.scene rect.missed')")


def test_a_photo_in_tiles_shows_duplicates_before_and_after_merging(page: str, visit: Visit) -> None:
    tab = _open(page, visit)
    _more(tab)
    tab.get_by_label("Cut into tiles").select_option("2")
    tab.wait_for_selector(".scene .tile", state="attached", timeout=60_000)
    tab.wait_for_function(DONE, arg=1, timeout=60_000)
    expect(tab.locator(".borders")).to_contain_text("4 tiles and the whole photo")
    after = tab.locator(".scene rect.line.kept").count()
    tab.get_by_text("Merge across tiles").click()
    tab.wait_for_function("document.querySelector('.scene rect.twice') !== null")
    before = tab.locator(".scene rect.line.kept").count() + tab.locator(".scene rect.line.twice").count()
    assert before > after
    expect(tab.locator(".detect .ran")).to_contain_text("ran 5 times")


def test_where_nothing_is_found_one_click_leads_on(page: str, visit: Visit, tmp_path: Path) -> None:
    plain = tmp_path / "plain.png"
    Image.new("RGB", (200, 300), "white").save(plain)
    tab = _open(page, visit)
    tab.locator("#rail input[type=file]").set_input_files(str(plain))
    tab.wait_for_selector(".empty:not([hidden]) button", timeout=60_000)
    expect(tab.locator(".empty")).to_contain_text("people in full height")
    tab.get_by_role("button", name="Try blood cells").click()
    tab.wait_for_selector(".scene rect.line.tp", state="attached", timeout=60_000)
    expect(tab.locator(".scene")).to_have_attribute("aria-label", re.compile("^Blood cells"))
    expect(tab.get_by_label("Detector", exact=True)).to_have_value("yolov8n_blood_cells")


def test_a_confidence_above_all_boxes_offers_the_best_one(page: str, visit: Visit) -> None:
    tab = visit(f"{page}/?tab=detect&detector=haar_faces&photo=cat&confidence=0.95")
    tab.get_by_role("button", name=re.compile("^Lower to 0")).click()
    tab.wait_for_selector(".scene rect.line.kept", state="attached")
    expect(tab.locator(".scene rect.line.kept")).to_have_count(1)


def test_a_drawn_scene_stays_in_the_address(page: str, visit: Visit) -> None:
    tab = _open(page, visit)
    _more(tab)
    tab.get_by_role("button", name="Crowded cells").click()
    tab.wait_for_selector(".scene rect.line.missed", state="attached", timeout=60_000)
    expect(tab).to_have_url(re.compile("photo=cells_crowded"))
    tab.reload()
    tab.wait_for_selector(".scene rect", state="attached", timeout=60_000)
    expect(tab.locator(".scene")).to_have_attribute("aria-label", re.compile("^Crowded cells"))


def test_the_cell_model_finds_the_cells_of_a_drawn_scene(page: str, visit: Visit) -> None:
    tab = _open(page, visit, "&detector=yolov8n_blood_cells&photo=blood_cells")
    tab.wait_for_selector(".scene rect.line.tp", state="attached", timeout=60_000)
    found, _, missed = _outcomes(tab)
    assert found > missed
