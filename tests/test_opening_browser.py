"""What a newcomer sees first, offline, in a real browser: a cat that is called one, by the best pair that is here."""

import re
from typing import Any

import pytest

from cvdemo.catalogue import get
from cvdemo.pairs import differences, opening_pair
from tests.awaited import expect, fits
from tests.test_browser import Visit
from tests.test_packaged import CATS

pytestmark = pytest.mark.browser
CAT = re.compile("|".join(CATS))


def _chips(tab: Any) -> Any:
    return tab.locator(".tabitem:visible .chip .n")


def test_the_cat_is_a_cat_and_what_else_differs_is_told(page: str, visit: Visit) -> None:
    tab = visit(f"{page}/?photo=cat")
    expect(tab.locator(".answers .card").first.locator(".row .l").first).to_have_text(CAT)
    expect(_chips(tab)).to_have_text([get(name).title for name in opening_pair().names])
    expect(tab.locator(".tabitem:visible .differs")).to_have_text(differences(opening_pair().names) or "")


def test_look_inside_says_the_same_cat(page: str, visit: Visit) -> None:
    tab = visit(f"{page}/?tab=inside")
    expect(tab.locator(".in-row").first).to_contain_text(CAT, timeout=120_000)


def test_every_tab_opens_with_the_same_pair(page: str, visit: Visit) -> None:
    titles = [get(name).title for name in opening_pair().names]
    tab = visit(page)
    for lab in ("Look inside", "Receptive field", "Latency", "Classify"):
        tab.get_by_role("tab", name=lab).click()
        expect(_chips(tab)).to_have_text(titles)


def test_a_preset_leads_to_its_pair_and_then_is_gone(page: str, visit: Visit) -> None:
    tab = visit(page)
    presets = tab.locator("fieldset.segmented:visible label, .segmented:visible label")
    expect(presets.first).to_be_visible()
    assert "Best pair here" not in presets.all_inner_texts()
    tab.get_by_role("radio", name="Same recipe, scarce data").click()
    expect(_chips(tab)).to_have_text(["Small ResNet", "Small ViT"])
    expect(tab.locator(".tabitem:visible .chips .notice")).to_contain_text("same recipe")
    expect(tab.locator(".tabitem:visible .differs")).to_be_hidden()
    expect(presets.filter(has_text="Same recipe, scarce data")).to_have_count(0)
    tab.get_by_role("radio", name="Best pair here").click()
    expect(_chips(tab)).to_have_text([get(name).title for name in opening_pair().names])


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_the_first_screen_fits(page: str, visit: Visit, width: int, theme: str) -> None:
    tab = visit(f"{page}/?__theme={theme}", width=width, height=844)
    expect(tab.locator(".tabitem:visible .differs")).to_be_visible()
    fits(tab, width)
