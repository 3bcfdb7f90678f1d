"""How many photos a CNN and a ViT of equal cost need: ``python -m training.data_curve --data everyday100.zip``.

Both are trained from scratch on 5, 20 and 50 % of the hundred classes' photos by the recipe of the bundled pair, whose
own cards are the figures for all of them. Few photos come round more often, so that none is stopped before it has seen
150,000 pictures. No weights are kept: the figures go to ``assets/data_curve.json`` as each run ends.
"""

import argparse
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import torch

from cvdemo import compute
from training.arithmetic import machine
from training.card import wilson
from training.classifier import fit
from training.data import Dataset, Photos, load
from training.recipes import EQUAL, Recipe

HERE = Path(__file__).parent
PAIR = ("mini_resnet", "mini_vit")
SHARES = (0.05, 0.2, 0.5)
FEWEST_PICTURES = 150_000


def part(photos: Photos, share: float, seed: int) -> Photos:
    """Return ``share`` (0..1) of each class's photos, drawn by ``seed``: a smaller share lies within a larger one."""
    random = torch.Generator().manual_seed(seed)
    rows = []
    for label in photos.labels.unique():
        own = (photos.labels == label).nonzero().flatten()
        rows.append(own[torch.randperm(len(own), generator=random)][: round(share * len(own))])
    chosen = torch.cat(rows).sort().values
    return Photos(photos.pixels[chosen], photos.labels[chosen])


def recipe_for(count: int, seed: int, recipe: Recipe = EQUAL) -> Recipe:
    """Return ``recipe`` with all its stages so many times longer that ``count`` photos make up 150,000 pictures."""
    times = -(-FEWEST_PICTURES // (recipe.epochs * count))
    stages = tuple((epochs * times, side) for epochs, side in recipe.stages)
    return replace(recipe, stages=stages, warmup_epochs=recipe.warmup_epochs * times, seed=seed)


def row(name: str, share: float, count: int, recipe: Recipe, history: list[dict], tested: int) -> dict[str, Any]:
    """Return what one run came to."""
    last = history[-1]
    return {
        "model": name,
        "share": share,
        "photos": count,
        "seed": recipe.seed,
        "epochs": recipe.epochs,
        "top1": round(last["top1"], 4),
        "top1_interval": [round(bound, 4) for bound in wilson(last["top1"], tested)],
        "top5": round(last["top5"], 4),
        "training_loss": round(last["loss"], 3),
    }


def bundled(name: str, weights: Path) -> dict[str, Any]:
    """Return the row of all photos: the card of the bundled model, which this recipe trained."""
    card = json.loads((weights / f"{name}.json").read_text())
    if card["recipe"] != EQUAL.summary:
        raise ValueError(f"{name} was trained by another recipe")
    known = {key: card[key] for key in ("top1", "top1_interval", "top5")}
    return {"model": name, "share": 1.0, "photos": 50_000, "seed": 0, "epochs": EQUAL.epochs, **known}


def curve(dataset: Dataset, runs: Path, out: Path, weights: Path, seeds: int) -> None:
    """Train what is missing, the few photos first, and write the figures after each run."""
    rows = [bundled(name, weights) for name in PAIR]
    for seed in range(seeds):
        for share in SHARES:
            photos = part(dataset.train, share, seed)
            recipe = recipe_for(len(photos.labels), seed)
            for name in PAIR:
                print(f"{name}: {len(photos.labels)} photos, start {seed}", flush=True)
                _, history = fit(
                    name,
                    recipe,
                    replace(dataset, train=photos),
                    runs / f"{name}_{round(share * 100)}_{seed}.pt",
                    weights,
                    each=False,
                )
                rows.append(row(name, share, len(photos.labels), recipe, history, len(dataset.val.labels)))
                _write(rows, len(dataset.val.labels), out)


def _write(rows: list[dict[str, Any]], tested: int, out: Path) -> None:
    day = date.today()
    card = {
        "recipe": EQUAL.summary,
        "longer": f"fewer photos come round more often, to {FEWEST_PICTURES:,} pictures at least",
        "validation_photos": tested,
        "machine": machine(compute.cores()),
        "date": f"{day.day} {day:%B %Y}",
        "rows": sorted(rows, key=lambda one: (one["model"], one["share"], one["seed"])),
    }
    out.write_text(json.dumps(card, indent=1) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.data_curve", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="everyday100.zip, or the unpacked folder")
    parser.add_argument("--runs", type=Path, default=HERE / "runs", help="checkpoints; a stopped run goes on from here")
    parser.add_argument("--assets", type=Path, default=HERE.parent / "assets")
    parser.add_argument("--seeds", type=int, default=1)
    asked = parser.parse_args()
    curve(load(asked.data), asked.runs, asked.assets / "data_curve.json", asked.assets / "weights", asked.seeds)


if __name__ == "__main__":
    main()
