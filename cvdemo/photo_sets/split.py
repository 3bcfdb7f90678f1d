"""Which photos are held out for the test: a share of each class, seeded, and never half of a burst."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace

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
    out, known = np.zeros((2, len(photos.labels)), np.bool_)
    if before is not None:
        out[: len(before)], known[: len(before)] = before, True
    return _completed(photos, groups, share, seed, out, known)


def split_kept(
    photos: PhotoSet, groups: NDArray[np.intp], share: float, seed: int, before: Mapping[str, bool]
) -> PhotoSet:
    """Return the set with its own test, which stays what it was for all photos that were split before.

    Photos may have come and gone since. A class of which only one side is left is split anew.

    Args:
        before: by a photo's digest, whether it was held out.
    """
    known = np.array([photo.digest in before for photo in photos.photos], np.bool_)
    out = np.array([before.get(photo.digest, False) for photo in photos.photos], np.bool_)
    for label in range(len(photos.classes)):
        mine = photos.labels == label
        if out[mine & known].all() or not out[mine & known].any():
            known &= ~mine
            out &= ~mine
    return replace(photos, test=_completed(photos, groups, share, seed, out, known))


def _completed(photos: PhotoSet, groups: NDArray[np.intp], share: float, seed: int, out: Flags, known: Flags) -> Flags:
    """Return ``out``, which says where the ``known`` photos lie, with the others on one of both sides."""
    for group in np.unique(groups[known]):  # a photo that was added goes where its like is
        out[groups == group] = out[known & (groups == group)].any()
    fixed = set(groups[known].tolist())
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
        if len(order) > 1 and not np.any(out & mine):  # of a few bursts even the smallest is more than the share
            out |= groups == min(order, key=lambda group: np.count_nonzero(groups == group))
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
