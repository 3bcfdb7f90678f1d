"""Why skips work: plain and residual nets, equal in all else, learn side by side; their gradients are taken apart."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from cvdemo.residual import stored
from cvdemo.residual.design import Design
from cvdemo.residual.records import Moment, Race, Split

if TYPE_CHECKING:
    from cvdemo.residual.gradient_split import split
    from cvdemo.residual.nets import Net
    from cvdemo.residual.side_by_side import Nets, race
    from cvdemo.residual.surface import learned, survey

__all__ = ["Design", "Moment", "Net", "Nets", "Race", "Split", "learned", "race", "split", "stored", "survey"]

_WITH_TORCH = {
    "Net": "nets",
    "Nets": "side_by_side",
    "learned": "surface",
    "race": "side_by_side",
    "split": "gradient_split",
    "survey": "surface",
}


def __getattr__(name: str) -> Any:
    """Return what needs torch when it is first asked for: the page stands before torch is in."""
    if name not in _WITH_TORCH:
        raise AttributeError(name)
    return getattr(import_module(f"cvdemo.residual.{_WITH_TORCH[name]}"), name)
