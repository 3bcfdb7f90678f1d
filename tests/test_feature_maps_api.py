"""`/feature_maps` and `/patch_similarity` as their callers see them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from cvdemo import starters


@pytest.fixture(scope="module", name="client")
def connected(page: str) -> Iterator[Client]:
    yield Client(page, verbose=False)


@pytest.fixture(name="cat")
def photo() -> Path:
    return starters.get("cat").path


def test_feature_maps_tell_every_channel(client: Client, cat: Path) -> None:
    answer = client.predict(image=handle_file(cat), model="mini_resnet", layer="layer3", api_name="/feature_maps")
    assert (answer["layer"], answer["shape"], answer["weights"]) == ("layer3.1", [128, 8, 8], "bundled")
    assert [row["index"] for row in answer["channels"]] == list(range(128))
    assert all(0 <= row["dead_fraction"] <= 1 and row["mean"] <= row["max"] for row in answer["channels"])
    assert "layer4.1" in answer["layers"]
    json.dumps(answer, allow_nan=False)
    last = client.predict(image=handle_file(cat), model="mini_vit", api_name="/feature_maps")
    assert last["shape"] == [160, 8, 8]


def test_patch_similarity_gives_cosines(client: Client, cat: Path) -> None:
    answer = client.predict(image=handle_file(cat), model="mini_vit", row=3, col=5, api_name="/patch_similarity")
    cosines = np.array(answer["similarity"])
    assert answer["grid"] == [8, 8] == list(cosines.shape)
    assert cosines[3, 5] == pytest.approx(1, abs=1e-5) and np.abs(cosines).max() <= 1
    json.dumps(answer, allow_nan=False)


@pytest.mark.parametrize(
    ("endpoint", "values", "sentence"),
    [
        ("/feature_maps", {"model": "mini_vit", "layer": "blocks.99"}, "has no layer"),
        ("/feature_maps", {"model": "hog_people", "layer": ""}, "is a detector"),
        ("/feature_maps", {"model": "nothing", "layer": ""}, "no model called"),
        ("/feature_maps", {"model": 3, "layer": ""}, "model must be a name"),
        ("/patch_similarity", {"model": "mini_vit", "row": 8, "col": 0}, "from 0 to 7"),
        ("/patch_similarity", {"model": "mini_vit", "row": -1, "col": 0}, "row must be a whole number"),
        ("/patch_similarity", {"model": "mini_vit", "row": True, "col": 0}, "row must be a whole number"),
        ("/patch_similarity", {"model": "mini_vit", "row": 0, "col": "x"}, "col must be a whole number"),
    ],
)
def test_bad_arguments_get_a_sentence(
    client: Client, cat: Path, endpoint: str, values: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(AppError, match=sentence):
        client.predict(image=handle_file(cat), api_name=endpoint, **values)


@pytest.mark.parametrize("path", ["/etc/passwd", {"path": "/etc/passwd"}])
def test_files_from_elsewhere_are_refused(client: Client, path: Any) -> None:
    with pytest.raises(AppError):
        client.predict(image=path, model="mini_vit", row=0, col=0, api_name="/patch_similarity")
