"""The janitor takes what Gradio left behind, and nothing else."""

import os
import time
from pathlib import Path
from typing import Any

import pytest

from app.janitor import Janitor, Rules, _files, sweep

HOUR_S = 3600.0


def _name(number: int) -> str:
    return f"{number:064x}"


def _upload(folder: Path, number: int, size: int = 3) -> Path:
    path = folder / _name(number) / "photo.jpg"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x" * size)
    return path


def test_an_empty_or_missing_folder_is_fine(tmp_path: Path) -> None:
    assert sweep(tmp_path, Rules()) == 0
    assert sweep(tmp_path / "missing", Rules()) == 0


def test_old_uploads_and_aborted_ones_go_with_their_directories(tmp_path: Path) -> None:
    upload, aborted = _upload(tmp_path, 1), tmp_path / "tmpab12_xyz"
    aborted.write_bytes(b"half")
    assert sweep(tmp_path, Rules(), now_s=time.time() + HOUR_S - 60) == 0
    assert sweep(tmp_path, Rules(), now_s=time.time() + HOUR_S + 60) == 3
    assert not upload.parent.exists()
    assert not aborted.exists()


def test_a_copied_file_counts_from_the_moment_it_came(tmp_path: Path) -> None:
    upload = _upload(tmp_path, 1)
    os.utime(upload, (0, 0))
    assert sweep(tmp_path, Rules()) == 0


def test_an_empty_directory_goes_after_its_grace(tmp_path: Path) -> None:
    nested = tmp_path / _name(1) / "inner" / "deep"
    nested.mkdir(parents=True)
    assert sweep(tmp_path, Rules()) == 0, "an upload may be about to fill it"
    assert sweep(tmp_path, Rules(), now_s=time.time() + 90) == 3
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["notes.txt", "photo.jpg", "tmp", "tmp_holiday_photos", "abc/photo.jpg", ".env"])
def test_what_gradio_did_not_make_stays_for_ever(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"mine")
    assert sweep(tmp_path, Rules(), now_s=time.time() + 1000 * HOUR_S) == 0
    assert path.read_bytes() == b"mine"


def test_the_files_of_the_page_itself_stay(tmp_path: Path) -> None:
    starter, upload = _upload(tmp_path, 1), _upload(tmp_path, 2)
    sweep(tmp_path, Rules(most_files=0), now_s=time.time() + 2 * HOUR_S, keep={str(starter)})
    assert starter.exists()
    assert not upload.exists()


@pytest.mark.parametrize("rules", [Rules(most_files=3), Rules(most_bytes=35)], ids=["files", "bytes"])
def test_beyond_the_bounds_the_oldest_go_first(tmp_path: Path, rules: Rules) -> None:
    uploads = []
    for number in range(6):
        uploads.append(_upload(tmp_path, number, size=10))
        time.sleep(0.02)
    assert sweep(tmp_path, rules) == 3
    assert [upload.exists() for upload in uploads] == [False] * 3 + [True] * 3


def test_links_are_removed_and_never_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "diary.txt").write_text("mine")
    folder = tmp_path / "uploads"
    (folder / _name(1)).mkdir(parents=True)
    (folder / _name(1) / "link.jpg").symlink_to(outside / "diary.txt")
    (folder / _name(1) / "folder").symlink_to(outside, target_is_directory=True)
    (folder / _name(2)).symlink_to(outside, target_is_directory=True)
    sweep(folder, Rules(), now_s=time.time() + 2 * HOUR_S)
    assert not (folder / _name(2)).is_symlink()
    assert (outside / "diary.txt").read_text() == "mine"


def test_a_photo_that_is_uploaded_anew_during_a_sweep_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    photo, other = _upload(tmp_path, 1), _upload(tmp_path, 2)

    def listed_before(folder: Path) -> list[Any]:
        found = list(_files(folder))
        new = tmp_path / "tmpabcdefgh"
        new.write_bytes(b"x")
        new.rename(photo)  # as Gradio does it
        return found

    monkeypatch.setattr("app.janitor._files", listed_before)
    sweep(tmp_path, Rules(), now_s=time.time() + 2 * HOUR_S)
    assert photo.exists() and not other.exists()


def test_the_thread_works_and_ends(tmp_path: Path) -> None:
    janitor = Janitor(tmp_path, Rules(file_age_s=0.05, empty_folder_age_s=0.05, every_s=0.02)).start()
    for number in range(20):
        _upload(tmp_path, number)
    ends_s = time.monotonic() + 5
    while list(tmp_path.iterdir()) and time.monotonic() < ends_s:
        time.sleep(0.02)
    assert list(tmp_path.iterdir()) == []
    janitor.stop()
    late = _upload(tmp_path, 99)
    time.sleep(0.2)
    assert late.exists()


def test_a_fault_in_one_round_does_not_end_the_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds: list[int] = []

    def failing(*_args: object, **_kwargs: object) -> int:
        rounds.append(1)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("app.janitor.sweep", failing)
    janitor = Janitor(tmp_path, Rules(every_s=0.01)).start()
    ends_s = time.monotonic() + 5
    while len(rounds) < 3 and time.monotonic() < ends_s:
        time.sleep(0.01)
    janitor.stop()
    assert len(rounds) >= 3
