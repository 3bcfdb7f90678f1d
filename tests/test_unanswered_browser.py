"""An answer that fails in a real browser: the reason stands above what is dimmed, and one button asks again."""

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from app.lab.handlers import PHOTO_FAULT
from cvdemo import compute
from tests.awaited import eventually, expect, fits

pytestmark = pytest.mark.browser
LABS = {"classify": ".answers", "inside": ".in-body", "receptive-field": ".field-body"}
STALE = "(css) => document.querySelector(css).closest('.stale')"
SHOWN = "() => [...document.querySelectorAll('.answer:not(.waiting)')].some((one) => one.checkVisibility())"
TRUE = "() => [...document.querySelectorAll('.stale')].every((one) => !one.checkVisibility())"


def _opened(page: str, visit: Callable[..., Any], lab: str, width: int, height: int) -> Any:
    """Return the page of a lab at rest, its answer, and the button that asks again."""
    tab = visit(f"{page}/?tab={lab}&models=mini_resnet,mini_vit", width, height)
    tab.set_default_timeout(60_000)
    answer = tab.locator(".answer:visible")
    expect(answer).not_to_have_text("One moment.", timeout=60_000)
    tab.wait_for_function(SHOWN)
    tab.wait_for_function(TRUE)
    return tab, answer, tab.get_by_role("button", name="Try again")


def _noise(folder: Path) -> Path:
    Image.fromarray(np.random.default_rng().integers(0, 255, (96, 128, 3), np.uint8)).save(folder / "noise.png")
    return folder / "noise.png"


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)], ids=["wide", "phone"])
@pytest.mark.parametrize("lab", LABS)
def test_a_fault_dims_what_another_photo_gave_and_can_be_tried_again(
    page: str, visit: Callable[..., Any], lab: str, width: int, height: int,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    tab, answer, again = _opened(page, visit, lab, width, height)
    with monkeypatch.context() as broken:
        broken.setattr(compute, "turn", _fault)
        tab.locator("#rail input[type=file]").first.set_input_files(_noise(tmp_path))
        expect(answer).to_have_text(PHOTO_FAULT, timeout=60_000)
    tab.wait_for_function(STALE, arg=LABS[lab])
    fits(tab, width)
    again.click()
    expect(again).to_have_count(0)
    tab.wait_for_function(TRUE, timeout=60_000)
    expect(answer).not_to_have_text(PHOTO_FAULT)


@pytest.mark.parametrize("lab", ["classify", "inside", "detect"])
def test_stopped_another_photos_answer_is_none_and_the_work_can_be_asked_for_again(
    page: str, visit: Callable[..., Any], lab: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab, answer, again = _opened(page, visit, lab, 1440, 900)
    go_on, cancel = threading.Event(), tab.get_by_role("button", name="Cancel").locator("visible=true")
    with monkeypatch.context() as slow:
        slow.setattr(compute, "turn", partial(_held, go_on, compute.turn))
        tab.locator("#rail input[type=file]").first.set_input_files(_noise(tmp_path))
        expect(cancel).to_have_count(1, timeout=60_000)
        eventually(lambda: _stops(cancel, answer))
        if lab in LABS:
            tab.wait_for_function(STALE, arg=LABS[lab])
        else:
            expect(tab.locator(".det .picture:visible")).to_have_count(0)
        go_on.set()
    again.click()
    expect(again).to_have_count(0)
    tab.wait_for_function(TRUE, timeout=60_000)
    expect(answer).not_to_contain_text("Stopped", timeout=60_000)


def _stops(cancel: Any, answer: Any) -> None:
    """Press Cancel as long as it is there: photo and point are two wishes, and the second may come after the press."""
    if cancel.count():
        cancel.click()
    expect(answer).to_contain_text("Stopped. Choose", timeout=2_000)


def _held(go_on: threading.Event, turn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    go_on.wait(60)
    return turn(*args, **kwargs)


def _fault(*_: Any, **__: Any) -> Any:
    raise RuntimeError("a fault that a test put here")
