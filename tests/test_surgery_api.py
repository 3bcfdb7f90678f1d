"""`/block_lesion` over HTTP, as a program asks it."""

from typing import Any

import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from cvdemo import starters

CAT = starters.get("cat").path


@pytest.fixture(scope="module")
def client(page: str) -> Client:
    return Client(page, verbose=False)


def _ask(client: Client, model: Any) -> dict[str, Any]:
    found: dict[str, Any] = client.predict(image=handle_file(str(CAT)), model=model, api_name="/block_lesion")
    return found


def test_each_branch_of_a_vit_alone(client: Client) -> None:
    told, classified = (
        _ask(client, "mini_vit"),
        client.predict(handle_file(str(CAT)), ["mini_vit"], 1, api_name="/classify"),
    )
    first = classified["results"][0]["top"][0]
    assert told["answer"] == first["label"]
    assert told["probability"] == pytest.approx(first["probability"], abs=1e-4)
    names = [f"blocks.{number}.{part}" for number in range(7) for part in ("attn", "mlp")]
    assert [block["name"] for block in told["blocks"]] == names
    assert all(0 <= block["probability_without"] <= 1 and block["reason"] is None for block in told["blocks"])


def test_a_block_without_a_shortcut_is_not_droppable_and_says_why(client: Client) -> None:
    told = _ask(client, "tf_efficientnet_lite0")
    assert len(told["blocks"]) == 16
    for block in told["blocks"]:
        fixed = block["shortcut"] is None
        assert block["droppable"] is not fixed
        assert (block["probability_without"] is None) is fixed
        assert bool(block["reason"]) is fixed
    assert sum(block["droppable"] for block in told["blocks"]) == 9


@pytest.mark.parametrize(
    ("model", "says"),
    [("vgg16", "no blocks here"), ("yolov8n", "no blocks here"), (7, "model must be"), ("resnet5", "no model called")],
)
def test_what_cannot_be_asked_is_a_sentence(client: Client, model: Any, says: str) -> None:
    with pytest.raises(AppError, match=says):
        _ask(client, model)


def test_a_path_of_the_server_is_no_photo(client: Client) -> None:
    with pytest.raises(AppError):
        client.predict(image={"path": "/etc/passwd"}, model="mini_resnet", api_name="/block_lesion")
