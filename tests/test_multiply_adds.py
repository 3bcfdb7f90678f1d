"""Counting gives torch's own figures, and is not felt by what other visitors run meanwhile."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from cvdemo import models
from cvdemo.latency import counts
from cvdemo.multiply_adds import MultiplyAdds


def test_a_module_and_the_whole_count_as_torch_counts_them() -> None:
    with models.borrow("mini_resnet") as ready, torch.no_grad():
        photo = torch.zeros((1, 3, *ready.preprocessing.size_hw))
        with FlopCounterMode(display=False) as torchs:
            ready.network(photo)
        with MultiplyAdds(ready.network) as counted:
            ready.network(photo)
        hooks = [len(one._forward_hooks) + len(one._forward_pre_hooks) for one in ready.network.modules()]
        named = [name for name, _ in ready.network.named_modules() if name]
    expected = {name: sum(one.values()) // 2 for name, one in torchs.get_flop_counts().items()}
    top = type(ready.network).__name__
    assert {name: counted.of(name) for name in named} == {name: expected.get(f"{top}.{name}", 0) for name in named}
    assert counted.total == expected["Global"] > 1e6
    assert set(hooks) == {0}


@pytest.mark.parametrize("way", ["grad", "training"])
def test_another_visitors_gradients_are_calculated_while_a_model_is_counted(
    way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """torch's own counter made such a backward pass fail: its hooks are those of the whole process."""
    counting, done = threading.Event(), threading.Event()
    real = counts.sized_copy

    def held(*args: Any) -> nn.Module:
        network = real(*args)

        def wait(*_: Any) -> None:
            counting.set()
            assert done.wait(60)

        network.register_forward_pre_hook(wait)
        return network

    monkeypatch.setattr(counts, "sized_copy", held)
    layers = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 1))
    with ThreadPoolExecutor(1) as other:
        counted = other.submit(counts.count.__wrapped__, "mini_resnet", 64)
        assert counting.wait(60)
        try:
            photo = torch.ones((2, 4), requires_grad=True)
            answer = layers(photo).sum()
            torch.autograd.grad(answer, photo) if way == "grad" else answer.backward()
        finally:
            done.set()
        assert counted.result().multiply_adds > 0
