"""The Detect tab in a real browser, offline: what NMS removed, who removed it, and no second detector run."""

import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from cvdemo import starters
from tests.awaited import at_rest, eventually, expect, fits
from tests.test_browser import Visit

pytestmark = pytest.mark.browser


def _open(page: str, visit: Visit, **options: Any) -> Any:
    tab = visit(f"{page}/?tab=detect", **options)
    tab.wait_for_selector(".scene rect.kept")
    return tab


def _numbers(tab: Any) -> tuple[int, int]:
    """Return (kept, removed) as the live sentence tells them."""
    words = tab.locator(".detect .live").first.inner_text().replace(",", "").split()
    if "nothing" in words:
        return tab.locator(".scene rect.line.kept").count(), 0
    return int(words[words.index("kept") - 1]), int(words[words.index("removed") - 1])


def test_the_street_opens_with_a_removed_window_and_its_killer(page: str, visit: Visit) -> None:
    tab = _open(page, visit)
    kept, removed = _numbers(tab)
    assert kept >= 1 and removed > 1
    expect(tab.locator(".scene rect.line.kept")).to_have_count(kept)
    expect(tab.locator(".stepper p")).to_contain_text("lost to #")
    expect(tab.locator(".detect .answer")).to_contain_text(f"{kept} box")


def test_the_slider_changes_the_boxes_and_runs_no_detector(page: str, visit: Visit) -> None:
    from cvdemo.detect.find import detector_runs

    tab = _open(page, visit)
    tab.locator(".scene").press("Escape")  # a pinned box is drawn as pinned, kept or not
    at_rest()
    before, runs = _numbers(tab), detector_runs()
    slider = tab.locator(".detect input[type=range]").first
    slider.focus()
    for _ in range(3):
        slider.press("PageUp")
    tab.wait_for_function("document.querySelector('.detect .live').textContent.includes('0.75')")
    after = _numbers(tab)
    assert after[0] > before[0]  # higher is more lenient
    assert sum(after) == sum(before)
    expect(tab.locator(".scene rect.line.kept")).to_have_count(after[0])
    assert detector_runs() == runs


def test_a_slider_leaves_alone_what_it_does_not_change(page: str, visit: Visit) -> None:
    """Boxes that stay as they are keep their nodes; way out and back, the picture is what a fresh page draws."""
    tab = _open(page, visit)
    tab.evaluate("() => document.querySelectorAll('.scene rect').forEach((rect) => { rect.known = true; })")
    slider = tab.locator(".detect input[type=range]").first
    slider.focus()
    for value, key in (("0.55", "PageUp"), ("0.65", "PageUp"), ("0.55", "PageDown"), ("0.45", "PageDown")):
        slider.press(key)
        tab.wait_for_function(f"document.querySelector('.detect .live').textContent.includes('At {value}')")
    known = tab.evaluate("[...document.querySelectorAll('.scene rect')].filter((rect) => rect.known).length")
    assert known > tab.locator(".scene rect").count() / 2
    drawn = "['.scene>svg', '.box-labels'].map((part) => document.querySelector(part).innerHTML)"
    fresh = _open(page, visit)
    eventually(lambda: _same(tab.evaluate(drawn), fresh.evaluate(drawn)))


def _same(one: Any, other: Any) -> None:
    assert one == other


def test_a_hundred_quick_steps_end_at_the_last_value(page: str, visit: Visit) -> None:
    tab = _open(page, visit)
    tab.evaluate(
        """() => { const range = document.querySelector('.detect input[type=range]');
             for (let step = 0; step < 100; step += 1) { range.value = 0.05 + (step % 90) / 100;
               range.dispatchEvent(new Event('input', { bubbles: true })); }
             range.value = 0.3; range.dispatchEvent(new Event('input', { bubbles: true })); }"""
    )
    tab.wait_for_function("document.querySelector('.detect .live').textContent.includes('At 0.30')")


def test_boxes_are_reached_by_keyboard_and_say_what_became_of_them(page: str, visit: Visit) -> None:
    tab = _open(page, visit)
    stage = tab.locator(".scene")
    stage.focus()
    stage.press("Escape")
    stage.press("ArrowRight")
    expect(tab.locator(".stepper p")).to_have_text(re.compile("^#1 "))
    stage.press("ArrowRight")
    expect(tab.locator(".stepper p")).to_have_text(re.compile("^#2 "))
    stage.press("Escape")
    stage.press("n")
    expect(tab.locator(".stepper p")).to_have_text(re.compile("^Step 1 of "))


def test_hovering_a_box_names_its_killer(page: str, visit: Visit) -> None:
    tab = _open(page, visit)
    tab.locator(".scene").press("Escape")
    box = tab.locator(".scene rect.line.removed").first.bounding_box()
    tab.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tab.wait_for_function("document.querySelector('.stepper p').textContent.startsWith('#')")


def test_a_photo_without_a_face_is_a_sentence_with_a_way_on(page: str, visit: Visit) -> None:
    tab = _open(page, visit)
    tab.locator("#rail button[aria-label*=Coffee], #rail button:has(img[alt*=Coffee])").first.click()
    tab.wait_for_function("document.querySelector('.scene').getAttribute('aria-label').startsWith('Coffee')")
    tab.get_by_label("Detector", exact=True).select_option("haar_faces")
    tab.wait_for_function("!document.querySelector('.detect .busy') || document.querySelector('.detect .busy').hidden")
    expect(tab.locator(".detect .notice", has_text="margins")).to_be_visible()
    expect(tab.locator(".scene rect.line.kept, .empty").locator("visible=true").first).to_be_visible()


@pytest.mark.parametrize("width", [390, 820, 1440])
def test_nothing_sticks_out(page: str, visit: Visit, width: int) -> None:
    tab = _open(page, visit, width=width)
    fits(tab, width)

    def not_stretched() -> None:
        size = tab.locator(".scene").bounding_box()
        assert size["width"] / size["height"] == pytest.approx(810 / 1080, rel=0.02)

    eventually(not_stretched)


ANSWERS = {
    "street": ("hog_people", "HOG looks for upright people: "),
    "portrait": ("haar_faces", "Haar cascades look for faces: "),
    "blood_cells": ("yolov8n_blood_cells", "YOLOv8n looks for blood cells and platelets. "),
}


def _starter(tab: Any, name: str) -> None:
    tab.locator(f"#rail [data-id='starter:{name}']").click()
    label = {"blood_cells": "Blood cells"}.get(name, name.capitalize())
    tab.wait_for_function(
        "label => document.querySelector('.scene').getAttribute('aria-label').startsWith(label)", arg=label
    )


def _looks_for(tab: Any, name: str) -> None:
    model, answer = ANSWERS[name]
    expect(tab.get_by_label("Detector", exact=True)).to_have_value(model)
    expect(tab.locator(".detect .answer")).to_have_text(re.compile(f"^{re.escape(answer)}"), use_inner_text=True)


def test_a_starter_photo_brings_the_detector_that_suits_it(page: str, visit: Visit) -> None:
    tab = _open(page, visit)
    for name in ("portrait", "blood_cells", "street"):
        _starter(tab, name)
        _looks_for(tab, name)


def test_a_detector_chosen_by_hand_stays_where_it_suits(page: str, visit: Visit, tmp_path: Path) -> None:
    tab, menu = _open(page, visit), "Detector"
    tab.get_by_label(menu, exact=True).select_option("haar_faces")
    expect(tab.locator(".detect .answer")).to_contain_text("Haar cascades look for faces")
    _starter(tab, "portrait")
    expect(tab.locator(".detect .answer")).to_contain_text("Haar cascades look for faces")
    _starter(tab, "blood_cells")
    _looks_for(tab, "blood_cells")
    tab.get_by_label(menu, exact=True).select_option("haar_faces")
    expect(tab.locator(".detect .answer")).to_contain_text("Haar cascades know only faces seen from the front")
    expect(tab.locator(".controls .outside")).to_contain_text("and this photo shows none")
    expect(tab.locator(".controls .sub.which")).to_have_text("Knows: faces seen from the front.")
    own = tmp_path / "own.jpg"
    Image.open(starters.get("portrait").path).convert("RGB").save(own)
    tab.locator("#rail input[type=file]").first.set_input_files(str(own))
    expect(tab.locator(".detect .answer")).to_contain_text("Haar cascades look for faces")
    expect(tab.get_by_label(menu, exact=True)).to_have_value("haar_faces")


def test_a_link_brings_its_own_detector(page: str, visit: Visit) -> None:
    tab = visit(f"{page}/?tab=detect&detector=hog_people&photo=blood_cells")
    tab.wait_for_selector(".scene rect")
    expect(tab.locator(".detect .answer")).to_contain_text("HOG knows only people in full height")


def test_detectors_that_cannot_be_had_say_why(page: str, visit: Visit) -> None:
    tab = _open(page, visit)
    off = tab.locator(".controls select[aria-label=Detector] option:disabled").all_inner_texts()
    assert all(text.endswith(", no network here)") for text in off), off
