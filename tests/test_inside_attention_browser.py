"""Attention and Saliency in a real browser, offline, with the bundled pair."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from cvdemo.attention import study
from cvdemo.inside import activations
from cvdemo.results import Results
from tests.awaited import at_rest, eventually, expect, fits

pytestmark = pytest.mark.browser


def opened(page: str, visit: Callable[..., Any], view: str, ready: str, **size: int) -> Any:
    tab = visit(f"{page}/?tab=inside&view={view}&models=mini_resnet,mini_vit", **size)
    tab.set_default_timeout(120_000)
    tab.wait_for_selector(ready)
    return tab


def settled(tab: Any, text: str) -> None:
    """Wait until the view says ``text``."""
    tab.wait_for_function("(text) => document.querySelector('.in-place').innerText.includes(text)", arg=text)


def test_attention_follows_point_layer_and_head_and_runs_nothing_for_it(
    page: str, visit: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(study, "_relevant", Results())  # what other tests have asked is not known here
    tab = opened(page, visit, "attention", ".in-far .chart-stage[aria-label]")
    settled(tab, "block 7 of 7 (blocks.6), mean of heads")
    settled(tab, "This model has no attention: a CNN mixes neighbours by fixed filters.")
    settled(tab, "one unit can see")
    test = tab.get_by_role("button", name="Self-test of these numbers").and_(tab.locator(":visible"))
    expect(test).to_have_attribute("title", re.compile("^Self-test passed"))
    test.click()
    settled(tab, "Self-test passed")
    expect(tab.locator(".in-layer")).to_have_count(7)
    tab.locator(".in-far .chart-stage[aria-label]").scroll_into_view_if_needed()  # drawn where it is seen
    expect(tab.locator(".in-far .scatterlayer .trace").first.locator(".point")).to_have_count(35)
    expect(tab.locator(".in-layer button")).to_have_count(35)
    said = re.compile(r"^From here the ViT looks .*\spx away on average\.$")
    expect(tab.locator(".inside-tab .answer")).to_have_text(said, use_inner_text=True)
    answer = tab.locator(".inside-tab .answer").inner_text()
    at_rest()
    before = activations.network_runs()
    tab.locator(".in-layer button").nth(2 * 5 + 3).click()
    settled(tab, "block 3 of 7 (blocks.2), head 4")
    expect(tab.locator(".in-layer button[aria-pressed=true]")).to_have_count(1)
    tab.locator(".in-stage").nth(1).click(position={"x": 30, "y": 30})
    tab.wait_for_function("(old) => document.querySelector('.inside-tab .answer').innerText !== old", arg=answer)
    tab.get_by_role("button", name="Rollout").click()
    settled(tab, "Abnar and Zuidema")
    tab.get_by_role("button", name="Max").click()
    tab.locator(".in-choices input[type=range]").fill("0.5")
    tab.get_by_role("button", name="Class token").click()
    tab.get_by_role("slider", name="Depth").fill("1")
    settled(tab, "block 7 of 7 (blocks.6)")
    assert activations.network_runs() == before
    tab.get_by_role("button", name="Gradient-weighted").click()
    settled(tab, "Chefer, Gur and Wolf")
    assert activations.network_runs() == before + 1
    fits(tab, 1440)


def test_saliency_shows_a_map_then_its_checks_for_any_class(page: str, visit: Callable[..., Any]) -> None:
    tab = opened(page, visit, "saliency", ".in-curves .curve")
    settled(tab, "Hiding the brightest first")
    settled(tab, "With random weights the map stays")
    settled(tab, "Half of the CNN's saliency lies in")
    settled(tab, "This map does not depend on your point, which is hotter than")
    expect(tab.locator(".inside-tab .answer")).to_have_text(re.compile("^Your point (hardly )?matters"))
    expect(tab.locator(".in-card figure svg")).to_have_count(2)
    tab.get_by_label("Explain class").fill("espresso")
    tab.get_by_label("Explain class").press("Enter")
    settled(tab, "Grad-CAM: espresso")
    tab.get_by_label("and not").fill("pizza")
    tab.get_by_label("and not").press("Enter")
    settled(tab, "why espresso and not pizza")
    tab.get_by_role("button", name="LayerCAM").click()
    settled(tab, "LayerCAM: why espresso and not pizza")
    tab.get_by_role("button", name="Grad-CAM++").click()
    settled(tab, "Grad-CAM++ is made for CNNs; this is Grad-CAM.")
    tab.get_by_label("Explain class").fill("no such thing")
    tab.get_by_label("Explain class").press("Enter")
    settled(tab, "knows no class called 'no such thing'")


def test_score_cam_tells_its_cost_before_it_runs(page: str, visit: Callable[..., Any]) -> None:
    tab = opened(page, visit, "saliency", ".in-curves .curve")
    tab.get_by_role("button", name="Score-CAM").click()
    settled(tab, "Score-CAM runs Small ResNet 256 times")
    tab.get_by_role("button", name="Run Score-CAM").click()
    settled(tab, "scores alone")
    expect(tab.get_by_role("button", name="Run Score-CAM")).to_have_count(0)


@pytest.mark.parametrize("view", ["attention", "saliency"])
def test_a_phone_shows_everything_without_scrolling_sideways(page: str, visit: Callable[..., Any], view: str) -> None:
    ready = {"attention": ".in-far .chart-stage[aria-label]", "saliency": ".in-curves .curve"}[view]
    tab = opened(page, visit, view, ready, width=390, height=844)
    fits(tab, 390)

    def cards_are_inside() -> None:
        for card in tab.locator(".in-place .in-card").all():
            box = card.bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= 390

    eventually(cards_are_inside)


def test_the_overview_has_a_tile_of_each_and_opens_them(page: str, visit: Callable[..., Any]) -> None:
    tab = opened(page, visit, "overview", ".in-tile")
    settled(tab, "Grad-CAM")
    settled(tab, "Attention, block 7")
    tab.get_by_role("link", name="Attention, block 7 of 7").click()
    tab.wait_for_selector(".in-far .chart-stage[aria-label]")
    expect(tab).to_have_url(re.compile("view=attention"))
