"""What each detector was made to find, which starter photos show that, and so which detector suits a photo."""

from pathlib import Path

from cvdemo import catalogue, starters
from cvdemo.detect.settings import FIRST_DETECTOR
from cvdemo.wording import listed

CELLS = ("yolov8n_blood_cells",)
OWN = (FIRST_DETECTOR, "haar_faces", *CELLS)
EVERYDAY = tuple(name for name in catalogue.names("detect") if name not in OWN)
"""Detectors of the 80 kinds of things of COCO."""

SUITING: dict[str, tuple[str, ...]] = {
    "cat": EVERYDAY,
    "street": (FIRST_DETECTOR, "haar_faces", *EVERYDAY),
    "portrait": ("haar_faces", *EVERYDAY),
    "coffee": EVERYDAY,
    "blood_cells": CELLS,
    "cells_crowded": CELLS,
    "cells_platelets": CELLS,
}
"""By starter photo: the detectors that can find something that is there, the one to begin with first.

The portrait ends at the waist, and HOG knows people in full height only.
"""
CELL_LABELS = ("RBC", "WBC", "Platelets")
KNOWS = {  # by labels: what they are, "knows" in the right number, the headline's beginning
    ("person",): ("people in full height", "knows", "looks for upright people"),
    ("face",): ("faces seen from the front", "know", "look for faces"),
    CELL_LABELS: ("red and white blood cells and platelets", "knows", "looks for blood cells and platelets"),
}


def starter_of(path: Path) -> str | None:
    """Return the id of the starter photo or drawn scene at ``path``; None for a visitor's own photo."""
    return next((one.id for one in (*starters.all(), *starters.scenes()) if one.path == path), None)


def is_outside(starter: str | None, model: str) -> bool:
    """Return whether nothing of what ``model`` knows is on the photo; of a visitor's own nobody knows: False."""
    return starter in SUITING and model not in SUITING[starter]


def called(title: str) -> str:
    """Return a detector's short name: ``HOG``, ``YOLOv8n``."""
    return title.partition(" + ")[0].partition(",")[0]


def knows(labels: tuple[str, ...]) -> str:
    """Return in words what a detector was trained to find."""
    if labels in KNOWS:
        return KNOWS[labels][0]
    if len(labels) > 5:
        return f"{len(labels):,} kinds of things, such as {listed(list(labels[:3]))}"
    return listed(list(labels)) if labels else "nothing by name"


def known_to(model: str) -> str:
    """Return the same of a detector of the catalogue that may not be on this machine."""
    own = {FIRST_DETECTOR: ("person",), "haar_faces": ("face",), CELLS[0]: CELL_LABELS}
    return knows(own[model]) if model in own else "80 kinds of everyday things, such as people, cars and cups"


def looks(title: str, labels: tuple[str, ...]) -> str:
    """Return ``HOG looks for upright people``."""
    if labels in KNOWS:
        return f"{called(title)} {KNOWS[labels][2]}"
    return f"{called(title)} looks for {f'{len(labels):,} things' if len(labels) > 5 else knows(labels)}"


def shows_none(title: str, labels: tuple[str, ...]) -> str:
    """Return that a detector is outside its scope: ``HOG knows only people in full height, and ..``."""
    verb = KNOWS[labels][1] if labels in KNOWS else "knows"
    return f"{called(title)} {verb} only {knows(labels)}, and this photo shows none"
