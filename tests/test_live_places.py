"""No address takes all places of live video, however many sessions it invents."""

import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import gradio as gr
import pytest

from app.components.live import LiveSpeed
from app.live_frames import BUSY, CROWD, PLACES, one_at_a_time
from app.serving import launch
from tests.attacked import Visitor, wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="visitors need loopback addresses of their own")
began: list[float] = []


def _slow(_asked: Any) -> dict[str, Any]:
    began.append(time.monotonic())
    time.sleep(0.4)
    return {"seen": True}


@pytest.fixture
def site() -> Iterator[str]:
    """Serve a webcam whose frames take a while each."""
    with gr.Blocks() as demo:
        LiveSpeed({"models": []}, look=one_at_a_time(lambda _asked: None, _slow))
    yield launch(demo, block=False).rstrip("/")
    demo.close(verbose=False)


def _frame(visitor: Visitor, session: str) -> dict[str, Any]:
    config = visitor.get("/config").json()
    number = next(one["id"] for one in config["components"] if one["props"].get("server_fns"))
    asked = {"component_id": number, "fn_name": "look", "session_hash": session, "data": {"frame": "x"}}
    return dict(visitor.post("/gradio_api/component_server", json=asked).json())


def test_24_invented_sessions_leave_places_for_others(site: str) -> None:
    began.clear()
    with Visitor(site, 71) as rude, Visitor(site, 72) as polite, ThreadPoolExecutor(24) as crowd:
        running = [crowd.submit(_frame, rude, f"invented{number}") for number in range(24)]
        wait_until(lambda: bool(began), "no frame is looked at")
        time.sleep(0.3)  # for those that are taken in meanwhile
        assert _frame(polite, "polite") == {"seen": True}
        answers = [one.result() for one in running]
    assert answers.count(BUSY) >= 24 - CROWD and answers.count({"seen": True}) >= PLACES
