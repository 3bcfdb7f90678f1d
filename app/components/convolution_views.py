"""The Convolution tab's row of views, and its views besides the sliding kernel: costs, pooling, shifts."""

from typing import Any

from gradio.events import EventListener

from app.components.drawn import Drawn
from cvdemo.convolution import costs, pooling, shift_words


class ViewChoice(Drawn):
    """Slide a kernel, Costs, Pool or stride, Shift lab: one of them is shown."""

    def __init__(self, value: dict[str, Any] | None = None, **kwargs: Any) -> None:
        scripts = ("convolution_ask", "convolution_pane", "convolution_views")
        super().__init__(value, names=scripts, class_name="views", **kwargs)


class CostsView(Drawn):
    """Bars of weights and multiply-adds; ``price`` answers a changed layer."""

    def __init__(self, value: dict[str, Any] | None = None, price: Any = None, **kwargs: Any) -> None:
        super().__init__(
            value,
            names=("head", "range", "convolution_pane", "convolution_ask", "convolution_costs"),
            class_name="convpane conv-costs",
            why_title=costs.WHY_TITLE,
            why=costs.WHY,
            choices={
                "inputs": costs.CHANNELS, "outputs": costs.CHANNELS, "size": costs.SIZES, "side": costs.SIDES
            },
            server_functions=[price] if price else None,
            **kwargs,
        )  # fmt: skip


class PoolView(Drawn):
    """The photo halved in four ways; ``halve`` answers changed settings, ``again`` asks for the photo anew."""

    EVENTS = [EventListener("again")]

    def __init__(self, value: dict[str, Any] | None = None, halve: Any = None, **kwargs: Any) -> None:
        super().__init__(
            value,
            names=("head", "range", "convolution_pane", "convolution_ask", "convolution_pool"),
            class_name="convpane conv-pool",
            why_title=pooling.WHY_TITLE,
            why=pooling.WHY,
            server_functions=[halve] if halve else None,
            **kwargs,
        )


class ShiftView(Drawn):
    """Models looking at the photo at 33 positions; ``again`` asks for their runs, ``stop`` ends them."""

    EVENTS = [EventListener("again"), EventListener("stop")]

    def __init__(self, value: dict[str, Any] | None = None, **kwargs: Any) -> None:
        scripts = ("pane", "ask", "chart", "shift")
        super().__init__(
            value,
            names=("head", "range", *(f"convolution_{name}" for name in scripts)),
            class_name="convpane conv-shift",
            why_title=shift_words.WHY_TITLE,
            why=shift_words.WHY,
            **kwargs,
        )
