"""Trains the bundled cell detector from random weights: ``python -m training.detector --data bccd.zip``; resumable."""

import argparse
import copy
import json
import math
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from cvdemo import compute
from cvdemo.catalogue import get
from cvdemo.loading import build_detector
from cvdemo.loading.from_ultralytics import BLOOD_CELLS, BLOOD_CELLS_SIDE, build
from cvdemo.loading.untouched import untouched
from cvdemo.weights import Fetched
from cvdemo.weights.download_record import sha256
from training.arithmetic import autocast, machine
from training.cells import Scene, load
from training.mosaic import Picture, picture
from training.precision import Precision, precision

with untouched():
    from ultralytics.utils.loss import v8DetectionLoss

NAME = "yolov8n_blood_cells"
HERE = Path(__file__).parent


@dataclass(frozen=True)
class DetectorRecipe:
    """One training run.

    Args:
        stages: ((epochs, side in px), ...): small pictures first cost a third of the time.
        plain_epochs: the last ones, without mosaics: whole photos, as they will be shown.
    """

    stages: tuple[tuple[int, int], ...] = ((60, 256), (45, 320), (40, BLOOD_CELLS_SIDE))
    plain_epochs: int = 15
    batch_size: int = 8
    learning_rate: float = 2e-3
    weight_decay: float = 0.02
    warmup_epochs: float = 3.0
    average_decay: float = 0.998
    box: float = 7.5  # the weights of the three losses are ultralytics' own
    cls: float = 0.5
    dfl: float = 1.5
    measured_every: int = 10
    seed: int = 0

    @property
    def epochs(self) -> int:
        """All of them."""
        return sum(epochs for epochs, _ in self.stages)

    @property
    def summary(self) -> str:
        """What the page says about it."""
        sides = ", ".join(str(side) for _, side in self.stages)
        return (
            f"{self.epochs} epochs at {sides} px from random weights; mosaics, turns, mirrors, scale, colour; "
            "averaged weights; AdamW"
        )

    def side(self, epoch: int) -> int:
        """Return the picture side in px of ``epoch`` (counted from 0)."""
        sides = [side for epochs, side in self.stages for _ in range(epochs)]
        return sides[epoch]


def train(data: Path, runs: Path, out: Path, recipe: DetectorRecipe) -> None:
    """Train on ``data``, or go on where ``runs/yolov8n_blood_cells.pt`` stopped; write weights and card to ``out``."""
    scenes, others = load(data)
    torch.manual_seed(recipe.seed)
    network: Any = build("yolov8n", len(BLOOD_CELLS))
    network.args = SimpleNamespace(box=recipe.box, cls=recipe.cls, dfl=recipe.dfl)
    average = copy.deepcopy(network).eval().requires_grad_(False)
    optimiser = _optimiser(network, recipe)
    checkpoint = runs / f"{NAME}.pt"
    history = _restore(checkpoint, network, average, optimiser) if checkpoint.exists() else []
    for epoch in range(len(history), recipe.epochs):
        started = time.perf_counter()
        loss = _epoch(network, average, optimiser, recipe, scenes, epoch)
        last = epoch + 1 == recipe.epochs
        measured = precision(average, others, BLOOD_CELLS_SIDE) if last or epoch % recipe.measured_every == 9 else None
        seconds = time.perf_counter() - started
        map50 = measured.map50 if measured else None
        history.append({"loss": loss, "map50": map50, "seconds": seconds})
        print(f"{NAME} epoch {epoch + 1}/{recipe.epochs} loss {loss:.3f}"
              + (f" mAP@50 {map50:.1%}" if map50 is not None else "") + f" {seconds:.0f} s", flush=True)  # fmt: skip
        _save(checkpoint, network, average, optimiser, history)
    write(average, others, history, recipe, out)


def _optimiser(network: nn.Module, recipe: DetectorRecipe) -> torch.optim.AdamW:
    """AdamW (Loshchilov and Hutter 2019); biases and normalisations do not decay."""
    vectors = [p for p in network.parameters() if p.requires_grad and p.ndim < 2]
    filters = [p for p in network.parameters() if p.requires_grad and p.ndim >= 2]
    groups = [{"params": filters}, {"params": vectors, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=recipe.learning_rate, weight_decay=recipe.weight_decay)


def _epoch(
    network: Any, average: nn.Module, optimiser: Any, recipe: DetectorRecipe, scenes: list[Scene], epoch: int
) -> float:
    """Run one epoch and return its mean loss; all its randomness follows from the seed and the epoch's number."""
    random = np.random.default_rng([recipe.seed, epoch])
    order = random.permutation(len(scenes))
    steps = math.ceil(len(scenes) / recipe.batch_size)
    mosaic = epoch < recipe.epochs - recipe.plain_epochs
    measure, total = v8DetectionLoss(network), 0.0
    network.train()
    for step in range(steps):
        _schedule(optimiser, recipe, epoch + step / steps)
        rows = order[step * recipe.batch_size : (step + 1) * recipe.batch_size]
        batch = collated([picture(scenes, row, recipe.side(epoch), mosaic, random) for row in rows])
        with autocast():
            answers = network(batch["img"])
        answers = {name: answers[name] if name == "feats" else answers[name].float() for name in answers}
        loss = measure(answers, batch)[0].sum()
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 10.0)
        optimiser.step()
        _follow(average, network, min(recipe.average_decay, (1 + epoch * steps + step) / (10 + epoch * steps + step)))
        total += loss.item() / len(rows) / steps
    return total


def collated(pictures: list[Picture]) -> dict[str, Tensor]:
    """Return a batch as ultralytics' loss takes it; boxes as middle and size, in shares of the side."""
    images = torch.from_numpy(np.stack([each.pixels for each in pictures])).permute(0, 3, 1, 2).float() / 255
    boxes = torch.from_numpy(np.concatenate([each.boxes_xyxy for each in pictures])) / images.shape[-1]
    middles_sizes = torch.cat([(boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]], dim=1)
    return {
        "img": images,
        "bboxes": middles_sizes,
        "cls": torch.from_numpy(np.concatenate([each.classes for each in pictures])).float(),
        "batch_idx": torch.cat([torch.full((len(each.classes),), float(row)) for row, each in enumerate(pictures)]),
    }


def _schedule(optimiser: Any, recipe: DetectorRecipe, epoch: float) -> None:
    """Linear warm-up, then half a cosine down to 1 % of the peak."""
    progress = max(0.0, epoch - recipe.warmup_epochs) / max(recipe.epochs - recipe.warmup_epochs, 1e-9)
    falling = 0.01 + 0.99 * (1 + math.cos(math.pi * min(progress, 1.0))) / 2
    for group in optimiser.param_groups:
        group["lr"] = recipe.learning_rate * min(falling, (epoch + 0.05) / recipe.warmup_epochs)


@torch.no_grad()
def _follow(average: nn.Module, network: nn.Module, decay: float) -> None:
    for mine, theirs in zip(average.state_dict().values(), network.state_dict().values(), strict=True):
        if mine.is_floating_point():
            mine.lerp_(theirs, 1 - decay)
        else:
            mine.copy_(theirs)


def _save(path: Path, network: nn.Module, average: nn.Module, optimiser: Any, history: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    state = {"model": network.state_dict(), "average": average.state_dict(), "optimiser": optimiser.state_dict()}
    torch.save(state | {"history": history}, path.with_suffix(".new"))
    path.with_suffix(".new").replace(path)


def _restore(path: Path, network: nn.Module, average: nn.Module, optimiser: Any) -> list[dict[str, Any]]:
    state = torch.load(path, weights_only=True)
    network.load_state_dict(state["model"])
    average.load_state_dict(state["average"])
    optimiser.load_state_dict(state["optimiser"])
    history: list[dict[str, Any]] = state["history"]
    return history


def write(
    average: nn.Module, others: list[Scene], history: list[dict[str, Any]], recipe: DetectorRecipe, out: Path
) -> Precision:
    """Write ``<name>.safetensors`` in float16 and its card; what is measured is the file, as the page loads it."""
    out.mkdir(parents=True, exist_ok=True)
    file = out / f"{NAME}.safetensors"
    state = average.state_dict()
    save_file({key: (v.half() if v.is_floating_point() else v).contiguous() for key, v in state.items()}, file)
    loaded = build_detector(get(NAME), Fetched(file, {file.name: file}, None, "", file.stat().st_size, "bundled"))
    measured = precision(loaded.network, others, BLOOD_CELLS_SIDE)
    card = {
        "name": NAME,
        "data": "BCCD: 205 training and 87 validation photos of blood smears, 640 x 480 px, with 3 kinds of cells",
        "recipe": recipe.summary,
        "settings": asdict(recipe),
        "hours": round(sum(epoch["seconds"] for epoch in history) / 3600, 2),
        "machine": machine(compute.cores()),
        "validation_photos": len(others),
        "map50": round(measured.map50, 4),
        "map50_95": round(measured.map50_95, 4),
        "ap50": measured.ap50,
        "licence": "Weights: AGPL-3.0, like this project and the architecture. The photos (BCCD) are under the MIT "
        "licence; they are not part of this project.",
        "sha256": sha256(file),
        "labels": list(BLOOD_CELLS),
    }
    (out / f"{NAME}.json").write_text(json.dumps(card, indent=1) + "\n")
    return measured


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(prog="python -m training.detector", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="bccd.zip, or the unpacked folder")
    parser.add_argument("--runs", type=Path, default=HERE / "runs", help="checkpoints; a stopped run goes on from here")
    parser.add_argument("--out", type=Path, default=HERE.parent / "assets" / "weights")
    arguments = parser.parse_args()
    train(arguments.data, arguments.runs, arguments.out, DetectorRecipe())


if __name__ == "__main__":
    main()
