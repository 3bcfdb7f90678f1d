"""A head taken away answers as the page does, in a process of its own; the faults of the usual snippet are counted."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import timm
import torch
from PIL import Image
from torch import nn

from app.tabs import teach_take
from cvdemo import models, starters
from cvdemo.settings import Settings
from cvdemo.transfer import Lesson, probe, snippet, take
from cvdemo.transfer.use import name_photo
from cvdemo.weights import weights_file
from tests.test_probes import few_digits

BACKBONES = ("mini_resnet", "mini_vit", "tf_efficientnet_lite0")


@pytest.fixture(scope="module", name="lesson")
def taught() -> Lesson:
    return probe(few_digits(8), BACKBONES)


def _answered(*files: Path) -> dict[str, float]:
    quiet = {**os.environ, "HF_HUB_OFFLINE": "1", "PYTHONPATH": ""}
    run = subprocess.run([sys.executable, *map(str, files)], capture_output=True, text=True, env=quiet, check=False)
    assert run.returncode == 0, run.stderr
    return dict(json.loads(run.stdout))


@pytest.mark.parametrize(("place", "size"), [(0, (301, 200)), (1, (150, 263)), (2, (301, 200)), (2, (150, 263))])
def test_the_program_answers_as_the_page_does(
    lesson: Lesson, tmp_path: Path, place: int, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CV_LAB_ENGINE", "torch")
    Image.open(starters.get("cat").path).convert("RGB").resize(size).save(tmp_path / "photo.png")
    card = take.card_of(lesson, place)
    (tmp_path / "head.safetensors").write_bytes(take.head_file(lesson, place, card))
    (tmp_path / "name_photo.py").write_text(take.program())
    backbone = [weights_file(BACKBONES[place])] if card.backbone["package"] is None else []
    told = _answered(*(tmp_path / name for name in ("name_photo.py", "head.safetensors", "photo.png")), *backbone)
    wanted = name_photo(tmp_path / "photo.png", lesson)[place].shares
    assert list(told) == card.classes
    assert list(told.values()) == pytest.approx(wanted.tolist(), abs=1e-5)


def test_the_card_says_what_was_measured(lesson: Lesson) -> None:
    card, one = take.card_of(lesson, 1), lesson.taught[1]
    assert (card.accuracy, tuple(card.ci95)) == (one.way("probe").score.share, one.way("probe").score.ci95)
    assert card.learned_from + card.held_out == len(lesson.photos.photos) and card.seed == lesson.seed
    with models.borrow("mini_vit") as ready:
        assert card.backbone["sha256"] == ready.sha256 and card.preprocessing["side"] == 64


def test_a_head_is_handed_out_by_its_number_only(lesson: Lesson) -> None:
    cards = tuple(take.card_of(lesson, place) for place in range(3))
    taken = teach_take.Taken(lesson, cards)
    told = teach_take._draw(taken, Settings(), {"head": 2})["file"]
    assert told.startswith("data:application/octet-stream;base64,")
    for odd in (3, -1, True, "0", None, [], 10**400):
        assert teach_take._draw(taken, Settings(), {"head": odd}) == {"file": None}


def test_faults_are_counted() -> None:
    """Closed forms: torchvision's ResNet-50 and ViT-B/16 as their papers build them."""
    by_fc, by_head, last, statistics = ([count for count, _ in one.wrong] for one in snippet.faults())
    mlp = 12 * (2 * 768 * 3072 + 3072 + 768)
    head_vit, head_resnet = 768 * 1000 + 1000, 2048 * 1000 + 1000
    assert by_fc == [0, mlp + head_vit]
    assert by_head == [head_resnet, 0]
    assert statistics == [2 * 26_560, 0]
    for (name, _), found in zip(snippet.NETWORKS, last, strict=True):
        network = timm.create_model(name)
        stage = [network.layer4, network.fc] if name == "resnet50" else [network.blocks[-1], network.norm, network.head]
        wanted = {id(weight) for part in stage for weight in part.parameters()}
        taken = {id(weight) for weight in list(network.parameters())[-50:]}
        assert found == sum(weight.numel() for weight in network.parameters() if id(weight) in wanted ^ taken) > 0
    assert [of for _, of in snippet.faults()[0].wrong] == [25_557_032, 86_567_656]


@pytest.mark.parametrize("name", ["resnet18", "vit_tiny_patch16_224"])
def test_the_corrected_snippet_does_what_it_says(name: str) -> None:
    code = snippet.RIGHT.replace('"resnet50", pretrained=True', f'"{name}"')
    assert name in code
    found: dict[str, nn.Module] = {}
    exec(code, found)
    model = found["model"]
    stage = [model.layer4, model.fc] if name == "resnet18" else [model.blocks[-1], model.norm, model.head]
    open_now = {id(weight) for weight in model.parameters() if weight.requires_grad}
    assert open_now == {id(weight) for part in stage for weight in part.parameters()}
    frozen = [one for one in model.modules() if isinstance(one, nn.BatchNorm2d) and not one.weight.requires_grad]
    assert len(frozen) == (15 if name == "resnet18" else 0) and not any(one.training for one in frozen)
    before = [one.running_mean.clone() for one in frozen]
    model(torch.from_numpy(np.random.default_rng(0).normal(size=(2, 3, 224, 224)).astype(np.float32)))
    assert all(torch.equal(one.running_mean, old) for one, old in zip(frozen, before, strict=True))
