"""Each tab and each view is an entry of the browser's history; Back and Forward keep photo and settings."""

import re
from typing import Any

import pytest

from tests.awaited import expect
from tests.tabbed import open_lab, shown
from tests.test_browser import Visit

pytestmark = pytest.mark.browser


def _at(page: Any, tab: str, view: str | None) -> None:
    shown(page, tab)
    page.wait_for_function(
        "([tab, view]) => { const now = new URLSearchParams(location.search);"
        " return now.get('tab') === tab && now.get('view') === view; }",
        arg=[tab, view],
    )


def test_back_and_forward_walk_through_views(page: str, visit: Visit) -> None:
    tab = visit(f"{page}/?tab=convolution&photo=portrait")
    costs, slide, inside = tab.locator("#costs"), tab.locator("#slide"), tab.locator(".inside-switch input:checked")
    expect(slide).to_be_visible()
    tab.get_by_role("button", name="Costs", exact=True).click()
    expect(costs).to_be_visible()
    _at(tab, "convolution", "costs")
    channels = costs.locator("input[type=range]").first
    channels.press("ArrowRight")
    chosen = channels.input_value()
    open_lab(tab, "Look inside")
    _at(tab, "inside", "overview")
    tab.locator(".inside-switch label", has_text="Attention").click()
    _at(tab, "inside", "attention")
    expect(inside).to_have_value("attention")
    for step, lab, view in (
        ("back", "inside", "overview"),
        ("back", "convolution", "costs"),
        ("back", "convolution", None),
        ("forward", "convolution", "costs"),
        ("forward", "inside", "overview"),
        ("forward", "inside", "attention"),
    ):
        tab.evaluate(f"history.{step}()")
        _at(tab, lab, view)
        if lab == "inside":
            expect(inside).to_have_value(view)
        else:
            expect(costs if view else slide).to_be_visible()
            expect(slide if view else costs).to_be_hidden()
            assert channels.input_value() == chosen
        expect(tab.locator(".rail .caption b")).to_have_text("Portrait")


def test_views_of_latency_are_entries_too(page: str, visit: Visit) -> None:
    tab = visit(f"{page}/?tab=latency")
    pressed = tab.locator(".views [aria-pressed=true]")
    expect(pressed).to_have_text(["Resolution"])
    for name in ("Batch", "Layers"):
        tab.get_by_role("button", name=name, exact=True).click()
        expect(tab).to_have_url(re.compile(f"view={name.lower()}"))
    tab.evaluate("history.back()")
    expect(pressed).to_have_text(["Batch"])
    tab.evaluate("history.back()")
    expect(pressed).to_have_text(["Resolution"])
    tab.evaluate("history.forward()")
    expect(pressed).to_have_text(["Batch"])
