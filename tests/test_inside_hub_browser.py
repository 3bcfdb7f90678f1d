"""Look inside with a network: DINOv2 comes from a Hub on loopback, with its cost said beforehand."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cvdemo import models
from cvdemo.inside import activations
from cvdemo.results import Results
from tests.awaited import at_rest, expect
from tests.fake_hub import Hub, fake_hub
from tests.fake_models import put_dinov2
from tests.test_browser import Visit
from tests.test_inside_browser import _open, _rest

pytestmark = pytest.mark.browser


@pytest.fixture(name="hub")
def running_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A Hub, an empty cache, no model in memory and no photo seen before."""
    models._shared.cache_clear()
    monkeypatch.setattr(activations, "_passes", Results())
    with fake_hub(tmp_path / "repositories") as hub:
        put_dinov2(hub, "facebook/dinov2-small-imagenet1k-1-layer", ["cat", "dog", "fish"])
        hub.use(monkeypatch, tmp_path / "cache")
        yield hub
    models._shared.cache_clear()


def test_dinov2_is_fetched_and_its_patches_are_compared(page: str, visit: Visit, hub: Hub) -> None:
    tab = _open(page, visit, "&view=similarity&models=mini_resnet,dinov2_small_linear")
    gone = tab.locator(".in-missing", has_text="DINOv2-S, linear head")
    gone.get_by_role("button", name=re.compile("^Download")).click()
    tab.wait_for_function(
        "document.querySelectorAll('.in-card').length === 2 && !document.querySelector('.in-missing')"
    )
    card = tab.locator(".in-card").nth(1)
    expect(card.locator(".fam")).to_contain_text("last normalisation (inner.dinov2.layernorm), 4 x 4 patches")
    assert "says" not in card.locator(".fam").inner_text()
    assert hub.count("GET", ".safetensors") >= 1
    expect(tab.locator(".inside-tab .chip", has_text="DINOv2-S")).to_contain_text("ready", use_inner_text=True)
    tab.get_by_role("button", name="Colours").click()
    card.locator("img.over").first.wait_for()
    tab.get_by_role("button", name="Foreground").click()
    at_rest()
    before = activations.network_runs()
    frame = card.locator(".in-stage").first.bounding_box()
    tab.mouse.click(frame["x"] + frame["width"] * 0.8, frame["y"] + frame["height"] * 0.8)
    tab.wait_for_function("/row 2\\d\\d/i.test(document.querySelector('#rail').innerText)")
    _rest(tab)
    assert activations.network_runs() == before
