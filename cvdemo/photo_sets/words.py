"""What the page says of photos: what came, what was left out and why, how they were split."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cvdemo.photo_sets.edits import Given, Skipped

NAMED: Final = 3  # files of a reason


def split(out: NDArray[np.bool_], groups: NDArray[np.intp]) -> str:
    """Return how many photos are learned from and tested on, and how many near-duplicates were found."""
    held, same = int(out.sum()), len(groups) - len(np.unique(groups))
    twins = f" {same:,} {'is' if same == 1 else 'are'} nearly the same as another one and on its side." if same else ""
    return f"{len(out) - held:,} photos to learn from, {held:,} held out for the test.{twins}"


def brought(given: Given) -> str:
    """Return how many photos came, how many files were left out, why, and the first names."""
    came = f"{given.count:,} photo{'' if given.count == 1 else 's'} came in."
    if not given.skipped:
        return came
    return f"{came} {len(given.skipped):,} left out: {_reasons(given.skipped)}"


def _reasons(skipped: Sequence[Skipped]) -> str:
    names: dict[str, list[str]] = {}
    for one in skipped:
        names.setdefault(one.why, []).append(one.name)
    return " ".join(f"{_listed(files)}: {why}" for why, files in names.items())


def _listed(files: Sequence[str]) -> str:
    more = len(files) - NAMED
    return ", ".join(files[:NAMED]) + (f" and {more:,} more" if more > 0 else "")
