"""Weights come from where they should, arrive whole or not at all, and say so in a sentence."""

import hashlib
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cvdemo import catalogue, weights
from cvdemo.catalogue import MODELS, ModelSpec, get
from cvdemo.errors import ModelUnavailable
from cvdemo.weights import Progress, download_record, network, transfer
from cvdemo.weights.places import Repository, place
from tests.fake_hub import COMMIT, Fault, Hub, fake_hub
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


def _forget() -> None:
    """Act like a new process: no file has been hashed yet."""
    download_record._verified.clear()


def test_first_fetch_shows_progress_and_records_commit_and_hash(served: Hub) -> None:
    served.faults["GET"] = [Fault(per_second=2 << 20)]
    steps: list[Progress] = []
    fetched = weights.fetch(SPEC, steps.append)
    assert (fetched.revision, fetched.sha256, fetched.byte_count) == (COMMIT, SHA, len(HEAVY))
    assert fetched.weights.read_bytes() == HEAVY
    done = [step.done for step in steps]
    assert done == sorted(done)
    assert len({step.done for step in steps if 0 < step.done < len(HEAVY)}) >= 2
    assert steps[-1] == Progress("fetch", len(HEAVY), len(HEAVY))
    record = download_record.read("timm/tiny.one")
    assert record is not None
    assert record.revision == COMMIT
    assert record.files["model.safetensors"] == download_record.Entry(SHA, len(HEAVY))
    assert weights.size(SPEC) == len(HEAVY)


def test_a_cached_model_asks_nobody_anything(served: Hub) -> None:
    weights.fetch(SPEC)
    asked = served.count()
    _forget()
    assert weights.fetch(SPEC).sha256 == SHA
    assert weights.state(SPEC) == "cached"
    assert served.count() == asked == 3  # HEAD, GET, and GET where the Hub sent us


def test_other_programs_find_what_we_fetched(served: Hub) -> None:
    from huggingface_hub import hf_hub_download

    ours = weights.fetch(SPEC).weights
    theirs = hf_hub_download("timm/tiny.one", "model.safetensors", cache_dir=network.hub_cache(), local_files_only=True)
    assert Path(theirs).samefile(ours)


def test_we_use_and_check_what_other_programs_fetched(served: Hub) -> None:
    from huggingface_hub import hf_hub_download

    hf_hub_download("timm/tiny.one", "model.safetensors", cache_dir=network.hub_cache(), endpoint=served.url)
    asked = served.count()
    assert weights.state(SPEC) == "cached"
    assert weights.fetch(SPEC).sha256 == SHA
    assert served.count() == asked
    assert download_record.read("timm/tiny.one") is not None


def test_progress_is_told_in_the_thread_that_asked(served: Hub) -> None:
    seen: set[int] = set()
    weights.fetch(SPEC, lambda _: seen.add(threading.get_ident()))
    assert seen == {threading.get_ident()}


def test_a_pinned_commit_wins(served: Hub) -> None:
    assert weights.fetch(replace(SPEC, revision=COMMIT)).revision == COMMIT
    with pytest.raises(ModelUnavailable, match="does not offer"):
        weights.fetch(replace(SPEC, revision="f" * 40))


@pytest.mark.parametrize("name", ["model.safetensors", "pytorch_model.bin"])
def test_all_files_of_a_repository_come_from_one_commit(served: Hub, name: str) -> None:
    spec = replace(SPEC, source="transformers", weights="owner/two")
    small = {"config.json": b"{}", "preprocessor_config.json": b'{"size": 1}'}
    for file, content in (small | {name: HEAVY}).items():
        served.put("owner/two", file, content)
    steps: list[Progress] = []
    fetched = weights.fetch(spec, steps.append)
    assert fetched.weights.name == name
    assert {file: path.read_bytes() for file, path in fetched.files.items()} == small | {name: HEAVY}
    assert {path.parent.name for path in fetched.files.values()} == {COMMIT}
    assert fetched.byte_count == len(HEAVY) + 2 + 11 == steps[-1].done == steps[-1].total
    asked = served.count()
    weights.fetch(spec)
    assert served.count() == asked


@pytest.mark.parametrize("file", ["config.json", "preprocessor_config.json"])
def test_a_small_file_that_was_changed_is_fetched_again(served: Hub, file: str) -> None:
    spec = replace(SPEC, source="transformers", weights="owner/two")
    for name in ("config.json", "preprocessor_config.json", "model.safetensors"):
        served.put("owner/two", name, b'{"a": 1}')
    weights.fetch(spec).files[file].resolve().write_bytes(b'{"a": 2}')
    assert weights.fetch(spec).files[file].read_bytes() == b'{"a": 1}'


@pytest.fixture
def torch_file(served: Hub) -> Callable[[bytes], ModelSpec]:
    """Put a file where torchvision's own files lie; its name tells the hash of ``HEAVY``."""

    def put(content: bytes) -> ModelSpec:
        name = f"tiny-{SHA[:8]}.pth"
        served.put("models", name, content)
        return ModelSpec("tiny", "Tiny-1", "classify", "cnn", "torchvision", name)

    return put


def test_torchvisions_files_are_checked_by_their_names(served: Hub, torch_file: Callable[[bytes], ModelSpec]) -> None:
    served.faults["GET"] = [Fault(cut=0.5), Fault(flip=5)]
    spec = torch_file(HEAVY)
    assert weights.state(spec) == "download"
    assert weights.fetch(spec).sha256 == SHA
    assert served.ranges() == ["bytes=524288-"]
    assert weights.state(spec) == "cached"
    asked = served.count()
    assert weights.fetch(spec).revision is None
    assert served.count() == asked


def test_a_torchvision_file_of_another_hash_is_refused(torch_file: Callable[[bytes], ModelSpec]) -> None:
    with pytest.raises(ModelUnavailable, match="damaged twice"):
        weights.fetch(torch_file(HEAVY[::-1]))


def test_every_place_is_one_that_we_know() -> None:
    for spec in MODELS:
        where = place(spec)
        if isinstance(where, Repository):
            assert where.name.count("/") == 1
        elif where is not None:
            assert where.url.startswith("https://")
            assert where.hash_prefix or spec.source == "ultralytics"


def test_state_looks_at_the_disk_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(catalogue, "WEIGHTS_FOLDER", tmp_path)
    (tmp_path / "mini_vit.safetensors").touch()
    states = {spec.name: weights.state(spec) for spec in MODELS}
    assert states["mini_vit"] == states["hog_people"] == "bundled"
    assert states["mini_resnet"] == states["lenet5"] == "random only"
    assert states["resnet50"] == states["alexnet"] == states["yolov8n"] == "download"


def test_asking_for_states_and_sizes_does_not_import_torch() -> None:
    script = (
        "import sys\nfrom cvdemo import catalogue, weights\n"
        "[(weights.state(s), weights.size(s)) for s in catalogue.MODELS]\n"
        "assert not {'torch', 'timm', 'transformers', 'gradio'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=Path(__file__).parent.parent)


def test_the_card_of_a_bundled_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "WEIGHTS_FOLDER", tmp_path)
    (tmp_path / "mini_vit.safetensors").write_bytes(HEAVY)
    write_card(tmp_path, "mini_vit")
    read = weights.card("mini_vit")
    assert read is not None
    assert (read.top1, read.top1_interval, read.synsets) == (0.6, (0.5, 0.7), ("n01440764",))
    assert read.sha256 == weights.fetch(get("mini_vit")).sha256 == SHA
    assert weights.card("mini_resnet") is None
    with pytest.raises(ModelUnavailable, match="Small ResNet is not part of this copy"):
        weights.fetch(get("mini_resnet"))


def test_random_models_have_nothing_to_fetch() -> None:
    with pytest.raises(ValueError, match="lenet5"):
        weights.fetch(get("lenet5"))
