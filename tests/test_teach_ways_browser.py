"""Training more layers in a real browser, offline: live curves, Stop that keeps what is finished, and the end."""

from pathlib import Path
from typing import Any

import pytest

from app.tabs import teach
from cvdemo.transfer import Budget
from tests.awaited import expect, fits
from tests.test_browser import Visit
from tests.test_photo_sets import classes, zipped

pytestmark = pytest.mark.browser
CHOSEN = "models=mini_resnet"


def _taught(page: str, visit: Visit, file: Path, **options: Any) -> Any:
    tab = visit(f"{page}/?tab=teach&{CHOSEN}", **options)
    tab.wait_for_selector(".teach .class-card")
    tab.locator(".teach input.zip").set_input_files(file)
    expect(tab.locator(".teach .foot")).to_contain_text("Measured here just now")
    return tab


@pytest.mark.parametrize("width", [pytest.param(1440, marks=pytest.mark.soak), 390])
def test_more_layers_are_trained_with_live_curves_and_told_with_the_others(
    page: str, visit: Visit, tmp_path: Path, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(teach, "BUDGET", Budget(2, 60))
    tab = _taught(page, visit, zipped(tmp_path / "mine.zip", classes("mug", "keys", count=8)), width=width)
    tab.get_by_role("button", name="Train more layers, too").click()
    expect(tab.locator(".ways .curves")).to_be_visible()
    expect(tab.locator(".ways .why")).to_contain_text("What should you freeze?")
    expect(tab.locator(".ways")).to_contain_text("From random weights")
    expect(tab.locator(".headline .answer").locator("visible=true").first).not_to_contain_text("Teaching")
    fits(tab, width)


def test_stop_keeps_the_ways_that_are_finished(
    page: str, visit: Visit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(teach, "BUDGET", Budget(10_000, 300))
    tab = _taught(page, visit, zipped(tmp_path / "mine.zip", classes("mug", "keys", count=9)))
    tab.get_by_role("button", name="Train more layers, too").click()
    expect(tab.locator(".ways .curves")).to_be_visible()
    tab.get_by_role("button", name="Cancel").locator("visible=true").first.click()
    expect(tab.locator(".ways [role=status]")).to_contain_text("ways are finished and kept.")
    expect(tab.get_by_role("button", name="Train more layers, too")).to_be_enabled()
