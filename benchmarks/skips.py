"""Rows of Skips: a step of the 56-layer net against a bare loop, and a slider's answer while nets are trained."""

import itertools
import threading

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from app.tabs import convolution
from benchmarks.rows import Delays, Measured
from benchmarks.timing import OtherWork, compare, in_turns, timed_ms
from cvdemo import compute, starters
from cvdemo.convolution import Settings, reduce_photo, window_around
from cvdemo.errors import Stopped
from cvdemo.photo_sets import ready
from cvdemo.residual import Design, Net, Nets
from cvdemo.residual.data import small
from cvdemo.residual.side_by_side import DECAY, MOMENTUM, RATE, batches

ROUNDS = 30
MOVES = 60
LAYERS = 56


def step() -> Measured:
    """A step of the residual 56-layer net, with its gradients, spreads and turn, against PyTorch alone; no look."""
    compute.use_all_cores()
    photos = small(ready("digits"))
    nets, design = Nets(photos, [Design(LAYERS)], [0]), Design(LAYERS)
    (lane,) = nets._lanes
    bare, drawn = Net(design, photos.classes, 0).train(), batches(np.flatnonzero(~photos.out), 0)
    optimizer = torch.optim.SGD(bare.parameters(), RATE, MOMENTUM, weight_decay=DECAY)
    made = 0

    def ours() -> None:
        nonlocal made
        made += 1
        lane.go(made, False, None)

    def theirs() -> None:
        places = next(drawn)
        loss = cross_entropy(bare(torch.from_numpy(photos.pictures[places])), torch.from_numpy(photos.labels[places]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return Measured(compare(in_turns(ours, theirs, ROUNDS)), "64 digits at 16 x 16 a step")


def slider() -> Delays:
    """The answer to another tab's slider, here the stride of a kernel on a photo, while 56-layer nets are trained."""
    compute.use_all_cores()
    nets, ended, going = (
        Nets(small(ready("digits")), [Design(LAYERS), Design(LAYERS, False)], [0]),
        False,
        threading.Event(),
    )

    def waits(_place: int) -> None:
        going.set()
        if ended:
            raise Stopped("enough")

    def training() -> None:
        try:
            nets.go(100_000, waits=waits)
        except Stopped:
            return

    photo = reduce_photo(starters.get("cat").path)
    shown = convolution.Shown((photo.digest, window_around(photo, (100, 100))), photo)
    bench, steps = convolution.BENCH, itertools.cycle([Settings(stride=stride) for stride in (1, 2, 3, 4)])
    thread = threading.Thread(target=training)
    thread.start()
    going.wait(60)
    try:
        with OtherWork() as others:
            each = [timed_ms(lambda: bench.draw(shown, next(steps), {})) for _ in range(MOVES)]
    finally:
        ended = True
        thread.join(60)
    return Delays(tuple(each), others.share, "the browser's part left out")
