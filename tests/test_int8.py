"""int8 is offered only with a measured accuracy, never chosen by itself, and never out of step with its weights."""

import dataclasses
import hashlib
import importlib.util
import json
import shutil
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from gradio_client import Client
from safetensors.torch import save_file

from app.components.latency import LatencyView
from app.tabs.latency_estimate import estimate
from cvdemo import catalogue, engines, images, models, preprocess, starters, weights
from cvdemo.bundled import ARCHITECTURES
from cvdemo.catalogue import WEIGHTS_FOLDER
from cvdemo.engines import int8, openvino
from cvdemo.errors import ModelUnavailable
from cvdemo.latency import duel, way_words
from cvdemo.latency.estimate import TooMuch, expected_ms, refuse
from cvdemo.latency.settings import Settings
from tests import tiny_models
from training import int8 as making
from training.data import Dataset, Photos

SETTINGS = Settings(side=64, engine="openvino", precision="int8", rounds=2)
LARGEST_BYTES = 3_500_000
NAMES = sorted(
    {file.name.removesuffix(".int8.zip") for file in WEIGHTS_FOLDER.glob("*.int8.zip")}
    | {file.stem for file in WEIGHTS_FOLDER.glob("*.json") if "int8" in json.loads(file.read_text())}
)


@pytest.fixture(autouse=True)
def engines_are_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    if not openvino.installed():
        pytest.skip("OpenVINO is not here")
    monkeypatch.setenv("CV_LAB_ENGINE", "auto")


@pytest.fixture(name="folder")
def other_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of weights that may be damaged."""
    for file in ("mini_vit.json", "mini_vit.safetensors", "mini_vit.int8.zip"):
        shutil.copy(WEIGHTS_FOLDER / file, tmp_path)
    monkeypatch.setattr(catalogue, "WEIGHTS_FOLDER", tmp_path)
    return tmp_path


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_some_models_have_it() -> None:
    assert {"mini_resnet", "mini_vit"} <= set(NAMES)
    assert sorted(int8.offered()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_card_speaks_of_the_weights_and_the_file_that_lie_beside_it(name: str) -> None:
    """Weights that are trained anew need ``python -m training.int8`` anew."""
    card, whole, file = weights.int8_card(name), weights.card(name), weights.int8_file(name)
    assert card is not None and whole is not None
    assert card.made_from == _sha256(weights.weights_file(name)), "made from other weights: run training.int8 again"
    assert card.sha256 == _sha256(file)
    assert card.top1_interval[0] < card.top1 < card.top1_interval[1] and card.top1 < card.top5 <= 1
    assert abs(card.top1 - whole.top1) < 0.02  # more than that would be worth a look
    assert file.stat().st_size <= LARGEST_BYTES
    with zipfile.ZipFile(file) as archive:
        assert archive.namelist() == [int8.GRAPH, int8.NUMBERS]


@pytest.mark.parametrize("name", NAMES)
def test_it_answers_nearly_as_float32_does_for_one_photo_and_for_three(name: str) -> None:
    with models.borrow(name) as ready:
        photos = [images.read(starters.get(key).path, 64) for key in ("cat", "street", "coffee")]
        batch = np.concatenate([preprocess.prepare(photo, ready.preprocessing).array for photo in photos])
        whole = ready.run(batch)
        one, three = (int8.engine(ready, (count, 3, 64, 64)) for count in (1, 3))
        assert (one.name, one.precision) == ("openvino", "int8") and one.byte_count > 2_000_000
        seen = three.run(batch)
        np.testing.assert_allclose(np.concatenate([one.run(batch[at : at + 1]) for at in range(3)]), seen, atol=0.5)
    for ours, theirs in zip(seen, whole, strict=True):
        assert 0.97 < np.corrcoef(ours, theirs)[0, 1] < 1
    assert np.abs(seen - whole).max() > 1e-3  # other arithmetic indeed


def test_auto_never_takes_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(int8, "engine", lambda *_: pytest.fail("nobody asked for other answers"))
    with models.borrow("mini_vit") as ready:
        shape = (1, 3, 64, 64)
        found = [engines.settle(ready, shape), *(engines.engine_for(ready, shape, name) for name in engines.TITLES)]
    assert {engine.precision for engine in found} == {"float32"}


def test_models_without_it_refuse_in_a_sentence() -> None:
    for name, changes, sentence in (
        ("mini_vit", {"sha256": "0"}, "The int8 version of Small ViT was made from other weights. Choose fp32."),
        ("mini_vit", {"sha256": None}, "The int8 version of Small ViT was made from other weights. Choose fp32."),
        ("lenet5", {}, "LeNet-5 has no int8 version whose accuracy was measured. Choose fp32."),
    ):
        ready = dataclasses.replace(tiny_models.ready(name=name), **changes)  # type: ignore[arg-type]
        with pytest.raises(ModelUnavailable) as caught:
            int8.engine(ready, (1, 3, 64, 64))
        assert str(caught.value) == sentence
    with models.borrow("mini_vit") as ready, pytest.raises(ModelUnavailable, match="photos of 64 pixels"):
        int8.engine(ready, (1, 3, 96, 96))


def test_a_damaged_file_is_refused_before_it_is_opened(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = folder / "mini_vit.int8.zip"
    file.write_bytes(file.read_bytes()[:-9] + b"xxxxxxxxx")
    monkeypatch.setattr(int8, "compiled", lambda *_: pytest.fail("was opened"))
    with models.borrow("mini_vit") as ready, pytest.raises(ModelUnavailable, match="is damaged in this copy"):
        int8.engine(ready, (1, 3, 64, 64))


def test_without_a_measured_accuracy_it_is_not_offered(folder: Path) -> None:
    card = folder / "mini_vit.json"
    facts = json.loads(card.read_text())
    assert int8.offered() == ("mini_vit",)
    del facts["int8"]["top1"]
    card.write_text(json.dumps(facts))
    assert int8.offered() == () and weights.int8_card("mini_vit") is None
    with pytest.raises(ModelUnavailable, match="whose accuracy was measured"):
        int8.card_of("mini_vit")


def test_without_openvino_it_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CV_LAB_ENGINE", "torch")
    assert int8.offered() == ()
    with pytest.raises(ModelUnavailable, match="with OpenVINO only"):
        int8.card_of("mini_vit")


@pytest.mark.parametrize(
    ("names", "side", "sentence", "use"),
    [
        (("mini_vit", "resnet50"), 64, "ResNet-50 has no int8 version", ["precision", "fp32", "Use fp32"]),
        (("mini_vit", "mini_resnet"), 224, "was measured with photos of 64 pixels", ["side", 64, "Use 64"]),
    ],
    ids=["a model without it", "another size"],
)
def test_the_page_says_what_it_cannot_run_in_int8(names: Any, side: int, sentence: str, use: list[Any]) -> None:
    settings = dataclasses.replace(SETTINGS, side=side)
    with pytest.raises(TooMuch, match=sentence):
        refuse(names, settings)
    refused = estimate({"models": list(names), "settings": vars(settings), "measured": False})["refused"]
    assert sentence in refused["text"] and refused["use"] == use


@pytest.mark.parametrize(("engine", "wanted"), [("auto", 1), ("torch", 0)], ids=["with OpenVINO", "without"])
def test_the_tab_has_a_button_for_it_where_it_is_offered(
    engine: str, wanted: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CV_LAB_ENGINE", engine)
    offered = [name for name, _ in LatencyView(names=(), class_name="latency").props["precisions"]]
    assert offered == ["fp32", "bf16", "int8"][: 2 + wanted]


def test_a_duel_tells_time_change_and_accuracy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duel.Others, "share", lambda self, at_least_s=0.0: 0.0)
    found = duel.run(starters.get("cat").path, ("mini_resnet", "mini_vit"), SETTINGS)
    for racer in found.standing:
        assert (racer.engine, racer.precision, racer.side, racer.peak_bytes) == ("openvino", "int8", 64, None)
        assert racer.difference is not None and 0 < racer.difference < 0.3
    assert len(found.standing) == 2
    told = " ".join(way_words.ways(found, {"mini_vit": {"openvino int8": 1.0, "torch float32": 3.0}}))
    card, whole = weights.int8_card("mini_vit"), weights.card("mini_vit")
    assert card is not None and whole is not None
    told = told.replace("\u00a0", " ")
    assert "Small ViT: OpenVINO int8 1.00 ms, PyTorch fp32 3.00 ms; with OpenVINO, int8, probabilities move" in told
    assert f"{card.top1:.1%}".replace("%", " %") in told and f"{whole.top1:.1%} in fp32".replace("%", " %") in told
    assert expected_ms("mini_vit", SETTINGS) == found.percentiles(found.racers[1]).p50  # type: ignore[union-attr]


def test_the_api_runs_it_and_refuses_it(page: str) -> None:
    client = Client(page, verbose=False)
    asked: dict[str, Any] = {"input_size": 64, "runs": 2, "engine": "openvino_int8", "api_name": "/latency"}
    answer = client.predict(models=["mini_resnet", "mini_vit"], **asked)
    assert [(row["engine"], row["precision"]) for row in answer["results"]] == [("openvino", "int8")] * 2
    assert all(0 < row["difference"] < 0.3 for row in answer["results"])
    with pytest.raises(Exception, match="ResNet-50 has no int8 version whose accuracy was measured"):
        client.predict(models=["mini_vit", "resnet50"], **asked)


def test_training_int8_writes_file_and_card_with_the_same_numbers_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if importlib.util.find_spec("nncf") is None:
        pytest.skip("NNCF is not here")
    monkeypatch.setattr(making, "CALIBRATION_PHOTOS", 4)
    network, random = ARCHITECTURES["mini_resnet"]().eval(), torch.Generator().manual_seed(0)
    pixels = torch.randint(0, 256, (8, 3, 64, 64), generator=random, dtype=torch.uint8)
    with torch.inference_mode():
        labels = network(making.normalise(pixels)).argmax(1)
    photos = Photos(pixels, labels)
    save_file(network.state_dict(), tmp_path / "mini_resnet.safetensors")
    card, told, numbers = tmp_path / "mini_resnet.json", [], set()
    for _ in range(2):
        card.write_text(json.dumps({"name": "mini_resnet", "top1": 1.0}))
        making.make("mini_resnet", Dataset((), photos, photos), tmp_path)
        told.append(json.loads(card.read_text()))
        with zipfile.ZipFile(tmp_path / "mini_resnet.int8.zip") as archive:
            numbers.add(archive.read(int8.NUMBERS))  # the graph's names carry OpenVINO's own counters
    assert len(numbers) == 1 and sys.modules["openvino_telemetry"] is None
    found = told[1]["int8"]
    assert found == told[0]["int8"] | {"sha256": found["sha256"]}
    assert set(found) == {field.name for field in dataclasses.fields(weights.Int8Card)}
    assert found["made_from"] == _sha256(tmp_path / "mini_resnet.safetensors")
    assert found["sha256"] == _sha256(tmp_path / "mini_resnet.int8.zip")
    card.write_text(json.dumps({"name": "mini_resnet", "top1": 0.5}))
    with pytest.raises(ValueError, match="another data set"):
        making.make("mini_resnet", Dataset((), photos, photos), tmp_path)
