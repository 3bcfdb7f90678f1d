"""A private copy of a network with a new head: which of its layers learn, and how fast."""

import copy
import math
from typing import Any

import torch
from timm.models import group_parameters
from timm.optim import param_groups_layer_decay
from torch import Tensor, nn

from cvdemo.loading import ReadyModel, build
from cvdemo.probes import Probe
from cvdemo.transfer.training.settings import LAYER_DECAY, WEIGHT_DECAY


def private_copy(ready: ReadyModel, classes: int, probe: Probe | None, seed: int) -> nn.Module:
    """Return a network of its own, on the device of the borrowed one, in eval mode.

    Args:
        probe: becomes its head; None: all its weights are random, by ``seed``.
    """
    device = next(ready.network.parameters()).device
    network: Any = copy.deepcopy(ready.network) if probe is not None else build(ready.spec, None, seed).network
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network.reset_classifier(classes)
    head = network.get_classifier()
    if probe is not None:
        with torch.no_grad():
            head.weight.copy_(torch.from_numpy(probe.weight).reshape(head.weight.shape))
            head.bias.copy_(torch.from_numpy(probe.bias))
    network.eval().to(device)
    assert isinstance(network, nn.Module)
    return network


def head_names(network: Any) -> set[str]:
    """Return the names of the head's parameters, by the network's own `get_classifier`.

    A name with ``head`` or ``fc`` in it may be anything: ``mlp.fc1`` of a ViT, no part of its head.
    """
    mine = {id(parameter) for parameter in network.get_classifier().parameters()}
    return {name for name, parameter in network.named_parameters() if id(parameter) in mine}


def stage_names(network: Any) -> set[str]:
    """Return the parameters of the last third of the network's own stages (timm's ``group_matcher``), head apart.

    Stages of a ResNet are stem and four layers, of which two are opened; of a ViT its blocks.
    """
    head = head_names(network)
    groups = group_parameters(network, network.group_matcher(coarse=True), reverse=True)
    below = {name: group for name, group in groups.items() if name not in head}
    stages = sorted(set(below.values()))
    last = set(stages[-math.ceil(len(stages) / 3) :])
    return {name for name, group in below.items() if group in last}


def open_layers(network: Any, opens: str) -> None:
    """Let the head and the last ``stages``, or ``all`` layers, learn; freeze the rest."""
    names = head_names(network) | (stage_names(network) if opens == "stages" else set())
    for name, parameter in network.named_parameters():
        parameter.requires_grad_(opens == "all" or name in names)


def rates(network: nn.Module, rate: float) -> list[dict[str, Any]]:
    """Return AdamW's groups of what learns, each with its largest rate: layer-wise, by timm."""
    groups = param_groups_layer_decay(network, WEIGHT_DECAY, layer_decay=LAYER_DECAY)
    return [{**group, "lr": rate * group["lr_scale"]} for group in groups]


def learn_statistics(network: nn.Module) -> None:
    """Put batch normalisation, and nothing else, into training mode: random weights have no statistics yet."""
    for module in network.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            module.train()


def state(network: nn.Module) -> dict[str, Tensor]:
    """Return copies of all that training can change: what learns, and the statistics of what learns those."""
    learns = {name for name, parameter in network.named_parameters() if parameter.requires_grad}
    moving = any(module.training for module in network.modules())
    fixed = {name for name, _ in network.named_parameters()} - learns
    return {
        name: value.detach().clone()
        for name, value in network.state_dict().items()
        if name in learns or (moving and name not in fixed)
    }
