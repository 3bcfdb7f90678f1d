"""Skips, Inside a block, in a real browser, offline: maps and sentences of the block at the slider, as measured."""

from typing import Any

import pytest

from cvdemo import starters
from cvdemo.surgery import anatomy_words
from cvdemo.surgery.anatomy import dissect
from tests.awaited import expect, fits
from tests.tabbed import skips
from tests.test_browser import Visit

pytestmark = pytest.mark.browser
CAT = starters.get("cat").path
PAIR = "&models=mini_resnet,mini_vit"


def _open(page: str, visit: Visit, query: str = "", **options: Any) -> Any:
    return skips(page, visit, "block", ".block-parts .part-card", f"{PAIR}{query}", **options)


def test_the_slider_goes_through_the_blocks_of_both_networks(page: str, visit: Visit) -> None:
    tab = _open(page, visit, "&depth=0")
    found = [dissect(CAT, model) for model in ("mini_resnet", "mini_vit")]
    expect(tab.locator("#block .answer")).to_have_text(anatomy_words.answer(found), use_inner_text=True)
    cards, slider = tab.locator(".part-card"), tab.locator(".block-parts input[type=range]")
    for place, one in enumerate(found):
        expect(cards.nth(place)).to_contain_text(f"{one.blocks[0].label} ({one.blocks[0].name})")
        expect(cards.nth(place).locator(".live")).to_have_text(anatomy_words.block(one, 0))
    before = cards.first.locator("img").first.get_attribute("src") or ""
    slider.focus()
    tab.keyboard.press("End")
    for place, one in enumerate(found):
        expect(cards.nth(place).locator(".live")).to_have_text(anatomy_words.block(one, len(one.blocks) - 1))
    expect(cards.first.locator("img").first).not_to_have_attribute("src", before)
    assert cards.first.locator("img").count() == 3


@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_sticks_out(page: str, visit: Visit, width: int) -> None:
    fits(_open(page, visit, width=width), width)
