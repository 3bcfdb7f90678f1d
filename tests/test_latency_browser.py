"""The Latency tab in a real browser, offline: a quick look, a duel that streams, a stop that frees the machine."""

import re
from typing import Any

import pytest

from tests.test_browser import Visit

pytestmark = pytest.mark.browser
IDLE = "document.querySelector('.latency-bar .stop').disabled"
QUIET = "(document.querySelector('.latency .dots circle') && document.querySelector('.latency-bar .stop').disabled)"
ENDS = re.compile(r"(times as fast as|too close to call|faster than|No verdict: other programs disturbed)")


def opened(page: str, visit: Visit, query: str = "&side=64", **options: Any) -> Any:
    """Open the tab and wait for its quick look."""
    tab = visit(f"{page}/?tab=latency{query}", **options)
    tab.wait_for_function(QUIET)
    return tab


def answer(tab: Any) -> str:
    """Return the tab's answer with plain spaces."""
    return str(tab.locator(".tabitem:visible .answer").inner_text()).replace("\u00a0", " ")


def test_the_tab_opens_with_a_quick_look_of_the_bundled_pair(page: str, visit: Visit) -> None:
    tab = opened(page, visit)
    tab.wait_for_function("document.querySelector('.tabitem:not([style*=none]) .latency .dots')")
    assert re.fullmatch(
        r"Quick look: Small ResNet [\d.,]+ ms, Small ViT [\d.,]+ ms\. Measure 30 rounds for a verdict\.", answer(tab)
    )
    assert tab.locator(".latency .dots").count() == 2
    assert 1 <= tab.locator(".latency .dots").first.locator("circle, path").count() <= 10
    assert re.match(r"Measure 30 rounds, about \d+ s", tab.locator(".latency-bar .measure").inner_text())


def test_a_duel_streams_and_ends_in_a_verdict_or_says_why_not(page: str, visit: Visit) -> None:
    tab = opened(page, visit)
    tab.locator(".latency-bar .measure").click()
    tab.wait_for_function("/Round \\d+ of 30.*No verdict before the end/.test(document.body.innerText)")
    tab.wait_for_function(QUIET)
    assert ENDS.search(answer(tab)), answer(tab)
    assert tab.locator(".latency .dots").first.locator("circle, path").count() == 30
    assert tab.locator(".ratio-plot rect").count() == 2  # the margin and one interval
    assert not tab.locator(".ratios .together").is_visible(), "nothing to correct"
    assert tab.locator(".stage-row").count() == 2


@pytest.mark.parametrize(
    ("models", "titles", "side"),
    [
        pytest.param("resnet18,deit_small_patch16_224,mini_vit", ("ResNet-18", "DeiT-S", "Small ViT"), 64),
        pytest.param(
            "resnet50,vit_base_patch16_224,swin_base_patch4_window7_224",
            ("ResNet-50", "ViT-B/16", "Swin-B"),
            224,
            marks=pytest.mark.soak,
        ),
    ],
)
def test_three_models_race_and_every_pair_gets_an_interval(
    page: str, visit: Visit, models: str, titles: tuple[str, ...], side: int
) -> None:
    tab = visit(f"{page}/?tab=latency&models={models}&side={side}")
    tab.set_default_timeout(300_000)
    tab.wait_for_function(QUIET)
    tab.locator(".latency-bar .measure").click()
    tab.wait_for_function("/Round \\d+ of 30.*No verdict before the end/.test(document.body.innerText)")
    tab.wait_for_function(QUIET)
    assert ENDS.search(answer(tab)), answer(tab)
    assert tab.locator(".ratio-plot rect").count() == 4  # the margin and three intervals
    assert "corrected for 3 pairs (Holm)" in tab.locator(".ratios .together").inner_text()
    assert "random weights, fine for timing" in tab.locator(".strips").inner_text()
    rows = tab.locator(".stage-row .l").all_inner_texts()
    assert sorted(rows) == sorted(titles)
