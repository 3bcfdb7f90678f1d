"""The page is served with the settings that we promise, answers monitors, and starts and ends in order."""

import http.server
import json
import os
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import pytest
from gradio_client.utils import apply_diff

from app import serving
from app.serving import launch
from tests.attacked import Visitor
from tests.awaited import eventually

ROOT = Path(__file__).parent.parent
FEWER = [[{"boxes": [1, 2, 3, 4]}, {"boxes": [5, 6, 7]}], [{"boxes": [1]}, {"boxes": [5, 6]}], [{"boxes": [9]}]]


@contextmanager
def served(**settings: Any) -> Iterator[str]:
    """Serve a page with one queued function through `launch` and yield its address."""
    with gr.Blocks(analytics_enabled=False, delete_cache=(600, 3600)) as demo:
        picture, name = gr.Image(type="filepath", image_mode=None), gr.Textbox()
        picture.change(lambda path: path, picture, name, api_name="path_of")
        name.change(lambda: (yield from FEWER), None, gr.HTML(), api_name="fewer")  # ours hold lists, too
    yield launch(demo, block=False, **settings).rstrip("/")
    demo.close(verbose=False)


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """Serve a tiny page with our settings."""
    with served(css=".our-own-rule {color: red}", health=lambda: {"device": "cpu", "models_resident": 2}) as address:
        yield address


# /healthz


def test_the_real_page_is_healthy(page: str) -> None:
    answer = httpx.get(f"{page}/healthz")
    assert answer.status_code == 200
    body = answer.json()
    assert body["status"] == "ok"
    assert {"device", "models_resident", "bytes_resident"} <= body.keys()


def _figures(answer: httpx.Response) -> dict[str, object]:
    """Return what /healthz told besides the page's shape."""
    told = answer.json()
    assert re.fullmatch(r"[0-9a-f]{16}", told.pop("page"))
    return told


def test_pages_that_ask_by_other_names_have_another_shape() -> None:
    def made(event: str, inputs: int) -> gr.Blocks:
        with gr.Blocks() as demo:
            boxes = [gr.Textbox() for _ in range(3)]
            getattr(boxes[0], event)(len, boxes[inputs], boxes[2])
        demo.config = demo.get_config_file()
        return demo

    first = made("change", 0)
    assert serving.shape(first) == serving.shape(first)
    assert len({serving.shape(one) for one in (first, made("change", 1), made("input", 0))}) == 3


def test_healthz_tells_what_it_was_given_and_null_for_the_rest(site: str) -> None:
    answer = httpx.get(f"{site}/healthz")
    assert _figures(answer) == {"status": "ok", "device": "cpu", "models_resident": 2, "bytes_resident": None}
    assert answer.headers["cache-control"] == "no-store"
    assert httpx.head(f"{site}/healthz").status_code == 200


def _broken() -> Mapping[str, object]:
    raise RuntimeError("no figures in /secret/path")


def test_healthz_answers_although_its_figures_are_stuck() -> None:
    ready = threading.Event()

    def stuck() -> Mapping[str, object]:
        ready.wait(60)
        return {"device": "cpu"}

    with served(health=stuck) as address:
        for _ in range(3):  # the third finds no free thread for its figures
            answer = httpx.get(f"{address}/healthz", timeout=20)
            assert _figures(answer) == {"status": "ok", **serving.HEALTH_UNKNOWN}
        ready.set()
        eventually(lambda: _tells(address, "cpu"))


def _tells(address: str, device: str) -> None:
    assert httpx.get(f"{address}/healthz", timeout=20).json()["device"] == device


def test_healthz_answers_although_its_figures_are_broken() -> None:
    with served(health=_broken) as address:
        answer = httpx.get(f"{address}/healthz")
    assert answer.status_code == 200
    assert answer.json()["device"] is None
    assert "secret" not in answer.text


# Settings


def test_look_reaches_the_page(site: str) -> None:
    assert ".our-own-rule" in httpx.get(site).text


@pytest.mark.parametrize(
    ("megabytes", "status"),
    [(9, 200), (11, 413), (13, 413)],
    ids=["a large photo", "over the file limit", "over the body limit"],
)
def test_uploads_have_a_limit(site: str, megabytes: int, status: int) -> None:
    content = b"x" * (megabytes * 1024 * 1024)
    answer = httpx.post(f"{site}/gradio_api/upload", files={"files": ("photo.jpg", content)}, timeout=30)
    assert answer.status_code == status


def test_a_large_body_is_refused_whatever_it_is(site: str) -> None:
    content = b'{"data": ["' + b"x" * (13 * 1024 * 1024) + b'"]}'
    headers = {"Content-Type": "application/json"}
    answer = httpx.post(f"{site}/gradio_api/call/path_of", content=content, headers=headers, timeout=30)
    assert answer.status_code == 413


def test_the_queue_cannot_be_bypassed(site: str) -> None:
    assert httpx.post(f"{site}/gradio_api/run/path_of", json={"data": [None]}).status_code == 404
    assert httpx.post(f"{site}/gradio_api/call/path_of", json={"data": [None]}).status_code == 200


def test_lists_in_lists_that_grow_shorter_arrive_as_they_are(site: str) -> None:
    """As the page puts together what one event yields: by Gradio's own differences boxes became other boxes."""
    whom = {"session_hash": "whoever"}
    httpx.post(f"{site}/gradio_api/queue/join", json={**whom, "data": [], "fn_index": 1}).raise_for_status()
    told = httpx.get(f"{site}/gradio_api/queue/data", params=whom, timeout=60).text
    steps = [json.loads(line.removeprefix("data: ")) for line in told.splitlines() if "process_generating" in line]
    came = [steps[0]["output"]["data"][0]]
    for step in steps[1:]:
        came.append(apply_diff(came[-1], step["output"]["data"][0]))
    assert came == FEWER


def test_an_answer_is_read_once_and_an_unknown_one_is_a_sentence(site: str) -> None:
    """Gradio lets who reads a second time wait for ever, and breaks off in the middle where it knows of no call."""
    call = f"{site}/gradio_api/call/path_of"
    started = httpx.post(call, json={"data": [None]}).json()["event_id"]
    assert "event: complete" in httpx.get(f"{call}/{started}", timeout=60).text
    for event in (started, "0" * 32, "a b"):
        answer = httpx.get(f"{call}/{event}", timeout=9)
        assert answer.status_code == 404 and "Call again." in answer.json()["detail"], event


def test_one_client_cannot_fill_the_queue() -> None:
    """One client may have 24 pieces of work in the line, and others still get in."""
    go_on = threading.Event()
    with gr.Blocks(analytics_enabled=False) as demo:
        gr.api(lambda: go_on.wait(60) and None, api_name="wait", concurrency_limit=1)
    address = launch(demo, block=False).rstrip("/")
    with Visitor(address, 2) as greedy, Visitor(address, 3) as polite:
        codes = [greedy.post("/gradio_api/call/wait", json={"data": []}).status_code for _ in range(40)]
        last = greedy.post("/gradio_api/call/wait", json={"data": []})
        other = polite.post("/gradio_api/call/wait", json={"data": []})
    go_on.set()
    demo.close(verbose=False)
    assert 24 <= codes.count(200) <= 25 and codes[-1] == 429, "one of them runs already"
    assert last.json()["detail"] == "Much of your work waits in line already. Let it finish, then try again."
    assert other.status_code == 200


@pytest.mark.parametrize("path", ["/openapi.json", "/monitoring/summary", "/docs", "/redoc"])
def test_what_we_do_not_offer_is_not_there(site: str, path: str) -> None:
    assert httpx.get(site + path).status_code == 404


@pytest.mark.parametrize("field", ["path", "url"])
def test_no_address_is_fetched_for_a_visitor(site: str, field: str, monkeypatch: pytest.MonkeyPatch) -> None:
    visits: list[str] = []

    class Canary(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            visits.append(self.path)
            self.send_error(404)

        do_HEAD = do_GET

    # Gradio refuses loopback by itself, so the test lets it think that the canary is public.
    monkeypatch.setattr("safehttpx.is_public_ip", lambda _ip: True)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Canary)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}/cat.jpg"
    picture = {"path": "cat.jpg", "meta": {"_type": "gradio.FileData"}} | {field: address}
    event = httpx.post(f"{site}/gradio_api/call/path_of", json={"data": [picture]}).json()["event_id"]
    answer = httpx.get(f"{site}/gradio_api/call/path_of/{event}", timeout=10)
    server.shutdown()
    server.server_close()
    assert "event: error" in answer.text
    assert visits == []


def test_the_janitor_works_as_long_as_the_server_stands() -> None:
    def janitors() -> int:
        return sum(thread.name == "janitor" for thread in threading.enumerate())

    before = janitors()
    with served():
        assert janitors() == before + 1
    assert janitors() == before


def test_files_of_the_page_itself_are_kept(tmp_path: Path) -> None:
    picture = tmp_path / "starter.png"
    picture.write_bytes(
        bytes.fromhex(
            "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
            "0000000a49444154789c6360000000020001e221bc330000000049454e44ae426082"
        )
    )
    with gr.Blocks(analytics_enabled=False) as demo:
        gr.Image(str(picture), image_mode=None)
    kept = serving.kept_files(demo)
    assert [Path(path).name for path in kept] == ["starter.png"]
    assert all(path.startswith(os.environ["GRADIO_TEMP_DIR"]) for path in kept)
