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


def test_a_block_of_the_chain_is_shown_by_a_click(page: str, visit: Visit) -> None:
    tab = _open(page, visit)
    resnet = dissect(CAT, "mini_resnet")
    chain = tab.locator(".part-card").first.locator(".part-chain button")
    expect(chain).to_have_text([str(number) for number in resnet.numbers])
    for place in (5, 0):
        chain.nth(place).click()
        expect(tab.locator(".part-card .live").first).to_have_text(anatomy_words.block(resnet, place))
        expect(chain.nth(place)).to_have_attribute("aria-pressed", "true")


def test_a_name_in_surgerys_chain_opens_the_block_in_its_network(page: str, visit: Visit) -> None:
    """Of a network that the view has not seen yet; its place among all blocks is another than among those here."""
    tab = skips(page, visit, "surgery", ".surgery .chain-cell")
    found = dissect(CAT, "tf_efficientnet_lite0")
    place = [block.name for block in found.blocks].index("blocks.4.1")
    assert found.numbers[place] > place + 1
    tab.locator('.chain-cell[data-name="blocks.4.1"] .chain-name').click()
    expect(tab.locator(".part-card .live")).to_have_text(anatomy_words.block(found, place))
    expect(tab.locator(".part-chain [aria-pressed=true]")).to_have_text(str(found.numbers[place]))
    expect(tab.locator(".view-switch [aria-pressed=true]:visible")).to_have_text("Inside a block")
    assert "view=block" in tab.url
    tab.go_back()
    expect(tab.locator(".surgery .chain-cell").first).to_be_visible()


@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_sticks_out(page: str, visit: Visit, width: int) -> None:
    fits(_open(page, visit, width=width), width)
