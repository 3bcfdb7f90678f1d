"""What a visitor sets in the Teach tab."""

from dataclasses import dataclass

from cvdemo.photo_sets import SETS
from cvdemo.settings import Settings, choice, number

OWN = "own"


@dataclass(frozen=True)
class Teaching(Settings):
    """Which photos are taught, a ready set by name or the visitor's own, and which share of them a test keeps."""

    photos: str = choice("digits", (*SETS, OWN), "photos", link="photos")
    held_out: float = number(0.25, 0.1, 0.5, "held-out share", step=0.05, link="held_out", label="Held out")
