"""`/attention` and `/saliency` over HTTP, as a program asks them."""

from typing import Any

import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from cvdemo import starters

CAT = starters.get("cat").path


@pytest.fixture(scope="module")
def client(page: str) -> Client:
    return Client(page, verbose=False)


@pytest.mark.parametrize("layer", [-1, "blocks.6"])
def test_attention(client: Client, layer: Any) -> None:
    told = client.predict(
        image=handle_file(str(CAT)), model="mini_vit", layer=layer, row=3, col=4, api_name="/attention"
    )  # fmt: skip
    assert told["heads"] == 5 and told["grid"] == [8, 8] and told["layer"] == "blocks.6.attn"
    assert [len(row) for row in told["attention"]] == [64] * 5
    assert all(sum(row) == pytest.approx(1, abs=1e-3) for row in told["attention"])
    assert len(told["mean_distance_px"]) == len(told["class_token_share"]) == 5


def test_saliency(client: Client) -> None:
    told = client.predict(image=handle_file(str(CAT)), model="mini_resnet", api_name="/saliency")
    assert told["method"] == "gradcam" and told["grid"] == [4, 4] and told["weights"] == "bundled"
    assert 0 <= told["deletion_auc"] <= 1 and 0 <= told["insertion_auc"] <= 1
    assert told["random_weights_similarity"] is None or -1 <= told["random_weights_similarity"] <= 1
    other = client.predict(
        image=handle_file(str(CAT)), model="mini_vit", method="layercam", target="espresso", against="pizza",
        api_name="/saliency",
    )  # fmt: skip
    assert other["target"] == "espresso" and other["against"] == "pizza" and other["grid"] == [8, 8]


@pytest.mark.parametrize(
    ("endpoint", "wanted", "says"),
    [
        ("/attention", {"model": "mini_resnet", "layer": 0, "row": 0, "col": 0}, "no attention"),
        ("/attention", {"model": "mini_vit", "layer": [1], "row": 0, "col": 0}, "layer must be"),
        ("/attention", {"model": "mini_vit", "layer": 0, "row": 0.5, "col": 0}, "row must be"),
        ("/attention", {"model": "mini_vit", "layer": 0, "row": 0, "col": 9}, "col from 0 to 7"),
        ("/saliency", {"model": "mini_vit", "method": "scorecam"}, "no method for Small ViT"),
        ("/saliency", {"model": "mini_vit", "target": {"a": 1}}, "target must be"),
        ("/saliency", {"model": 7}, "model must be"),
        ("/saliency", {"model": "mini_vit", "random_weights": "yes"}, "true or false"),
    ],
)
def test_bad_arguments_are_answered_by_sentences(client: Client, endpoint: str, wanted: dict, says: str) -> None:
    with pytest.raises(AppError, match=says):
        client.predict(image=handle_file(str(CAT)), **wanted, api_name=endpoint)


def test_a_path_of_the_server_is_no_photo(client: Client) -> None:
    for endpoint, rest in (("/saliency", {}), ("/attention", {"layer": 0, "row": 0, "col": 0})):
        with pytest.raises(AppError):
            client.predict(image={"path": "/etc/passwd"}, model="mini_vit", **rest, api_name=endpoint)
