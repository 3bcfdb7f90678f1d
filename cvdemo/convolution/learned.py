"""The first layer of a real model: the kernels that it learned, ready to slide over the visitor's photo."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cvdemo import models, weights
from cvdemo.catalogue import MODELS, ModelSpec, get
from cvdemo.errors import SettingError
from cvdemo.results import Results

_layers = Results("learned kernels")


@dataclass(frozen=True)
class FirstLayer:
    """A model's first convolution.

    Args:
        kernels: float64 (filters, 3, k, k), for pixels that are normalised by ``mean`` and ``std``.
        bias: float64 (filters,).
        stride: as the model uses it.
        mean: of red, green and blue in 0..1; ``std`` alike.
    """

    model: str
    title: str
    kernels: NDArray[np.float64]
    bias: NDArray[np.float64]
    stride: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]


def offered() -> tuple[ModelSpec, ...]:
    """Return the models whose first layer can be had here and now: networks whose weights are on this machine."""
    known = (spec for spec in MODELS if spec.task in ("classify", "features") and spec.family != "classical")
    return tuple(spec for spec in known if weights.is_ready(spec))


def first_layer(name: str) -> FirstLayer:
    """Return the first convolution of the model ``name``, out of memory after the first time.

    Raises:
        SettingError: there is no such model, its weights are not on this machine, or it begins with no convolution.
        ModelUnavailable: its weights cannot be read.
    """
    known = _layers.get(name)
    if known is not None:
        return known
    spec = get(name)
    if spec not in offered():
        raise SettingError(f"{spec.title} is not on this machine yet. Run it once on the Classify tab, then come back.")
    with models.borrow(name) as model:
        found = next(
            (row for row in model.network.named_parameters() if row[1].ndim == 4 and row[1].shape[1] == 3), None
        )
        if found is None:
            raise SettingError(f"{spec.title} begins with no convolution over colours. Choose another model.")
        layer = model.network.get_submodule(found[0].rpartition(".")[0])
        kernels = found[1].detach().float().cpu().numpy().astype(np.float64)
        own_bias = getattr(layer, "bias", None)
        bias = (
            np.zeros(len(kernels)) if own_bias is None else own_bias.detach().float().cpu().numpy().astype(np.float64)
        )
        stride = int(getattr(layer, "stride", (1,))[0])
        mean, std = model.preprocessing.mean, model.preprocessing.std
    result = FirstLayer(name, spec.title, kernels, bias, stride, mean, std)
    _layers.put(name, result)
    return result


def normalise(colours: NDArray[np.float64], layer: FirstLayer) -> NDArray[np.float64]:
    """Return colours 0..255 (3, h, w) as the model sees them: (value / 255 - mean) / std."""
    mean, std = (np.array(values).reshape(3, 1, 1) for values in (layer.mean, layer.std))
    return (colours / 255 - mean) / std
