"""What somebody wants of a network: the four questions of the guide."""

from dataclasses import dataclass
from typing import Literal

from cvdemo.settings import Settings, choice, number, whole

Domain = Literal["everyday", "moderate", "far"]
TASKS = {
    "classify": "name what is in a photo",
    "detect": "find things and draw boxes",
    "features": "describe photos by numbers",
}
DOMAINS = {
    "everyday": "everyday photos",
    "moderate": "photos somewhat unlike everyday ones",
    "far": "photos far from everyday ones",
}
LICENCES = {"any": "try it out", "commercial": "ship it in a product"}
MOST_PHOTOS, MOST_MS, MOST_MB = 1_000_000, 100_000, 100_000


@dataclass(frozen=True)
class Demand(Settings):
    """What somebody wants.

    Args:
        photos: labelled ones of each class; 0: none, or not said.
        domain: how far the photos lie from those that networks learned from.
        milliseconds: that one photo may take on this machine; 0: no limit.
        max_mb: that the weights' file may have; 0: no limit.
        licence: ``commercial``: weights that a product may use.
    """

    task: str = choice("classify", tuple(TASKS), "task")
    photos: int = whole(0, 0, MOST_PHOTOS, "number of photos")
    domain: str = choice("everyday", tuple(DOMAINS), "domain")
    milliseconds: float = number(50, 0, MOST_MS, "time limit", link="ms")
    max_mb: float = number(0, 0, MOST_MB, "size limit", link="mb")
    licence: str = choice("any", tuple(LICENCES), "licence")
