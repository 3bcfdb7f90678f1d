"""The page trains no model of its catalogue: after every lab each weight is what it was, bit for bit.

One room alone may train, private copies: `cvdemo/transfer/training`.
"""

import ast
import contextlib
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.tabs import ENDPOINTS
from cvdemo import models, starters
from cvdemo.catalogue import BUNDLED_PAIR, get
from cvdemo.errors import Stopped
from cvdemo.photo_sets import held_out
from cvdemo.transfer.training import Budget, Step, train
from tests.test_photo_sets import classes, zipped
from tests.test_probes import few_digits

ROOT = Path(__file__).parent.parent
TRAINS = {
    ROOT / "cvdemo" / "transfer" / "training": "private copies of the catalogue's models, whose hashes are held below",
    ROOT / "cvdemo" / "residual": "nets of its own, begun from random weights; it reaches no model of the catalogue",
}
TRAINING = {"optim", "backward", "zero_grad", "train", "Optimizer", "Trainer", "GradScaler", "backpropagate"}
LABS: dict[str, dict[str, Any]] = {
    "classify": {"models": list(BUNDLED_PAIR)},
    "detect": {"model": "yolov8n_blood_cells"},
    "feature_maps": {"model": "mini_resnet", "layer": "layer3"},
    "patch_similarity": {"model": "mini_vit", "row": 3, "col": 4},
    "saliency": {"model": "mini_resnet"},
    "attention": {"model": "mini_vit", "layer": -1, "row": 4, "col": 3},
    "block_lesion": {"model": "mini_vit"},
    "receptive_field": {"model": "mini_resnet"},
    "effective_receptive_field": {"model": "mini_vit", "layer": "blocks.4", "row": 10, "col": 9},
    "latency": {"models": list(BUNDLED_PAIR), "runs": 2},
    "choose": {"task": "classify"},
    "claims": {},
    "linear_probe": {"models": list(BUNDLED_PAIR)},  # a new last layer stands beside the network
}


WITHOUT_PHOTO = ("receptive_field", "latency", "choose", "claims")


@pytest.mark.parametrize("room", ["app", "cvdemo"])
def test_no_other_code_of_the_page_trains(room: str) -> None:
    assert all(folder.is_dir() for folder in TRAINS)
    for file in sorted((ROOT / room).rglob("*.py")):
        if not TRAINS.keys().isdisjoint(file.parents):
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            used = getattr(node, "attr", None) or getattr(node, "id", None)
            if used == "train" and isinstance(node, ast.Name):
                continue  # that room's own function; ``network.train()`` is an attribute
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("cvdemo.transfer"):
                continue
            if isinstance(node, ast.Import | ast.ImportFrom):
                used = next((alias.name for alias in node.names if alias.name in TRAINING), None)
            assert used not in TRAINING, f"{file.relative_to(ROOT)}:{getattr(node, 'lineno', '?')} uses {used}"


def test_what_trains_nets_of_its_own_reaches_no_model_of_the_catalogue() -> None:
    """Neither by importing what lends models, nor by a library that has them."""
    for file in (ROOT / "cvdemo" / "residual").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [
                alias.name for alias in getattr(node, "names", ()) if isinstance(node, ast.Import | ast.ImportFrom)
            ]
            reached = {getattr(node, "module", None), *names} & {"models", "cvdemo.models", "cvdemo.loading", "timm"}
            assert not reached, f"{file.name} reaches {reached}"


@pytest.fixture(name="photo")
def uploaded_photo() -> Iterator[str]:
    folder = Path(os.environ["GRADIO_TEMP_DIR"]) / "trains-nothing"
    folder.mkdir(parents=True, exist_ok=True)
    yield str(shutil.copy(starters.get("cat").path, folder / "photo.png"))
    shutil.rmtree(folder)


def _weights() -> dict[str, str]:
    """Return a hash over everything that each bundled network has learned."""
    found = {}
    for name, lend in [(one, models.borrow) for one in BUNDLED_PAIR] + [
        ("yolov8n_blood_cells", models.borrow_detector)
    ]:
        digest = hashlib.sha256()
        with lend(name) as ready:  # type: ignore[operator]
            for key, value in sorted(ready.network.state_dict().items()):
                digest.update(key.encode() + value.cpu().numpy().tobytes())
            assert not any(weight.requires_grad or weight.grad is not None for weight in ready.network.parameters())
            assert not any(part.training for part in ready.network.modules())
        found[name] = digest.hexdigest()
    return found


def test_every_endpoint_is_tried() -> None:
    assert set(LABS) == set(ENDPOINTS)


@pytest.mark.parametrize("name", LABS)
def test_no_lab_changes_what_a_model_has_learned(name: str, photo: str) -> None:
    before, given = _weights(), {"image": photo} if name not in WITHOUT_PHOTO else {}
    if name == "linear_probe":
        given = {"zip": str(zipped(Path(photo).with_name("mine.zip"), classes("mug", "keys")))}
    ENDPOINTS[name](**given, **LABS[name])
    assert _weights() == before


class Broken(Exception):
    """What a training is made to fail with."""


@pytest.mark.parametrize("end", ["finished", "stopped", "failed"])
@pytest.mark.parametrize("way", ["stages", "all", "scratch"])
def test_a_training_leaves_the_catalogues_models_as_they_were(way: str, end: str) -> None:
    """Each weight and statistic, which parts are in training mode, and what has a gradient: see `_weights`."""
    photos, before = few_digits(5), _weights()
    groups, models_name = np.arange(len(photos.photos)), BUNDLED_PAIR[0]

    def told(step: Step) -> None:
        if step.step == 1 and end != "finished":
            raise Stopped("enough") if end == "stopped" else Broken

    outcome = {"finished": contextlib.nullcontext(), "stopped": pytest.raises(Stopped), "failed": pytest.raises(Broken)}
    with outcome[end]:
        out = held_out(photos, groups, 0.25, 0)
        train(photos, get(models_name), way, out, groups, {"finished": 1, "stopped": 2, "failed": 3}[end],
              Budget(2, 600), told=told)  # fmt: skip
    assert _weights() == before
