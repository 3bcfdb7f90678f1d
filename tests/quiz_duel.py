"""A duel of the quiz's models as two machines that never were would have it."""

import numpy as np

from cvdemo import catalogue
from cvdemo.latency.result import Duel, Racer
from cvdemo.quiz.subject import RACERS
from tests.test_latency_words import duel

MACHINES = {"first": (21.0, 4.1, 6.3, 38.0), "other": (5.2, 4.9, 2.3, 11.0)}
"""Milliseconds of `RACERS` on two machines that never were."""


def racers(median_ms: tuple[float, ...]) -> Duel:
    """Return a duel of the quiz's models with these medians, or near them."""
    rows = []
    for place, (name, ms) in enumerate(zip(RACERS, median_ms, strict=True)):
        spec, figures = catalogue.get(name), catalogue.figures(name)
        assert figures is not None
        times = ms * (1 + 0.01 * np.random.default_rng(place).standard_normal(30))
        rows.append(Racer(name, name, spec.title, spec.family, "bundled", "torch", "float32", figures.input_size_hw[0],
                          times, None, figures.parameter_count, figures.multiply_adds, 1, 1, None))  # fmt: skip
    return duel(*rows)
