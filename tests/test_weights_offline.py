"""Without a network: known soon, asked of nobody, and one sentence within 15 seconds that names a way out."""

import hashlib
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cvdemo import catalogue, weights
from cvdemo.catalogue import ModelSpec, get
from cvdemo.errors import ModelUnavailable
from cvdemo.weights import hub, transfer
from tests.fake_hub import Hub, fake_hub
from tests.shipped import write_card

SPEC = ModelSpec("tiny", "Tiny-1", "classify", "cnn", "timm", "timm/tiny.one")
HEAVY = bytes(range(256)) * 4096  # 1 MiB
SHA = hashlib.sha256(HEAVY).hexdigest()


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A Hub with one model of 1 MiB, an empty cache, and less patience than in real life."""
    monkeypatch.setattr(transfer, "READ_TIMEOUT_S", 0.4)
    with fake_hub(tmp_path / "repositories") as running:
        running.use(monkeypatch, tmp_path / "cache")
        running.put("timm/tiny.one", "model.safetensors", HEAVY)
        yield running


def test_offline_by_wish_asks_nobody(served: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    started = time.monotonic()
    with pytest.raises(ModelUnavailable, match=r"^Tiny-1 is not on this machine and there is no network to fetch it"):
        weights.fetch(SPEC)
    assert time.monotonic() - started < 1.0
    assert served.count() == 0
    assert weights.online() is False


@pytest.mark.parametrize("name", ["resnet50", "vit_base_patch16_224", "alexnet", "siglip_base_patch16_224", "yolov8n"])
def test_offline_the_sentence_comes_in_time_with_size_and_a_way_out(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")  # nobody listens
    monkeypatch.setenv("CV_LAB_TORCHVISION_URL", "http://127.0.0.1:9/models")
    monkeypatch.setenv("CV_LAB_ULTRALYTICS_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setattr(transfer, "PAUSE_S", 0.01)
    monkeypatch.setattr(catalogue, "WEIGHTS_FOLDER", tmp_path)
    for pair in catalogue.BUNDLED_PAIR:
        (tmp_path / f"{pair}.safetensors").touch()
        write_card(tmp_path, pair)
    started = time.monotonic()
    with pytest.raises(ModelUnavailable) as caught:
        weights.fetch(get(name))
    assert time.monotonic() - started < 15
    size = r" \(\d+([.]\d)?\sMB\)"
    assert caught.match(f"^{get(name).title} is not on this machine and there is no network to fetch it{size}[.] ")
    assert caught.value.suggestion == ("hog_people" if name == "yolov8n" else _family_pair(name))


def _family_pair(name: str) -> str:
    return "mini_vit" if get(name).family == "vit" else "tf_efficientnet_lite0"


def test_a_network_that_never_answers_is_given_up(served: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server that hangs holds the thread that asks; the visitor is not kept waiting."""
    monkeypatch.setattr(transfer, "ANSWER_S", 0.5)
    monkeypatch.setattr(hub, "get_hf_file_metadata", lambda *_, **__: time.sleep(3))
    started = time.monotonic()
    with pytest.raises(ModelUnavailable, match="there is no network"):
        weights.fetch(SPEC)
    assert time.monotonic() - started < 1.5


def test_online_is_known_soon_and_never_waited_for(served: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    started = time.monotonic()
    weights.online()
    assert time.monotonic() - started < 0.1
    while not weights.online():
        assert time.monotonic() - started < 3
        time.sleep(0.02)
    assert served.count() == 0  # the probe is a connection without a word
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    weights.online()
    time.sleep(0.2)
    assert weights.online() is False
