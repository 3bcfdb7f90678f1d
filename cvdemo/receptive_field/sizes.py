"""Does the input size change the conclusion? Effective fields at several sizes, and where the order turns over."""

from collections.abc import Sequence
from dataclasses import dataclass

from cvdemo.catalogue import ModelSpec
from cvdemo.errors import SettingError
from cvdemo.inside.model_input import SquarePhoto
from cvdemo.receptive_field.growth_chart import sides
from cvdemo.receptive_field.mass import SHARES
from cvdemo.receptive_field.study import FieldRequest, at_side, known, stop_at, table
from cvdemo.wording import NBSP, percent

SIZES = (64, 128, 224, 320, 448)
EQUAL = 0.05  # shares of the photo's width that are less apart count as equal


@dataclass(frozen=True)
class AtSizes:
    """One model: ``shares[i]`` is its effective side over the photo's width at ``sizes[i]``; None = not measured."""

    title: str
    family: str
    sizes: tuple[int, ...]
    shares: tuple[float | None, ...]


def at_sizes(
    spec: ModelSpec,
    asked: FieldRequest,
    square: SquarePhoto,
    point_rc: tuple[int, int],
    depth: float,
    share: float,
    also: Sequence[int] = (),
) -> AtSizes:
    """Return what is known of one model at each size, at one depth, for one share of the raw gradient.

    Args:
        also: more sizes, so that models whose own ones differ are told at the same.
    """
    wanted = tuple(sorted({*SIZES, asked.side, *also}))
    shares = tuple(_share(asked, square, point_rc, side, depth, share) for side in wanted)
    return AtSizes(spec.title, spec.family, wanted, shares)


def _share(
    asked: FieldRequest, square: SquarePhoto, point_rc: tuple[int, int], side: int, depth: float, share: float
) -> float | None:
    try:
        there = at_side(asked, square, point_rc, side)
    except SettingError:
        return None  # too small for this model
    study = known(there)
    if study is None:
        return None
    stops = table(there.model, there.side).stops
    number = stop_at(stops, depth)
    held = sides(study, number, stops[number])
    return held[SHARES.index(share)] / there.side if held else None


def flips(models: Sequence[AtSizes]) -> str | None:
    """Return a warning when one model has the wider effective field at some sizes and the other at others.

    Whoever compares at one size only would conclude the opposite at another (RepLKNet's issue 25).
    """
    if len(models) < 2:
        return None
    first, second = models[:2]
    wider: dict[str, int] = {}
    for size, one, two in zip(first.sizes, first.shares, second.shares, strict=True):
        if one is not None and two is not None and abs(one - two) > EQUAL:
            wider.setdefault(first.title if one > two else second.title, size)
    if len(wider) < 2:
        return None
    (one_title, one_size), (two_title, two_size) = wider.items()
    return (
        f"Careful: at {one_size}{NBSP}px {one_title} has the wider effective field, at {two_size}{NBSP}px {two_title}. "
        "The input size decides here, so state it with every comparison."
    )


def described(models: Sequence[AtSizes]) -> str:
    """Return the shares in words, for people who do not see the chart."""
    parts = [
        f"{model.title} at {size} px {percent(share)}"
        for model in models
        for size, share in zip(model.sizes, model.shares, strict=True)
        if share is not None
    ]
    return ", ".join(parts)
