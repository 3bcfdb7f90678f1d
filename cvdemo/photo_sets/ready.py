"""Sets of labelled photos that need no network: they lie in packages that the page needs anyway."""

from collections.abc import Callable
from functools import cache
from typing import Final

import numpy as np
from numpy.random import default_rng
from PIL import Image

from cvdemo.errors import SettingError
from cvdemo.photo_sets.photo_set import LabelledPhoto, PhotoSet, encoded
from cvdemo.starters import package_folder

DIGIT_SIDE: Final = 64  # px, of 8
OF_A_DIGIT: Final = 40
CROP: Final = 96  # px
OF_A_TEXTURE: Final = 40
TESTED: Final = 10
TEXTURES: Final = ("brick", "grass", "gravel")


def digits() -> PhotoSet:
    """Return 40 handwritten digits of each kind, 8 x 8 numbers each (Alpaydin and Kaynak 1998, in scikit-learn)."""
    from sklearn.datasets import load_digits

    data = load_digits()
    photos = []
    for label in range(10):
        for number in np.flatnonzero(data.target == label)[:OF_A_DIGIT]:
            levels = np.round(data.images[number] * (255 / 16)).astype(np.uint8)
            large = Image.fromarray(levels).resize((DIGIT_SIDE, DIGIT_SIDE), Image.Resampling.BICUBIC)
            photos.append(LabelledPhoto(encoded(np.asarray(large.convert("RGB"))), label, f"digit {number}"))
    source = "Optical Recognition of Handwritten Digits, by E. Alpaydin and C. Kaynak, in scikit-learn"
    return PhotoSet("the digits", tuple(str(digit) for digit in range(10)), tuple(photos), source)


def textures() -> PhotoSet:
    """Return random crops of brick, grass and gravel, grey, from one photo each (scikit-image).

    The last ten of each come from the lower half of its photo, and are for the test: they overlap with none of the
    others.
    """
    folder = package_folder("skimage")
    if folder is None:
        raise SettingError("The textures lie in scikit-image, which is not installed here.")
    photos, test = [], []
    for label, kind in enumerate(TEXTURES):
        with Image.open(folder / "data" / f"{kind}.png") as image:
            halves = np.array_split(np.asarray(image.convert("RGB")), 2)
        random = default_rng(label)
        for number in range(OF_A_TEXTURE):
            test.append(number >= OF_A_TEXTURE - TESTED)
            half = halves[int(test[-1])]
            top, left = (int(random.integers(0, size - CROP)) for size in half.shape[:2])
            crop = half[top : top + CROP, left : left + CROP]
            photos.append(LabelledPhoto(encoded(crop), label, f"{kind} {number}"))
    source = "brick, grass and gravel of scikit-image (CC0)"
    return PhotoSet("the textures", TEXTURES, tuple(photos), source, np.array(test))


def faces() -> PhotoSet:
    """Return 100 small grey pictures of faces and 100 of other things, of 25 x 25 pixels (scikit-image)."""
    folder = package_folder("skimage")
    if folder is None:
        raise SettingError("The faces lie in scikit-image, which is not installed here.")
    both = np.load(folder / "data" / "lfw_subset.npy")  # (200, 25, 25), 0..1; the first half are faces
    levels = np.round(255 * both).astype(np.uint8)
    photos = []
    for number, one in enumerate(levels):
        picture = encoded(np.repeat(one[:, :, None], 3, axis=2))
        photos.append(LabelledPhoto(picture, int(number >= len(both) // 2), f"picture {number}"))
    source = "lfw_subset of scikit-image, from Labeled Faces in the Wild (Huang et al. 2007)"
    return PhotoSet("the faces", ("face", "no face"), tuple(photos), source, stays=True)


SETS: dict[str, Callable[[], PhotoSet]] = {"digits": digits, "textures": textures, "faces": faces}


@cache
def ready(name: str) -> PhotoSet:
    """Return a ready set by its name.

    Raises:
        SettingError: there is none of that name.
    """
    if name not in SETS:
        raise SettingError(f"There is no set called {name[:40]!r}. Choose one of {', '.join(SETS)}.")
    return SETS[name]()
