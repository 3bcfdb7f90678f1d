"""What Teach says of trainings with and without augmentation: accuracies, their difference, and whether it is sure."""

import numpy as np

from cvdemo.transfer import helped_words as words
from cvdemo.transfer.augment_words import NAMES
from cvdemo.transfer.helped import Helped
from tests.sentences.table import Reader, holds, same, share, true_of

START = (
    r"([\w ]+) on ([\w-]+): (\d+\.\d %) of (\d+) held-out photos with it, "
    r"(\d+\.\d %) without \(mean of (\d+) seeds\)\. "
)
POINTS = r"([\u2212+]?)(\d+\.\d points)"
BETWEEN = rf"95 % interval {POINTS} to {POINTS}"


def signed(sign: str, text: str, value: float) -> None:
    holds(text, 100 * abs(value), "points")
    assert (sign == "\u2212") == (round(1000 * value) < 0) and (sign == "+") == (round(1000 * value) > 0)


@true_of(
    words.answer,
    helps=rf"{START}It helps here, by (\d+\.\d points) \({BETWEEN}\)\.",
    harms=rf"{START}It does harm here, by (\d+\.\d points) \({BETWEEN}\)\.",
    close=rf"{START}Too close to call: {POINTS} \({BETWEEN}\)\. More held-out photos would tell more\.",
)
def trainings(draw: np.random.Generator, read: Reader) -> None:
    photos, name = int(draw.integers(2, 200)), str(draw.choice(list(NAMES)))
    plain, changed = (draw.random((3, photos)) < draw.random() for _ in range(2))
    difference = float(changed.mean() - plain.mean())
    half = float(draw.uniform(0, 0.3))
    found = Helped("Small-ViT", "vit", name, plain, changed, (difference - half, difference + half))
    said = read(words.answer(found))
    assert (said.form == "helps") == (difference > half) and (said.form == "harms") == (difference < -half)
    parts = said.parts
    same(parts[0], NAMES[name])
    same(parts[1], "Small-ViT")
    share(parts[2], float(changed.mean()))
    same(parts[3], photos)
    share(parts[4], float(plain.mean()))
    same(parts[5], 3)
    if said.form == "close":
        signed(parts[6], parts[7], difference)
    else:
        holds(parts[6], 100 * abs(difference), "points")
    signed(parts[-4], parts[-3], difference - half)
    signed(parts[-2], parts[-1], difference + half)
