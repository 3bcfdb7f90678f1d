"""A second wish in a closed card, while the first one is slow, is what is answered in the end."""

import time
from typing import Any

import pytest

from app.tabs import teach_mistakes
from tests.awaited import expect
from tests.test_browser import Visit

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("begun_s", [0.0, 2.0])
def test_the_second_wish_is_answered(page: str, visit: Visit, monkeypatch: pytest.MonkeyPatch, begun_s: float) -> None:
    own = teach_mistakes.spread_out

    def slowly(lesson: Any, place: int, how: str, report: Any = None) -> Any:
        """As it is on a busy machine: one photo after the other, without a word in between."""
        if place == 0:
            time.sleep(6)
        return own(lesson, place, how) if report is None else own(lesson, place, how, report)

    monkeypatch.setattr(teach_mistakes, "spread_out", slowly)
    tab: Any = visit(f"{page}/?tab=teach")
    tab.wait_for_selector(".teach .class-card")
    card = tab.locator(".after", has=tab.locator("summary", has_text="Look at the mistakes"))
    card.locator("summary").click()
    tab.wait_for_timeout(1000 * begun_s)
    card.get_by_text("Small ViT, distilled").click()
    expect(card.locator(".thumb")).to_have_count(6, timeout=60_000)
