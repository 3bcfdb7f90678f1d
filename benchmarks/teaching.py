"""Rows of Teach: a training step, features of photos, a probe's answer, the curve, and who else gets the device."""

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.random import default_rng
from torch.nn.functional import cross_entropy

from benchmarks.rows import Delays, Measured
from benchmarks.timing import OtherWork, Rounds, compare, in_turns, timed_ms
from cvdemo import compute, models, probes
from cvdemo.catalogue import get
from cvdemo.errors import Stopped
from cvdemo.photo_sets import LabelledPhoto, PhotoSet, held_out, ready
from cvdemo.photo_sets.photo_set import encoded
from cvdemo.transfer import probe
from cvdemo.transfer.training import Budget, Step, network, train, ways
from cvdemo.transfer.training.loop import Training
from cvdemo.transfer.training.pixels import looked_at, watched_ones
from cvdemo.transfer.training.settings import BATCH, STAGES

CNN, PAIR = "tf_efficientnet_lite0", ("tf_efficientnet_lite0", "mini_vit_distilled")
ROUNDS = 7
VISITS = 15
BETWEEN_S = 1.0


def training_step() -> Measured:
    """A step that trains the last stages, in turns on the device, against a bare loop of PyTorch on the whole batch."""
    compute.use_all_cores()
    photos = ready("textures")
    groups = np.arange(len(photos.photos))
    out = held_out(photos, groups, 0.25, 0)
    with models.borrow(CNN) as lent:
        size = int(lent.network.num_features)  # type: ignore[arg-type]
        head = ways.head(default_rng(0).normal(size=(12, size)).astype(np.float32), np.arange(12) % 3, np.arange(12), 0)
        nets = [network.private_copy(lent, 3, head, 0) for _ in range(2)]
        pixels = looked_at(photos, lent.preprocessing, out, watched_ones(photos, groups, out, 0))
        at_once = ways.photos_a_turn("stages", lent.multiply_adds)
    optimizers = []
    for net in nets:
        network.open_layers(net, STAGES.opens)
        optimizers.append(torch.optim.AdamW(network.rates(net, STAGES.rate)))
    running = Training(nets[0], pixels, 3, at_once, 1e9, lambda _now: None, None)
    running.begin(STAGES)
    batch = pixels.learned[:BATCH]
    labels = torch.from_numpy(pixels.labels[batch])

    def ours() -> None:
        running._gradient(batch, 0)
        optimizers[0].step()
        optimizers[0].zero_grad()

    def bare() -> None:
        cross_entropy(nets[1](pixels.normalised(pixels.bytes_at(batch))), labels).backward()
        optimizers[1].step()
        optimizers[1].zero_grad()

    return Measured(compare(in_turns(ours, bare, ROUNDS)), f"{BATCH} photos, {at_once} a turn")


def photos_features() -> Measured:
    """Features of 100 new photos against timm's transform and its network as it is, a photo at a time."""
    from PIL import Image
    from timm.data import create_transform, resolve_model_data_config

    compute.use_all_cores()
    draw = default_rng()
    with models.borrow(CNN) as lent:
        net: Any = lent.network
    transform: Any = create_transform(**resolve_model_data_config(net))

    def unseen() -> PhotoSet:
        photos = [encoded(draw.integers(0, 256, (288, 288, 3)).astype(np.uint8), "JPEG") for _ in range(100)]
        return PhotoSet(
            "noise", ("a", "b"), tuple(LabelledPhoto(one, at % 2, str(at)) for at, one in enumerate(photos))
        )

    sets = [unseen() for _ in range(ROUNDS + 2)]
    given = iter(sets)

    def theirs() -> None:
        for photo in sets[0].photos:
            entry = transform(Image.fromarray(photo.photo().pixels))[None]
            with torch.inference_mode():
                net.forward_head(net.forward_features(entry), pre_logits=True)

    return Measured(compare(in_turns(lambda: probes.features(next(given), get(CNN)), theirs, ROUNDS)))


def _some(classes: int, count: int) -> PhotoSet:
    digits = ready("digits")
    photos = [one for label in range(classes) for one in [p for p in digits.photos if p.label == label][:count]]
    return PhotoSet("some digits", digits.classes[:classes], tuple(photos), digits.source)


def _delays(work: Callable[[int], object], rounds: int) -> Delays:
    each, others = [], []
    for number in range(rounds):
        with OtherWork() as meanwhile:
            each.append(timed_ms(partial(work, number)))
        others.append(meanwhile.share)
    return Delays(tuple(each), float(np.median(others)))


def press_to_answer() -> Delays:
    """Press to the probe's answer, 3 classes x 20 photos, features known; every seed is another split."""
    photos = _some(3, 20)
    probe(photos, PAIR)
    return _delays(lambda number: probe(photos, PAIR, seed=1 + number), ROUNDS)


def curves(classes: int, count: int) -> Delays:
    """The curve of two backbones with ten draws, features known."""
    photos = _some(classes, count)
    probe(photos, PAIR)
    return _delays(lambda number: probe(photos, PAIR, seed=1 + number, with_curve=True), 3)


def polite() -> Measured:
    """A visitor who runs a network now and then while all layers of the same one are trained, or not.

    The visits alternate: training runs, or holds still where it would begin its next turn.
    """
    compute.use_all_cores()
    photos, quiet, going, ended = _some(3, 20), threading.Event(), threading.Event(), threading.Event()
    groups = np.arange(len(photos.photos))
    out = held_out(photos, groups, 0.25, 0)

    def told(step: Step) -> None:
        if ended.is_set():
            raise Stopped("enough")
        if step.step:
            going.set()
        while quiet.is_set() and not ended.is_set():
            time.sleep(0.01)

    def training() -> None:
        try:
            train(photos, get(CNN), "all", out, groups, 99, Budget(10_000, 600), told=told)
        except Stopped:
            return

    with models.borrow(CNN) as lent:
        entry = np.zeros((1, 3, *lent.preprocessing.size_hw), np.float32)

    thread = threading.Thread(target=training)
    thread.start()
    going.wait(300)
    rounds: list[tuple[float, float, float]] = []
    try:
        for _ in range(VISITS):
            with OtherWork() as others:
                quiet.clear()
                time.sleep(BETWEEN_S)
                busy_ms = _timed_visit(entry)
                quiet.set()
                time.sleep(BETWEEN_S)
                quiet_ms = _timed_visit(entry)
            rounds.append((busy_ms, quiet_ms, others.share))
    finally:
        ended.set()
        thread.join(60)
    return Measured(compare(Rounds(*zip(*rounds, strict=True))), "all layers of the same network are trained")


def _timed_visit(entry: np.ndarray) -> float:
    begun = time.perf_counter()
    with models.borrow(CNN) as mine, compute.turn():
        mine.run(entry)
    return 1000 * (time.perf_counter() - begun)
