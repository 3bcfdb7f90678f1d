"""The loss around a plain and a residual net of 56 layers, stored for the page: ``python -m training.surfaces``."""

import argparse
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import torch

from cvdemo import compute
from cvdemo.photo_sets import ready
from cvdemo.residual.data import small
from cvdemo.residual.design import Design
from cvdemo.residual.records import REACH, SIDE, Photos, Surface
from cvdemo.residual.surface import learned, survey
from cvdemo.residual.surface_store import FILE, Card, write

DEPTH, STEPS, SEED, DRAW = 56, 120, 0, 0
METHOD = (
    "Filter-normalised slices (Li et al. 2018): each filter's random direction as long as the filter; biases and batch "
    "normalisation as trained, its means and deviations from all training photos at each point. Mean cross-entropy on "
    "all training photos, in nats, float32."
)


def store(depth: int = DEPTH, steps: int = STEPS, side: int = SIDE, file: Path = FILE) -> None:
    """Train both nets as the tab Skips does, walk around them, each on one core, and write arrays and card."""
    photos, day = small(ready("digits")), date.today()
    data = f"scikit-learn's digits at 16 x 16 px: {int((~photos.out).sum())} training photos"
    card = Card(data, METHOD, depth, steps, SEED, DRAW, REACH, compute.describe(), f"{day.day} {day:%B %Y}", "")
    with ProcessPoolExecutor(2, get_context("spawn")) as cores:
        residual, plain = cores.map(partial(surface, photos, depth, steps, side), (True, False))
    write(residual, plain, card, file)


def surface(photos: Photos, depth: int, steps: int, side: int, skip: bool) -> Surface:
    """Return the surface of one net, on one core."""
    torch.set_num_threads(1)
    net = learned(photos, Design(depth, skip), SEED, steps)
    return survey(photos, net, SEED, side, DRAW, lambda done, of: _tell(skip, done, of))


def _tell(skip: bool, done: int, of: int) -> None:
    if done % SIDE == 0 or done == of:
        print(f"{'with' if skip else 'without'} skips: {done} of {of} points", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.surfaces", description=__doc__)
    parser.add_argument("--side", type=int, default=SIDE, help="points a side, an odd number")
    store(side=parser.parse_args().side)


if __name__ == "__main__":
    main()
