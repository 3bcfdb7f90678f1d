"""DINOv2 and SigLIP answer as transformers would, from files as transformers saves them."""

import hashlib
import os
import pickle
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from cvdemo.catalogue import get
from cvdemo.errors import ModelUnavailable
from cvdemo.loading import ReadyModel, load
from cvdemo.loading.texts import canonical, tokenizer
from cvdemo.preprocess import Preprocessing
from tests.fake_hub import Hub, fake_hub
from tests.fake_models import put_dinov2, put_siglip

CLASSES = [", ".join(["tench", "Tinca tinca"]), "goldfish, Carassius auratus", "great white shark, white shark"]


def _photo(model: ReadyModel, count: int = 1) -> NDArray[np.float32]:
    shape = (count, 3, *model.preprocessing.size_hw)
    return np.random.default_rng(0).normal(size=shape).astype(np.float32)


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """An empty Hub and an empty cache."""
    with fake_hub(tmp_path / "repositories") as running:
        running.use(monkeypatch, tmp_path / "cache")
        yield running


@pytest.mark.parametrize("bin_only", [False, True], ids=["safetensors", "pytorch_model.bin"])
def test_dinov2_with_a_linear_head_answers_as_transformers_would(served: Hub, bin_only: bool) -> None:
    from transformers import Dinov2ForImageClassification

    spec = get("dinov2_small_linear")
    assert spec.weights is not None
    put_dinov2(served, spec.weights, CLASSES, bin_only)
    model = load(spec)
    theirs = Dinov2ForImageClassification.from_pretrained(served.folder / spec.weights).eval()
    with torch.no_grad():
        expected = theirs(torch.from_numpy(_photo(model))).logits.numpy()
    assert np.allclose(model.run(_photo(model)), expected, atol=1e-5)
    assert torch.equal(model.network(torch.zeros(1, 3, 56, 56)), model.network(torch.zeros(1, 3, 56, 56)))
    assert model.labels == ("tench", "goldfish", "great white shark")
    assert model.preprocessing == Preprocessing(
        (56, 56), 0.875, "center", "bicubic", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
    )
    assert model.class_token
    assert model.parameter_count == sum(parameter.numel() for parameter in theirs.parameters())


@pytest.fixture
def siglip(served: Hub) -> ReadyModel:
    spec = get("siglip_base_patch16_224")
    assert spec.weights is not None
    put_siglip(served, spec.weights, ["this is a photo of a cat", "this is a photo of a dog", "coffee cups"])
    return load(spec)


def test_siglip_answers_the_visitors_own_labels_as_transformers_would(served: Hub, siglip: ReadyModel) -> None:
    from transformers import SiglipModel

    folder = served.folder / str(siglip.spec.weights)
    words = ("a cat", "a dog", "coffee")
    theirs = SiglipModel.from_pretrained(folder).eval()
    numbers = tokenizer(folder / "spiece.model", 24)(words)
    with torch.no_grad():
        answer = theirs(input_ids=torch.from_numpy(numbers), pixel_values=torch.from_numpy(_photo(siglip, 2)))
    ours = siglip.run(_photo(siglip, 2), words)
    assert np.allclose(ours, answer.logits_per_image.numpy(), atol=1e-4)
    assert ours.shape == (2, 3)
    assert (siglip.labels, siglip.preprocessing.crop_mode) == ((), "squash")
    assert np.allclose(siglip.run(_photo(siglip, 2), words[::-1]), ours[:, ::-1], atol=1e-5)


def test_words_are_read_once_for_many_photos(siglip: ReadyModel) -> None:
    read = []
    siglip.network.text_model.register_forward_hook(lambda *_: read.append(1))  # type: ignore[union-attr, operator]
    for _ in range(3):
        siglip.run(_photo(siglip), ("a", "b"))
    siglip.run(_photo(siglip), ("a", "c"))
    assert len(read) == 2


@pytest.mark.parametrize(
    "label", ["cat", "A Dog!", "zebra, striped", "  two   cups ", "émigré", "", "word " * 90, "<b>"]
)
def test_words_become_the_numbers_that_transformers_gives(
    served: Hub, monkeypatch: pytest.MonkeyPatch, label: str
) -> None:
    from transformers.models.siglip import tokenization_siglip

    monkeypatch.setattr(tokenization_siglip, "requires_backends", lambda *_: None)  # it asks for protobuf, needs none
    put_siglip(served, "owner/words", ["this is a photo of a cat", "a dog with two cups"])
    file = served.folder / "owner" / "words" / "spiece.model"
    theirs = tokenization_siglip.SiglipTokenizer(str(file))
    expected = theirs([f"This is a photo of {label}."], padding="max_length", max_length=64, truncation=True)
    assert tokenizer(file, 64)((label,)).tolist() == expected["input_ids"]


def test_words_are_read_as_in_siglips_training() -> None:
    assert canonical("  A Cat's\tTAIL,  (long)! ") == "a cats tail long"


class _Evil:
    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple:
        return os.system, (f"touch {self.canary}",)


@pytest.mark.parametrize("source", ["transformers", "torchvision"])
def test_a_pickle_with_a_program_in_it_is_refused_and_not_run(served: Hub, tmp_path: Path, source: str) -> None:
    canary = tmp_path / "canary"
    content = pickle.dumps({"features.0.weight": _Evil(canary)}, protocol=2)
    if source == "transformers":
        spec = get("dinov2_small_linear")
        put_dinov2(served, str(spec.weights), CLASSES, bin_only=True)
        served.put(str(spec.weights), "pytorch_model.bin", content)
    else:
        spec = replace(get("alexnet"), weights=f"alexnet-{hashlib.sha256(content).hexdigest()[:8]}.pth")
        served.put("models", str(spec.weights), content)
    with pytest.raises(ModelUnavailable, match="cannot be read"):
        load(spec)
    assert not canary.exists()
