"""Live video on the server: a crowd shares fairly, one frame of a visitor at a time, nonsense does no harm."""

import asyncio
import base64
import json
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import gradio as gr
import httpx
import numpy as np
import pytest

from app.live_frames import CROWD, WaitingRoom
from app.serving import launch
from app.tabs import detect_live
from tests.stub_detector import Stub, asked, grey_says_where, jpeg, raw

T = TypeVar("T")


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Run in a thread: the browser tests have a loop of their own in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def _shade(level: int) -> dict[str, Any]:
    return asked(frame=jpeg(np.full((20, 300, 3), level, np.uint8)))


def test_a_crowd_shares_and_who_finds_it_full_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    Stub(grey_says_where, pause_s=0.01).take_place(monkeypatch)

    async def crowd() -> list[dict[str, Any]]:
        room = WaitingRoom(detect_live.prepare, detect_live.answer)
        shades = [_shade(10 * number) for number in range(1, CROWD + 4)]
        return await asyncio.gather(*(room.admit(str(number), shade) for number, shade in enumerate(shades)))

    answers = _run(crowd())
    widths = [answer["boxes"][0]["box"][2] for answer in answers[:CROWD]]
    assert np.allclose(widths, 10 * np.arange(1, CROWD + 1), atol=1)
    assert answers[CROWD:] == [{"busy": True}] * 3


def test_nobody_in_a_crowd_is_served_twice_while_others_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    Stub(grey_says_where, pause_s=0.005).take_place(monkeypatch)
    served = [0] * 6
    widest = 0

    async def crowd() -> None:
        room = WaitingRoom(detect_live.prepare, detect_live.answer)

        async def visit(number: int) -> None:
            nonlocal widest
            for _ in range(10):
                answer = await room.admit(str(number), _shade(30))
                served[number] += "boxes" in answer
                widest = max(widest, max(served) - min(served))

        await asyncio.gather(*map(visit, range(6)))

    _run(crowd())
    assert served == [10] * 6
    assert widest <= 2


def test_a_visitor_has_one_frame_under_way_and_is_let_in_again_after_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: np.ndarray) -> Any:
        raise ZeroDivisionError

    stub = Stub(lambda _: raw([], []), pause_s=0.1).take_place(monkeypatch)

    async def visit() -> list[Any]:
        room = WaitingRoom(detect_live.prepare, detect_live.answer)
        both = await asyncio.gather(room.admit("one", asked()), room.admit("one", asked()))
        stub.see = fails
        broken = await asyncio.gather(room.admit("one", asked()), return_exceptions=True)
        stub.see = lambda _: raw([], [])
        return [*both, *broken, await room.admit("one", asked())]

    first, second, broken, again = _run(visit())
    assert second == {"busy": True} and isinstance(broken, ZeroDivisionError)
    assert first["boxes"] == again["boxes"] == []


def test_a_model_on_its_way_in_holds_up_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    Stub(lambda _: raw([], [])).take_place(monkeypatch)
    loading, loaded = threading.Event(), threading.Event()

    def slow(model: str) -> None:
        if model == "haar_faces" and not loaded.is_set():
            loading.set()
            loaded.wait(20)

    monkeypatch.setattr(detect_live, "ready", slow)

    async def visit() -> tuple[bool, Any]:
        room = WaitingRoom(detect_live.prepare, detect_live.answer)
        waits = asyncio.create_task(room.admit("first", asked(model="haar_faces")))
        while not loading.is_set():
            await asyncio.sleep(0.01)
        other = await room.admit("second", asked())
        early = waits.done()
        loaded.set()
        await waits
        return early, other

    early, other = _run(visit())
    assert not early and other["boxes"] == []


@pytest.fixture(scope="module")
def site() -> Iterator[tuple[str, int]]:
    """Serve the component alone; return the address and the component's number."""
    with gr.Blocks(analytics_enabled=False) as demo:
        live = detect_live.component("haar_faces", {})
    yield launch(demo, block=False).rstrip("/"), live._id
    demo.close()


def _post(site: tuple[str, int], data: Any, **more: Any) -> httpx.Response:
    body = {"data": data, "component_id": site[1], "fn_name": "look", "session_hash": "visitor", **more}
    address = f"{site[0]}/gradio_api/component_server/"
    return httpx.post(address, content=json.dumps(body), headers={"Content-Type": "application/json"}, timeout=60)


def test_the_server_function_answers_frames_and_nonsense(site: tuple[str, int]) -> None:
    answer = _post(site, asked(model="haar_faces"))
    assert answer.status_code == 200 and answer.json()["size"] == [640, 480] and answer.json()["boxes"] == []
    for nonsense in (None, 5, "x", [], [asked(), asked()], {}, asked(settings={"iou": float("nan")})):
        answer = _post(site, nonsense)
        assert (answer.status_code, set(answer.json())) == (200, {"error"}), nonsense


def test_an_upload_in_place_of_a_frame_is_refused(site: tuple[str, int]) -> None:
    fields = {"component_id": str(site[1]), "fn_name": "look", "session_hash": "visitor"}
    file = {"frame": ("x.jpg", base64.b64decode(jpeg()), "image/jpeg")}
    answer = httpx.post(f"{site[0]}/gradio_api/component_server/", data=fields, files=file)
    assert answer.status_code >= 400 or set(answer.json()) == {"error"}
    assert _post(site, asked(model="haar_faces")).json()["boxes"] == []


def test_two_frames_of_one_session_at_once(site: tuple[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    looking, seen = threading.Event(), threading.Event()

    def see(_: np.ndarray) -> Any:
        looking.set()
        seen.wait(30)
        return raw([], [])

    Stub(see).take_place(monkeypatch)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(_post, site, asked(), session_hash="a")
        assert looking.wait(30)
        assert _post(site, asked(), session_hash="a").json() == {"busy": True}
        other = pool.submit(_post, site, asked(), session_hash="b")
        seen.set()
        assert first.result().json()["boxes"] == other.result().json()["boxes"] == []
