"""How the checks of a saliency map travel to the browser, which draws them (app/components/saliency_curves.js)."""

from typing import Any

from cvdemo.saliency.checks import Checks


def curves(made: Checks, fill: str) -> dict[str, Any]:
    """Return three curves, and what hidden pixels get."""
    each = {"deletion": made.deletion, "insertion": made.insertion, "blob": made.blob}
    return {"fill": fill, **{name: [float(f"{value:.4g}") for value in one.values] for name, one in each.items()}}
