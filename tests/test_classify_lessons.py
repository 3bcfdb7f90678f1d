"""What the starter photos are said to show of the pair that the page opens with: it is run and compared."""

import pytest

from cvdemo import starters, weights
from cvdemo.catalogue import get
from cvdemo.classify import classify
from cvdemo.classify.scope import LESSON_PAIR, LESSONS

TRUTHS = {
    "coffee": {"espresso", "cup"},
    "cat": {"tabby", "tiger cat", "Egyptian cat", "Persian cat"},
    "blood_cells": {"blood", "blood cell", "red blood cell", "corpuscle", "erythrocyte", "leukocyte", "platelet"},
}
"""What is on the photo, by looking at it, as a list of classes could call it."""

here = pytest.mark.skipif(
    not all(weights.is_ready(get(name)) for name in LESSON_PAIR), reason="the packaged CNN is not installed"
)


@here
@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_is_true_of_what_the_pair_answers(name: str) -> None:
    answers = classify(starters.get(name).path, LESSON_PAIR).answers
    right = [answer.top(1)[0].label in TRUTHS[name] for answer in answers]
    firsts = {answer.top(1)[0].label for answer in answers}
    listed = [bool(TRUTHS[name] & set(answer.labels)) for answer in answers]
    expected = {
        "both know it": right == [True, True] and len(firsts) == 1,
        "they split": True in right and False in right and all(listed),
        "in neither list": not any(listed),
    }
    assert expected[LESSONS[name]], (firsts, right, listed)
