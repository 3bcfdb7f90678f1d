"""The row of labs in a real browser: groups, what does not fit, keys, and the sheet on narrow screens."""

from typing import Any

import pytest
from framed import Frame, Visit, opened, quiet_frame, served_frame  # noqa: F401  (fixtures)

from app.lab import GROUPS
from app.tabs import LABS
from tests.awaited import expect, fits
from tests.tabbed import open_lab, shown

pytestmark = pytest.mark.browser
TITLES = [lab.title for lab in LABS]
SEEN = """[...document.querySelectorAll('.lab-list [role=tab]')]
  .filter((one) => one.offsetParent).map((one) => one.textContent)"""
NARROW = "(width) => { document.querySelector('#labs nav').style.width = width; }"


def _seen(page: Any) -> list[str]:
    return list(page.evaluate(SEEN))


def test_the_row_stands_over_the_page_in_groups(visit: Visit, frame: Frame) -> None:
    page = opened(visit, frame)
    expect(page.get_by_role("tab")).to_have_text(TITLES)
    row, rail = (page.locator(one).bounding_box() for one in ("#labs nav", "#rail"))
    assert (row["x"], row["width"]) == (0, 1440) and row["y"] + row["height"] <= rail["y"]
    groups = [lab.group for lab in LABS]
    firsts = [lab.title for lab, before in zip(LABS[1:], groups, strict=False) if lab.group != before]
    expect(page.locator(".lab-list .starts")).to_have_text(firsts)
    page.evaluate("scrollTo(0, 700)")  # row and rail stay at the top, the rail below the row
    page.wait_for_function("scrollY > 600 && document.querySelector('#labs nav').getBoundingClientRect().y === 0")
    assert page.locator("#rail").bounding_box()["y"] >= row["height"]


def test_the_open_lab_is_the_selected_tab_of_its_panel(visit: Visit, frame: Frame) -> None:
    page = opened(visit, frame, "?tab=detect")
    shown(page, "detect")
    expect(page.get_by_role("tab", selected=True)).to_have_text(["Detect"])
    expect(page.get_by_role("tabpanel", name="Detect")).to_be_visible()
    page.get_by_role("tab", name="Latency").click()
    shown(page, "latency")
    expect(page.get_by_role("tab", selected=True)).to_have_text(["Latency"])
    expect(page.get_by_role("tabpanel", name="Latency")).to_be_visible()
    assert page.get_by_role("tab", name="Latency").get_attribute("aria-controls") == "tab-latency"


def test_keys_walk_the_row_and_open_only_on_enter(visit: Visit, frame: Frame) -> None:
    page = opened(visit, frame)
    shown(page, "classify")
    page.get_by_role("tab", name="Classify").focus()
    walked = []
    for key in ("ArrowRight", "End", "ArrowRight", "ArrowLeft", "Home"):
        page.keyboard.press(key)
        walked.append(page.evaluate("document.activeElement.textContent"))
    assert walked == [TITLES[1], TITLES[-1], TITLES[0], TITLES[-1], TITLES[0]]
    assert page.evaluate("window.cvTab") == "classify"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    shown(page, LABS[1].id)
    page.keyboard.press("Tab")  # the row is one stop
    assert not page.evaluate("document.activeElement.matches('[role=tab]')")


def test_what_does_not_fit_is_in_a_menu_but_never_the_open_lab(visit: Visit, frame: Frame) -> None:
    page = opened(visit, frame, "?tab=latency")
    shown(page, "latency")
    expect(page.locator(".lab-more")).to_be_hidden()
    page.evaluate(NARROW, "440px")
    expect(page.locator(".lab-more")).to_be_visible()
    left = _seen(page)
    assert left[-1] == "Latency" and left[:-1] == TITLES[: len(left) - 1] and len(left) < len(TITLES)
    assert page.evaluate(
        "(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth)(document.querySelector('.lab-list'))"
    )
    page.locator(".lab-more").click()
    behind = [lab for lab in LABS if lab.title not in left]
    expect(page.locator(".lab-menu button b")).to_have_text([lab.title for lab in behind])
    expect(page.locator(".lab-menu button span")).to_have_text([lab.brief for lab in behind])
    page.keyboard.press("Escape")
    expect(page.locator(".lab-menu")).to_be_hidden()
    open_lab(page, behind[0].title)
    assert behind[0].title in _seen(page)
    expect(page.locator(".lab-menu")).to_be_hidden()
    page.evaluate(NARROW, "")
    expect(page.locator(".lab-more")).to_be_hidden()
    assert _seen(page) == TITLES


@pytest.mark.parametrize("width", [390, 820])
def test_every_lab_is_two_taps_away_on_a_narrow_screen(visit: Visit, frame: Frame, width: int) -> None:
    page = opened(visit, frame, width=width, height=844, has_touch=True)
    expect(page.locator("#labs nav")).to_be_hidden()
    sheet, button = page.get_by_role("dialog", name="Labs"), page.locator(".header .labs")
    shown(page, "classify")
    for lab in (*LABS[1:], LABS[0]):
        assert button.bounding_box()["height"] >= 36
        button.tap()
        expect(sheet.locator("button b")).to_have_text(TITLES)
        expect(sheet.locator("h3")).to_have_text([one for one in GROUPS if one in {lab.group for lab in LABS}])
        fits(page, width)
        sheet.get_by_text(lab.brief, exact=True).tap()
        shown(page, lab.id)
        expect(sheet).to_be_hidden()
        expect(button).to_contain_text(lab.title)
    button.tap()
    expect(sheet.locator("[aria-current=page] b")).to_have_text([LABS[0].title])
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    assert page.evaluate("document.activeElement.matches('.labs')")
