"""What one does with what was taught, in a real browser: the stored digits are used on the rail's photo."""

import json
import re
from typing import Any

import pytest
from safetensors import safe_open

from cvdemo import starters
from tests.awaited import expect, fits
from tests.test_browser import Visit

pytestmark = pytest.mark.browser


def _open(page: str, visit: Visit, title: str, **options: Any) -> tuple[Any, Any]:
    tab = visit(f"{page}/?tab=teach", **options)
    tab.wait_for_selector(".teach .class-card")
    card = tab.locator(".after", has=tab.locator("summary", has_text=title))
    card.locator("summary").click()
    return tab, card


@pytest.mark.parametrize("width", [1440, 390])
def test_the_digits_are_used_on_the_photo(page: str, visit: Visit, width: int) -> None:
    tab, card = _open(page, visit, "Use it", width=width)
    expect(card.locator(".after-answer")).to_contain_text(re.compile(r"says \d"))
    expect(card.locator("figure")).to_have_count(2)
    expect(card).to_contain_text("It must answer with one of the ten, whatever you show.")
    first = card.locator(".after-answer").inner_text()
    tab.locator("#rail input[type=file]").first.set_input_files(str(starters.get("coffee").path))
    expect(card.locator(".after-answer")).not_to_have_text(first)
    expect(card.locator(".after-answer")).to_contain_text(re.compile(r"says \d"))
    fits(tab, width)


def test_the_webcam_is_named_live(page: str, visit: Visit) -> None:
    tab = visit(f"{page}/?tab=teach")
    live = tab.locator(".live-taught")
    live.locator("summary").click()
    live.get_by_text("Use the webcam live").click()
    expect(live.locator(".live-speed-row")).to_have_count(2)
    expect(live.locator(".live-speed-row .rate").first).to_have_text(re.compile(r"^\d 1?\d?\d\s%$"))
    live.get_by_text("Stop", exact=True).click()
    expect(live.locator(".live-verdict")).to_contain_text("Stopped after")


def test_a_head_is_downloaded_with_card_and_program(page: str, visit: Visit) -> None:
    tab, card = _open(page, visit, "Take it with you")
    expect(card.locator(".taken-row")).to_have_count(2)
    expect(card.locator("tbody tr")).to_have_count(4)
    with tab.expect_download() as waited:
        card.get_by_text("Head (safetensors)").last.click()
    with safe_open(waited.value.path(), "numpy") as head:
        told = json.loads(head.metadata()["card"])
        assert head.get_tensor("weight").shape == (len(told["classes"]), 160) and told["held_out"] == 100
    with tab.expect_download() as waited:
        card.get_by_text("Card", exact=True).last.click()
    assert f"Right on {told['right']} of 100" in waited.value.path().read_text()


def test_a_wrong_photo_is_explained(page: str, visit: Visit) -> None:
    _, card = _open(page, visit, "Look at the mistakes")
    card.get_by_text("Small ViT, distilled").click()
    expect(card.locator(".thumb")).to_have_count(6, timeout=400_000)  # the network looks at 400 photos first
    card.locator(".thumb").first.click()
    expect(card.locator(".heat")).to_contain_text("lies in the outer half")
    expect(card.locator(".heat")).to_contain_text("by the middle half alone")


@pytest.mark.parametrize("width", [1440, 390])
def test_the_photo_is_shown_as_training_would_see_it(page: str, visit: Visit, width: int) -> None:
    tab, card = _open(page, visit, "Change the photos", width=width)
    expect(card.locator("figure")).to_have_count(7)
    before = card.locator("figure img").nth(1).get_attribute("src")
    card.get_by_text("Other draws").click()
    expect(card.locator("figure img").nth(1)).not_to_have_attribute("src", before)
    expect(card.locator("figure").last).to_contain_text("your photo")
    fits(tab, width)


DRAWN = """
window.drawn = [];
const drawImage = CanvasRenderingContext2D.prototype.drawImage;
CanvasRenderingContext2D.prototype.drawImage = function (image, ...rest) {
  if (image.src) window.drawn.push(image.src);
  return drawImage.call(this, image, ...rest);
};
"""
"""Notes the address of every picture that is painted on any canvas."""


def _painted(tab: Any, button: Any) -> tuple[int, int]:
    """Click; return how many pictures the file is made of, and how many of them stand on the page as photos."""
    tab.evaluate("window.drawn = []")
    with tab.expect_download():
        button.click()
    shown = set(
        tab.evaluate("[...document.querySelectorAll('#teach img, .teach img, .after img')].map((one) => one.src)")
    )
    drawn = tab.evaluate("window.drawn")
    return len(drawn), sum(one in shown for one in drawn)


def test_no_photo_of_a_class_can_be_taken_away(page: str, visit: Visit) -> None:
    tab = visit(f"{page}/?tab=teach&models=mini_resnet", script=DRAWN)
    tab.wait_for_selector(".teach .class-card")
    tab.get_by_role("group", name="Photos").get_by_text("Faces").click()
    expect(tab.locator(".teach .foot")).to_contain_text("Measured here just now", timeout=240_000)
    expect(tab.locator(".class-card b").first).to_have_text("face")
    mistakes = tab.locator(".after", has=tab.locator("summary", has_text="Look at the mistakes"))
    mistakes.locator("summary").click()
    expect(mistakes.locator(".foot").get_by_role("button", name="PNG", exact=True)).to_be_visible(timeout=240_000)
    buttons = tab.get_by_role("button", name=re.compile("^(PNG|Share card)$")).locator("visible=true")
    mistakes.locator(".foot").scroll_into_view_if_needed()
    expect(buttons).to_have_count(7)  # share card, picture, two charts; the mistakes' picture, two charts
    for place in range(buttons.count()):
        made_of, photos = _painted(tab, buttons.nth(place))
        assert made_of and not photos
    own = tab.locator(".after", has=tab.locator("summary", has_text="Change the photos"))
    own.locator("summary").click()
    expect(own.locator("figure")).to_have_count(7)
    made_of, photos = _painted(tab, own.locator(".foot").get_by_role("button", name="PNG", exact=True))
    assert photos  # the visitor's own photo may be
