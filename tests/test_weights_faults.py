"""Lines break, disks fill, bytes rot: a download is mended, or one sentence says why not."""

import errno
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from cvdemo import weights
from cvdemo.catalogue import ModelSpec
from cvdemo.errors import ModelUnavailable, Stopped
from cvdemo.weights import Progress, download_record, hub, network, transfer
from tests.fake_hub import Fault, Hub, fake_hub

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


def test_two_programs_that_ask_at_once_download_once(served: Hub) -> None:
    served.faults["GET"] = [Fault(per_second=400_000)]
    lines = (
        "from cvdemo import weights",
        "from tests.test_weights_faults import SPEC",
        "print(weights.fetch(SPEC).sha256)",
    )
    command = [sys.executable, "-c", "\n".join(lines)]
    root = Path(__file__).parent.parent
    programs = [subprocess.Popen(command, stdout=subprocess.PIPE, cwd=root, text=True) for _ in range(2)]
    assert [program.communicate(timeout=60)[0] for program in programs] == [f"{SHA}\n"] * 2
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
    for file in download_record.folder().iterdir():
        file.unlink()
    monkeypatch.setattr(download_record.tempfile, "mkstemp", lambda **_: (_ for _ in ()).throw(PermissionError()))
    assert weights.fetch(SPEC).sha256 == SHA
    assert download_record.read("timm/tiny.one") is None


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"revision": null}', '{"revision": 1, "files": {"a": 2}}'])
def test_a_broken_record_counts_as_none(served: Hub, text: str) -> None:
    download_record.folder().mkdir(parents=True)
    (download_record.folder() / "timm--tiny.one.json").write_text(text)
    assert weights.fetch(SPEC).sha256 == SHA
    assert download_record.read("timm/tiny.one") is not None
