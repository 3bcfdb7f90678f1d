"""Writes a trained model's weights (safetensors) and its card: what it is, how it was made, how good it is."""

import json
from dataclasses import asdict
from pathlib import Path

from safetensors.torch import save_file
from torch import nn

from cvdemo import compute
from cvdemo.probes import Score
from cvdemo.weights.download_record import sha256
from training.arithmetic import machine
from training.recipes import Recipe

DATA = "100 everyday classes of Tiny-ImageNet: 50,000 training and 2,500 validation photos, 64 x 64 px"
LICENCE = (
    "Weights: AGPL-3.0, like this project. The training photos are a subset of ImageNet, whose terms allow "
    "non-commercial research and education; the photos are not part of this project."
)


def wilson(share: float, count: int) -> tuple[float, float]:
    """Return the 95 % score interval of a share of ``count`` trials (Wilson 1927), both in 0..1."""
    return Score(round(share * count), count).ci95


def write_card(
    name: str, model: nn.Module, recipe: Recipe, synsets: tuple[str, ...], history: list[dict], count: int, out: Path
) -> None:
    """Write ``<name>.safetensors`` and ``<name>.json``; the accuracy is the last epoch's, on all ``count`` photos."""
    out.mkdir(parents=True, exist_ok=True)
    save_file({key: value.contiguous() for key, value in model.state_dict().items()}, out / f"{name}.safetensors")
    last = history[-1]
    card = {
        "name": name,
        "data": DATA,
        "recipe": recipe.summary,
        "settings": asdict(recipe),
        "hours": round(sum(epoch["seconds"] for epoch in history) / 3600, 2),
        "machine": machine(compute.cores()),
        "validation_photos": count,
        "top1": round(last["top1"], 4),
        "top1_interval": [round(bound, 4) for bound in wilson(last["top1"], count)],
        "top5": round(last["top5"], 4),
        "top5_interval": [round(bound, 4) for bound in wilson(last["top5"], count)],
        "licence": LICENCE,
        "sha256": sha256(out / f"{name}.safetensors"),
        "synsets": list(synsets),
    }
    (out / f"{name}.json").write_text(json.dumps(card, indent=1) + "\n")
