"""Rows P7 and attention: a Grad-CAM, and where the last layer looks, each against a bare forward pass."""

from functools import partial

import numpy as np
from numpy.typing import NDArray

from benchmarks.rows import Measured
from benchmarks.timing import compare, in_turns
from cvdemo import compute, models
from cvdemo.attention.tap import layer_of, listening, taps
from cvdemo.inside.cams import grad_cam
from cvdemo.inside.evidence import look_back
from cvdemo.inside.last_map import last_map
from cvdemo.inside.logits import logits_of
from cvdemo.loading import ReadyModel

CNN, VIT, SIDE = "resnet50", "vit_base_patch16_224", 224
ROUNDS = 15

Picture = NDArray[np.float32]


def _picture() -> Picture:
    return np.random.default_rng(0).normal(size=(1, 3, SIDE, SIDE)).astype(np.float32)


def saliency() -> Measured:
    """Grad-CAM of ResNet-50, from the picture to the map, against the forward pass alone."""
    compute.use_all_cores()
    with models.borrow(CNN, random=True) as ready:
        peer = partial(ready.run, _picture())
        return Measured(compare(in_turns(partial(_grad_cam, ready, _picture()), peer, ROUNDS)), "random weights")


def _grad_cam(ready: ReadyModel, picture: Picture) -> Picture:
    answer = logits_of(ready)
    activations, gradients, _ = look_back(
        ready.network, answer, picture, last_map(ready.network), lambda logits: logits.max()
    )  # fmt: skip
    return grad_cam(activations, gradients)


def attention() -> Measured:
    """All heads of ViT-B/16's last layer from the class token, against the forward pass alone."""
    compute.use_all_cores()
    with models.borrow(VIT, random=True) as ready:
        peer = partial(ready.run, _picture())
        return Measured(compare(in_turns(partial(_last_layer, ready, _picture()), peer, ROUNDS)), "random weights")


def _last_layer(ready: ReadyModel, picture: Picture) -> Picture:
    last = taps(ready.network)[-1]
    with listening([last]) as outputs:
        ready.run(picture)
    return layer_of(last, outputs[last.name], (SIDE, SIDE)).from_class()[0]
