"""The usual snippet for transfer learning, its three faults counted on two networks, and the snippet without them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import nn

NETWORKS = (("resnet50", "ResNet-50"), ("vit_base_patch16_224", "ViT-B/16"))
LAST = 50  # "the last k * 50 parameters", k = 1

RIGHT = """\
import timm
from timm.models import group_parameters

model = timm.create_model("resnet50", pretrained=True, num_classes=3)

# 1. The head, whatever it is called: freeze all, then open what the model itself names.
model.requires_grad_(False)
model.get_classifier().requires_grad_(True)

# 2. Later its last stage: the model's own groups, in order; the last one is the head.
groups = list(group_parameters(model, model.group_matcher(coarse=True)).values())
for name in groups[-2]:
    model.get_parameter(name).requires_grad_(True)

# 3. After every model.train(): frozen BatchNorm layers keep their statistics only in eval mode.
for part in model.modules():
    own = list(part.parameters(recurse=False))
    if hasattr(part, "running_mean") and not any(weight.requires_grad for weight in own):
        part.eval()
"""
"""The corrected snippet, for any classifier of timm."""


@dataclass(frozen=True)
class Fault:
    """One line of the usual snippet.

    Args:
        line: what it says.
        why: what is wrong with it.
        right: what is right instead.
        wrong: of each of `NETWORKS`, how many numbers it treats wrongly; and of how many.
    """

    line: str
    why: str
    right: str
    wrong: tuple[tuple[int, int], ...]


@cache
def faults() -> tuple[Fault, ...]:
    """Return the faults, counted on networks without weights."""
    networks = [_built(name) for name, _ in NETWORKS]
    rows: Sequence[tuple[str, str, str, Callable[[Any], int]]] = (
        ("if 'fc' in name: train it",
         "it takes mlp.fc1 and mlp.fc2 of every ViT block, and misses a head of another name",
         "model.get_classifier()", lambda one: head_by_name(one, ("fc",))),
        ("if 'classifier' in name or 'head' in name: train it", "ResNet calls its head fc, so it stays frozen",
         "model.get_classifier()", lambda one: head_by_name(one, ("classifier", "head"))),
        ("list(model.parameters())[-50:]", "50 tensors are no stage: the border falls in the middle of one",
         "group_parameters(model, model.group_matcher(coarse=True))", last_tensors),
        ("weight.requires_grad = False", "BatchNorm's running mean and variance still move: they are no parameters",
         "part.eval() for each frozen BatchNorm", running),
    )  # fmt: skip
    totals = [sum(weight.numel() for weight in one.parameters()) for one in networks]
    return tuple(
        Fault(line, why, right, tuple(zip(map(count, networks), totals, strict=True)))
        for line, why, right, count in rows
    )


def _built(name: str) -> "nn.Module":
    import timm
    import torch

    with torch.device("meta"):
        return timm.create_model(name, pretrained=False)


def head_by_name(network: Any, parts: tuple[str, ...]) -> int:
    """Return how many parameters are wrongly taken for the head, or wrongly not, by parts of their names."""
    head = {id(weight) for weight in network.get_classifier().parameters()}
    return sum(
        weight.numel()
        for name, weight in network.named_parameters()
        if any(part in name for part in parts) != (id(weight) in head)
    )


def last_tensors(network: Any) -> int:
    """Return how many parameters lie among the last `LAST` tensors or in the last stage and head, but not in both."""
    from timm.models import group_parameters

    groups = list(group_parameters(network, network.group_matcher(coarse=True)).values())
    wanted, named = {*groups[-1], *groups[-2]}, list(network.named_parameters())
    taken = {name for name, _ in named[-LAST:]}
    return sum(weight.numel() for name, weight in named if name in wanted ^ taken)


def running(network: Any) -> int:
    """Return how many running means and variances a network keeps."""
    return sum(one.numel() for name, one in network.named_buffers() if name.endswith(("running_mean", "running_var")))
