"""What Teach says of photos that came: how many, what was left out and why."""

import re
from collections import Counter

import numpy as np

from cvdemo.photo_sets import Given, Skipped, words
from cvdemo.photo_sets.edits import NOTHING
from tests.sentences.table import Reader, holds, same, true_of

REASONS = ("It lies in no folder.", "The file is empty. Choose another photo.", "It is in mug already.")
FILES = re.compile(r"((?:\d+\.txt(?:, )?)+)(?: and ([\d,]+) more)?: (.+?\.(?: Choose another photo\.)?)(?= \d|$)")


@true_of(
    words.brought,
    all=r"([\d,]+) photos? came in\.",
    some=r"([\d,]+) photos? came in\. ([\d,]+) left out: (.+)",
)
def arrivals(draw: np.random.Generator, read: Reader) -> None:
    count = int(draw.choice([0, 1, 2, 1500]))
    reasons = [REASONS[one] for one in draw.integers(0, 3, int(draw.choice([0, 1, 4, 12])))]
    skipped = tuple(Skipped(f"{number}.txt", why) for number, why in enumerate(reasons))
    text = words.brought(Given(NOTHING, count, skipped))
    said = read(text)
    holds(said.parts[0], count)
    assert text.startswith("1 photo came" if count == 1 else f"{count:,} photos came")
    assert (said.form == "some") == bool(skipped)
    if not skipped:
        return
    holds(said.parts[1], len(skipped))
    told = re.findall(
        r"((?:\d+\.txt(?:, )?)+)(?: and ([\d,]+) more)?: (.+?\.(?: Choose another photo\.)?)(?= \d|$)", said.parts[2]
    )
    assert {why for *_, why in told} == set(reasons)
    for names, more, why in told:
        named = names.split(", ")
        same(str(int(more or 0) + len(named)), Counter(reasons)[why])
        same(str(len(named)), min(3, Counter(reasons)[why]))
        assert all(skipped[int(name.removesuffix(".txt"))].why == why for name in named)
