"""What a classifier can say at all: how many things it knows, and whether a word is among them."""

import difflib
import itertools

from cvdemo.classify.doubt import is_doubtful
from cvdemo.classify.result import Classification
from cvdemo.errors import SettingError
from cvdemo.wording import called, listed

WORD_LENGTH = 60  # characters
NEAREST = 4
ALIKE = 0.6  # of 1: less is another word
LESSON_PAIR = ("tf_efficientnet_lite0", "mini_vit_distilled")
"""The pair that the page opens with where nothing was downloaded; of others the next lines say nothing."""
LESSONS = {"coffee": "both know it", "cat": "they split", "blood_cells": "in neither list"}
"""What each starter photo shows of that pair, chosen by running them."""


def scope_sentences(result: Classification) -> str:
    """Return what stands after the answer: that a model knows few things, that it may be something else, or "".

    Our own models know so few that ordinary photos show other things.
    """
    answers = result.trained
    few = [answer for answer in answers if answer.weights == "bundled"]
    told = []
    if few and len(few) == len(answers):
        counts = {len(answer.labels) for answer in few}
        they = "it knows" if len(few) == 1 else "they know"
        told.append(f"Of the {listed([f'{count:,}' for count in sorted(counts)])} everyday things {they}.")
    elif few:
        named = zip(called(answers), answers, strict=True)
        told.append(_only([(name, len(answer.labels)) for name, answer in named if answer in few]))
    if is_doubtful(result):
        told.append("It may be something else.")
    return " ".join(told)


def _only(few: list[tuple[str, int]]) -> str:
    """Return how few things these models know: in one number, or each in its own where they differ."""
    names, counts = zip(*few, strict=True)
    if len(set(counts)) > 1:
        return f"{_capital(listed([f'{name} knows only {count:,}' for name, count in few]))} everyday things."
    return f"{_capital(listed(list(names)))} {'knows' if len(few) == 1 else 'know'} only {counts[0]:,} everyday things."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def search(result: Classification, word: object) -> list[str]:
    """Return whether the models' lists hold ``word``, a sentence for each different list, the shortest list first.

    Raises:
        SettingError: it is no text, or too long.
    """
    if not isinstance(word, str) or len(word) > WORD_LENGTH:
        raise SettingError(f"What you look for must be a text of {WORD_LENGTH} characters at most.")
    wanted, lists = " ".join(word.split()), sorted(result.trained, key=lambda answer: len(answer.labels))
    if not wanted:
        return []
    alike = [list(group) for _, group in itertools.groupby(lists, key=lambda answer: answer.labels)]
    return [_found(wanted, group[0].labels, listed([answer.title for answer in group])) for group in alike]


def _found(wanted: str, labels: tuple[str, ...], who: str) -> str:
    same = next((label for label in labels if label.casefold() == wanted.casefold()), None)
    if same is not None:
        return f"{who}: yes, {same} is one of the {len(labels):,}."
    begin = f"{who}: {wanted} is not among the {len(labels):,}"
    holding = [label for label in labels if wanted.casefold() in label.casefold()][:NEAREST]
    if holding:
        return f"{begin} by that name; {listed(holding)} {'hold' if len(holding) > 1 else 'holds'} it."
    near = nearest(wanted, labels)
    if near:
        return f"{begin}. The nearest {'words' if len(near) > 1 else 'word'} there: {listed(near)}."
    return f"{begin}, and no word there is like it."


def nearest(wanted: str, labels: tuple[str, ...]) -> list[str]:
    """Return the labels that are spelled most like ``wanted``, as a whole or in one of their words; the best first."""

    def likeness(label: str) -> float:
        parts = [label.casefold(), *label.casefold().split()]
        return max(difflib.SequenceMatcher(None, wanted.casefold(), part).ratio() for part in parts)

    rated = sorted(((likeness(label), label) for label in labels), key=lambda pair: (-pair[0], pair[1]))
    return [label for rate, label in rated[:NEAREST] if rate >= ALIKE]
