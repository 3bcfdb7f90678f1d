"""The named layers of a model with what their units can see: plain values, no torch."""

from dataclasses import dataclass
from typing import Literal

from cvdemo.catalogue import ModelSpec, get
from cvdemo.errors import SettingError
from cvdemo.receptive_field.graph import Pair
from cvdemo.receptive_field.theoretical import Field


@dataclass(frozen=True)
class Layer:
    """One named layer.

    Args:
        name: the module's path in the network.
        label: as the page shows it.
        kind: ``convolution``, ``max-pool``, ``average pool``, ``block``, ``stage``, ``attention``, ...
        output_hw: rows and columns of its map.
        field, shortest: along the longest path, and along the shortest one (through skips).
        layout, prefix: how its output lies in memory, and tokens before those of the patches.
        stop: whether the depth slider halts there.
    """

    name: str
    label: str
    kind: str
    output_hw: Pair
    field: Field
    shortest: Field
    layout: Literal["nchw", "nhwc", "tokens"]
    prefix: int
    stop: bool


@dataclass(frozen=True)
class LayerTable:
    """All layers of ``model`` for pictures of ``side`` x ``side`` pixels, in the order of computation."""

    model: str
    side: int
    layers: tuple[Layer, ...]

    @property
    def stops(self) -> tuple[Layer, ...]:
        """The layers where the depth slider halts."""
        return tuple(layer for layer in self.layers if layer.stop)

    def layer(self, name: str) -> Layer:
        """Return the layer called ``name``.

        Raises:
            SettingError: there is none.
        """
        found = next((layer for layer in self.layers if layer.name == name), None)
        if found is None:
            some = ", ".join(layer.name for layer in self.stops[-3:])
            raise SettingError(f"{get(self.model).title} has no layer {str(name)[:60]!r}. It has, for example, {some}.")
        return found


def check(model: str) -> ModelSpec:
    """Return the catalogue's line of a model that this lab can look at.

    Raises:
        SettingError: unknown, or a detector.
    """
    spec = get(model)
    if spec.task == "detect":
        raise SettingError(f"{spec.title} finds objects; choose a classifier or a model of features here.")
    return spec
