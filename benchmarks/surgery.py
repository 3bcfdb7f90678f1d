"""Row surgery: ResNet-50 without each of its 16 blocks, on one photo, against 16 eager forward passes."""

from functools import partial
from typing import Any

import numpy as np
import timm
import torch

from benchmarks.rows import Measured
from benchmarks.timing import compare, in_turns
from cvdemo import compute
from cvdemo.surgery.blocks import blocks_of
from cvdemo.surgery.operating import operated
from cvdemo.surgery.plain import NOTHING, Operation

SIDE, ROUNDS = 224, 10


def lesions() -> Measured:
    """Without each block, and whole: one growing batch, against as many passes as there are blocks."""
    compute.use_all_cores()
    network = timm.create_model("resnet50").eval().requires_grad_(False)
    pixels = torch.from_numpy(np.random.default_rng(0).normal(size=(1, 3, SIDE, SIDE)).astype(np.float32))
    names = [block.name for block in blocks_of(network)]
    operations = [NOTHING, *(Operation(dropped=frozenset({name})) for name in names)]
    ours, peer = partial(_ours, network, pixels, operations), partial(_eager, network, pixels, len(names))
    return Measured(compare(in_turns(ours, peer, ROUNDS)), f"{SIDE} px, random weights; ours answers whole as well")


def _ours(network: Any, pixels: torch.Tensor, operations: list[Operation]) -> None:
    with torch.inference_mode(), operated(network, operations) as rows:
        assert len(network(pixels)[rows.of()]) == len(operations)


def _eager(network: Any, pixels: torch.Tensor, times: int) -> None:
    with torch.inference_mode():
        for _ in range(times):
            network(pixels)
