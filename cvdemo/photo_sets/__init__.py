"""Labelled photos: a visitor's own, and sets that need no network; what is done with them, how a test splits them."""

from cvdemo.photo_sets.duplicates import near_duplicates
from cvdemo.photo_sets.edits import Given, Skipped
from cvdemo.photo_sets.photo_set import LabelledPhoto, PhotoSet, kept
from cvdemo.photo_sets.ready import SETS, ready
from cvdemo.photo_sets.split import held_out, split_kept, too_few
from cvdemo.photo_sets.visitors import FOLDERS, VISITORS, Visitors, forget_idle
from cvdemo.photo_sets.zip_file import MAX_ZIP_BYTES, from_zip, unzipped

__all__ = [
    "FOLDERS",
    "MAX_ZIP_BYTES",
    "SETS",
    "VISITORS",
    "Given",
    "LabelledPhoto",
    "PhotoSet",
    "Skipped",
    "Visitors",
    "forget_idle",
    "from_zip",
    "held_out",
    "kept",
    "near_duplicates",
    "ready",
    "split_kept",
    "too_few",
    "unzipped",
]
