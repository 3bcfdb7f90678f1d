"""The view Feature maps: the channels of a layer as tiles, one of them large over the photo."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.tabs import inside_maps_cards as cards
from app.tabs.inside_view_input import ViewInput, packed
from cvdemo import settings
from cvdemo.feature_maps import words
from cvdemo.feature_maps.answer import contributions, has_classes, known_contributions
from cvdemo.feature_maps.channels import RANKS, Rank
from cvdemo.settings import Spec, choice, custom, whole

ID = "maps"
TITLE = "Feature maps"
WHY = words.WHY
OPENS_AT = 0.3  # early enough to see edges and colours, which a first look understands; the last layer shows few places
CHANNEL = Spec("whole", "channel", 0, 65_535)


def _channels(value: Any) -> dict[str, int]:
    picked = value if isinstance(value, dict) else {}
    return {str(name): CHANNEL.sound(number) for name, number in list(picked.items())[:3]}


@dataclass(frozen=True)
class Settings(settings.Settings):
    """Rank of the channels, colour scale, how many tiles, and the large channel of each model, by its name."""

    rank: Rank = choice("mean", RANKS, "rank")
    scale: str = choice("layer", ("each", "layer", "all"), "scale")
    count: int = whole(24, 1, 4096, "count")
    channel: dict[str, int] = custom(dict, _channels)


def work(given: ViewInput, report: Any) -> None:
    """Run what the rank needs: by contribution, one pass forward and back a model."""
    if given.settings.maps.rank == "contribution":
        for one in given.seen:
            report()
            if has_classes(one):
                contributions(one)


def known(given: ViewInput) -> bool:
    """Whether the channels can be ranked without a network run."""
    if given.settings.maps.rank != "contribution":
        return True
    return all(known_contributions(one) is not None for one in given.seen if has_classes(one))


def answer(given: ViewInput) -> str:
    """Return which channel of each model stands out most at the point."""
    return words.strongest(given.seen, [cards.standing(given, number) for number in range(len(given.seen))])


def draw(given: ViewInput) -> list[dict[str, Any]]:
    """Return a card a model."""
    return [cards.card(given, number) for number in range(len(given.seen))]


def tile(given: ViewInput, number: int) -> dict[str, Any] | None:
    """Return the channel that stands out most at the point."""
    stop = given.stop(number)
    channel, _ = cards.standing(given, number)
    return {
        "column": "strongest",
        "title": f"Channel {channel}",
        "caption": words.tile(given.seen[number].stops[stop].channels, *cards.here_and_mean(given, number, channel)),
        "map": packed(given.seen[number].maps[stop][channel]),
        "scale": ["value", "lowest", "strongest"],
        "opens": ID,
    }


def arrays(given: ViewInput) -> list[tuple[str, NDArray[np.float32]]]:
    """Return every channel of the shown layers: float32 (C, h, w)."""
    rows = [(one, given.stop(number)) for number, one in enumerate(given.seen)]
    return [(f"{one.asked.model}-{one.stops[stop].name}", one.maps[stop]) for one, stop in rows]
