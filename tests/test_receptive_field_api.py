"""/receptive_field and /effective_receptive_field, through gradio_client against the live page."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gradio_client import Client, handle_file

from cvdemo import starters


@pytest.fixture(scope="module")
def client(page: str) -> Iterator[Client]:
    yield Client(page, verbose=False)


@pytest.fixture(scope="module")
def cat() -> Path:
    return starters.get("cat").path


def test_resnet50_as_published(client: Client) -> None:
    answer = client.predict(model="resnet50", api_name="/receptive_field")
    layers = {layer["name"]: layer for layer in answer["layers"]}
    assert [layers[name]["size"] for name in ("conv1", "maxpool", "layer1", "layer2", "layer3", "layer4")] == [
        7, 11, 35, 91, 267, 427,
    ]  # fmt: skip
    assert layers["layer4"]["output_size"] == [7, 7]
    assert layers["layer4"]["stride"] == 32
    assert layers["conv1"]["start"] == 0 and layers["conv1"]["padding"] == 3
    assert answer["layers"][-1]["name"] == "layer4"
    assert not layers["layer4"]["global_gate"]


def test_a_transformer_is_global_and_a_gate_is_told(client: Client) -> None:
    vit = client.predict(model="vit_base_patch16_224", input_size=256, api_name="/receptive_field")
    assert (vit["layers"][0]["size"], vit["layers"][0]["output_size"]) == (16, [16, 16])
    assert all(layer["size"] is None for layer in vit["layers"][1:])
    mobile = client.predict(model="mobilenetv3_large_100", api_name="/receptive_field")
    assert any(layer["global_gate"] for layer in mobile["layers"])


def test_an_effective_field_adds_up(client: Client, cat: Path) -> None:
    answer = client.predict(image=handle_file(cat), model="mini_resnet", layer="layer3.1", row=6, col=7, input_size=96,
                            api_name="/effective_receptive_field")  # fmt: skip
    shares = np.array(answer["map"])
    assert shares.shape == (96, 96)
    assert shares.min() >= 0
    assert shares.sum() == pytest.approx(1, abs=1e-3)
    assert answer["theoretical_size"] == 111
    assert answer["weights"] == "trained"
    row, column = answer["centre"]
    for share, side in answer["side_for_mass"].items():
        reach = (side - 1) / 2
        inside = shares[
            np.ix_(np.abs(np.arange(96) - row) <= reach, np.abs(np.arange(96) - column) <= reach)
        ]  # fmt: skip
        assert inside.sum() >= float(share) - 1e-4
    assert list(answer["side_for_mass"]) == ["0.2", "0.5", "0.95"]


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("unit outside the map", {"row": 12}, "6 x 6 units: row must be from 0 to 5"),
    ("a unit that is no number", {"row": "a"}, "whole number"),
    ("true is no number", {"col": True}, "whole number"),
    ("unknown layer", {"layer": "layer9"}, "has no layer"),
    ("a layer that is no name", {"layer": 3}, "must be a name"),
    ("unknown model", {"model": "resnet51"}, "no model called"),
    ("a detector", {"model": "hog_people"}, "classifier"),
    ("too large", {"input_size": 4096}, "32 to 512"),
    ("a path of the server", {"image": {"path": "/etc/passwd"}}, "."),
]


@pytest.mark.parametrize(("asked", "words"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_bad_questions_are_sentences(client: Client, cat: Path, asked: dict[str, Any], words: str) -> None:
    good = {
        "image": handle_file(cat),
        "model": "mini_resnet",
        "layer": "layer4.1",
        "row": 0,
        "col": 0,
        "input_size": 96,
    }
    with pytest.raises(Exception, match=words) as caught:
        client.predict(**{**good, **asked}, api_name="/effective_receptive_field")
    assert "Traceback" not in str(caught.value)


def test_a_detector_has_fields_too(client: Client) -> None:
    answer = client.predict(model="yolov8n", input_size=640, api_name="/receptive_field")
    sizes = {layer["name"]: layer["size"] for layer in answer["layers"]}
    assert (sizes["model.0.conv"], sizes["model.1.conv"]) == (3, 7)  # two 3 x 3 convolutions of stride 2
    assert answer["layers"][0]["output_size"] == [320, 320]


@pytest.mark.parametrize("model", [3, None, ["resnet50"], "hog_people"])
def test_bad_models_are_sentences(client: Client, model: Any) -> None:
    with pytest.raises(Exception, match=r"name|no network"):
        client.predict(model=model, api_name="/receptive_field")
