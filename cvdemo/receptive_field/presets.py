"""Ready stacks to start from, and a stack as the browser sends it."""

from dataclasses import asdict, dataclass, fields
from typing import Any, get_args

from cvdemo.errors import SettingError
from cvdemo.receptive_field.stack import (
    CHANNELS_HIGH,
    NUMBER_HIGH,
    ROWS_AT_MOST,
    SIDE_HIGH,
    SIDE_LOW,
    Kind,
    Row,
)
from cvdemo.settings import Settings, custom, whole


def _vgg(*blocks: tuple[int, int]) -> tuple[Row, ...]:
    """Blocks of 3 x 3 convolutions with a 2 x 2 max-pool each (Simonyan and Zisserman 2015)."""
    rows: list[Row] = []
    for count, channels in blocks:
        rows += [Row("conv", 3, 1, 1, 1, 1, channels)] * count + [Row("max", 2, 2, 0)]
    return tuple(rows)


PRESETS: dict[str, tuple[str, tuple[Row, ...]]] = {
    "vgg": ("VGG blocks (VGG-16)", _vgg((2, 64), (2, 128), (3, 256), (3, 512), (3, 512))),
    "resnet_stem": ("ResNet stem", (Row("conv", 7, 2, 3, 1, 1, 64), Row("max", 3, 2, 1))),
    # Yu and Koltun 2016, table 1: the context module's dilations
    "dilated": ("Dilated stack", tuple(Row("conv", 3, 1, "same", dilation, 1, 32) for dilation in (1, 1, 2, 4, 8, 16))),
    # Howard et al. 2017: depthwise, then 1 x 1; the second pair halves the map
    "mobilenet": (
        "MobileNet blocks",
        (
            Row("conv", 3, 2, 1, 1, 1, 32),
            Row("conv", 3, 1, 1, 1, 32, 32),
            Row("conv", 1, 1, 0, 1, 1, 64),
            Row("conv", 3, 2, 1, 1, 64, 64),
            Row("conv", 1, 1, 0, 1, 1, 128),
        ),
    ),
}
LIMITS = {"kernel": (1, NUMBER_HIGH), "stride": (1, NUMBER_HIGH), "padding": (0, NUMBER_HIGH),
          "dilation": (1, NUMBER_HIGH), "groups": (1, CHANNELS_HIGH), "channels": (1, CHANNELS_HIGH)}  # fmt: skip
REASONS = {
    "stride": "with 0 the kernel would never move on",
    "kernel": "a kernel without a pixel reads nothing",
    "dilation": "with 0 all of the kernel would lie on one pixel",
}


def rows_from(value: Any) -> tuple[Row, ...]:
    """Return rows that the browser sent.

    Raises:
        SettingError: no list of rows, or a number that is none or out of range; it names the row.
    """
    if not isinstance(value, list) or len(value) > ROWS_AT_MOST:
        raise SettingError(f"A stack is a list of {ROWS_AT_MOST} rows at most.")
    return tuple(_row(row, number) for number, row in enumerate(value, 1))


def _row(value: Any, number: int) -> Row:
    names = {field.name for field in fields(Row)}
    if not isinstance(value, dict) or not set(value) <= names or value.get("kind", "conv") not in get_args(Kind):
        raise SettingError(f"Row {number} is no convolution and no pool. Reload the page.")
    for name, (low, high) in LIMITS.items():
        given = value.get(name, getattr(Row, name))
        if name == "padding" and given == "same":
            continue
        if type(given) is not int or not low <= given <= high:
            reason = f"; {REASONS[name]}" if given == 0 and name in REASONS else ""
            raise SettingError(f"Row {number}: the {name} must be a whole number from {low} to {high:,}{reason}.")
    return Row(**value)


def as_plain(rows: tuple[Row, ...]) -> list[dict[str, Any]]:
    """Return rows as JSON."""
    return [asdict(row) for row in rows]


@dataclass(frozen=True)
class Stack(Settings):
    """What the visitor built: rows over a picture of ``side`` x ``side`` pixels."""

    rows: tuple[Row, ...] = custom(
        PRESETS["vgg"][1], lambda rows: rows if isinstance(rows, tuple) else rows_from(rows), link=""
    )
    side: int = whole(
        224, SIDE_LOW, SIDE_HIGH, "picture's side", link="",
        says=f"The picture's side must be a whole number from {SIDE_LOW} to {SIDE_HIGH:,} pixels.",
    )  # fmt: skip

    def plain(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {"rows": as_plain(self.rows), "side": self.side}
