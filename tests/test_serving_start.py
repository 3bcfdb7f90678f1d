"""The program starts, says where it is, and ends in order."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import gradio as gr
import httpx
import pytest

from app import serving
from app.serving import announce, launch

ROOT = Path(__file__).parent.parent


def test_the_start_hook_runs_when_the_page_already_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    port, seen = _free_port(), []
    monkeypatch.setattr("gradio.http_server.INITIAL_PORT_VALUE", port)
    with gr.Blocks(analytics_enabled=False) as demo:
        gr.Textbox()
    address = f"http://127.0.0.1:{port}/healthz"
    launch(demo, block=False, on_start=lambda _: seen.append(httpx.get(address).status_code))
    demo.close(verbose=False)
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
        out, errors = process.communicate(timeout=90)
    finally:
        process.kill()
    assert process.returncode == 0, errors
    assert f"CV Lab is at http://127.0.0.1:{port}\n" in out
    assert "Traceback" not in errors


def _wait_for(address: str, process: subprocess.Popen[str]) -> None:
    ends_s = time.monotonic() + 120
    while time.monotonic() < ends_s and process.poll() is None:
        try:
            assert httpx.get(address).status_code == 200
            return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail(f"the page did not start: {process.communicate()[1] if process.poll() is not None else 'too slow'}")


def test_garbage_is_collected_again_once_the_page_stands() -> None:
    script = (
        "import gc, runpy, sys; looked = [];"
        "gc.callbacks.append(lambda *_: looked.append('gradio' in sys.modules and not gc.get_freeze_count()));"
        "runpy.run_path('app.py', run_name='imported'); assert gc.isenabled() and gc.get_freeze_count() > 100_000;"
        "assert not any(looked), 'garbage was collected while the page was built'"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, timeout=120)
