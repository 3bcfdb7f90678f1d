"""Measures when a bundled classifier should be doubted: ``python -m training.doubt mini_resnet --data .. --outside ..``

A softmax shares out 100 % among the classes it has: it cannot say "none of these". Two signs of that are measured on
the validation photos and written into the model's card: below which share a best answer is wrong more often than right,
and below which energy (Liu et al. 2020, arXiv:2010.03759) 95 % of them lie: that of other things is higher. How many
photos of other things these signs catch is measured, too: neither sign is worth much.
"""

import argparse
import json
import tempfile
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file

from cvdemo.bundled import ARCHITECTURES
from cvdemo.classify import classify
from cvdemo.classify.doubt import energies
from training.augment import normalise
from training.data import Photos, load

OUT = Path(__file__).parent.parent / "assets" / "weights"
STEP, BAND, ENOUGH = 0.01, 0.1, 50  # of shares; fewer photos than that tell nothing
USUAL = 95  # percentile


def weak_below(best: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Return the share at which best answers begin to be right as often as wrong: the middle of the first such band.

    Bands of `BAND` are tried from 0 up, in steps of 0.01.

    Args:
        best: (N,) probabilities of the first answers, 0..1.
        right: (N,) whether they are right.
    """
    for step in range(round((1 - BAND) / STEP) + 1):
        low = step * STEP
        band = (best >= low) & (best < low + BAND)
        if band.sum() >= ENOUGH and right[band].mean() >= 0.5:
            return round(low + BAND / 2, 2)
    return 1.0


def signs(logits: NDArray[np.float32], labels: NDArray[np.int64]) -> dict[str, float]:
    """Return what a card says about doubt, from the logits (N, classes) of validation photos."""
    best, right = _softmax(logits).max(axis=1), logits.argmax(axis=1) == labels
    limit, found = weak_below(best, right), energies(logits)
    high = round(float(np.percentile(found, USUAL)), 2)
    weak = best < limit
    return {
        "photos": len(labels),
        "weak_below": limit,
        "weak_share": round(float(weak.mean()), 4),
        "weak_right": round(float(right[weak].mean()), 4) if weak.any() else 0.0,
        "energy_limit": high,
        "doubted": round(float((weak | (found > high)).mean()), 4),
    }


def outside(name: str, photos: Path, synsets: tuple[str, ...], found: dict[str, float]) -> dict[str, float]:
    """Return how many photos of other things those signs catch; the files' names begin with their synset."""
    with tempfile.TemporaryDirectory() as folder:
        with ZipFile(photos) as archive:
            archive.extractall(folder)
        files = [file for file in Path(folder).rglob("*.JPEG") if file.name.split("_")[0] not in synsets]
        rows = np.stack([classify(file, [name]).answers[0].logits for file in files])
    caught = (_softmax(rows).max(axis=1) < found["weak_below"]) | (energies(rows) > found["energy_limit"])
    return {"outside_photos": len(files), "outside_doubted": round(float(caught.mean()), 4)}


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    return torch.from_numpy(logits).double().softmax(dim=1).numpy()


@torch.inference_mode()
def _logits(name: str, photos: Photos) -> NDArray[np.float32]:
    network = ARCHITECTURES[name]().eval()
    network.load_state_dict(load_file(OUT / f"{name}.safetensors"))
    return torch.cat([network(normalise(part)) for part in photos.pixels.split(100)]).float().numpy()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.doubt", description=__doc__)
    parser.add_argument("names", nargs="+", choices=sorted(ARCHITECTURES))
    parser.add_argument("--data", type=Path, required=True, help="everyday100.zip, or the unpacked folder")
    parser.add_argument("--outside", type=Path, required=True, help="a zip of photos, <synset>_name.JPEG")
    arguments = parser.parse_args()
    dataset = load(arguments.data)
    for name in arguments.names:
        card = OUT / f"{name}.json"
        facts = json.loads(card.read_text())
        found = signs(_logits(name, dataset.val), dataset.val.labels.numpy())
        facts["doubt"] = found | outside(name, arguments.outside, dataset.synsets, found)
        card.write_text(json.dumps(facts, indent=1) + "\n")
        print(name, facts["doubt"], flush=True)


if __name__ == "__main__":
    main()
