"""The page without its tabs' contents, served for the browser tests of the frame."""

import queue
from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr
import pytest

from app.components.header import Header
from app.components.photo import PhotoRail, connect
from app.components.tab_row import TabRow
from app.serving import launch
from app.tabs import LABS
from app.theme import head, theme

TABS = {lab.id: lab.title for lab in LABS}
HEALTH = {"state": "ready", "device": "2 CPU cores", "models_resident": 2, "bytes_resident": 14_000_000,
          "bytes_limit": 4_000_000_000, "online": False}  # fmt: skip
Visit = Callable[..., Any]


class Frame:
    """The page without tabs' contents: its address, what the server heard from the rail, and the health it reports."""

    def __init__(self) -> None:
        self.heard: queue.Queue[tuple[str, dict[str, Any]]] = queue.Queue()
        self.visit = 0  # the number of the page that is listened to: one of an earlier test may still be heard
        self.health: dict[str, object] = dict(HEALTH)
        self.address = ""

    def next(self, event: str) -> dict[str, Any]:
        """Wait for the rail's next event, which must be ``event``, and return the rail's value."""
        name, value = self.heard.get(timeout=20)
        assert name == event
        return value

    def quiet(self) -> bool:
        """Whether nothing more was heard."""
        return self.heard.empty()


def _build(frame: Frame) -> gr.Blocks:
    with gr.Blocks(title="CV Lab", fill_width=True, analytics_enabled=False) as demo:
        Header(titles=TABS)
        TabRow(lab.row() for lab in LABS)
        with gr.Row(elem_id="shell"):
            rail = PhotoRail(
                suits={"classify": "cat", "detect": "street"}, pointed=[lab.id for lab in LABS if lab.pointed]
            )
            with gr.Column(), gr.Tabs() as tabs:
                shown = {}
                for name, title in TABS.items():
                    with gr.Tab(title, id=name, elem_id=f"tab-{name}") as shown[name]:
                        gr.HTML(f'<h2 class="ask">{title}?</h2><p class="answer">An answer.</p>')
                        gr.HTML('<div style="height:1500px"></div>')
        connect(rail, shown)
        for event in ("photo", "point"):
            getattr(rail, event)(_listener(frame, event), rail, None, queue=False, api_visibility="private")
        demo.load(_asked_tab, None, tabs, queue=False, api_visibility="private")
    return demo


def _listener(frame: Frame, event: str) -> Callable[[Any, gr.Request], None]:
    def heard(value: Any, request: gr.Request) -> None:
        if f"visit={frame.visit};" in request.headers.get("cookie", "") + ";":
            frame.heard.put((event, value))

    return heard


def _asked_tab(request: gr.Request) -> Any:
    asked = request.query_params.get("tab")
    return gr.Tabs(selected=asked) if asked in TABS else gr.skip()


@pytest.fixture(scope="module", name="served")
def served_frame() -> Iterator[Frame]:
    frame = Frame()
    demo = _build(frame)
    frame.address = launch(demo, block=False, health=lambda: frame.health, theme=theme(), head=head())
    yield frame
    demo.close()


@pytest.fixture(name="frame")
def quiet_frame(served: Frame) -> Frame:
    """The served frame, with nothing heard yet and the usual health."""
    served.visit += 1
    while not served.quiet():
        served.heard.get_nowait()
    served.health = dict(HEALTH)
    return served


def opened(visit: Visit, frame: Frame, query: str = "", **size: Any) -> Any:
    """Open the frame and wait for the rail's first ``photo``."""
    page = visit(frame.address + query, script=f"document.cookie = 'visit={frame.visit}'", **size)
    page.wait_for_function("document.querySelector('.rail .picture img')?.naturalWidth > 0")
    page.wait_for_selector(".header[data-state=ready]")
    return page
