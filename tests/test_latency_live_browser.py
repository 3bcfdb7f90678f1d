"""The Latency tab's webcam in a real browser with a fake camera: a row a model, and what was seen at the end."""

import re
from typing import Any

import pytest

from tests.awaited import eventually, expect, fits
from tests.test_browser import Visit

pytestmark = pytest.mark.browser

ROW = ".live-speed .live-speed-row"
SAYS = (
    r"(Small ResNet|Small ViT)\s+(PyTorch|OpenVINO)\s+\d[\d,.]* frames a second\s+"
    r"Prepare [\d.,]+ ms, network [\d.,]+ ms\. It says: .+, \d+%\."
)
ALONE = r"from frame to answers.*could follow alone: Small ResNet [\d,.]+, Small ViT [\d,.]+\. This is a look"


def _opened(page: str, visit: Visit, query: str = "&models=mini_resnet,mini_vit", **size: Any) -> Any:
    tab = visit(f"{page}/?tab=latency{query}", permissions=["camera"], **size)
    tab.locator(".live-speed summary").click()
    return tab


def _words(tab: Any, where: str) -> list[str]:
    """Read at once: what the next frame replaces has no lines any more."""
    texts = tab.evaluate("(where) => [...document.querySelectorAll(where)].map((one) => one.innerText)", where)
    return [text.replace("\u00a0", " ") for text in texts]


@pytest.mark.parametrize("width", [1440, 390])
def test_both_models_watch_and_tell_how_many_frames_they_could_follow(page: str, visit: Visit, width: int) -> None:
    tab = _opened(page, visit, width=width)
    expect(tab.locator(".live-speed .sub").first).to_contain_text("how many frames a second could each follow here")
    tab.locator(".live-speed button").click()
    tab.wait_for_selector(ROW)

    def both_say_what_they_see() -> None:
        rows = _words(tab, ROW)
        assert len(rows) == 2 and all(re.fullmatch(SAYS, row) for row in rows), rows

    eventually(both_say_what_they_see)
    tab.locator(".live-speed .live-figures", has_text="All 2 models in turn").wait_for()
    fits(tab, width)
    tab.locator(".live-speed button").click()
    tab.locator(".live-speed .live-verdict", has_text="Stopped").wait_for()
    (verdict,) = _words(tab, ".live-speed .live-verdict")
    assert re.search(ALONE, verdict), verdict
    assert tab.evaluate("document.querySelector('.live-speed video').srcObject") is None
    described = re.compile("^Last frame of the webcam: Small ResNet: ")
    expect(tab.locator(".live-speed .live-stage")).to_have_attribute("aria-label", described)


def test_other_chips_are_other_rows(page: str, visit: Visit) -> None:
    tab = _opened(page, visit, "&models=mini_vit")
    tab.locator(".live-speed button").click()
    tab.wait_for_selector(ROW)
    tab.wait_for_function(f"document.querySelectorAll('{ROW}').length === 1")
    expect(tab.locator(ROW)).to_contain_text("Small ViT")
