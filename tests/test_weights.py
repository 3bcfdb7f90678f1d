"""Weights come from where they should, arrive whole or not at all, and say so in a sentence."""

import errno
import hashlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from cvdemo import catalogue, weights
from cvdemo.catalogue import MODELS, ModelSpec, get
from cvdemo.errors import ModelUnavailable, Stopped
from cvdemo.weights import Progress, hub, ledger, network, transfer
from cvdemo.weights.places import Repository, place
from tests.fake_hub import COMMIT, Fault, Hub, fake_hub

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
    ledger._verified.clear()


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
    record = ledger.read("timm/tiny.one")
    assert record is not None
    assert record.revision == COMMIT
    assert record.files["model.safetensors"] == ledger.Entry(SHA, len(HEAVY))
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
    assert ledger.read("timm/tiny.one") is not None


MENDED = {
    "reset at 90 %": ([], [Fault(cut=0.9)], ["bytes=943718-"]),
    "reset twice": ([], [Fault(cut=0.2), Fault(cut=0.6)], ["bytes=209715-", "bytes=629145-"]),
    "stall at 50 %": ([], [Fault(cut=0.5, stall_s=1.0)], ["bytes=524288-"]),
    "reset, then a server that cannot resume": ([], [Fault(cut=0.5), Fault(whole=True)], ["bytes=524288-"]),
    "429 twice": ([], [Fault(429), Fault(429)], []),
    "500 three times": ([], [Fault(500), Fault(503), Fault(500)], []),
    "500 to the question": ([Fault(500), Fault(429)], [], []),
    "one byte wrong in transit": ([], [Fault(flip=1000)], []),
}


@pytest.mark.parametrize(("head", "get_", "ranges"), MENDED.values(), ids=MENDED)
def test_a_fault_that_passes_is_mended(
    served: Hub, monkeypatch: pytest.MonkeyPatch, head: list[Fault], get_: list[Fault], ranges: list[str]
) -> None:
    monkeypatch.setattr(transfer, "PAUSE_S", 0.02)
    served.faults |= {"HEAD": list(head), "GET": list(get_)}
    assert weights.fetch(SPEC).sha256 == SHA
    assert list(dict.fromkeys(served.ranges())) == ranges
    assert not list(network.hub_cache().rglob("*.part"))


def test_a_longer_rest_of_another_file_is_thrown_away(served: Hub) -> None:
    part = network.hub_cache() / "models--timm--tiny.one" / "blobs" / f"{SHA}.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(HEAVY + b"more")
    assert weights.fetch(SPEC).weights.read_bytes() == HEAVY


LASTING = {
    "no such file": ([Fault(404)], [], "The Hub does not offer Tiny-1 any more."),
    "no such repository": ([Fault(401)], [], "The Hub does not offer Tiny-1 any more."),
    "a log-in page instead of the Hub": ([Fault(bare=True)], [], "there is no network to fetch it"),
    "500 for ever": ([], [Fault(500)] * 9, "The Hub is busy or broken now"),
    "429 for ever": ([Fault(429)] * 9, [], "The Hub is busy or broken now"),
    "418": ([], [Fault(418)] * 9, "The Hub is busy or broken now"),
    "wrong in transit, always": ([], [Fault(flip=9)] * 9, "Tiny-1 arrived damaged twice and was deleted."),
    "reset at the first byte, always": ([], [Fault(cut=0.0)] * 9, "there is no network to fetch it"),
}


@pytest.mark.parametrize(("head", "get_", "sentence"), LASTING.values(), ids=LASTING)
def test_a_lasting_fault_is_one_sentence_and_leaves_nothing_wrong(
    served: Hub, monkeypatch: pytest.MonkeyPatch, head: list[Fault], get_: list[Fault], sentence: str
) -> None:
    monkeypatch.setattr(transfer, "PAUSE_S", 0.01)
    served.faults |= {"HEAD": list(head), "GET": list(get_)}
    with pytest.raises(ModelUnavailable, match=sentence.replace("?", "[?]")) as caught:
        weights.fetch(SPEC)
    assert caught.value.model == "tiny"
    assert weights.state(SPEC) == "download"
    served.faults.clear()
    assert weights.fetch(SPEC).sha256 == SHA


@pytest.mark.parametrize(
    "fault", [Fault(per_second=20_000), Fault(cut=0.5, stall_s=30.0)], ids=["1 KB at a time", "stalled"]
)
def test_the_deadline_holds_and_the_next_try_goes_on(
    served: Hub, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    monkeypatch.setattr(transfer, "READ_TIMEOUT_S", 2.0)
    served.faults["GET"] = [fault]
    started = time.monotonic()
    with pytest.raises(ModelUnavailable, match=r"took longer than 1 seconds\. What has arrived is kept"):
        weights.fetch(SPEC, deadline_s=1.0)
    assert time.monotonic() - started < 2.0
    monkeypatch.setattr(transfer, "READ_TIMEOUT_S", 0.4)
    assert weights.fetch(SPEC, deadline_s=20.0).sha256 == SHA
    assert served.ranges()


def test_the_visitor_can_stop_and_start_again(served: Hub) -> None:
    served.faults["GET"] = [Fault(per_second=400_000)]

    def stop(step: Progress) -> None:
        if step.done > 100_000:
            raise Stopped("Stopped. What was finished is kept.")

    started = time.monotonic()
    with pytest.raises(Stopped):
        weights.fetch(SPEC, stop)
    assert time.monotonic() - started < 2.0
    assert weights.fetch(SPEC).sha256 == SHA
    assert served.ranges()


def test_progress_is_told_in_the_thread_that_asked(served: Hub) -> None:
    seen: set[int] = set()
    weights.fetch(SPEC, lambda _: seen.add(threading.get_ident()))
    assert seen == {threading.get_ident()}


def test_a_byte_that_rots_in_the_cache_is_noticed_and_fetched_again(served: Hub) -> None:
    blob = weights.fetch(SPEC).weights.resolve()
    blob.write_bytes(b"\xff" + HEAVY[1:])
    assert weights.fetch(SPEC).weights.read_bytes() == HEAVY
    assert served.count("GET", "resolve") == 2


def test_a_rotten_file_is_not_used_without_a_network(served: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    blob = weights.fetch(SPEC).weights.resolve()
    blob.write_bytes(HEAVY[:-1] + b"!")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelUnavailable, match="not on this machine"):
        weights.fetch(SPEC)
    assert weights.state(SPEC) == "download"


def test_the_recorded_hash_is_insisted_on(served: Hub) -> None:
    """Other bytes under the same commit, with a name that fits them: only our record can tell."""
    weights.fetch(SPEC)
    served.put("timm/tiny.one", "model.safetensors", HEAVY[::-1])
    for file in network.hub_cache().rglob("*"):
        if file.is_file() or file.is_symlink():
            file.unlink()
    with pytest.raises(ModelUnavailable, match="damaged twice"):
        weights.fetch(SPEC)


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
    started = time.monotonic()
    with pytest.raises(ModelUnavailable) as caught:
        weights.fetch(get(name))
    assert time.monotonic() - started < 15
    size = "" if name == "yolov8n" else r" \(\d+\sMB\)"
    assert caught.match(f"^{get(name).title} is not on this machine and there is no network to fetch it{size}[.] ")
    assert caught.value.suggestion == ("hog_people" if name == "yolov8n" else _family_pair(name))


def _family_pair(name: str) -> str:
    return "mini_vit" if get(name).family == "vit" else "mini_resnet"


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


def test_a_lock_held_elsewhere_is_waited_for_but_not_for_ever(served: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "LOCK_WAIT_S", 0.5)
    lock = network.hub_cache() / ".locks" / "models--timm--tiny.one" / f"{SHA}.lock"
    lock.parent.mkdir(parents=True)
    lines = ("import sys, filelock", "lock = filelock.FileLock(sys.argv[1])", "lock.acquire()")
    script = "\n".join((*lines, "print(1, flush=True)", "sys.stdin.read()"))
    command = [sys.executable, "-c", script, str(lock)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"1\n"
        with pytest.raises(ModelUnavailable, match="Another program on this machine is fetching Tiny-1"):
            weights.fetch(SPEC)
    assert weights.fetch(SPEC).sha256 == SHA


def test_two_who_ask_at_once_download_once(served: Hub) -> None:
    served.faults["GET"] = [Fault(per_second=2 << 20)]
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: weights.fetch(SPEC).sha256, range(2)))
    assert both == [SHA, SHA]
    assert served.count("GET", "cdn") == 1


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG], ids=["full", "quota", "limit"])
def test_a_disk_that_fills_up_is_named_and_cleaned(served: Hub, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    def refuse(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(transfer, "_receive", refuse)
    part = network.hub_cache() / "models--timm--tiny.one" / "blobs" / f"{SHA}.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(HEAVY[:1000])
    with pytest.raises(ModelUnavailable, match=r"There is no room on this machine for Tiny-1; \S+\s[MG]B are free"):
        weights.fetch(SPEC)
    assert not part.exists()


def test_a_disk_that_is_too_full_is_noticed_before(served: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer.shutil, "disk_usage", lambda _: SimpleNamespace(free=30_000_000))
    with pytest.raises(ModelUnavailable, match="no room"):
        weights.fetch(SPEC)
    assert served.count("GET") == 0


def test_a_cache_that_cannot_be_written_is_still_read(served: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    weights.fetch(SPEC)
    for file in ledger.folder().iterdir():
        file.unlink()
    monkeypatch.setattr(ledger.tempfile, "mkstemp", lambda **_: (_ for _ in ()).throw(PermissionError()))
    assert weights.fetch(SPEC).sha256 == SHA
    assert ledger.read("timm/tiny.one") is None


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"revision": null}', '{"revision": 1, "files": {"a": 2}}'])
def test_a_broken_record_counts_as_none(served: Hub, text: str) -> None:
    ledger.folder().mkdir(parents=True)
    (ledger.folder() / "timm--tiny.one.json").write_text(text)
    assert weights.fetch(SPEC).sha256 == SHA
    assert ledger.read("timm/tiny.one") is not None


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
    shares = {"top1": 0.6, "top1_interval": [0.5, 0.7], "top5": 0.8, "top5_interval": [0.7, 0.9]}
    facts = {"data": "d", "recipe": "r", "hours": 1.5, "machine": "m", "validation_photos": 100, "licence": "l"}
    card = {"name": "mini_vit", "settings": {}, "synsets": ["n01440764"]} | shares | facts
    (tmp_path / "mini_vit.json").write_text(json.dumps(card))
    read = weights.card("mini_vit")
    assert read is not None
    assert (read.top1, read.top1_interval, read.synsets) == (0.6, (0.5, 0.7), ("n01440764",))
    assert weights.card("mini_resnet") is None
    with pytest.raises(ModelUnavailable, match="Small ViT is not part of this copy"):
        weights.fetch(get("mini_vit"))


def test_random_models_have_nothing_to_fetch() -> None:
    with pytest.raises(ValueError, match="lenet5"):
        weights.fetch(get("lenet5"))
