"""An answer that fails in a real browser: the reason stands above what is dimmed, and one button asks again."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from app.lab.handlers import FAULT
from cvdemo import compute
from tests.awaited import expect, fits

pytestmark = pytest.mark.browser
LABS = {"classify": ".answers", "inside": ".in-body", "receptive-field": ".field-body"}
SHOWN = "() => [...document.querySelectorAll('.answer:not(.waiting)')].some((one) => one.checkVisibility())"
TRUE = "() => [...document.querySelectorAll('.stale')].every((one) => !one.checkVisibility())"


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)], ids=["wide", "phone"])
@pytest.mark.parametrize("lab", LABS)
def test_a_fault_dims_what_another_photo_gave_and_can_be_tried_again(
    page: str, visit: Callable[..., Any], lab: str, width: int, height: int,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    Image.fromarray(np.random.default_rng().integers(0, 255, (96, 128, 3), np.uint8)).save(tmp_path / "noise.png")
    tab = visit(f"{page}/?tab={lab}&models=mini_resnet,mini_vit", width, height)
    tab.set_default_timeout(60_000)
    answer, again = tab.locator(".answer:visible"), tab.get_by_role("button", name="Try again")
    expect(answer).not_to_have_text("One moment.", timeout=60_000)
    tab.wait_for_function(SHOWN)
    tab.wait_for_function(TRUE)
    with monkeypatch.context() as broken:
        broken.setattr(compute, "turn", _fault)
        tab.locator("#rail input[type=file]").first.set_input_files(tmp_path / "noise.png")
        expect(answer).to_have_text(FAULT, timeout=60_000)
    tab.wait_for_function("(css) => document.querySelector(css).closest('.stale')", arg=LABS[lab])
    fits(tab, width)
    again.click()
    expect(again).to_have_count(0)
    tab.wait_for_function(TRUE, timeout=60_000)
    expect(answer).not_to_have_text(FAULT)


def _fault(*_: Any, **__: Any) -> Any:
    raise RuntimeError("a fault that a test put here")
