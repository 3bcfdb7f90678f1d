"""The Build-a-stack view, and the switch between it and the visitor's photo."""

from typing import Any

from app.components.drawn import Drawn


class StackView(Drawn):
    """Rows that the visitor changes, with what they come to; ``stack`` answers each change without a network run.

    The value is what `app.tabs.receptive_field_stack.start` returns.
    """

    def __init__(self, value: dict[str, Any] | None = None, stack: Any = None, **kwargs: Any) -> None:
        super().__init__(
            value,
            names=("head", "receptive_field_cone", "receptive_field_stack"),
            class_name="stacker",
            server_functions=[stack] if stack else None,
            **kwargs,
        )


class FieldSwitch(Drawn):
    """Shows one of two columns of the page, by their ids; ``?view=`` keeps which. Value: ``[[id, title], ...]``."""

    def __init__(self, value: list[list[str]] | None = None, **kwargs: Any) -> None:
        super().__init__(value, names=("receptive_field_switch",), class_name="field-switch", **kwargs)
