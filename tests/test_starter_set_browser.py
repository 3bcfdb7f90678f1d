"""The starter set in a real browser: one click fetches it from a Hub on loopback; the page takes the better pair."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import starter as header
from cvdemo import catalogue, models, weights
from cvdemo.classify import run
from cvdemo.results import Results
from cvdemo.starter_set import NAMES, StarterSet
from tests.awaited import expect, fits
from tests.fake_detectors import put_yolo
from tests.fake_hub import Fault, Hub, fake_hub
from tests.fake_models import put_timm
from tests.test_browser import Visit, _shows, _wait_for_answer

pytestmark = pytest.mark.browser

PAIR = ("resnet50", "vit_small_patch16_224")


@pytest.fixture(scope="module")
def repositories(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pair that will answer, with random weights, and files for the others, which nobody runs here."""
    folder = tmp_path_factory.mktemp("hub") / "repositories"
    with fake_hub(folder) as hub:
        for name in PAIR:
            put_timm(hub, str(catalogue.get(name).weights).removeprefix("timm/"))
        for spec in (catalogue.get(name) for name in NAMES if name not in PAIR):
            place = (
                ("models", f"{spec.name}.pt")
                if spec.source == "ultralytics"
                else (str(spec.weights), "model.safetensors")
            )
            hub.put(*place, b"weights" * 1000)
    return folder


@pytest.fixture
def hub(repositories: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    models._shared.cache_clear()
    monkeypatch.setattr(run, "_answers", Results())
    monkeypatch.setattr(header, "SET", StarterSet())
    monkeypatch.setattr(weights, "online", lambda: True)
    with fake_hub(repositories) as running:
        running.use(monkeypatch, tmp_path / "cache")
        yield running
        header.SET.stop(header.SET._token)
        header.SET.wait(30)
    models._shared.cache_clear()


@pytest.mark.parametrize("width", [pytest.param(1440, marks=pytest.mark.soak), 390])
def test_one_click_fetches_the_set_and_the_page_takes_the_better_pair(
    page: str, visit: Visit, hub: Hub, width: int
) -> None:
    tab = visit(page, width=width)
    _wait_for_answer(tab)
    button = tab.locator(".header .starter button:visible")
    expect(button).to_contain_text("290\u00a0MB", use_inner_text=True)
    fits(tab, width)
    hub.faults["GET"] = [Fault(per_second=60_000_000)]
    button.click()
    expect(tab.locator(".header .starter .line")).to_contain_text(" of 290\u00a0MB")
    expect(tab.locator(".header .starter").get_by_role("button", name="Cancel")).to_be_visible()
    fits(tab, width)
    expect(tab.locator(".header .starter .line")).to_contain_text("models here.")
    _shows(tab, *PAIR)
    _wait_for_answer(tab)
    expect(tab.locator(".header .starter button:visible")).to_have_count(0)
    later = visit(page, width=width)
    _wait_for_answer(later)
    _shows(later, *PAIR)
    expect(later.locator(".header .starter")).to_be_hidden()  # what was done before is no news


def test_the_set_ends_while_detect_is_open_and_a_photo_of_everyday_things_gets_a_detector_of_them(
    page: str, visit: Visit, hub: Hub
) -> None:
    put_yolo(hub, "yolov8n")
    tab = visit(f"{page}/?tab=detect")
    expect(tab.locator(".pane rect.kept").first).to_be_visible()
    tab.locator("#rail [data-id='starter:cat']").click()
    menu = tab.get_by_label("Detector", exact=True)
    expect(tab.locator(".detect .answer")).to_contain_text("HOG knows only people")  # nothing else is here
    expect(menu.locator("option[value=yolov8n]")).to_contain_text("MB")
    tab.get_by_role("button", name="Get the starter set").click()
    expect(tab.locator(".header .starter .line")).to_contain_text("models here.")
    expect(menu).to_have_value("yolov8n")
    expect(tab.locator(".detect .answer")).to_contain_text("YOLOv8n looks for 80 things")
    expect(menu.locator("option[value=yolov8n]")).to_have_text("YOLOv8n")  # no cost any more
    assert tab.locator(".offer").count() == 0


def test_a_stopped_set_goes_on_and_another_visitor_only_watches(page: str, visit: Visit, hub: Hub) -> None:
    tab = visit(page)
    _wait_for_answer(tab)
    hub.faults["GET"] = [Fault(per_second=5_000_000)]
    tab.get_by_role("button", name="Get the starter set").click()
    cancel = tab.locator(".header .starter").get_by_role("button", name="Cancel")
    expect(cancel).to_be_visible()
    other = visit(page)
    expect(other.locator(".header .starter .line")).to_contain_text("Starter set: ")
    expect(other.locator(".header .starter").get_by_role("button", name="Cancel")).to_be_hidden()
    expect(tab.locator(".header .starter .line")).to_contain_text(re.compile("Starter set: [1-9]"))  # something came
    cancel.click()
    expect(tab.locator(".header .starter .line")).to_contain_text("What came is kept.")
    hub.faults["GET"].clear()
    tab.get_by_role("button", name="Go on").click()
    expect(tab.locator(".header .starter .line")).to_contain_text("models here.")
    assert hub.ranges(), "what came was not fetched again"
