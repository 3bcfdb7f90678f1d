"""The Latency tab in a real browser, offline: a quick look, a duel that streams, a stop that frees the machine."""

import re
from typing import Any

import pytest

from cvdemo.catalogue import get
from cvdemo.pairs import opening_pair
from tests.awaited import eventually, expect
from tests.test_browser import Visit

pytestmark = pytest.mark.browser
IDLE = "document.querySelector('.latency-bar .stop').disabled"
QUIET = "(document.querySelector('.latency .dots circle') && document.querySelector('.latency-bar .stop').disabled)"
ENDS = re.compile(r"(times as fast as|too close to call|faster than|No verdict: other programs disturbed)")
DOTS = ".latency .dots"


def opened(page: str, visit: Visit, query: str = "&side=64", **options: Any) -> Any:
    """Open the tab and wait for its quick look."""
    tab = visit(f"{page}/?tab=latency{query}", **options)
    tab.wait_for_function(QUIET)
    return tab


def says(tab: Any, words: str | re.Pattern[str]) -> None:
    """Wait for the tab's answer."""
    expect(tab.locator(".tabitem:visible .answer")).to_have_text(re.compile(words), use_inner_text=True)


def test_the_tab_opens_with_a_quick_look_of_the_pair_that_the_page_opens_with(page: str, visit: Visit) -> None:
    tab = opened(page, visit)
    tab.wait_for_function("document.querySelector('.tabitem:not([style*=none]) .latency .dots')")
    first, second = (re.escape(get(name).title) for name in opening_pair().names)
    says(
        tab,
        rf"^Quick look: {first} [\d.,]+\sms, {second} [\d.,]+\sms\. Measure 30 rounds for a verdict\.$",
    )
    expect(tab.locator(DOTS)).to_have_count(2)

    def one_to_ten_dots() -> None:
        assert 1 <= tab.locator(DOTS).first.locator("circle, path").count() <= 10

    eventually(one_to_ten_dots)
    expect(tab.locator(".latency-bar .measure")).to_have_text(re.compile(r"^Measure 30 rounds, about \d+\ss"))


def test_a_duel_streams_and_ends_in_a_verdict_or_says_why_not(page: str, visit: Visit) -> None:
    tab = opened(page, visit, "&models=resnet18,deit_small_patch16_224&side=224")  # seconds, also on a quick machine
    tab.locator(".latency-bar .measure").click()
    tab.wait_for_function("/Round \\d+ of 30.*No verdict before the end/.test(document.body.innerText)")
    tab.wait_for_function(QUIET)
    says(tab, ENDS)
    expect(tab.locator(DOTS).first.locator("circle, path")).to_have_count(30)
    expect(tab.locator(".ratios .xerror")).to_have_count(1)
    expect(tab.locator(".ratios .shapelayer path")).to_have_count(2)  # the margin and the line at 1
    expect(tab.locator(".ratios .together")).to_be_hidden()  # nothing to correct
    expect(tab.locator(".stage-row")).to_have_count(2)


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
    says(tab, ENDS)
    expect(tab.locator(".ratios .xerror")).to_have_count(3)
    expect(tab.locator(".ratios .together")).to_contain_text("corrected for 3 pairs (Holm)")
    expect(tab.locator(".strips")).to_contain_text("random weights, fine for timing")

    def a_row_each() -> None:
        assert sorted(tab.locator(".stage-row .l").all_inner_texts()) == sorted(titles)

    eventually(a_row_each)
