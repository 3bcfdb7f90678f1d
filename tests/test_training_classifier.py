"""The classifiers' training goes on where it stopped, and averaged weights meet their own statistics."""

import dataclasses
import json
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.random import default_rng
from PIL import Image
from safetensors.numpy import load_file
from torch import nn

from training import classifier
from training.augment import normalise
from training.classifier import measure_norms, train
from training.data import Photos
from training.recipes import RECIPES

SYNSETS = ("n01", "n02", "n03", "n04")


@pytest.fixture(name="data")
def tiny_data(tmp_path: Path) -> Path:
    random, root = default_rng(0), tmp_path / "data"
    for split, count in (("train", 10), ("val", 2)):
        for number, synset in enumerate(SYNSETS):
            folder = root / split / synset
            folder.mkdir(parents=True)
            for index in range(count):
                pixels = random.integers(0, 120, (64, 64, 3)) + 40 * number
                Image.fromarray(pixels.astype(np.uint8)).save(folder / f"{index}.JPEG")
    (root / "classes.tsv").write_text("".join(f"{synset}\tthing\n" for synset in SYNSETS))
    return root


def _trained_whole_and_stopped(data: Path, out: Path) -> list[int]:
    """Train two epochs at once and again with a stop after the first; return the epochs that ran after the stop."""
    recipe = dataclasses.replace(RECIPES["mini_resnet_long"], stages=((2, 32),), start_from=None, batch_size=8)
    save, epoch, seen = classifier._save, classifier._epoch, []

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(RECIPES, "mini_resnet_long", recipe)
        train("mini_resnet_long", data, out / "runs", out / "whole")
        patch.setattr(classifier, "_save", lambda *args: (save(*args), killed())[0])
        with pytest.raises(KeyboardInterrupt):
            train("mini_resnet_long", data, out / "broken", out / "again")
        patch.setattr(classifier, "_save", save)
        patch.setattr(classifier, "_epoch", lambda *args: (seen.append(args[-1]), epoch(*args))[1])
        train("mini_resnet_long", data, out / "broken", out / "again")
    return seen


def test_a_stopped_training_ends_in_the_same_weights(data: Path, tmp_path: Path) -> None:
    # In a process of its own, as trainings run: threads of other tests draw from the same global generators.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert pool.submit(_trained_whole_and_stopped, data, tmp_path).result() == [1]
    whole, again = (load_file(tmp_path / name / "mini_resnet_long.safetensors") for name in ("whole", "again"))
    assert all(np.array_equal(whole[name], again[name]) for name in whole)
    cards = [json.loads((tmp_path / name / "mini_resnet_long.json").read_text()) for name in ("whole", "again")]
    assert [{**card, "hours": 0} for card in cards] == [{**cards[0], "hours": 0}] * 2


def test_norms_are_those_of_every_fifth_photo() -> None:
    random = torch.Generator().manual_seed(0)
    pixels = torch.randint(0, 256, (40, 3, 8, 8), generator=random, dtype=torch.uint8)
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4))
    model[1].running_mean.fill_(7)
    measure_norms(model, Photos(pixels, torch.zeros(40, dtype=torch.long)))
    with torch.no_grad():
        maps = model[0](normalise(pixels[::5])).numpy()
    assert not model.training
    assert model[1].running_mean.numpy() == pytest.approx(maps.mean(axis=(0, 2, 3)), rel=1e-4, abs=1e-5)
    assert model[1].running_var.numpy() == pytest.approx(maps.var(axis=(0, 2, 3), ddof=1), rel=1e-3)


def test_the_last_epochs_see_crops_and_flips_alone_at_a_rate_that_falls_once_more() -> None:
    recipe = RECIPES["mini_resnet_distilled"]
    assert [recipe.is_plain(epoch) for epoch in (0, 22, 23, 28)] == [False, False, True, True]
    assert [recipe.side(epoch) for epoch in (0, 19, 20, 28)] == [48, 48, 64, 64]
    plain = recipe.plain()
    assert (plain.turn_degrees, plain.colour, plain.erase, plain.mixup, plain.cutmix) == (0, 0, 0, 0, 0)
    optimiser = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.0)
    rates = []
    for epoch in (0.5, 1.0, 12.0, 22.999, 23.0, 26.0, 28.999):
        classifier._schedule(optimiser, recipe, epoch)  # type: ignore[arg-type]
        rates.append(optimiser.param_groups[0]["lr"] / recipe.learning_rate)
    expected = [0.55, 1.0, 0.505, 0.01, 0.25, 0.25 * 0.505, 0.0025]
    assert rates == pytest.approx(expected, abs=0.001)
