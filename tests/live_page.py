"""The live webcam alone on a page, with a fake camera and a stub detector, for its browser tests."""

from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr
import pytest

from app.components.live import LiveDetect
from app.live_frames import one_at_a_time
from app.serving import launch
from app.tabs import detect_live
from app.theme import head, theme
from tests.stub_detector import Stub, raw
from tests.test_browser import Visit

BOXES = [[64, 48, 320, 400], [66, 50, 322, 402], [500, 2, 636, 240]]
HOSTILE = "<img src=x onerror=document.title='hit'>"
SECONDS = 3
WATCH_TRACKS = """() => {
  window.cameraTracks = [];
  const media = navigator.mediaDevices, ask = media.getUserMedia.bind(media);
  media.getUserMedia = async (wish) => {
    window.wish = wish;
    const stream = await ask(wish);
    window.cameraTracks.push(...stream.getTracks());
    return stream;
  };
}"""


@pytest.fixture(scope="module", name="addresses")
def served_live() -> Iterator[dict[str, str]]:
    """Serve the component alone: as it is, and with a shorter life."""
    demos, found = [], {}
    for name, seconds in (("long", 30.0), ("short", float(SECONDS))):
        with gr.Blocks(fill_width=True, analytics_enabled=False) as demo, gr.Row(elem_id="shell"), gr.Column():
            value = {"model": "hog_people", "settings": {"iou": 0.45}, "titles": {"hog_people": "HOG + SVM"}}
            LiveDetect(value, look=one_at_a_time(detect_live.prepare, detect_live.answer), seconds=seconds)
        demos.append(demo)
        found[name] = launch(demo, block=False, theme=theme(), head=head())
    yield found
    for demo in demos:
        demo.close()


@pytest.fixture(name="stub")
def same_boxes(monkeypatch: pytest.MonkeyPatch) -> Stub:
    """Every detector sees the same three boxes, two of them alike."""
    see = raw(BOXES, [0.93, 0.9, 0.5], [0, 0, 1], ("person", HOSTILE))
    return Stub(lambda _: see, pause_s=0.02).take_place(monkeypatch)


@pytest.fixture(name="live")
def opened_live(visit: Visit, addresses: dict[str, str], stub: Stub) -> Callable[..., Any]:
    """Open the component; the returned function tells which life it has and how wide the page is."""

    def opened(life: str = "long", **size: Any) -> Any:
        page = visit(addresses[life], permissions=["camera"], **size)
        page.get_by_text("Live from your webcam").click()
        page.evaluate(WATCH_TRACKS)
        return page

    return opened


def start(page: Any, button: str = "Use the webcam live") -> None:
    """Click and wait for the first boxes."""
    page.get_by_role("button", name=button).click()
    page.wait_for_selector(".live-stage rect.line")


def given_back(page: Any) -> bool:
    """Whether no camera runs any more."""
    return page.evaluate(
        "cameraTracks.length > 0 && cameraTracks.every((track) => track.readyState === 'ended')"
        " && document.querySelector('.live-stage video').srcObject === null"
    )


def verdict(page: Any) -> str:
    """Wait for the sentence at the end."""
    page.wait_for_function("document.querySelector('.live-verdict').textContent.startsWith('Stopped')")
    return page.locator(".live-verdict").inner_text().replace("\u00a0", " ")
