"""Skips, Train both, in a real browser, offline: the stored run, live curves, Stop, Continue, the slider back."""

import json
import re
from typing import Any

import numpy as np
import pytest

from app.tabs import skips_train
from cvdemo.residual.records import Photos
from cvdemo.residual.side_by_side import turns
from tests.awaited import at_rest, eventually, expect, fits, is_empty
from tests.tabbed import late, skips
from tests.test_browser import Visit

pytestmark = pytest.mark.browser
OUT = ".skips-train output"
QUEUED = "One training is before yours. One runs at a time."  # the longest that stands beside Cancel
CUT_OFF = """(told) => { if (told) document.querySelector('.train-now .busy-track + span').textContent = told;
  return [...document.querySelectorAll('.train-now .btn')]
  .filter((one) => one.checkVisibility() && one.scrollWidth > one.clientWidth).map((one) => one.textContent); }"""


@pytest.fixture(autouse=True)
def small_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bright left or bright right, 8 pixels wide, instead of the digits."""
    random = np.random.default_rng(0)
    labels = np.arange(96) % 2
    pictures = random.normal(0, 0.3, (96, 3, 8, 8)).astype(np.float32)
    for picture, label in zip(pictures, labels, strict=True):
        picture[:, :, 4 * label : 4 * label + 4] += 1
    monkeypatch.setattr(
        skips_train, "small", lambda _set: Photos(pictures, labels, np.arange(96) >= 72, 2, "two kinds")
    )


def _open(page: str, visit: Visit, query: str = "", **options: Any) -> Any:
    return skips(page, visit, "train", ".skips-train .strip-row", query, **options)


def _step(tab: Any) -> Any:
    return tab.locator(".skips-train .train-controls input[type=range]")


@pytest.mark.parametrize("width", [1440, 390])
def test_the_stored_run_opens_and_the_slider_moves_back_without_a_network(page: str, visit: Visit, width: int) -> None:
    before = turns.total
    tab = _open(page, visit, width=width)
    expect(tab.locator(".skips-train .answer")).to_contain_text(
        "Same 20 layers, same photos, 120 steps: with skips the loss fell to"
    )
    expect(tab.locator(".skips-train .foot")).to_contain_text("A stored run: 20 layers")
    expect(tab.locator(".strip-row").first.locator(".strip-cells i")).to_have_count(19)
    last = tab.locator(".strip-said").inner_text()
    _step(tab).focus()
    for _ in range(3):
        _step(tab).press("PageDown")
    expect(tab.locator(OUT).first).to_have_text("90 of 120")
    expect(tab.locator(".skips-train .live").first).to_contain_text("At step 90 the mean training loss is")
    expect(tab.locator(".strip-said")).to_contain_text("At step 90")
    assert tab.locator(".strip-said").inner_text() != last
    fits(tab, width)
    at_rest()
    assert turns.total == before


def test_a_slider_that_moves_before_the_first_run_is_here_is_heard(page: str, visit: Visit) -> None:
    tab = visit(f"{page}/?tab=skips", script=late("/component_server"))
    _step(tab).evaluate("(one) => { one.value = 30; one.dispatchEvent(new Event('input', { bubbles: true })); }")
    assert tab.locator(".skips-train .strip-row").count() == 0, "it is still on its way"
    expect(tab.locator(".skips-train .live").first).to_contain_text("At step 30 the mean training loss is")
    expect(tab.locator(OUT).first).to_have_text("30 of 120")


@pytest.mark.parametrize("width", [pytest.param(1440, marks=pytest.mark.soak), 390])
def test_both_are_trained_stopped_and_go_on(page: str, visit: Visit, width: int) -> None:
    tab = _open(page, visit, "&layers=56&steps=240&starts=3", width=width)
    expect(tab.get_by_text("What stands below has 20 layers.")).to_be_visible()
    row, busy = tab.locator(".train-now"), tab.locator(".train-now .busy")
    before = row.bounding_box()["height"]
    tab.get_by_role("button", name="Train both with 56 layers").click()
    expect(busy).to_be_visible()
    assert row.bounding_box()["height"] == pytest.approx(before, abs=1), "what stands below does not jump"
    expect(tab.locator(".skips-train .foot")).to_contain_text("56 layers, 3 starts each")
    expect(tab.locator(".strip-row").first.locator(".strip-cells i")).to_have_count(55)
    assert tab.evaluate(CUT_OFF, QUEUED) == []
    tab.get_by_role("button", name="Cancel").locator("visible=true").first.click()
    tab.get_by_role("button", name="Continue to step 240").wait_for()
    expect(tab.locator(".skips-train .answer")).to_contain_text("No verdict before step 240.")
    is_empty(tab, CUT_OFF)
    at = int(re.findall(r"\d+", tab.locator(OUT).first.inner_text())[1])
    assert 1 <= at < 240
    tab.get_by_role("button", name="Continue to step 240").click()
    eventually(lambda: _further(tab, at))
    tab.get_by_role("button", name="Cancel").locator("visible=true").first.click()
    expect(tab.get_by_role("button", name="Train both again")).to_be_enabled()
    fits(tab, width)
    at_rest()


def _further(tab: Any, at: int) -> None:
    assert int(re.findall(r"\d+", tab.locator(OUT).first.inner_text())[1]) > at


def test_what_cannot_be_is_said_and_what_stands_stays(page: str, visit: Visit) -> None:
    tab = _open(page, visit, "&photos=own&start=zero")
    tab.locator(".skips-train .train-more summary").click()
    expect(tab.get_by_text("the plain nets begin as He's")).to_be_visible()
    tab.get_by_role("button", name="Train both again").click()
    expect(tab.locator(".skips-train .alert").first).to_have_text(skips_train.NO_OWN)
    expect(tab.locator(".skips-train .foot")).to_contain_text("A stored run")


def test_a_link_brings_settings_and_step_back(page: str, visit: Visit) -> None:
    tab = _open(page, visit, "&layers=8&step=40&norm=false&starts=5&start=fixup&photos=textures&steps=80")
    expect(tab.locator(OUT).first).to_have_text("40 of 120")
    tab.evaluate("() => { navigator.clipboard.writeText = async (text) => { window.copied = text; }; }")
    tab.locator(".skips-train .foot").get_by_role("button", name="Copy link").click()
    link = tab.wait_for_function("() => window.copied").json_value()
    for part in (
        "tab=skips",
        "view=train",
        "layers=8",
        "step=40",
        "norm=false",
        "starts=5",
        "start=fixup",
        "photos=textures",
        "steps=80",
    ):
        assert part in link, json.dumps(link)


def test_the_table_holds_every_loss(page: str, visit: Visit) -> None:
    tab = _open(page, visit)
    with tab.expect_download() as download:
        tab.locator(".skips-train .foot").get_by_role("button", name="CSV").click()
    rows = download.value.path().read_text().splitlines()
    assert rows[0] == "net,start,step,loss_nats" and len(rows) == 1 + 6 * 120
    assert rows[1].startswith("with,1,1,")
