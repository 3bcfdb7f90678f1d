"""The sentences about augmented copies."""

from cvdemo.transfer.augment import OPERATIONS, Copy
from cvdemo.wording import percent

AUGMENT_TITLE = "Change the photos"
AUGMENT_HINT = "augmentation: what training would see of your photo"
ABOUT = (
    "In training each pass sees other copies, so that the network learns what does not matter. Only the photos to "
    "learn from are changed; the test sees them as they are. A change that changes the answer does harm: "
    "a mirrored 2 is none."
)
NAMES = {
    "randaugment": "RandAugment",
    "crop": "Random crop",
    "flip": "Mirrored",
    "colour": "Colour",
    "erasing": "Erased patch",
    "mixup": "Mixup",
    "cutmix": "CutMix",
}


def caption(copy: Copy, magnitude: int, other: str) -> str:
    """Return what was done to a copy, and what its label is where there are two."""
    if copy.shares is not None:
        return f"label: {percent(copy.shares[0])} your photo, {percent(copy.shares[1])} class {other}"
    return f"{OPERATIONS} of 14 operations, magnitude {magnitude}" if copy.name == "randaugment" else "label stays"
