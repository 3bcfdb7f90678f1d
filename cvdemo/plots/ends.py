"""Direct labels: names at the ends of their lines instead of a legend."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from cvdemo.plots.colours import light, text

TEXT_PX = 13
LABEL_PX = 17  # from one direct label to the next


class End(NamedTuple):
    """A direct label: a name, its colour, where its line ends, and what else there is to say of it.

    ``at`` is in the units of the axis, of a logarithmic one the logarithm; None where there is no line.
    """

    name: str
    token: str
    at: float | None
    more: str = ""


def at_their_ends(ends: Sequence[End], low: float, high: float, plot_px: float) -> list[dict[str, Any]]:
    """Return direct labels right of the plot, each at the end of its line, moved apart where they would meet.

    Args:
        low, high: the ends of the axis.
        plot_px: the height of the plot.
    """
    ordered = sorted(ends, key=lambda one: low if one.at is None else one.at)
    wanted = [plot_px * ((low if one.at is None else one.at) - low) / (high - low) for one in ordered]
    places = _apart(wanted, [LABEL_PX * (2 if one.more else 1) for one in ordered], plot_px)
    return [_end(one, low, place - at) for one, at, place in zip(ordered, wanted, places, strict=True)]


def _apart(wanted: Sequence[float], rooms: Sequence[float], top: float) -> list[float]:
    """Return places near the ``wanted`` ones, from below, that leave each its room and end at ``top``."""
    places, taken = [], -math.inf
    for place, room in zip(wanted, rooms, strict=True):
        places.append(max(place, taken + room / 2))
        taken = places[-1] + room / 2
    taken = top + LABEL_PX / 2
    for index in reversed(range(len(places))):
        places[index] = min(places[index], taken - rooms[index] / 2)
        taken = places[index] - rooms[index] / 2
    return places


def _end(one: End, low: float, up_px: float) -> dict[str, Any]:
    more = f"<br>{text(one.more)}" if one.more else ""
    font = {"color": light(one.token), "size": TEXT_PX}
    at = {"xref": "paper", "x": 1, "xanchor": "left", "xshift": 10, "y": low if one.at is None else one.at}
    said = {"text": f"<b>{text(one.name)}</b>{more}", "align": "left", "font": font}
    return {**at, **said, "yshift": up_px, "showarrow": False}
