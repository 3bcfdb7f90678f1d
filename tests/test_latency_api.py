"""`/latency`, through gradio_client against the live page."""

import math
from collections.abc import Iterator
from typing import Any

import pytest
from gradio_client import Client

from cvdemo import weights
from cvdemo.catalogue import get
from cvdemo.latency.statistics import MOST_ALIKE
from cvdemo.pairs import opening_pair

VERDICTS = ("faster", "slower", "too close to call", None)


@pytest.fixture(scope="module")
def client(page: str) -> Iterator[Client]:
    yield Client(page, verbose=False)


def _measure(client: Client, **arguments: Any) -> dict[str, Any]:
    return dict(client.predict(**arguments, api_name="/latency"))


def test_two_models_are_measured(client: Client) -> None:
    answer = _measure(client, input_size=64, runs=24)
    assert set(answer) >= {"environment", "results", "pairs"}
    here = answer["environment"]
    assert here["threads"] >= 1 and here["versions"]["torch"] and here["rounds"] == 24
    assert isinstance(here["measured_alone"], bool)
    first, second = opening_pair().names
    assert [row["model"] for row in answer["results"]] == [first, second]
    for row in answer["results"]:
        assert 0 < row["p50_ms"] <= row["p90_ms"] <= row["p95_ms"] <= row["p99_ms"]
        assert row["engine"] in ("torch", "openvino")
        assert row["runs"] in range(20, 25)
        assert row["weights"] == weights.state(get(row["model"]))
        assert row["input_size"] == 64
    (pair,) = answer["pairs"]
    assert (pair["a"], pair["b"]) == (first, second)
    assert pair["ci95"][0] <= pair["ratio"] <= pair["ci95"][1]
    medians = [row["p50_ms"] for row in answer["results"]]
    assert pair["ratio"] == pytest.approx(medians[1] / medians[0], rel=0.01)
    low, high = pair["ci95"]
    quiet = here["rounds"] - here["rounds_disturbed"] >= 20 and pair["lag1"] <= MOST_ALIKE
    expected = "faster" if low > 1.03 else "slower" if high < 0.97 else "too close to call"
    assert pair["verdict"] == (expected if quiet else None)


def test_the_same_model_may_be_named_twice(client: Client) -> None:
    answer = _measure(client, models=["mini_vit", "mini_vit"], input_size=64, runs=5)
    assert [row["model"] for row in answer["results"]] == ["mini_vit", "mini_vit"]
    (pair,) = answer["pairs"]
    assert (pair["a"], pair["b"]) == ("mini_vit", "mini_vit")
    assert math.isfinite(pair["ratio"])


def test_below_twenty_runs_there_is_no_verdict(client: Client) -> None:
    answer = _measure(client, input_size=64, runs=4)
    assert [pair["verdict"] for pair in answer["pairs"]] == [None]
    assert all(row["runs"] == 4 for row in answer["results"])


def test_models_that_are_not_here_run_with_random_weights_at_their_own_size(client: Client) -> None:
    answer = _measure(client, models=["lenet5", "mobilenetv3_large_100"], input_size=64, runs=2)
    assert [(row["weights"], row["input_size"]) for row in answer["results"]] == [("random", 32), ("random", 64)]


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("one model", {"models": ["mini_vit"]}, "at least two"),
    ("no model", {"models": []}, "at least two"),
    ("seven models", {"models": ["mini_vit"] * 7}, "Six at most"),
    ("an unknown one", {"models": ["mini_vit", "resnet51"]}, "no model called"),
    ("a detector", {"models": ["mini_vit", "yolov8n"]}, "finds objects"),
    ("a text for models", {"models": "mini_vit"}, "list of names"),
    ("batch 0", {"batch_size": 0}, "whole number from 1"),
    ("batch true", {"batch_size": True}, "whole number from 1"),
    ("batch 10,000", {"batch_size": 10_000, "models": ["resnet50", "vit_base_patch16_224"]}, "would need about"),
    ("input 4096 takes too long", {"input_size": 4096, "runs": 1000}, "would take about|would need about"),
    ("input 9", {"input_size": 9}, "whole number from 32"),
    ("input 1e9", {"input_size": 1e9}, "whole number from 32"),
    ("input too small for a model", {"models": ["inception_v3", "mini_vit"], "input_size": 64}, "Choose a larger"),
    ("runs 0", {"runs": 0}, "whole number from 1"),
    ("runs 1,001", {"runs": 1001}, "whole number from 1"),
    ("runs text", {"runs": "30"}, "whole number from 1"),
    ("engine tensorrt", {"engine": "tensorrt"}, "auto, torch, openvino or openvino_int8"),
    ("engine null", {"engine": None}, "engine must be"),
]


@pytest.mark.parametrize(("arguments", "sentence"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_bad_arguments_get_one_sentence(client: Client, arguments: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Exception, match=sentence) as caught:
        _measure(client, **arguments)
    assert "Traceback" not in str(caught.value)
