"""The weights of a first layer, as small colour pictures."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cvdemo.inside.activations import ForwardPass
from cvdemo.results import Results
from cvdemo.runs import run

if TYPE_CHECKING:
    from cvdemo.loading import ReadyModel

_known = Results("first kernels")


@dataclass(frozen=True)
class Kernels:
    """The weights of a first convolution.

    Args:
        weights: float32 (filters, 3, k, k); no filters where a model begins with none over colours.
    """

    weights: NDArray[np.float32]

    def picture(self, channel: int) -> NDArray[np.uint8] | None:
        """Return filter ``channel`` as uint8 (k, k, 3), grey where it is 0, all filters on one scale; None without."""
        if channel >= len(self.weights):
            return None
        reach = float(np.abs(self.weights).max()) or 1.0
        shown = 0.5 + self.weights[channel] / (2 * reach)
        return (np.clip(shown, 0, 1) * 255).astype(np.uint8).transpose(1, 2, 0)


def first_kernels(seen: ForwardPass) -> Kernels:
    """Return the weights of the convolution that gives the first layer's map.

    Raises:
        ModelUnavailable: the model cannot be had any more.
    """

    def work(ready: "ReadyModel") -> Kernels:
        modules = dict(ready.network.named_modules())
        inside = [modules[part] for part in seen.stops[0].parts]
        rows = [row for part in inside for row in part.parameters() if row.ndim == 4]
        over_colours = bool(rows) and rows[0].shape[1] == 3
        if not over_colours:
            return Kernels(np.zeros((0, 3, 1, 1), np.float32))
        return Kernels(rows[0].detach().float().cpu().numpy().copy())  # else the model itself would stay in memory

    return run(_known, (seen.asked.model, seen.asked.random), seen.spec, work, seen.asked.random)
