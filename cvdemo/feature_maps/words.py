"""The sentences of Look inside's feature maps and overview, made from the numbers on screen."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cvdemo.feature_maps.answer import Without
from cvdemo.inside.activations import ForwardPass
from cvdemo.wording import called, listed, percent

WHY = (
    "Each tile is one filter's answer over the photo: bright where it finds its pattern. Early layers answer to edges "
    "and colours, later ones to parts and things."
)
CUT_OFF = "That point was cut off before the model saw it."


def strongest(seen: Sequence[ForwardPass], found: Sequence[tuple[int, float]]) -> str:
    """Return which channel of each model stands out most at the point, with its number."""
    parts = [
        f"{name} channel {channel}" for name, (channel, _) in zip(called(one.spec for one in seen), found, strict=True)
    ]
    return f"Strongest at this point: in {listed(parts, 'and in')}."


def deviations(score: float) -> str:
    """Return how far a channel stands out at the point."""
    return f"{score:.1f} standard deviations above its mean here"


def tile(channels: int, here: float, mean: float) -> str:
    """Return the overview's sentence on the strongest channel, at the point and over the photo, after its name."""
    return f"of {channels:,}. At your point {value(here)}, on average over the photo {value(mean)}."


def value(number: float) -> str:
    """Return a channel's value as people write it: ``0.87``, ``\u22120.11``, ``1,080``."""
    written = f"{abs(number):.2f}" if abs(number) < 99.995 else f"{abs(number):,.0f}"
    return f"\u2212{written}" if number < 0 and float(written.replace(",", "")) else written


def quiet(one: NDArray[np.float32]) -> str:
    """Return where a channel's map (h, w) does not fire: 0 is silent, a value below it is not."""
    share = float((one <= 0).mean())
    word = "silent" if not (one < 0).any() else "not above 0"
    where = f"in {percent(min(share, 0.999))} of the photo" if share < 1 else "everywhere in this photo"
    return f"{word} {where if share else 'nowhere in this photo'}"


def without(found: Without) -> str:
    """Return what switching a channel off did to the answer."""
    change = f"{found.label} has {percent(found.after)} instead of {percent(found.before)}"
    if found.first == found.label:
        return f"Without channel {found.channel} {change}; it stays the first answer."
    now = f"{found.first} comes first with {percent(found.first_probability)}"
    return f"Without channel {found.channel} {change}, and {now}."
