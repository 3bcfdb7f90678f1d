"""Which photos are held out for the test: a share of each class, seeded, and never half of a burst."""

import hashlib

import numpy as np
from numpy.typing import NDArray

from cvdemo.photo_sets.photo_set import PhotoSet

FEWEST = 5  # photos of a class, for some of it to be held out

Flags = NDArray[np.bool_]


def held_out(photos: PhotoSet, groups: NDArray[np.intp], share: float, seed: int, before: Flags | None = None) -> Flags:
    """Return which photos the test keeps for itself: bool (N,).

    Of each class a ``share`` of its photos, as near to it from below as its groups of near-duplicates allow, and at
    least one group stays on either side; a class with one group is not held out at all.

    Args:
        groups: from `near_duplicates`, (N,).
        share: 0..1.
        before: what was held out of the first photos already, (n,) with n <= N: it stays so when photos are added.
    """
    if photos.test is not None:
        return photos.test
    out = np.zeros(len(photos.labels), np.bool_)
    if before is not None:
        out[: len(before)] = before
        for group in np.unique(groups[: len(before)]):  # a photo that was added goes where its like is
            out[groups == group] = out[: len(before)][groups[: len(before)] == group].any()
    fixed = set(groups[: len(before)].tolist()) if before is not None else set()
    for label in range(len(photos.classes)):
        mine = photos.labels == label
        order = sorted(set(groups[mine].tolist()), key=lambda group: _lot(photos, groups, group, seed))
        wanted = share * np.count_nonzero(mine)
        for group in order:
            of_it = groups == group
            if group in fixed or out[of_it].any():
                continue
            if np.count_nonzero(out & mine) + np.count_nonzero(of_it & mine) <= max(1.0, wanted):
                out |= of_it
            if not np.any(mine & ~out):  # something must be left to learn from
                out &= ~of_it
    return out


def _lot(photos: PhotoSet, groups: NDArray[np.intp], group: int, seed: int) -> str:
    """Return what a group draws: it follows from the seed and its first photo, whatever else there is."""
    first = photos.photos[int(np.flatnonzero(groups == group)[0])]
    return hashlib.sha256(f"{seed} {first.digest}".encode()).hexdigest()


def too_few(photos: PhotoSet, out: Flags) -> str | None:
    """Return the sentence that says why nothing can be tested, or None."""
    for label, (name, count) in enumerate(zip(photos.classes, photos.counts, strict=True)):
        if count < FEWEST:
            have = f"{count} photo{'' if count == 1 else 's'}"
            return f"{name} has {have}. Five are needed, so that some can be held out for the test."
        if not np.any(out & (photos.labels == label)):
            return f"The photos of {name} are all nearly the same: none can be held out for the test. Add other ones."
    return None
