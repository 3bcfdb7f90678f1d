"""What a visitor may set about the fields of one unit."""

from dataclasses import dataclass
from typing import Final

from cvdemo.receptive_field.mass import SHARES
from cvdemo.settings import Settings as Described
from cvdemo.settings import choice, flag, number, whole

SHARES_ONLY: Final = "The square can hold 20, 50 or 95 % of the influence."
SIDES_ONLY: Final = "The input size must be a multiple of 32 from 64 to 512."
TWO_ONLY: Final = "Scale, path and weights must be one of the two that are offered."


@dataclass(frozen=True)
class Settings(Described):
    """How the tab is set: depth 0..1, share of the mass, scale, path, input side in pixels, random weights or not.

    A side of None is each model's own.
    """

    depth: float = number(0.8, 0, 1, "depth")
    share: float = choice(0.5, SHARES, "share", says=SHARES_ONLY)
    log: bool = flag(False, "scale", says=TWO_ONLY, link="field")
    shortest: bool = flag(False, "path", says=TWO_ONLY, link="field")
    side: int | None = whole(None, 64, 512, "input size", step=32, says=SIDES_ONLY, unset=True)
    random: bool = flag(False, "weights", says=TWO_ONLY, link="field")
