"""All kinds of questions, by what they are about."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cvdemo.quiz import (
    answers,
    attending,
    blocks,
    boxes,
    convolving,
    fields,
    four_boxes,
    freezing,
    halving,
    learning,
    racing,
    ranking,
)
from cvdemo.quiz.question import About, Question
from cvdemo.quiz.subject import Subject

Make = Callable[[Subject, np.random.Generator], Question | None]
"""Makes a question out of random numbers; None where there is none to ask about this photo here."""


@dataclass(frozen=True)
class Topic:
    """One kind of question.

    Args:
        title: what it is about, as a visitor knows it.
    """

    id: str
    title: str
    about: About
    make: Make


TOPICS: tuple[Topic, ...] = (
    Topic("survives", "Which box survives", "photo", four_boxes.survives),
    Topic("remain", "How many boxes remain", "photo", boxes.remain),
    Topic("lowered", "A lower IoU limit", "photo", boxes.lowered),
    Topic("overlap", "Intersection over union", "photo", boxes.overlap),
    Topic("lesioned", "The answer without one block", "photo", blocks.lesioned),
    Topic("missed", "The block it cannot miss", "photo", blocks.missed),
    Topic("reach", "How far a unit can see", "photo", fields.reach),
    Topic("effective", "How far a unit does see", "photo", fields.effective),
    Topic("looked", "How far a ViT looks", "photo", attending.looked),
    Topic("odds", "From logits to probabilities", "photo", answers.odds),
    Topic("unseen", "What the network never sees", "photo", answers.unseen),
    Topic("shifted", "The answer under a shift", "photo", answers.shifted),
    Topic("summed", "One sum of a convolution", "photo", convolving.summed),
    Topic("left_over", "The size of a map", "photo", convolving.left_over),
    Topic("flickering", "Four ways of halving", "photo", halving.flickering),
    Topic("brightened", "Max-pooling and brightness", "photo", halving.brightened),
    Topic("faster", "Which is faster here", "machine", racing.faster),
    Topic("lasting", "How long a model takes here", "machine", racing.lasting),
    Topic("stacked", "The field of a stack", "theory", fields.stacked),
    Topic("pointwise", "The cost of 1 × 1", "theory", convolving.pointwise),
    Topic("tokens", "The tokens of a ViT", "theory", attending.tokens),
    Topic("bottleneck", "What a bottleneck saves", "theory", learning.bottleneck),
    Topic("deeper", "Depth without skips", "theory", learning.deeper),
    Topic("taught", "A new last layer", "theory", learning.taught),
    Topic("frozen", "What a name opens", "theory", freezing.frozen),
    Topic("precision", "Average precision", "theory", ranking.precision),
)


def title(topic: str) -> str:
    """Return what a kind of question is about, as a visitor knows it."""
    return next(one.title for one in TOPICS if one.id == topic)
