"""The view Feature maps: the channels of a layer as tiles, one of them large over the photo."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.tabs.inside_look import Look, one_of, own, packed, small, whole
from cvdemo import images
from cvdemo.feature_maps import words
from cvdemo.feature_maps.answer import contributions, has_classes, known_contributions
from cvdemo.feature_maps.channels import RANKS, Rank, channels, histogram, order, standing_out
from cvdemo.feature_maps.kernels import first_kernels
from cvdemo.inside.projection import colours, projected
from cvdemo.inside.seeing import Seen

ID = "maps"
TITLE = "Feature maps"
WHY = words.WHY
STEP = 24
DEFAULTS: dict[str, Any] = {"rank": "mean", "scale": "layer", "count": STEP, "channel": {}}
SCALES = ("each", "layer", "all")


@dataclass(frozen=True)
class Settings:
    """Rank of the channels, colour scale, how many tiles, and the large channel of each model, by its name."""

    rank: Rank
    scale: str
    count: int
    channel: dict[str, int]


def settings(value: Any) -> Settings:
    """Return sound settings.

    Raises:
        SettingError: a setting that does not exist or is out of range.
    """
    asked = own(value, DEFAULTS)
    picked = asked["channel"] if isinstance(asked["channel"], dict) else {}
    chosen = {str(name): whole(number, 0, 65_535, "The channel") for name, number in list(picked.items())[:3]}
    rank, scale = one_of(asked["rank"], RANKS, "The rank"), one_of(asked["scale"], SCALES, "The scale")
    return Settings(rank, scale, whole(asked["count"], 1, 4096, "The count"), chosen)


def work(look: Look, report: Any) -> None:
    """Run what the rank needs: by contribution, one pass forward and back a model."""
    if look.settings[ID].rank == "contribution":
        for one in look.seen:
            report()
            if has_classes(one):
                contributions(one)


def known(look: Look) -> bool:
    """Whether the channels can be ranked without a network run."""
    if look.settings[ID].rank != "contribution":
        return True
    return all(known_contributions(one) is not None for one in look.seen if has_classes(one))


def answer(look: Look) -> str:
    """Return which channel of each model stands out most at the point."""
    return words.strongest(look.seen, [_standing(look, number) for number in range(len(look.seen))])


def draw(look: Look) -> list[dict[str, Any]]:
    """Return a card a model."""
    return [_card(look, number) for number in range(len(look.seen))]


def _standing(look: Look, number: int) -> tuple[int, float]:
    stop = look.stop(number)
    return standing_out(look.seen[number].maps[stop], look.unit(number, stop))


def _card(look: Look, number: int) -> dict[str, Any]:
    one, stop = look.seen[number], look.stop(number)
    wanted: Settings = look.settings[ID]
    given = known_contributions(one) if has_classes(one) else None
    layer, figures = one.stops[stop], channels(one, stop)
    rank: Rank = "mean" if wanted.rank == "contribution" and given is None else wanted.rank
    ranked = order(figures, rank, given[stop] if given else None)
    best, score = _standing(look, number)
    chosen = wanted.channel.get(one.asked.model, best)
    chosen = chosen if chosen < layer.channels else best
    return {
        "model": one.asked.model,
        "layer": layer.label,
        "size": f"{layer.hw[0]} x {layer.hw[1]}",
        "channels": layer.channels,
        "low": figures.low,
        "high": figures.high,
        "tiles": [_tile(one.maps[stop][channel], int(channel)) for channel in ranked[: wanted.count]],
        "rank": rank,
        "ranks": [name for name in RANKS if name != "contribution" or has_classes(one)],
        "colours": images.data_url(colours(projected(one, stop)), format="png"),
        "large": _large(one.maps[stop][chosen], chosen, float(figures.dead[chosen])),
        "weights": _weights(one, chosen) if stop == 0 else None,
        "here": words.spread(score) if chosen == best else None,
        "can_switch": has_classes(one),
    }


def _tile(one: NDArray[np.float32], channel: int) -> dict[str, Any]:
    return {"channel": channel, **packed(small(one))}


def _weights(one: Seen, channel: int) -> dict[str, Any] | None:
    found = first_kernels(one).picture(channel)
    return None if found is None else {"side": len(found), "rgb": found.reshape(-1, 3).tolist()}


def _large(one: NDArray[np.float32], channel: int, dead: float) -> dict[str, Any]:
    counts, low, high = histogram(one)
    return {
        "channel": channel,
        "map": packed(one),
        "mean": float(one.mean()),
        "dead": words.dead(dead),
        "histogram": counts.tolist(),
        "low": low,
        "high": high,
    }


def tile(look: Look, number: int) -> dict[str, Any] | None:
    """Return the channel that stands out most at the point."""
    stop = look.stop(number)
    channel, score = _standing(look, number)
    return {
        "column": "strongest",
        "title": f"Channel {channel}",
        "caption": words.spread(score),
        "map": packed(look.seen[number].maps[stop][channel]),
        "opens": ID,
    }


def arrays(look: Look) -> list[tuple[str, NDArray[np.float32]]]:
    """Return every channel of the shown layers: float32 (C, h, w)."""
    rows = [(one, look.stop(number)) for number, one in enumerate(look.seen)]
    return [(f"{one.asked.model}-{one.stops[stop].name}", one.maps[stop]) for one, stop in rows]
