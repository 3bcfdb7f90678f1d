"""Labelled photos: a visitor's own, out of a zip file, and sets that need no network; how they are split for a test."""

from cvdemo.photo_sets.duplicates import near_duplicates
from cvdemo.photo_sets.photo_set import LabelledPhoto, PhotoSet, kept
from cvdemo.photo_sets.ready import SETS, ready
from cvdemo.photo_sets.split import held_out, too_few
from cvdemo.photo_sets.zip_file import MAX_ZIP_BYTES, from_zip

__all__ = [
    "MAX_ZIP_BYTES",
    "SETS",
    "LabelledPhoto",
    "PhotoSet",
    "from_zip",
    "held_out",
    "kept",
    "near_duplicates",
    "ready",
    "too_few",
]
