"""With a network the same page offers the full catalogue: a Hub on loopback, random weights in the real formats."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cvdemo import models
from cvdemo.classify import run
from cvdemo.results import Results
from tests.awaited import expect
from tests.fake_hub import Fault, Hub, fake_hub
from tests.fake_models import put_dinov2, put_siglip, put_timm
from tests.test_browser import Visit, _shows, _wait_for_answer
from tests.test_photo_sets import classes as labelled
from tests.test_photo_sets import zipped

pytestmark = pytest.mark.browser

TIMM = "mobilenetv3_large_100.ra_in1k"
DINOV2 = "vit_small_patch14_dinov2.lvd142m"
SLOW = "efficientnet_lite0.ra_in1k"  # another one: what is in memory already is not fetched again
CLAIM = re.compile(
    r"Do features learned without labels need fewer photos\? With 1 of each class the ViT is right [\d.]+.% of the "
    r"time, the CNN [\d.]+.%; the ViT is ahead in \d+ of 10 draws: (too close to call|(as|not what) the lesson says)\."
)
CLASSES = ["tench, Tinca tinca", "goldfish, Carassius auratus", "great white shark, white shark"]


@pytest.fixture(scope="module")
def repositories(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Repositories, made once: of timm, DINOv2 with a linear head, SigLIP."""
    folder = tmp_path_factory.mktemp("hub") / "repositories"
    with fake_hub(folder) as hub:
        put_timm(hub, TIMM)
        put_timm(hub, SLOW)
        put_timm(hub, DINOV2)
        put_dinov2(hub, "facebook/dinov2-small-imagenet1k-1-layer", CLASSES)
        put_siglip(hub, "google/siglip-base-patch16-224", ["a cat", "a dog", "a coffee cup", "this is a photo of"])
    return folder


@pytest.fixture
def hub(repositories: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    models._shared.cache_clear()  # what other tests have loaded or asked would not be fetched
    monkeypatch.setattr(run, "_answers", Results())
    with fake_hub(repositories) as running:
        running.use(monkeypatch, tmp_path / "cache")
        yield running
    models._shared.cache_clear()


def _fetch(tab: Any, title: str) -> None:
    card = tab.locator(".answers .card.missing", has_text=title)
    card.get_by_role("button", name=re.compile("^Download")).click()


@pytest.mark.parametrize(
    ("name", "title", "classes"),
    [
        ("mobilenetv3_large_100", "MobileNetV3-L", 5),
        ("dinov2_small_linear", "DINOv2-S, linear head", 3),
        ("siglip_base_patch16_224", "SigLIP B/16", 3),
    ],
)
def test_a_model_is_fetched_from_the_hub_and_answers(
    page: str, visit: Visit, hub: Hub, name: str, title: str, classes: int
) -> None:
    tab = visit(f"{page}/?models=mini_resnet,{name}")
    _wait_for_answer(tab, 1)
    _fetch(tab, title)
    _wait_for_answer(tab, 2)
    _shows(tab, "mini_resnet", name)
    expect(tab.locator(".answers .card").nth(1).locator(".rows .row")).to_have_count(classes)
    assert hub.count("GET", ".safetensors") >= 1
    expect(tab.locator(".chip", has_text=title)).to_contain_text("ready", use_inner_text=True)


def test_fetching_shows_progress_and_can_be_cancelled(page: str, visit: Visit, hub: Hub) -> None:
    hub.faults["GET"] = [Fault(per_second=1_500_000)]
    tab = visit(f"{page}/?models=mini_resnet,efficientnet_lite0")
    before = _wait_for_answer(tab, 1)
    _fetch(tab, "EfficientNet-Lite0")
    words = "/Fetching EfficientNet-Lite0: \\d+ of \\d+.MB, about \\d+ s left/"
    tab.wait_for_function(f"{words}.test(document.querySelector('.busy').textContent)")
    tab.get_by_role("button", name="Cancel").click()
    tab.wait_for_function("document.querySelector('.busy').hidden")
    _wait_for_answer(tab, 1)
    expect(tab.locator(".answer")).to_have_text(before, use_inner_text=True)
    expect(tab.locator(".card.missing").get_by_role("button", name=re.compile("^Download"))).to_be_visible()
    _fetch(tab, "EfficientNet-Lite0")  # goes on where it stopped
    _wait_for_answer(tab, 2)
    assert hub.ranges() != []


@pytest.mark.usefixtures("hub")
def test_dinov2_is_taught_beside_a_cnn_and_its_curve_is_held_against_the_claim(
    page: str, visit: Visit, tmp_path: Path
) -> None:
    tab = visit(f"{page}/?tab=teach&models=mini_resnet,dinov2_small")
    tab.wait_for_selector(".teach .class-card")
    tab.locator(".teach input.zip").set_input_files(zipped(tmp_path / "mine.zip", labelled("mug", "keys", count=8)))
    claim = tab.locator(".teach .card", has_text="How many photos are enough?").locator(".sub").last
    expect(claim).to_have_text(CLAIM, timeout=120_000)
    assert tab.locator(".confused figure").count() == 2
