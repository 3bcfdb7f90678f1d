"""What a visitor sets in the Teach tab."""

from dataclasses import dataclass

from cvdemo.photo_sets import SETS
from cvdemo.settings import Settings, choice

OWN = "own"


@dataclass(frozen=True)
class Teaching(Settings):
    """Which photos are taught: a ready set by name, or the visitor's own."""

    photos: str = choice("digits", (*SETS, OWN), "photos", link="photos")
