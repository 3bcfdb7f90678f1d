"""A stack of layers that the visitor builds: what one unit sees, how large the maps are and what they cost, exactly."""

from dataclasses import dataclass
from typing import Literal

from cvdemo.errors import SettingError
from cvdemo.receptive_field.axis import Even, window

Kind = Literal["conv", "max", "average"]
ROWS_AT_MOST = 60
SIDE_LOW, SIDE_HIGH = 1, 4096
NUMBER_HIGH = 512
CHANNELS_HIGH = 8192
KIND_WORDS = {"conv": "convolution", "max": "max-pool", "average": "average pool"}


@dataclass(frozen=True)
class Row:
    """One layer of the stack, square in both directions.

    Args:
        padding: pixels at each edge, or ``same``: as many as keep the size.
        channels: that a convolution gives out; pools keep what they get.
    """

    kind: Kind = "conv"
    kernel: int = 3
    stride: int = 1
    padding: int | Literal["same"] = 1
    dilation: int = 1
    groups: int = 1
    channels: int = 64


@dataclass(frozen=True)
class Level:
    """What a row makes of what comes in.

    Args:
        size, stride, start: of the field, in pixels of the picture; ``start`` is the first unit's middle.
        side, channels: of the map.
        parameters, multiply_adds: whole numbers, however large; a pool has none.
    """

    row: Row
    padding: int
    size: int
    stride: int
    start: float
    side: int
    channels: int
    parameters: int
    multiply_adds: int


def build(rows: tuple[Row, ...], side: int, channels: int = 3) -> tuple[Level, ...]:
    """Return every level of a stack over a picture of ``side`` x ``side`` pixels.

    Raises:
        SettingError: a setting that is impossible, with its row and the reason.
    """
    if not rows:
        raise SettingError("The stack is empty. Add a row, or choose one of the ready stacks.")
    if len(rows) > ROWS_AT_MOST:
        raise SettingError(f"{ROWS_AT_MOST} rows at most. Remove one first.")
    levels: list[Level] = []
    axis = Even()
    for number, row in enumerate(rows, 1):
        padding = _padding(row, number)
        _check(row, padding, number, channels)
        out = _output(row, padding, number, side)
        seen = window(axis, row.kernel, row.stride, padding, row.dilation, out)
        assert isinstance(seen, Even)
        given = row.channels if row.kind == "conv" else channels
        weights = given * (channels // row.groups) * row.kernel**2 if row.kind == "conv" else 0
        parameters = weights + given if row.kind == "conv" else 0
        start = seen.first + (seen.size - 1) / 2 if seen.size < 2**52 else float("nan")
        levels.append(
            Level(row, padding, seen.size, seen.stride, start, out, given, parameters, weights * out * out)
        )  # fmt: skip
        axis, side, channels = seen, out, given
    return tuple(levels)


def _padding(row: Row, number: int) -> int:
    """Return the padding in pixels; ``same`` keeps the size, which some settings cannot."""
    if row.padding != "same":
        return row.padding
    if (row.kernel - 1) * row.dilation % 2:
        raise SettingError(
            f"Row {number}: an even kernel has no middle: 'same' padding would shift the picture by half a pixel."
        )
    if row.stride != 1:
        raise SettingError(
            f"Row {number}: 'same' padding keeps the size, which a stride of {row.stride} cannot. "
            f"Write {(row.kernel - 1) * row.dilation // 2} instead."
        )
    return (row.kernel - 1) * row.dilation // 2


def _check(row: Row, padding: int, number: int, channels: int) -> None:
    """Refuse what PyTorch would refuse."""
    if row.kind == "conv":
        for what, count in (("incoming", channels), ("outgoing", row.channels)):
            if count % row.groups:
                raise SettingError(
                    f"Row {number}: {row.groups} groups do not divide {count:,} {what} channels into equal parts."
                )
        return
    name = KIND_WORDS[row.kind]
    if padding > row.kernel // 2:
        raise SettingError(
            f"Row {number}: the padding of a {name} may be half its kernel at most, {row.kernel // 2} here; more "
            "would give windows with nothing in them."
        )
    if row.kind == "average" and row.dilation != 1:
        raise SettingError(f"Row {number}: an average pool knows no dilation. Set it to 1.")


def _output(row: Row, padding: int, number: int, side: int) -> int:
    """Return floor((n + 2p - d(k - 1) - 1) / s) + 1."""
    covers, room = row.dilation * (row.kernel - 1) + 1, side + 2 * padding
    if covers > room:
        dilated = f" with dilation {row.dilation} covers {covers} x {covers} and" if row.dilation > 1 else ""
        raise SettingError(
            f"Row {number}: a {row.kernel} x {row.kernel} kernel{dilated} does not fit into {room} x {room} "
            "(padding included)."
        )
    return (room - covers) // row.stride + 1


def cone(levels: tuple[Level, ...], units_at_most: int = 400) -> list[list[int] | None]:
    """Return which units of each map, from the picture to the last row, one unit of the last row depends on.

    Numbers are relative to the first of them; with dilation there are holes. None: too many to draw one by one.
    """
    touched = {0}
    found: list[list[int] | None] = [[0]]
    for level in reversed(levels):
        row = level.row
        width = (max(touched) - min(touched)) * row.stride + (row.kernel - 1) * row.dilation + 1
        if width > units_at_most:
            return [None] * (len(levels) + 1 - len(found)) + found
        touched = {unit * row.stride + step * row.dilation for unit in touched for step in range(row.kernel)}
        low = min(touched)
        touched = {unit - low for unit in touched}
        found.insert(0, sorted(touched))
    return found


def as_pytorch(rows: tuple[Row, ...], channels: int = 3) -> str:
    """Return the stack as code."""
    lines = ["import torch.nn as nn", "", "stack = nn.Sequential("]
    for row in rows:
        settings = [f"stride={row.stride}"]
        if row.padding != 0:
            settings.append(f"padding={row.padding!r}" if row.padding != "same" or row.kind == "conv" else _half(row))
        if row.dilation != 1:
            settings.append(f"dilation={row.dilation}")
        if row.kind == "conv":
            if row.groups != 1:
                settings.append(f"groups={row.groups}")
            lines.append(f"    nn.Conv2d({channels}, {row.channels}, kernel_size={row.kernel}, {', '.join(settings)}),")
            channels = row.channels
        else:
            name = "MaxPool2d" if row.kind == "max" else "AvgPool2d"
            lines.append(f"    nn.{name}(kernel_size={row.kernel}, {', '.join(settings)}),")
    return "\n".join([*lines, ")"])


def _half(row: Row) -> str:
    return f"padding={(row.kernel - 1) * row.dilation // 2}"
