"""The public endpoints, through gradio_client against the live page."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client, handle_file

from cvdemo import catalogue, starters, weights
from cvdemo.pairs import opening_pair


@pytest.fixture(scope="module")
def client(page: str) -> Iterator[Client]:
    yield Client(page, verbose=False)


@pytest.fixture(scope="module")
def cat() -> Path:
    return starters.get("cat").path


def test_models_lists_the_whole_catalogue(client: Client) -> None:
    rows = client.predict(api_name="/models")
    assert [row["name"] for row in rows] == [spec.name for spec in catalogue.MODELS]
    by_name = {row["name"]: row for row in rows}
    assert by_name["mini_resnet"]["state"] == "bundled"
    assert by_name["lenet5"]["state"] == "random only"
    # facts.md: parameters of timm's models with 1,000 classes
    for name, millions in (("resnet50", 25.557), ("efficientnet_b0", 5.289), ("vit_base_patch16_224", 86.568)):
        assert by_name[name]["params_m"] == pytest.approx(millions, abs=0.001)
    assert {row["family"] for row in rows} == {"cnn", "vit", "hybrid", "classical"}


def test_classify_answers_for_both_models_that_the_page_opens_with(client: Client, cat: Path) -> None:
    answer = client.predict(image=handle_file(cat), top_k=3, api_name="/classify")
    assert [result["model"] for result in answer["results"]] == list(opening_pair().names)
    for result in answer["results"]:
        shares = [guess["probability"] for guess in result["top"]]
        assert len(shares) == 3
        assert shares == sorted(shares, reverse=True)
        assert 0 < sum(shares) <= 1
        assert result["weights"] == weights.state(catalogue.get(result["model"]))
        assert all(result[key] > 0 for key in ("decode_ms", "preprocess_ms", "network_ms"))
    assert isinstance(answer["agree"], bool)


def test_the_same_request_gives_the_same_numbers(client: Client, cat: Path) -> None:
    first, second = (client.predict(image=handle_file(cat), api_name="/classify") for _ in range(2))
    assert [result["top"] for result in first["results"]] == [result["top"] for result in second["results"]]


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("unknown model", {"models": ["resnet51"]}, "no model called"),
    ("no model", {"models": []}, "Choose at least one"),
    ("five models", {"models": ["mini_resnet", "mini_vit", "resnet18", "resnet34", "resnet50"]}, "Four at most"),
    ("the same twice", {"models": ["mini_vit", "mini_vit"]}, "once"),
    ("a detector", {"models": ["yolov8n"]}, "does not classify"),
    ("a text for models", {"models": "mini_vit"}, "list of names"),
    ("a number for models", {"models": 3}, "list of names"),
    ("numbers in models", {"models": [1, 2]}, "list of names"),
    ("null for models", {"models": None}, "list of names"),
    ("markup in a name", {"models": ["<img src=x onerror=alert(1)>"]}, "no model called"),
    ("top_k 0", {"top_k": 0}, "whole number from 1 to 10"),
    ("top_k 11", {"top_k": 11}, "whole number from 1 to 10"),
    ("top_k -1", {"top_k": -1}, "whole number from 1 to 10"),
    ("top_k 2.5", {"top_k": 2.5}, "whole number from 1 to 10"),
    ("top_k true", {"top_k": True}, "whole number from 1 to 10"),
    ("top_k text", {"top_k": "5"}, "whole number from 1 to 10"),
    ("top_k null", {"top_k": None}, "whole number from 1 to 10"),
    ("top_k list", {"top_k": [5]}, "whole number from 1 to 10"),
]


@pytest.mark.parametrize(("arguments", "sentence"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_bad_arguments_get_one_sentence(client: Client, cat: Path, arguments: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Exception, match=sentence) as caught:
        client.predict(image=handle_file(cat), **arguments, api_name="/classify")
    message = str(caught.value)
    assert "Traceback" not in message and "<img" not in message and str(cat.parent) not in message


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_that_are_none_get_a_sentence(page: str, cat: Path, number: str) -> None:
    """No client library sends them, but anyone can."""
    path = httpx.post(f"{page}/gradio_api/upload", files={"files": cat.read_bytes()}).json()[0]
    answer = _call(page, f'{{"image": {{"path": "{path}"}}, "top_k": {number}}}')
    assert "results" not in answer and "Traceback" not in answer
    assert "whole number from 1 to 10" in answer or "error" in answer.lower()


def _call(page: str, arguments: str) -> str:
    """Call /classify as raw JSON, as anyone can, and return the end of the event stream."""
    kind = {"Content-Type": "application/json"}
    started = httpx.post(f"{page}/gradio_api/call/v2/classify", content=arguments, headers=kind, timeout=20)
    if started.status_code != 200:
        return started.text
    event = started.json()["event_id"]
    return httpx.get(f"{page}/gradio_api/call/classify/{event}", timeout=20).text


FILES: list[object] = [
    "/etc/passwd",
    {"path": "/etc/passwd"},
    {"path": "../../etc/passwd"},
    {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}},
    {"url": "http://127.0.0.1:1/x.png"},
    {"url": "data:image/png;base64,AAAA"},
    {"path": None},
    {},
    [],
    None,
    5,
    "",
    "cat.png",
    "a\0b",
    "x" * 5000,
]


@pytest.mark.parametrize("image", FILES, ids=[repr(value)[:40] for value in FILES])
def test_a_file_outside_the_upload_cache_is_never_read(page: str, image: object) -> None:
    answer = _call(page, json.dumps({"image": image}))
    assert "root:" not in answer
    assert "results" not in answer
    assert "Traceback" not in answer


def test_a_good_request_works_after_all_the_bad_ones(client: Client, cat: Path) -> None:
    assert client.predict(image=handle_file(cat), api_name="/classify")["results"]
