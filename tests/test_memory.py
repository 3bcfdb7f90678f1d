"""A full memory: nothing of the failed attempt is kept, something smaller is tried, and the visitor is told."""

import weakref
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from app.lab.streaming import Finished, follow
from cvdemo import compute, models, starters
from cvdemo.catalogue import get
from cvdemo.errors import CvDemoError, ModelUnavailable
from cvdemo.loading import ReadyModel, load
from cvdemo.loading.finish import plain_run
from cvdemo.loading.oom_fallback import fitting
from cvdemo.memory import FULL, attempts, freeing, is_full
from cvdemo.notices import gathered
from cvdemo.receptive_field.export import effective_field

FULL_ERRORS = (
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
    MemoryError(),
    RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory"),
)


class Held:
    """Stands for the tensors of an attempt: a weak reference tells whether a frame still holds it."""


class Full:
    """Raises that the memory is full as often as it shall, from a frame that holds something large."""

    def __init__(self, times: int = 99, error: type[Exception] = torch.OutOfMemoryError) -> None:
        self.left, self.error, self.held = times, error, list[Any]()

    def __call__(self, *_: Any, **__: Any) -> None:
        """Fill the memory, or do nothing any more."""
        if self.left > 0:
            self.left -= 1
            large = Held()
            large.loop = large  # type: ignore[attr-defined]  # as tensors do: only the collector frees it
            self.held.append(weakref.ref(large))
            raise self.error("CUDA out of memory")

    def nothing_is_kept(self) -> bool:
        """Whether it was full at least once, and no frame or error holds what the attempts had made."""
        return bool(self.held) and all(one() is None for one in self.held)


@pytest.mark.parametrize("error", FULL_ERRORS, ids=lambda error: type(error).__name__)
def test_a_full_memory_is_known_when_it_is_seen(error: Exception) -> None:
    assert is_full(error)


@pytest.mark.parametrize("error", [RuntimeError("shape"), ValueError(), KeyError("allocate"), OSError(28, "disk full")])
def test_other_errors_pass(error: Exception) -> None:
    assert not is_full(error)
    with pytest.raises(type(error)), freeing():
        raise error


def test_when_the_next_attempt_begins_nothing_of_the_last_one_is_left() -> None:
    full = Full(times=2)

    def attempt() -> str:
        assert all(one() is None for one in full.held)
        full()
        return "done"

    with gathered() as told:
        for one in attempts("A model", ["", "smaller", "on the CPU"]):
            with one:
                result = attempt()
    assert result == "done" and told == ["on the CPU"] and full.nothing_is_kept()


def test_when_nothing_fits_one_sentence_says_so() -> None:
    full = Full()
    with pytest.raises(ModelUnavailable, match="A model needs more memory than is free here") as caught:
        for one in attempts("A model", ["", "smaller"]):
            with one:
                full()
    assert full.nothing_is_kept() and caught.value.__context__ is None


def _tiny(full: Full, most: int = 99) -> Callable[..., np.ndarray]:
    network = nn.Linear(3, 2)
    network.register_forward_hook(lambda module, inputs, output: full() if len(inputs[0]) > most else None)
    return plain_run(replace(get("lenet5"), title="Tiny"), network)


def test_a_batch_that_does_not_fit_goes_through_one_by_one() -> None:
    pixels, full = np.random.default_rng(0).random((5, 3), np.float32), Full()
    run = _tiny(full, most=1)
    with gathered() as told:
        answers = run(pixels)
    assert answers.shape == (5, 2) and len(full.held) == 1 and full.nothing_is_kept()
    assert told == ["Tiny took the photos one by one, because memory was short."]
    np.testing.assert_allclose(answers[2:3], run(pixels[2:3]), rtol=1e-6)


def test_what_does_not_fit_on_the_gpu_runs_on_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    network, places = nn.Linear(3, 2), []
    moves = iter(["cpu", "cuda", "cpu"])
    monkeypatch.setattr("cvdemo.loading.oom_fallback.device_of", lambda _: torch.device("cuda"))
    monkeypatch.setattr(nn.Module, "to", lambda self, to: places.append(torch.device(to).type))
    full = Full(times=1)
    with gathered() as told:
        for attempt, _ in fitting("Tiny", network):
            with attempt:
                full()
                result = "answered"
    assert result == "answered"
    assert places == [next(moves), next(moves)], "to the CPU and back, so that the next visitor finds it as it was"
    assert told == ["Tiny ran on the CPU this time, because the memory of the GPU was full."]
    assert full.nothing_is_kept()


# Six places where a real model may find the memory full


@pytest.fixture
def lent() -> Iterator[ReadyModel]:
    """The bundled ResNet."""
    with models.borrow("mini_resnet") as model:
        yield model


@pytest.mark.parametrize("layer", ["conv1", "layer2", "layer4"])
def test_a_classifier_that_runs_out_of_memory_works_again_afterwards(lent: ReadyModel, layer: str) -> None:
    pixels, full = np.zeros((1, 3, *lent.preprocessing.size_hw), np.float32), Full()
    before = lent.run(pixels)
    handle = lent.network.get_submodule(layer).register_forward_hook(full)
    try:
        with pytest.raises(ModelUnavailable, match="needs more memory"), compute.turn():
            lent.run(pixels)
    finally:
        handle.remove()
    assert full.nothing_is_kept()
    with compute.turn():
        np.testing.assert_array_equal(lent.run(pixels), before)


def test_a_detector_that_runs_out_of_memory_works_again_afterwards() -> None:
    full = Full(times=1)
    pixels = np.full((64, 64, 3), 114, np.uint8)
    with models.borrow_detector("yolov8n_blood_cells") as detector:
        assert detector.network is not None
        first = next(one for one in detector.network.modules() if isinstance(one, nn.Conv2d))
        handle = first.register_forward_hook(full)
        try:
            with pytest.raises(ModelUnavailable, match="needs more memory"), compute.turn():
                detector.run(pixels)
            assert full.nothing_is_kept()
            with compute.turn():
                detector.run(pixels)
        finally:
            handle.remove()


def test_a_gradient_that_runs_out_of_memory_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    full = Full(times=1)
    grad = torch.autograd.grad
    monkeypatch.setattr(torch.autograd, "grad", lambda *args, **kwargs: (full(), grad(*args, **kwargs))[1])
    path = starters.get("street").path
    with pytest.raises(CvDemoError) as caught:
        effective_field(path, "mini_resnet", "layer3", (1, 1), 64)
    assert str(caught.value) == FULL
    assert full.nothing_is_kept() and not compute.held()
    assert effective_field(path, "mini_resnet", "layer3", (1, 1), 64)


def test_a_model_that_does_not_fit_onto_the_device_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    full, move = Full(times=1), nn.Module.to
    monkeypatch.setattr(nn.Module, "to", lambda self, *args: (full(), move(self, *args))[1])
    with pytest.raises(ModelUnavailable, match="does not fit in memory here"):
        load(get("lenet5"))
    assert full.nothing_is_kept()
    assert load(get("lenet5"))


def test_a_model_that_does_not_fit_onto_the_gpu_is_loaded_for_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    full, move = Full(), nn.Module.to
    monkeypatch.setattr(
        nn.Module,
        "to",
        lambda self, to: full() if str(to) == "cuda" else move(self, to),  # type: ignore[func-returns-value]
    )
    with gathered() as told:
        model = load(get("lenet5"), "cuda")
    assert next(model.network.parameters()).device.type == "cpu"  # type: ignore[union-attr]
    assert told == ["LeNet-5 runs on the CPU, because the memory of the GPU is full."]
    assert full.nothing_is_kept()


def test_the_visitor_is_told_beside_the_result(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr("app.lab.streaming.gr.Info", shown.append)
    full = Full(times=1)

    def work(_: Callable[..., None]) -> int:
        for attempt in attempts("A <b> model", ["", "A <b> model ran."]):
            with attempt:
                full()
        return 7

    steps = list(follow(work))
    assert isinstance(steps[-1], Finished) and steps[-1].result == 7
    assert shown == ["A &lt;b&gt; model ran."]
