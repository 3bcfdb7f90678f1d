"""The Teach tab in a real browser, offline: taught digits at once, a zip of one's own, and one that cannot be used."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.awaited import expect, fits
from tests.test_browser import Visit
from tests.test_photo_sets import classes, zipped

pytestmark = pytest.mark.browser


def _open(page: str, visit: Visit, **options: Any) -> Any:
    tab = visit(f"{page}/?tab=teach", **options)
    tab.wait_for_selector(".teach .class-card")
    return tab


def _give(tab: Any, file: Path) -> None:
    tab.locator(".teach input.zip").set_input_files(file)


def _answer(tab: Any) -> Any:
    return tab.locator("#teach .answer, .headline .answer").locator("visible=true").first


def test_digits_are_taught_before_anything_runs(page: str, visit: Visit) -> None:
    tab = _open(page, visit)
    expect(_answer(tab)).to_contain_text("of 100 held")
    expect(tab.locator(".class-card")).to_have_count(10)
    expect(tab.locator(".teach .foot")).to_contain_text("Measured on")
    expect(tab.locator(".confused figure")).to_have_count(2)
    tab.locator(".teach .chart").first.scroll_into_view_if_needed()
    expect(tab.locator(".teach .chart[data-drawn]").first).to_be_visible()


@pytest.mark.parametrize("width", [1440, 390])
def test_a_zip_of_ones_own_is_taught_and_its_matrix_opens_photos(
    page: str, visit: Visit, tmp_path: Path, width: int
) -> None:
    tab = _open(page, visit, width=width)
    _give(tab, zipped(tmp_path / "mine.zip", classes("a very long name of a class that goes on", "keys", count=8)))
    for place, name in enumerate(("a very long name of a class that goes on", "keys")):
        expect(tab.locator(".class-name").nth(place)).to_have_value(name)
    said = tab.locator(".teach .photos > .sub:visible")
    expect(said.first).to_have_text("16 photos came in.")
    expect(said.last).to_contain_text("12 photos to learn from, 4 held out for the test.")
    expect(tab.locator(".teach .foot")).to_contain_text("Measured here just now")
    cell = tab.locator(".confused button:not(:disabled)").first
    cell.click()
    expect(tab.locator(".cell-photos img")).to_have_count(int(cell.inner_text()))
    expect(tab.locator(".cell-photos img").first).to_be_in_viewport(ratio=1)
    fits(tab, width)


def test_what_cannot_be_taught_says_why_and_leaves_what_is_there(page: str, visit: Visit, tmp_path: Path) -> None:
    tab = _open(page, visit)
    _give(tab, zipped(tmp_path / "none.zip", {}))
    expect(tab.locator(".teach .alert")).to_contain_text("no folders with photos")
    expect(tab.locator(".class-card:not(.own)")).to_have_count(10)
    expect(_answer(tab)).to_contain_text("of 100 held")
    for name, entries, said in (
        ("one", classes("mug", count=3), "Two classes are needed"),
        ("few", classes("mug", "keys", count=3), "mug has 3 photos. Five are needed"),
        ("again", {}, "no folders with photos"),
        ("links", {**classes("keys", count=8), "../x.jpg": b"x"}, "names that lead out"),
    ):
        _give(tab, zipped(tmp_path / f"{name}.zip", entries))
        expect(tab.locator(".teach .alert")).to_contain_text(said)
        expect(tab.locator(".class-card.own .sub").first).to_have_text(re.compile(r"^3 photos"))
        expect(_answer(tab)).to_contain_text("Nothing taught yet")  # and no accuracy
    tab.locator(".teach .photos").get_by_role("button", name="Digits").click()
    expect(_answer(tab)).to_contain_text("of 100 held")
