"""How far the units of one map see along one axis, exact in whole numbers.

Three forms. `Even`: all units see alike, unit i the pixels ``first + i * stride`` to ``... + size - 1``, pixels outside
the photo included (Araujo, Norris and Sim 2019, https://distill.pub/2019/computing-receptive-fields). `Periodic`: units
take turns in seeing differently, as after enlarging a map twice. `Each`: units differ, as in the windows of Swin; one
interval a unit, within the photo.
"""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Even:
    """All units see alike: ``size`` pixels, ``stride`` apart, the first from pixel ``first`` on (may be negative)."""

    size: int = 1
    stride: int = 1
    first: int = 0

    def interval(self, unit: int) -> tuple[int, int]:
        """Return the first and last pixel that ``unit`` sees, outside the photo too."""
        start = self.first + unit * self.stride
        return start, start + self.size - 1


@dataclass(frozen=True)
class Periodic:
    """Unit q * p + i, with p intervals, sees ``intervals[i]`` moved by q * ``step`` pixels; outside the photo too."""

    intervals: tuple[tuple[int, int], ...]
    step: int

    @property
    def size(self) -> int:
        """The widest field of any unit."""
        return max(last - first + 1 for first, last in self.intervals)

    @property
    def stride(self) -> int:
        """Pixels from one unit to the next, on average, rounded."""
        return max(1, round(self.step / len(self.intervals)))

    @property
    def first(self) -> int:
        """The first pixel of unit 0."""
        return self.intervals[0][0]

    def interval(self, unit: int) -> tuple[int, int]:
        """Return the first and last pixel that ``unit`` sees, outside the photo too."""
        turn, place = divmod(unit, len(self.intervals))
        first, last = self.intervals[place]
        return first + turn * self.step, last + turn * self.step


@dataclass(frozen=True)
class Each:
    """Units differ: ``intervals[i]`` is the first and last pixel of unit i."""

    intervals: tuple[tuple[int, int], ...]

    @property
    def size(self) -> int:
        """The widest field of any unit."""
        return max(last - first + 1 for first, last in self.intervals)

    @property
    def stride(self) -> int:
        """Pixels from one unit to the next, on average over the map, rounded."""
        ends = [first + last for first, last in self.intervals]
        return round((ends[-1] - ends[0]) / 2 / (len(ends) - 1)) if len(ends) > 1 else 1

    @property
    def first(self) -> int:
        """The first pixel of unit 0."""
        return self.intervals[0][0]

    def interval(self, unit: int) -> tuple[int, int]:
        """Return the first and last pixel that ``unit`` sees."""
        return self.intervals[unit]


Axis = Even | Periodic | Each


def window(axis: Axis, kernel: int, stride: int, padding: int, dilation: int, count: int) -> Axis:
    """Return what the ``count`` units of a convolution or pooling see that read units of ``axis``.

    Size: r + (k - 1) * d * j with j the stride so far; stride: j * s; first pixel: f - p * j.
    """
    if isinstance(axis, Even):
        reach = (kernel - 1) * dilation * axis.stride
        return Even(axis.size + reach, axis.stride * stride, axis.first - padding * axis.stride)
    if isinstance(axis, Periodic):
        turns = len(axis.intervals) // math.gcd(len(axis.intervals), stride)
        places = [[unit * stride - padding + step * dilation for step in range(kernel)] for unit in range(turns)]
        seen = tuple(_hull([axis.interval(place) for place in touched]) for touched in places)
        return _periodic(seen, axis.step * turns * stride // len(axis.intervals))
    last = len(axis.intervals) - 1
    rows = []
    for unit in range(count):
        start = unit * stride - padding
        touched = [start + step * dilation for step in range(kernel)]
        rows.append(_hull([axis.intervals[min(max(place, 0), last)] for place in touched]))
    return Each(tuple(rows))


def swin_windows(axis: Axis, size: int, shift: int, count: int, pixels: int) -> Each:
    """Return what units see after attention within windows of ``size`` units, shifted by ``shift``.

    As timm computes it: roll by -shift, pad at the end to whole windows, and keep apart what the roll brought
    together (Liu et al. 2021, https://arxiv.org/abs/2103.14030).
    """
    padded = -(-count // size) * size
    groups: dict[tuple[int, int], list[int]] = {}
    for place in range(count):  # padding behind them holds no pixels
        region = 0 if not shift or place < padded - size else 1 if place < padded - shift else 2
        groups.setdefault((place // size, region), []).append((place + shift) % count)
    own = each(axis, count, pixels).intervals
    rows: list[tuple[int, int]] = [(0, 0)] * count
    for units in groups.values():
        seen = _hull([own[unit] for unit in units])
        for unit in units:
            rows[unit] = seen
    return Each(tuple(rows))


def enlarge(axis: Axis, before: int, count: int, pixels: int) -> Axis:
    """Return what ``count`` units see that each repeat the nearest of the ``before`` units of ``axis``."""
    if before == count:
        return axis
    if isinstance(axis, Each) or count % before:
        own = each(axis, before, pixels).intervals
        return Each(tuple(own[unit * before // count] for unit in range(count)))
    factor, old = count // before, len(axis.intervals) if isinstance(axis, Periodic) else 1
    step = axis.step if isinstance(axis, Periodic) else axis.stride
    return _periodic(tuple(axis.interval(unit // factor) for unit in range(old * factor)), step)


def _periodic(intervals: tuple[tuple[int, int], ...], step: int) -> Axis:
    """Return the plainest form of a periodic axis."""
    if len(intervals) > 1:
        return Periodic(intervals, step)
    first, last = intervals[0]
    return Even(last - first + 1, step, first)


def interpolate(axis: Axis, before: int, count: int, pixels: int) -> Axis:
    """Return what ``count`` units see that are interpolated between the ``before`` units of ``axis``."""
    if before == count:
        return axis
    own = each(axis, before, pixels).intervals
    places = [(unit + 0.5) * before / count - 0.5 for unit in range(count)]
    pairs = [(max(math.floor(place), 0), min(math.floor(place) + 1, before - 1)) for place in places]
    return Each(tuple(_hull([own[low], own[high]]) for low, high in pairs))


def each(axis: Axis, count: int, pixels: int) -> Each:
    """Return ``axis`` as one interval a unit, cut to the photo's ``pixels``."""
    if isinstance(axis, Each):
        return axis
    rows = [axis.interval(unit) for unit in range(count)]
    return Each(tuple((min(max(first, 0), pixels - 1), min(max(last, 0), pixels - 1)) for first, last in rows))


def union(axes: list[Axis], count: int, pixels: int) -> Axis:
    """Return the smallest interval a unit that holds those of all ``axes``: the longest path decides.

    Raises:
        ValueError: maps of different strides, which cannot be added.
    """
    endless = [axis for axis in axes if not isinstance(axis, Each)]
    if len(endless) == len(axes):
        turns = math.lcm(*(len(axis.intervals) if isinstance(axis, Periodic) else 1 for axis in endless))
        steps = {axis.interval(turns)[0] - axis.interval(0)[0] for axis in endless}
        if len(steps) > 1:
            raise ValueError(f"maps of different strides cannot meet: {sorted(steps)} pixels in {turns} units")
        return _periodic(tuple(_hull([axis.interval(unit) for axis in endless]) for unit in range(turns)), steps.pop())
    lists = [each(axis, count, pixels).intervals for axis in axes]
    return Each(tuple(_hull(list(column)) for column in zip(*lists, strict=True)))


def _hull(intervals: list[tuple[int, int]]) -> tuple[int, int]:
    return min(first for first, _ in intervals), max(last for _, last in intervals)
