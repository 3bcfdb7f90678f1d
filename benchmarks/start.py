"""Row P6: from process start to the first answer of the page, ours against a bare Gradio page."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from benchmarks.rows import Measured
from benchmarks.timing import compare, in_turns

ROOT = Path(__file__).parent.parent
PATIENCE_S = 120
BARE = """
import gradio as gr
with gr.Blocks() as demo:
    picture, answer = gr.Image(), gr.Label()
    picture.change(lambda pixels: {"a": 1.0}, picture, answer)
demo.launch()
"""


def start_up() -> Measured:
    """Start each page seven times, in turns, as whole processes with the same environment."""
    rounds = in_turns(
        lambda: _until_first_answer([str(ROOT / "app.py")]), lambda: _until_first_answer(["-c", BARE]), 7, warm_ups=1
    )
    return Measured(compare(rounds))


def _until_first_answer(program: list[str]) -> None:
    port = _free_port()
    environ = os.environ | {
        "GRADIO_SERVER_PORT": str(port),
        "GRADIO_ANALYTICS_ENABLED": "False",  # or the peer would wait for a network that may not be there
        "HF_HUB_OFFLINE": "1",
    }
    process = subprocess.Popen(
        [sys.executable, *program], env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for_answer(f"http://127.0.0.1:{port}/", process)
    finally:
        process.kill()
        process.wait()


def _wait_for_answer(address: str, process: subprocess.Popen[bytes]) -> None:
    ends_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends_s and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=PATIENCE_S) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.01)
    raise RuntimeError(f"{address} gave no answer; the process ended with {process.poll()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
