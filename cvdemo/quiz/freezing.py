"""The question what the usual snippet for transfer learning gets wrong."""

from functools import cache
from typing import Any

import numpy as np

from cvdemo.quiz.question import Miss, Question, numbers
from cvdemo.quiz.subject import Subject
from cvdemo.transfer import snippet
from cvdemo.wording import scaled


def frozen(_subject: Subject, draw: np.random.Generator) -> Question | None:
    """Ask how many parameters a line of the usual snippet treats wrongly, or how many numbers it lets move."""
    fault, text, right, total, misses = _cases()[int(draw.integers(3))]
    choices = numbers(draw, right, misses, scaled, 0.05 * right)
    if choices is None:
        return None
    return Question(
        topic="frozen",
        about="theory",
        text=f"A snippet {text}",
        choices=choices,
        figure=scaled(right),
        reason=(
            f"Counted on the network: {right:,}, beside {total:,} parameters in all. Why: {fault.why}. Right instead: "
            f"{fault.right}."
        ),
        lab="teach",
    )


def _cases() -> tuple[tuple[snippet.Fault, str, int, int, tuple[Miss, ...]], ...]:
    """Return three lines of the snippet: what is asked, what is right, of how many, and the near misses."""
    by_fc, by_head, _, by_grad = snippet.faults()
    (resnet, resnet_all), (vit, vit_all) = by_head.wrong[0], by_fc.wrong[1]
    moving, _ = by_grad.wrong[0]
    (_, first), (_, second) = snippet.NETWORKS
    head = _head(snippet.NETWORKS[1][0])
    return (
        (by_fc, f"trains only what has 'fc' in its name, to train the head of {second}. How many parameters does "
         "that treat wrongly?", vit, vit_all,
         (Miss(head, "You counted the head alone. It is called head, so the line even misses it."),
          Miss(0, "You let the name find nothing else. Every block has mlp.fc1 and mlp.fc2."),
          Miss(vit_all, "You let it open everything. Attention and the embeddings stay frozen."),
          Miss(round((vit - head) / 12), "You counted one block. There are twelve."))),
        (by_head, f"trains only what has 'classifier' or 'head' in its name, to train the head of {first}. How many "
         "parameters does that treat wrongly?", resnet, resnet_all,
         (Miss(0, "You trusted the name. The head of a ResNet is called fc."),
          Miss(resnet_all, "You let it miss everything. What shall stay frozen does stay frozen."),
          Miss(resnet_all - resnet, "You counted what it leaves as it should be."),
          Miss(1000, "You counted the bias of the head only. Its weights stay frozen as well."))),
        (by_grad, f"sets requires_grad = False for every weight of {first} and then calls model.train(). How many "
         "numbers of the network move all the same?", moving, resnet_all,
         (Miss(0, "You took frozen weights for a frozen network. BatchNorm keeps running means and variances."),
          Miss(moving // 2, "You counted the running means only. The variances move as well."),
          Miss(resnet_all, "You let the weights move. Without a gradient they stay."),
          Miss(resnet_all + moving, "You let everything move. Without a gradient the weights stay."))),
    )  # fmt: skip


@cache
def _head(model: str) -> int:
    """Return the parameters of a classifier's head, by the network's own word."""
    import timm  # the page stands before torch is in
    import torch

    with torch.device("meta"):
        network: Any = timm.create_model(model)
        return sum(weight.numel() for weight in network.get_classifier().parameters())
