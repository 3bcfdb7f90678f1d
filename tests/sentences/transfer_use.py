"""What Teach says of a photo that its new heads have named, compared with the shares themselves."""

import numpy as np

from cvdemo.transfer import use_words as words
from cvdemo.transfer.use import Said
from tests.sentences.table import Reader, same, share, true_of

CLASSES = ("mug", "keys", "plant", "cup", "cat", "dog", "bus", "car", "pear", "fig")
ONE = r"(?:[\w-]+ ?\w+) says \w+ \(\d+\.\d %\)"
NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@true_of(words.named, _=rf"({ONE}(?:; {ONE})*)\.")
def photos(draw: np.random.Generator, read: Reader) -> None:
    count = int(draw.integers(2, 11))
    families = [str(draw.choice(["cnn", "vit"])) for _ in range(int(draw.integers(1, 5)))]
    said = [
        Said(f"model_{at}", f"Model {at}", family, draw.dirichlet(np.ones(count))) for at, family in enumerate(families)
    ]
    pair = len(said) == 2 and families[0] != families[1]
    for told, one in zip(read(words.named(said, CLASSES)).parts[0].split("; "), said, strict=True):
        who, _, rest = told.partition(" says ")
        same(who.lower(), f"the {one.family}" if pair else one.title.lower())
        name, _, value = rest.partition(" (")
        same(name, CLASSES[int(np.argmax(one.shares))])
        share(value.removesuffix(")"), max(one.shares))


@true_of(words.must, _=r"It must answer with one of the (\w+), whatever you show\.")
def no_other_answer(draw: np.random.Generator, read: Reader) -> None:
    count = int(draw.integers(2, 11))
    same(read(words.must(CLASSES[:count])).parts[0], NUMBERS[count - 2])


@true_of(words.others, _=r"(\d+) (others?)")
def all_others(draw: np.random.Generator, read: Reader) -> None:
    count = int(draw.integers(1, 6))
    number, word = read(words.others(count)).parts
    same(number, count)
    same(word, "other" if count == 1 else "others")
