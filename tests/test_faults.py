"""Faults half-way: nothing broken is kept, nothing stays taken, no invented number is shown."""

import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
import pytest
import torch
from torch import nn

from app.janitor import Rules, sweep
from app.lab.streaming import follow
from app.serving import launch
from app.tabs import ENDPOINTS
from cvdemo import compute, models, starters
from cvdemo.catalogue import get
from cvdemo.convolution.shift import move
from cvdemo.errors import CvDemoError
from cvdemo.loading import load
from cvdemo.model_cache import ModelCache
from tests.attacked import Visitor, wait_until

INVALID = "returned invalid numbers"


@pytest.fixture
def photo(tmp_path: Path) -> dict[str, str]:
    """A photo in the upload cache that nobody has asked about before."""
    folder = Path(os.environ["GRADIO_TEMP_DIR"]) / os.urandom(32).hex()
    folder.mkdir()
    path = folder / "photo.jpg"
    path.write_bytes(starters.get("cat").path.read_bytes() + os.urandom(8))  # another digest, the same pixels
    return {"path": str(path)}


# Numbers that are none


@contextmanager
def broken(model: str, number: float, module: str = "") -> Iterator[None]:
    """Let a layer of a shared model return ``number`` in place of each of its numbers."""
    lend = models.borrow_detector if get(model).task == "detect" else models.borrow
    with lend(model) as ready:
        network = ready.network
    assert network is not None

    def spoil(_module: nn.Module, _inputs: Any, output: torch.Tensor) -> torch.Tensor:
        return output * number

    handle = network.get_submodule(module).register_forward_hook(spoil)
    try:
        yield
    finally:
        handle.remove()


LABS: dict[str, tuple[str, str, float, Callable[[dict[str, str]], Any]]] = {
    "classify, NaN": ("mini_resnet", "", np.nan, lambda photo: ENDPOINTS["classify"](photo, ["mini_resnet"])),
    "classify, infinite": ("mini_vit", "", np.inf, lambda photo: ENDPOINTS["classify"](photo, ["mini_vit"])),
    "classify, inside": ("mini_vit", "blocks.2", np.nan, lambda photo: ENDPOINTS["classify"](photo, ["mini_vit"])),
    "saliency": ("mini_resnet", "", np.nan, lambda photo: ENDPOINTS["saliency"](photo, "mini_resnet")),
    "attention": ("mini_vit", "", np.nan, lambda photo: ENDPOINTS["attention"](photo, "mini_vit", "1", 0, 0)),
    "feature maps": (
        "mini_resnet", "", np.nan, lambda photo: ENDPOINTS["feature_maps"](photo, "mini_resnet", "layer2")
    ),
    "effective field": (
        "mini_resnet", "layer2", np.nan,
        lambda photo: ENDPOINTS["effective_receptive_field"](photo, "mini_resnet", "layer3", 1, 1, 64),
    ),
    "a photo that moves": ("mini_resnet", "layer3", np.nan, lambda photo: move(Path(photo["path"]), ["mini_resnet"])),
}  # fmt: skip


@pytest.mark.parametrize("lab", LABS)
def test_numbers_that_are_none_are_said_and_never_ranked(photo: dict[str, str], lab: str) -> None:
    model, module, number, ask = LABS[lab]
    with broken(model, number, module), pytest.raises((gr.Error, CvDemoError)) as caught:
        ask(photo)
    assert INVALID in str(caught.value)
    assert ask(photo), "the next answer is a good one"


def test_boxes_that_are_no_numbers_are_said(photo: dict[str, str]) -> None:
    with models.borrow_detector("yolov8n_blood_cells") as detector:
        assert detector.network is not None
        first = next(name for name, one in detector.network.named_modules() if isinstance(one, nn.Conv2d))
    with broken("yolov8n_blood_cells", np.nan, first), pytest.raises(gr.Error, match=INVALID):
        ENDPOINTS["detect"](photo, "yolov8n_blood_cells")
    assert ENDPOINTS["detect"](photo, "yolov8n_blood_cells")["model"] == "yolov8n_blood_cells"


# Loading that fails half-way

POINTS: dict[str, tuple[Any, str]] = {
    "building": (nn.Conv2d, "reset_parameters"),
    "reading the file": (nn.Module, "load_state_dict"),
    "moving to the device": (nn.Module, "to"),
    "setting it to rest": (nn.Module, "requires_grad_"),
    "warming up": (nn.Conv2d, "forward"),
}


@pytest.mark.parametrize("error", [RuntimeError, OSError, ValueError], ids=lambda error: error.__name__)
@pytest.mark.parametrize("point", POINTS)
def test_a_model_that_fails_on_its_way_in_is_not_kept(
    monkeypatch: pytest.MonkeyPatch, point: str, error: type[Exception]
) -> None:
    """5 points, 3 errors: two who wait hear the same sentence, and the next visitor gets the model."""
    cache: ModelCache[Any] = ModelCache(lambda key, report: load(get("mini_resnet"), "cpu", report), 10**9)
    heard: list[str] = []

    def fail(*_: Any, **__: Any) -> None:
        time.sleep(0.05)  # so that both are there
        raise error("inside /secret/path")

    def ask() -> None:
        try:
            with cache.borrow("one"):
                heard.append("lent")
        except CvDemoError as failure:
            heard.append(str(failure))

    with monkeypatch.context() as patch:
        patch.setattr(*POINTS[point], fail)
        both = [threading.Thread(target=ask) for _ in range(2)]
        for one in both:
            one.start()
        for one in both:
            one.join()
    assert len(heard) == 2 and all(
        "Choose another model" in sentence and "/secret" not in sentence for sentence in heard
    )
    assert cache.figures()["resident"] == 0 and not compute.held()
    ask()
    assert heard[-1] == "lent"


# Work that is stopped


def test_fifty_stops_at_any_moment_give_everything_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.lab.streaming.STEP_S", 0.01)
    chance, began, ended = random.Random(0), [], []

    def work(report: Callable[..., None]) -> None:
        began.append(1)
        try:
            with compute.turn():
                while True:
                    report("step")
                    time.sleep(0.001)
        finally:
            ended.append(1)

    threads = threading.active_count()
    for _ in range(50):
        stream = follow(work)
        for _ in range(chance.randrange(1, 3)):
            next(stream)
        stream.close()
    wait_until(lambda: len(ended) == len(began) == 50, "stopped work goes on")
    wait_until(lambda: threading.active_count() <= threads, "threads of stopped work stay")
    assert not compute.held() and compute.waiting() == 0


def _page_of_slow_work(running: list[int]) -> tuple[gr.Blocks, str]:
    """Serve a page whose one function works for half a second on the device."""
    inside = 0
    lock = threading.Lock()

    def work(report: Callable[..., None]) -> int:
        nonlocal inside
        with compute.turn():
            with lock:
                inside += 1
                running.append(inside)
            try:
                for _ in range(25):
                    report("step")
                    time.sleep(0.02)
            finally:
                with lock:
                    inside -= 1
        return 1

    def slow() -> Iterator[int]:
        for step in follow(work):
            yield 0 if step is None or isinstance(step, tuple) else 1

    with gr.Blocks(analytics_enabled=False) as demo:
        button, number = gr.Button(), gr.Number()
        button.click(slow, None, number, api_name="slow", concurrency_id="compute", concurrency_limit=1)
    return demo, launch(demo, block=False).rstrip("/")


def test_of_twenty_cancelled_jobs_never_two_compute_at_once() -> None:
    """Gradio frees its slot at once when a visitor cancels; the thread goes on to its next step."""
    running: list[int] = []
    demo, address = _page_of_slow_work(running)
    try:
        with Visitor(address, 5) as visitor:
            for number in range(20):
                body = {"data": [], "fn_index": 0, "session_hash": f"s{number}"}
                event = visitor.join(body).json()["event_id"]
                wait_until(lambda begun=number: len(running) > begun, "the work does not begin")
                visitor.post(
                    "/gradio_api/cancel", json={"event_id": event, "session_hash": f"s{number}", "fn_index": 0}
                )
        wait_until(lambda: not compute.held(), "cancelled work goes on")
    finally:
        demo.close(verbose=False)
    assert len(running) == 20 and max(running) == 1


def test_work_of_visitors_who_have_left_never_begins() -> None:
    """Ten visitors leave: one whose work runs, nine whose work waits; the next visitor is served."""
    running: list[int] = []
    demo, address = _page_of_slow_work(running)
    try:
        with Visitor(address, 6) as visitor:
            for number in range(10):
                session = {"session_hash": f"gone{number}"}
                visitor.join({"data": [], "fn_index": 0, **session})
                with visitor.stream("GET", "/gradio_api/queue/data", params=session) as stream:
                    next(stream.iter_lines())
            wait_until(lambda: not compute.held() and len(demo._queue) == 0, "the work of those who left goes on")
            assert len(running) < 10
            assert "event: complete" in visitor.ask("slow", {})
    finally:
        demo.close(verbose=False)
    assert max(running) == 1


def test_a_file_that_cannot_be_removed_does_not_end_the_sweep(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number:064x}").mkdir()
        (tmp_path / f"{number:064x}" / "a").write_bytes(b"x")
    unlink = Path.unlink

    def stubborn(path: Path, missing_ok: bool = False) -> None:
        if f"{1:064x}" in str(path):
            raise OSError(30, "Read-only file system")
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", stubborn)
    assert sweep(tmp_path, Rules(file_age_s=-1, empty_folder_age_s=9)) == 2
