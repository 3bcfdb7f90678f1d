"""Pages as processes of their own, and rows P6: from start to page, against a bare one, and on to the first answer."""

import ctypes
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import psutil

from benchmarks.rows import Delays, Measured
from benchmarks.timing import OtherWork, compare, in_turns
from cvdemo import starters
from cvdemo.pairs import opening_pair

ROOT = Path(__file__).parent.parent
OURS = [str(ROOT / "app.py")]
PATIENCE_S = 120
PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
BARE = """
import gradio as gr
with gr.Blocks() as demo:
    picture, answer = gr.Image(), gr.Label()
    picture.change(lambda pixels: {"a": 1.0}, picture, answer)
demo.launch()
"""


def start_up() -> Measured:
    """Start each page seven times, in turns, as whole processes with the same environment."""
    rounds = in_turns(lambda: _until_first_answer(OURS), lambda: _until_first_answer(["-c", BARE]), 7, warm_ups=1)
    return Measured(compare(rounds))


def first_answer() -> Delays:
    """Start the page five times; each time ask its pair about a photo of one's own as soon as the page stands.

    A photo that nobody could know: about the one that the page opens with it asks by itself, before any visitor does.
    """
    pair, each = opening_pair(), []
    with OtherWork() as others:
        for _ in range(5):
            with served(OURS) as address, starters.unseen("cat") as photo:
                started = time.perf_counter()
                _classify(address, photo, pair.names)
                each.append(1000 * (time.perf_counter() - started))
    return Delays(tuple(each), others.share, "upload of an unknown photo, and the pair's answers, through the API")


def _classify(address: str, photo: Path, models: Sequence[str]) -> None:
    """Ask for the answers of some models, as a client of the API does, and read them to their end."""
    with httpx.Client(base_url=address, timeout=PATIENCE_S) as client:
        (path,) = client.post("gradio_api/upload", files={"files": (photo.name, photo.read_bytes())}).json()
        asked = {"data": [{"path": path, "meta": {"_type": "gradio.FileData"}}, list(models), 5]}
        event = client.post("gradio_api/call/classify", json=asked).json()["event_id"]
        told = client.get(f"gradio_api/call/classify/{event}").text
    if "event: complete" not in told or any(model not in told for model in models):
        raise RuntimeError(f"The page did not classify: {told[:200]}")


def _until_first_answer(program: list[str]) -> None:
    with served(program):
        pass


@contextmanager
def served(program: list[str]) -> Iterator[str]:
    """Run a page, Python with the arguments ``program``, as long as the body; yield its address once it answers."""
    port = _free_port()
    environ = os.environ | {
        "GRADIO_SERVER_PORT": str(port),
        "GRADIO_ANALYTICS_ENABLED": "False",  # or the peer would wait for a network that may not be there
        "HF_HUB_OFFLINE": "1",
    }
    process = subprocess.Popen(
        [sys.executable, *program], env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}/"
    try:
        _wait_for_answer(address, process)
        yield address
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill a page and what it has begun, and wait for all: only what was waited for is booked to us, not to others."""
    family = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # children of a page that is gone are ours
    for one in family:
        one.kill()
    process.kill()
    process.wait()
    for one in family if sys.platform == "linux" else []:
        with suppress(ChildProcessError):  # the page had waited for it
            os.waitpid(one.pid, 0)


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
