"""Skips in a browser: surfaces turn together, one is computed here; the price of a bottleneck; either order trained."""

import itertools
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from app.tabs import skips_costs, skips_surface
from cvdemo import residual
from cvdemo.residual import order_words
from cvdemo.residual.side_by_side import turns
from tests.awaited import eventually, expect, fits, is_empty, on_one_screen
from tests.tabbed import skips
from tests.test_browser import Visit

pytestmark = pytest.mark.browser

EYES = """() => { const { scene, scene2 } = document.querySelector('#surface .chart-plot')._fullLayout;
  return [scene, scene2].map((one) => one._scene.getCamera().eye); }"""
CUT_OFF = """() => [...document.querySelectorAll('#main :is(.btn, h2, h3, p, td, th, label)')].filter((one) =>
  one.checkVisibility() && one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX === 'hidden')
  .map((one) => one.textContent)"""


@pytest.fixture(autouse=True)
def small_nets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"DEPTH": 4, "STEPS": 2, "LIVE_SIDE": 3}.items():
        monkeypatch.setattr(skips_surface, name, value)
    monkeypatch.setattr(skips_costs, "STEPS", 6)


def _open(page: str, visit: Visit, view: str = "surface", **options: Any) -> Any:
    tab = skips(page, visit, view, "#surface .chart[data-drawn]" if view == "surface" else "#order .costbar", **options)
    if view == "surface":
        tab.wait_for_function(f"() => ({EYES})().length === 2")
    return tab


def _degrees(eye: dict[str, float]) -> float:
    return float(np.degrees(np.arctan2(eye["y"], eye["x"])))


def _turned(tab: Any) -> float:
    """Return from how many degrees both surfaces are seen, once that is the same for both."""
    found: list[float] = []

    def alike() -> None:
        one, other = tab.evaluate(EYES)
        assert [one[axis] for axis in "xyz"] == pytest.approx([other[axis] for axis in "xyz"], abs=1e-6)
        found.append(_degrees(one))

    eventually(alike)
    return found[-1]


def test_the_surfaces_turn_together_by_mouse_and_by_keys(page: str, visit: Visit) -> None:
    tab = _open(page, visit)
    assert _turned(tab) == pytest.approx(-50, abs=0.1)
    slider, box = tab.get_by_label("Turn"), tab.locator("#surface .chart-plot").bounding_box()
    x, y = box["x"] + 0.25 * box["width"], box["y"] + 0.5 * box["height"]
    tab.mouse.move(x, y)
    tab.mouse.down()
    steps = itertools.chain(range(1, 30), itertools.repeat(30))

    def turning() -> None:  # a busy page takes notice of few of the moves
        tab.mouse.move(x + 12 * next(steps), y)
        assert abs(_degrees(tab.evaluate(EYES)[0]) + 50) > 10  # the other one follows when the hand lets go

    eventually(turning)
    tab.mouse.up()

    def dragged() -> None:
        assert abs(_turned(tab) + 50) > 10
        assert float(slider.input_value()) == pytest.approx(_turned(tab), abs=2.6)

    eventually(dragged)
    before = float(slider.input_value())
    slider.press("ArrowRight")

    def stepped() -> None:
        assert _turned(tab) == pytest.approx(before + 5, abs=0.1)

    eventually(stepped)
    on_one_screen(tab, "#surface .chart-stage", "#surface input[type=range]")


def test_one_surface_is_computed_here(page: str, visit: Visit) -> None:
    tab = _open(page, visit)
    own = tab.locator("#surface .answer").inner_text()
    tab.locator("#surface").get_by_text("With skips", exact=True).click()
    tab.locator("#surface").get_by_text("Compute here").click()
    expect(tab.locator("#surface")).to_contain_text("4 layers, with skips: 3 × 3 points")
    expect(tab.locator("#surface")).to_contain_text("56 layers, without skips: 41 × 41 points")
    expect(tab.locator("#surface .answer")).not_to_have_text(own)
    tab.locator("#surface").get_by_role("button", name="Values").click()
    expect(tab.locator("#surface .chart-table tbody tr")).to_have_count(500)
    expect(tab.locator("#surface .chart-values .sub")).to_contain_text(f"{9 + 41 * 41 - 500:,} more rows")


def test_stopped_all_stays_as_it_was(page: str, visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    own = residual.learned

    def slowly(photos: Any, design: Any, seed: int, steps: int, told: Any) -> Any:
        def and_wait(done: int, of: int) -> None:
            time.sleep(0.2)
            told(done, of)

        return own(photos, design, seed, 500, and_wait)

    monkeypatch.setattr(residual, "learned", slowly)
    tab = _open(page, visit)
    said = tab.locator("#surface .answer").inner_text()
    tab.locator("#surface").get_by_text("Compute here").click()
    expect(tab.locator("#surface .busy")).to_contain_text("Training 4 layers without skips: step")
    tab.locator("#surface .busy").get_by_text("Cancel").click()
    expect(tab.locator("#surface .busy")).to_be_hidden()
    expect(tab.locator("#surface .answer")).to_have_text(said, use_inner_text=True)
    expect(tab.locator("#surface").get_by_text("Compute here")).to_be_enabled()


def test_a_file_holds_both_surfaces(page: str, visit: Visit, tmp_path: Path) -> None:
    tab = _open(page, visit)
    with tab.expect_download() as taken:
        tab.locator("#surface .foot").get_by_role("button", name="PNG").click()
    taken.value.save_as(tmp_path / "surface.png")
    pixels = np.asarray(Image.open(tmp_path / "surface.png").convert("RGB")).astype(int)
    green = (pixels[..., 1] > pixels[..., 0] + 40) & (pixels[..., 1] > 100)  # Viridis; nothing else on it is
    width = pixels.shape[1]
    assert green[:, : width // 3].sum() > 1000 and green[:, width // 2 : 5 * width // 6].sum() > 1000
    with tab.expect_download() as table:
        tab.locator("#surface .foot").get_by_role("button", name="CSV").click()
    assert len(Path(table.value.path()).read_text().splitlines()) == 1 + 2 * 41 * 41


def test_what_a_bottleneck_costs_follows_the_sliders(page: str, visit: Visit) -> None:
    tab = _open(page, visit, "order")
    answer = tab.locator("#order .answer")
    expect(answer).to_have_text(
        "At 256 channels a bottleneck has 69,632 weights, two 3 × 3 have 1,179,648: 16.9 times as many."
    )
    tab.get_by_label("Channels").press("ArrowRight")
    expect(answer).to_contain_text("At 512 channels a bottleneck has 278,528 weights")
    tab.locator("#order").get_by_text("Projection", exact=True).click()
    expect(answer).to_contain_text("each with its projection")
    expect(tab.locator("#order .costbar small").first).to_contain_text("512*512 = 540,672")


def test_either_order_is_trained_and_drawn(page: str, visit: Visit) -> None:
    tab = _open(page, visit, "order")
    tab.locator("#order .order").get_by_text("8", exact=True).click()
    tab.locator("#order").get_by_text("Train both orders").click()
    expect(tab.locator("#order .order-said")).to_contain_text("After 6 steps 8 layers have a training loss of")
    tab.wait_for_selector("#order .order .chart[data-drawn]")
    expect(tab.locator("#order .order-curves")).to_contain_text("2 starts of each, the same weights and batches")
    assert _curves(tab) == [("post-activation", 2), ("pre-activation", 2)]  # six steps, each a mean of five


def _curves(tab: Any) -> list[tuple[str, int]]:
    drawn = tab.evaluate("document.querySelector('#order .chart-plot').data.map(({ name, x }) => [name, x.length])")
    return [(name, count) for name, count in drawn if name]


def test_two_curves_stand_there_before_anybody_trains(page: str, visit: Visit) -> None:
    before = turns.total
    tab = _open(page, visit, "order")
    tab.wait_for_selector("#order .order .chart[data-drawn]")
    assert _curves(tab) == [("post-activation", 116), ("pre-activation", 116)]
    shown = skips_costs.BENCH.shown.get(skips_costs.FIRST)
    expect(tab.locator("#order .order-said")).to_have_text(order_words.answer(shown.race))
    expect(tab.locator("#order .order-curves")).to_contain_text(f"Trained on {shown.where}.")
    assert turns.total == before


@pytest.mark.parametrize("view", ["surface", "order"])
def test_it_fits_a_phone(page: str, visit: Visit, view: str) -> None:
    tab = _open(page, visit, view, width=390)
    fits(tab, 390)
    is_empty(tab, CUT_OFF)


def test_a_phone_shows_which_view_is_open(page: str, visit: Visit) -> None:
    """The row of five views is wider than a phone: it is scrolled to the one that a link opens."""
    pressed = _open(page, visit, width=390).locator(".view-switch [aria-pressed=true]:visible")
    expect(pressed).to_have_text("Loss surface")

    def whole() -> None:
        box = pressed.bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390

    eventually(whole)


def test_the_link_brings_settings_back(page: str, visit: Visit) -> None:
    tab = visit(f"{page}/?tab=skips&view=surface&turn=30&net=with&draw=4")
    tab.wait_for_selector("#surface .chart[data-drawn]")
    expect(tab.get_by_label("Turn")).to_have_value("30")

    def seen() -> None:
        assert _turned(tab) == pytest.approx(30, abs=0.1)

    eventually(seen)
    expect(tab.get_by_label("Pair of directions")).to_have_value("4")
    pressed = tab.locator("#surface .seg").get_by_text("With skips", exact=True)
    assert json.loads(pressed.get_attribute("aria-pressed"))
