"""Converted models on disk: whole or not there, bounded, the one used longest ago goes first."""

import os
import time
from pathlib import Path

import pytest

from cvdemo.engines import disk_cache
from cvdemo.engines.disk_cache import DiskCache


def _write(size: int) -> object:
    return lambda folder: (folder / "model.bin").write_bytes(b"x" * size)


def _aged(kept: DiskCache, key: str, seconds: float) -> None:
    when = time.time() - seconds
    os.utime(kept.folder / key, (when, when))


def test_what_was_put_is_found(tmp_path: Path) -> None:
    kept = DiskCache(tmp_path / "engines", 10_000)
    assert kept.find("a") is None
    kept.put("a", _write(10), 10)  # type: ignore[arg-type]
    found = kept.find("a")
    assert found is not None and (found / "model.bin").read_bytes() == b"x" * 10
    assert kept.folder.stat().st_mode & 0o077 == 0  # nobody else reads or writes there


def test_the_bound_holds_and_the_oldest_go_first(tmp_path: Path) -> None:
    kept = DiskCache(tmp_path, 3_500)
    for age, key in ((300, "a"), (200, "b"), (100, "c")):
        kept.put(key, _write(1000), 1000)  # type: ignore[arg-type]
        _aged(kept, key, age)
    assert kept.find("a") is not None  # used now: "b" is the oldest
    kept.put("d", _write(1000), 1000)  # type: ignore[arg-type]
    assert sorted(place.name for place in tmp_path.iterdir()) == ["a", "c", "d"]
    assert kept.byte_count() <= 3_500


@pytest.mark.parametrize("limit", [0, 999], ids=["nothing may be kept", "it alone is larger"])
def test_what_does_not_fit_is_not_written(limit: int, tmp_path: Path) -> None:
    kept = DiskCache(tmp_path, limit)
    kept.put("a", lambda _: pytest.fail("was written"), 1000)
    assert list(tmp_path.iterdir()) == []


def test_half_written_ones_are_never_seen_and_swept_away(tmp_path: Path) -> None:
    kept = DiskCache(tmp_path, 10_000)

    def half(folder: Path) -> None:
        (folder / "model.bin").write_bytes(b"x")
        raise OSError("disk full")

    kept.put("a", half, 10)
    assert list(tmp_path.iterdir()) == []
    old = tmp_path / "new-abandoned"
    old.mkdir()
    os.utime(old, (0, 0))
    kept.put("b", _write(10), 10)  # type: ignore[arg-type]
    assert [place.name for place in tmp_path.iterdir()] == ["b"]


@pytest.mark.parametrize("facts", ["", "{}", "[]", '{"model.bin": "00"}', '{"gone.bin": "00"}', "{"])
def test_what_is_not_as_written_is_removed(facts: str, tmp_path: Path) -> None:
    kept = DiskCache(tmp_path, 10_000)
    kept.put("a", _write(10), 10)  # type: ignore[arg-type]
    (tmp_path / "a" / disk_cache.FACTS).write_text(facts)
    assert kept.find("a") is None
    assert list(tmp_path.iterdir()) == []


def test_two_processes_that_convert_at_once_leave_one(tmp_path: Path) -> None:
    kept = DiskCache(tmp_path, 10_000)

    def meanwhile(folder: Path) -> None:
        (folder / "model.bin").write_bytes(b"ours")
        kept.put("a", _write(10), 10)  # type: ignore[arg-type]

    kept.put("a", meanwhile, 10)
    found = kept.find("a")
    assert found is not None and (found / "model.bin").read_bytes() == b"x" * 10
    assert [place.name for place in tmp_path.iterdir()] == ["a"]


def test_a_folder_that_cannot_be_made_costs_nothing_but_the_next_conversion(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    kept = DiskCache(tmp_path / "file" / "engines", 10_000)
    kept.put("a", _write(10), 10)  # type: ignore[arg-type]
    assert kept.find("a") is None


@pytest.mark.parametrize(("value", "limit"), [("", disk_cache.LIMIT_BYTES), ("0", 0), ("1.5", 1_500_000)])
def test_the_variable_bounds_it(value: str, limit: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("CV_LAB_ENGINE_CACHE_MB", value)
    assert disk_cache.shared() == DiskCache(tmp_path / "cv-lab" / "engines", limit)
