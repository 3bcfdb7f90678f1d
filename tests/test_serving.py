"""The page is served with the settings that we promise, answers monitors, and starts and ends in order."""

import http.server
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import pytest

from app import serving
from app.serving import announce, launch

ROOT = Path(__file__).parent.parent


@contextmanager
def served(**settings: Any) -> Iterator[str]:
    """Serve a page with one queued function through `launch` and yield its address."""
    with gr.Blocks(analytics_enabled=False, delete_cache=(600, 3600)) as demo:
        picture, name = gr.Image(type="filepath", image_mode=None), gr.Textbox()
        picture.change(lambda path: path, picture, name, api_name="path_of")
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


def test_healthz_tells_what_it_was_given_and_null_for_the_rest(site: str) -> None:
    answer = httpx.get(f"{site}/healthz")
    assert answer.json() == {"status": "ok", "device": "cpu", "models_resident": 2, "bytes_resident": None}
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
            assert httpx.get(f"{address}/healthz", timeout=20).json() == {"status": "ok", **serving.HEALTH_UNKNOWN}
        ready.set()
        assert httpx.get(f"{address}/healthz", timeout=20).json()["device"] == "cpu"


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


# Start and end


def test_the_start_hook_runs_when_the_page_already_answers() -> None:
    seen: list[int] = []
    port = _free_port()
    environ = f"http://127.0.0.1:{port}/healthz"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gradio.http_server.INITIAL_PORT_VALUE", port)
        with served(on_start=lambda _demo: seen.append(httpx.get(environ).status_code)):
            assert seen == [200]


@pytest.mark.parametrize(
    ("server_name", "lines"),
    [
        ("127.0.0.1", ["CV Lab is at http://127.0.0.1:7861", "Ctrl+C ends it."]),
        (
            "0.0.0.0",
            [
                "CV Lab is at http://localhost:7861",
                "For others on this network: http://192.0.2.7:7861",
                "Ctrl+C ends it.",
            ],
        ),
    ],
)
def test_the_address_is_printed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, server_name: str, lines: list[str]
) -> None:
    monkeypatch.setattr(serving, "lan_address", lambda: "192.0.2.7")
    announce(f"http://{'localhost' if server_name == '0.0.0.0' else server_name}:7861/", server_name)
    assert capsys.readouterr().out.splitlines() == lines


def test_without_a_network_there_is_no_lan_address() -> None:
    assert serving.lan_address() is None  # the tests' socket block refuses the look-up


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


TINY = """
import app.environment, gradio as gr
from app.serving import launch
with gr.Blocks() as demo:
    gr.Textbox()
launch(demo)
"""


@pytest.mark.parametrize(
    ("program", "number"),
    [([str(ROOT / "app.py")], signal.SIGTERM), (["-c", TINY], signal.SIGINT)],
    ids=["app.py, SIGTERM", "a tiny page, Ctrl+C"],
)
def test_a_whole_program_starts_answers_and_ends_in_order(
    program: list[str], number: signal.Signals, tmp_path: Path
) -> None:
    port = _free_port()
    environ = os.environ | {
        "GRADIO_SERVER_PORT": str(port),
        "GRADIO_TEMP_DIR": str(tmp_path / "uploads"),
        "PYTHONPATH": str(ROOT),
    }
    process = subprocess.Popen(
        [sys.executable, *program],
        cwd=tmp_path,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz", process)
        process.send_signal(number)
        out, errors = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 0, errors
    assert f"CV Lab is at http://127.0.0.1:{port}\n" in out
    assert "Traceback" not in errors


def _wait_for(address: str, process: subprocess.Popen[str]) -> None:
    ends_s = time.monotonic() + 60
    while time.monotonic() < ends_s and process.poll() is None:
        try:
            assert httpx.get(address).status_code == 200
            return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail(f"the page did not start: {process.communicate()[1] if process.poll() is not None else 'too slow'}")
