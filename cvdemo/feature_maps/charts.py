"""The chart of the Feature maps view: the channels of one layer that answer most."""

from typing import TYPE_CHECKING

from cvdemo.feature_maps.channels import Rank, channels, order
from cvdemo.inside import heat
from cvdemo.inside.activations import ForwardPass

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


def figure(seen: ForwardPass, number: int, rank: Rank = "mean", most: int = 12) -> "Figure":
    """Return the first channels of stop ``number`` by ``rank``, on one colour scale, as a Plotly figure.

    Args:
        rank: mean, max or sparse.

    Raises:
        SettingError: a rank that does not exist.
    """
    stop, figures = seen.stops[number], channels(seen, number)
    chosen = order(figures, rank)[:most]
    names = [f"{channel}" for channel in chosen]
    answer = f"{len(chosen)} of {stop.channels:,} channels of {stop.label}, the first by {rank}."
    title = f"{seen.spec.title}, {stop.label}"
    return heat.tiles(seen.maps[number][chosen], names, title, answer, (figures.low, figures.high)).figure()
