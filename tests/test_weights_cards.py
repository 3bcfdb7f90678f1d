"""A bundled model is what its card says, or it is off with a sentence; the page starts all the same."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from cvdemo import catalogue, weights
from cvdemo.catalogue import MODELS, get
from cvdemo.errors import ModelUnavailable
from cvdemo.weights import trouble
from tests import bad_files
from tests.attacked import Visitor, started
from tests.shipped import write_card, write_detector_card

HEAVY = bytes(range(256)) * 4096
SHA = hashlib.sha256(HEAVY).hexdigest()
CHANGED, NO_CARD = "is not what its card describes", "has no card"


OFF = {
    "changed weights": (lambda file, _: file.write_bytes(file.read_bytes()[:-1] + b"x"), CHANGED),
    "cut weights": (lambda file, _: file.write_bytes(b""), CHANGED),
    "no card": (lambda _, card: card.unlink(), NO_CARD),
    "an empty card": (lambda _, card: card.write_bytes(b""), NO_CARD),
    "half a card": (lambda _, card: card.write_bytes(card.read_bytes()[:99]), NO_CARD),
    "a card that is no text": (lambda _, card: card.write_bytes(b"\xff\xfe\x00"), NO_CARD),
    "a card that is a list": (lambda _, card: card.write_text("[1]"), NO_CARD),
    "a card without end": (lambda _, card: card.write_text("[" * 100_000), NO_CARD),
    "a card without a hash": (lambda _, card: card.write_text(card.read_text().replace("sha256", "sha")), NO_CARD),
    "an empty hash": (lambda _, card: _said(card, sha256=""), CHANGED),
    "the beginning of a hash": (lambda _, card: _said(card, sha256=SHA[:8]), CHANGED),
    "a hash that is a number": (lambda _, card: _said(card, sha256=5), NO_CARD),
    "a share in words": (lambda _, card: _said(card, top1="most"), NO_CARD),
    "an interval of one": (lambda _, card: _said(card, top1_interval=[0.5]), NO_CARD),
    "classes that are numbers": (lambda _, card: _said(card, synsets=[1, 2]), NO_CARD),
}


def _said(card: Path, **other: object) -> None:
    card.write_text(json.dumps(json.loads(card.read_text()) | other))


@pytest.mark.parametrize("damage", OFF)
def test_a_bundled_model_that_is_not_as_its_card_says_is_off_with_a_sentence(
    damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "WEIGHTS_FOLDER", tmp_path)
    monkeypatch.setattr(trouble, "packaged_file", lambda name: None)  # what a package brings would come first
    for name in ("mini_vit", "mini_vit_distilled"):
        (tmp_path / f"{name}.safetensors").write_bytes(HEAVY)
        write_card(tmp_path, name)
    assert weights.fetch(get("mini_vit")).sha256 == SHA
    change, sentence = OFF[damage]
    change(tmp_path / "mini_vit.safetensors", tmp_path / "mini_vit.json")
    with pytest.raises(ModelUnavailable, match=f"^Small ViT {sentence}.*[.] Choose another model[.]$") as caught:
        weights.fetch(get("mini_vit"))
    assert caught.value.suggestion == "mini_vit_distilled"
    assert weights.suggestion(get("resnet50")) == "mini_vit_distilled"  # never one that is off itself


def test_a_detector_card_is_insisted_on_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "WEIGHTS_FOLDER", tmp_path)
    cells = get("yolov8n_blood_cells")
    (tmp_path / "yolov8n_blood_cells.safetensors").write_bytes(HEAVY)
    write_card(tmp_path, cells.name)  # speaks of a classifier
    with pytest.raises(ModelUnavailable, match="YOLOv8n, blood cells has no card"):
        weights.fetch(cells)
    write_detector_card(tmp_path, cells.name)
    assert weights.fetch(cells).sha256 == SHA


@pytest.mark.parametrize("name", [spec.name for spec in MODELS if spec.source == "bundled"])
def test_what_ships_is_what_its_card_says(name: str) -> None:
    """Weights that are trained anew bring their own card."""
    assert weights.fault(get(name)) is None


START = """
from app import environment
import runpy
from pathlib import Path
from cvdemo import catalogue
catalogue.WEIGHTS_FOLDER = Path({folder!r})
runpy.run_path("app.py", run_name="__main__")
"""


def test_the_page_starts_whatever_its_cards_and_weights_look_like(tmp_path: Path) -> None:
    folder = tmp_path / "weights"
    shutil.copytree(catalogue.WEIGHTS_FOLDER, folder)
    (folder / "mini_resnet.json").write_text("{broken")
    (folder / "mini_vit_distilled.json").unlink()
    (folder / "yolov8n_blood_cells.json").write_text('{"map50": "most"}')
    changed = folder / "mini_vit.safetensors"
    changed.write_bytes(changed.read_bytes()[:-1] + b"x")
    with started(tmp_path, "-c", START.format(folder=str(folder))) as program, Visitor(program.address) as visitor:
        photo = {"path": visitor.uploaded(bad_files.encode_scene("JPEG")), "meta": {"_type": "gradio.FileData"}}
        for name, title, what in (
            ("mini_resnet", "Small ResNet", NO_CARD),
            ("mini_vit", "Small ViT", CHANGED),
            ("mini_vit_distilled", "Small ViT, distilled", NO_CARD),
        ):
            assert f"{title} {what}" in visitor.ask("classify", {"image": photo, "models": [name]})
        assert "mini_resnet_long" in visitor.ask("classify", {"image": photo, "models": ["mini_resnet_long"]})
        assert visitor.get("/").status_code == 200
        assert "Traceback" not in program.log.read_text()
