"""Which photos are near-duplicates: those of a burst must lie on one side of a split, or a test would be no test."""

import numpy as np
from numpy.typing import NDArray

from cvdemo.photo_sets.photo_set import PhotoSet

BITS_APART = 20  # of 256, at most
LEVELS_APART = 12  # of 255, on average, at most


def near_duplicates(photos: PhotoSet) -> NDArray[np.intp]:
    """Return a number for each photo, the same one for those that are nearly alike, directly or through others: (N,).

    Photos are alike when their difference hashes (Krawetz 2013: is a cell darker than its right neighbour?) differ in
    few bits and their cells in few levels. In the sets that come with packages each photo was taken for itself.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial.distance import cdist

    count = len(photos.photos)
    if photos.source or not count:
        return np.arange(count)
    cells = np.stack([photo.cells for photo in photos.photos]).astype(np.float64)
    darker = (cells[:, :, :-1] < cells[:, :, 1:]).reshape(count, -1)
    greys = cells[:, :, 1:].reshape(count, -1)
    bits = cdist(darker, darker, "hamming") * darker.shape[1]
    levels = cdist(greys, greys, "cityblock") / greys.shape[1]
    alike = coo_array((bits <= BITS_APART) & (levels <= LEVELS_APART))
    return connected_components(alike, directed=False)[1].astype(np.intp)
