"""A head on a network from the Hub: the program fetches the backbone as it was, and answers as the page does."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import timm
import torch
from PIL import Image
from timm.models import save_for_hf

from cvdemo import models, starters
from cvdemo.transfer import probe, take
from cvdemo.transfer.use import name_photo
from tests.fake_hub import COMMIT, Hub, fake_hub
from tests.test_probes import few_digits

NETWORKS = {
    "mobilenetv3_large_100": "mobilenetv3_large_100.ra_in1k",
    "dinov2_small": "vit_small_patch14_dinov2.lvd142m",
}


@pytest.fixture(scope="module", name="repositories")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of repositories with random weights, as timm itself writes them."""
    folder = tmp_path_factory.mktemp("hub")
    for tagged in NETWORKS.values():
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(1)
            save_for_hf(timm.create_model(tagged), str(folder / "timm" / tagged), safe_serialization=True)
    return folder


@pytest.fixture(name="hub")
def running(repositories: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    models._shared.cache_clear()
    monkeypatch.setenv("CV_LAB_ENGINE", "torch")
    with fake_hub(repositories) as hub:
        hub.use(monkeypatch, tmp_path / "page")
        yield hub
    models._shared.cache_clear()


@pytest.mark.parametrize("name", NETWORKS)
def test_the_program_fetches_the_backbone_and_answers_as_the_page_does(hub: Hub, tmp_path: Path, name: str) -> None:
    lesson = probe(few_digits(5), (name,))
    card = take.card_of(lesson, 0)
    assert card.backbone["timm"] == f"hf-hub:timm/{NETWORKS[name]}@{COMMIT}" and card.backbone["fetched"]
    Image.open(starters.get("cat").path).convert("RGB").resize((301, 200)).save(tmp_path / "photo.png")
    (tmp_path / "head.safetensors").write_bytes(take.head_file(lesson, 0, card))
    (tmp_path / "name_photo.py").write_text(take.program())
    before = hub.count("GET", "model.safetensors")
    files = [str(tmp_path / one) for one in ("name_photo.py", "head.safetensors", "photo.png")]
    fresh = os.environ | {"HF_HUB_CACHE": str(tmp_path / "theirs"), "PYTHONPATH": ""}
    run = subprocess.run([sys.executable, *files], capture_output=True, text=True, env=fresh, check=False)
    assert run.returncode == 0, run.stderr
    assert hub.count("GET", "model.safetensors") > before
    told = json.loads(run.stdout)
    wanted = name_photo(tmp_path / "photo.png", lesson)[0].shares
    assert list(told) == card.classes and list(told.values()) == pytest.approx(wanted.tolist(), abs=1e-5)
    assert max(told.values()) > 2 / len(told)  # random weights, yet not the same for all
