"""What Teach says of augmented copies: their labels' shares."""

import numpy as np

from cvdemo.transfer import augment_words as words
from cvdemo.transfer.augment import Copy
from tests.sentences.table import Reader, same, share, true_of


@true_of(
    words.caption,
    two=r"label: (\d+\.\d %) your photo, (\d+\.\d %) class (\w+)",
    drawn=r"2 of 14 operations, magnitude (\d+)",
    stays="label stays",
)
def captions(draw: np.random.Generator, read: Reader) -> None:
    name, own = str(draw.choice(list(words.NAMES))), float(draw.random())
    magnitude, other = int(draw.integers(31)), str(draw.choice(["mug", "keys"]))
    shares = (own, 1 - own) if name in ("mixup", "cutmix") else None
    said = read(words.caption(Copy(name, np.zeros((1, 1, 3), np.uint8), shares), magnitude, other))
    assert said.form == ("two" if shares else "drawn" if name == "randaugment" else "stays")
    if said.form == "two":
        share(said.parts[0], own)
        share(said.parts[1], 1 - own)
        same(said.parts[2], other)
    if said.form == "drawn":
        same(said.parts[0], magnitude)
