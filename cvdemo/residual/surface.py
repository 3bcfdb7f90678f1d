"""The training loss around trained weights, on a plane through them that two random directions span.

A filter of large weights bears larger steps than a small one, so each filter's random direction is scaled to that
filter's own norm: filter-normalised slices (Li et al. 2018, arXiv:1712.09913, section 4). Biases and normalisation
layers stay what they are.

Normalisation takes its means and deviations from the photos, at each point anew, as it does while the net learns: so
this is the loss that training goes down on. Running statistics would be those of the middle at all other points.
"""

import copy
import math
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from cvdemo import runs
from cvdemo.residual.design import Design
from cvdemo.residual.nets import Net
from cvdemo.residual.records import LIVE_SIDE, REACH, Photos, Surface
from cvdemo.residual.side_by_side import DECAY, MOMENTUM, RATE, batches, turns
from cvdemo.results import Count

points_counted = Count()

Told = Callable[[int, int], None]
"""Called after each step or point with how many are done, and of how many; may raise Stopped."""


def directions(net: nn.Module, draw: int) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Return two random directions by the parameters' names: each filter as long as the net's own.

    A filter is what makes one output: a row of a linear layer as well. Parameters of one dimension get none.
    """
    random = torch.Generator().manual_seed(draw)
    weights = {name: one.detach() for name, one in net.named_parameters() if one.dim() > 1}
    first, second = ({name: _along(one, random) for name, one in weights.items()} for _ in range(2))
    return first, second


def _along(weight: Tensor, random: torch.Generator) -> Tensor:
    drawn = torch.randn(weight.shape, generator=random)
    dims = tuple(range(1, weight.dim()))
    lengths = [torch.linalg.vector_norm(one, dim=dims, keepdim=True) for one in (weight, drawn)]
    return drawn * (lengths[0] / lengths[1].clamp_min(1e-12))


def losses_around(
    net: nn.Module, pictures: Tensor, labels: Tensor, side: int, draw: int, told: Told | None = None
) -> NDArray[np.float32]:
    """Return the losses (side, side) of `Surface` around a net, which is left as it is.

    Args:
        pictures: (n, channels, h, w), all at once, since normalisation looks at all; labels: (n,).

    Raises:
        Stopped: raised by ``told``.
    """
    moved = copy.deepcopy(net).train().requires_grad_(False)
    parameters = dict(moved.named_parameters())
    middle = {name: one.clone() for name, one in parameters.items()}
    across, along = directions(net, draw)
    steps = np.linspace(-REACH, REACH, side)
    losses = np.zeros((side, side), np.float32)
    for place in range(side * side):
        row, column = divmod(place, side)
        with runs.turn(points_counted), torch.inference_mode():
            for name, direction in across.items():
                step = float(steps[column]) * direction + float(steps[row]) * along[name]
                parameters[name].copy_(middle[name] + step)
            loss = float(cross_entropy(moved(pictures), labels))
        losses[row, column] = loss if math.isfinite(loss) else math.inf
        if told is not None:
            told(place + 1, side * side)
    return losses


def learned(photos: Photos, design: Design, seed: int, steps: int = 120, told: Told | None = None) -> Net:
    """Return the net that `race` trains of a design and a seed; a race tells its curves, and keeps the net.

    Raises:
        Stopped: raised by ``told``.
    """
    net = Net(design, photos.classes, seed, photos.pictures.shape[1]).train()
    optimizer = torch.optim.SGD(net.parameters(), RATE, MOMENTUM, weight_decay=DECAY)
    drawn = batches(np.flatnonzero(~photos.out), seed)
    for step in range(1, steps + 1):
        pictures, labels = _at(photos, next(drawn))
        with runs.turn(turns), torch.enable_grad():
            optimizer.zero_grad()
            cross_entropy(net(pictures), labels).backward()
            optimizer.step()
        if told is not None:
            told(step, steps)
    return net


def survey(
    photos: Photos, net: Net, seed: int, side: int = LIVE_SIDE, draw: int = 0, told: Told | None = None
) -> Surface:
    """Return the loss on all photos that a net learned from, around its weights."""
    pictures, labels = _at(photos, np.flatnonzero(~photos.out))
    return Surface(net.design, seed, draw, losses_around(net, pictures, labels, side, draw, told))


def _at(photos: Photos, places: NDArray[np.intp]) -> tuple[Tensor, Tensor]:
    return torch.from_numpy(photos.pictures[places]), torch.from_numpy(photos.labels[places])
