"""What the card of photos asks the server: files are let go once they are read, and nonsense is a sentence."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.disk import Budget, Ledger
from app.tabs import given_photos
from app.tabs.teach_photos import _answer as answer
from cvdemo import starters
from cvdemo.photo_sets import VISITORS
from tests.test_photo_sets import classes, jpeg, zipped

PAGE = "a page of test_teach_photos"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An upload cache of its own, and a page with two classes."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    ask("begin")
    yield tmp_path
    VISITORS.forget(PAGE)


def ask(do: Any, **more: Any) -> dict[str, Any]:
    return answer({"do": do, "session": PAGE, **more})


def put(cache: Path, name: str, data: bytes) -> str:
    folder = cache / "0123"
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(data)
    return str(folder / name)


def counts() -> list[int]:
    return list(VISITORS.photos(PAGE).counts)


def test_files_become_small_photos_and_are_let_go(cache: Path) -> None:
    ours, rails = put(cache, "teach-abcdef12", jpeg(1, 900)), put(cache, "photo", jpeg(2))
    said = ask(
        "add", **{"class": "Class 1"}, files=[{"path": ours, "name": "/x/mug.jpg"}, {"path": rails, "name": "b"}]
    )
    assert said["count"] == 2 and said["said"] == "" and counts() == [2, 0]
    assert not Path(ours).exists() and Path(rails).exists(), "the rail may show the other one"
    assert VISITORS.photos(PAGE).photos[0].name == "mug.jpg"
    archive = zipped(cache / "0123" / f"{'0' * 16}.zip", classes("mug", "keys", count=2))
    assert ask("zip", path=str(archive))["count"] == 4 and not archive.exists()
    assert not (archive.parent / archive.name).exists() and VISITORS.photos(PAGE).classes == ("Class 1", "mug", "keys")
    broken = put(cache, f"{'1' * 16}.zip", b"no zip")
    assert "no zip file" in ask("zip", path=broken)["error"] and not Path(broken).exists()


def test_frames_and_the_shared_photo(cache: Path) -> None:
    frames = [base64.b64encode(jpeg(seed)).decode() for seed in (1, 2, 2)]
    said = ask("record", **{"class": "Class 2"}, frames=frames)
    assert said["count"] == 2 and "It is in Class 2 already." in said["said"]
    said = ask("shared", **{"class": "Class 1"}, id="starter:cat")
    assert counts() == [1, 2] and starters.get("cat").path.exists()
    wanted = [photo[0] for row in said["classes"] for photo in row["photos"]]
    assert set(ask("thumbs", photos=wanted)["thumbs"]) == set(wanted)
    assert ask("rename", **{"class": "Class 2"}, to=" cup\n")["name"] == "cup"
    assert ask("forget")["classes"] == [] and VISITORS.photos(PAGE).photos == ()


NONSENSE: list[dict[str, Any]] = [
    {"do": None}, {"do": []}, {"do": "drop table"}, {"do": "add"}, {"do": "add", "class": 3, "files": []},
    {"do": "add", "class": "nobody", "files": []}, {"do": "add", "class": "Class 1", "files": "x"},
    {"do": "add", "class": "Class 1", "files": [{"path": "/etc/passwd", "name": "x"}]},
    {"do": "add", "class": "Class 1", "files": [{"path": 3, "name": "x"}]},
    {"do": "add", "class": "Class 1", "files": [{"path": "x", "name": "x"}] * 21},
    {"do": "record", "class": "Class 1", "frames": ["not base64!"]}, {"do": "record", "class": "Class 1", "frames": 3},
    {"do": "shared", "class": "Class 1", "id": "/etc/passwd"}, {"do": "shared", "class": "Class 1", "id": None},
    {"do": "zip"}, {"do": "zip", "path": "/etc/passwd"}, {"do": "zip", "path": ["x"]},
    {"do": "rename", "class": "nobody", "to": "x"}, {"do": "rename", "class": "Class 1", "to": 3},
    {"do": "rename", "class": "Class 1", "to": "x" * 5000}, {"do": "remove", "class": None},
    {"do": "take out", "class": "Class 1"}, {"do": "thumbs", "photos": "x"}, {"do": "thumbs", "photos": ["x"] * 21},
    {"do": "show", "held_out": "a"}, {"do": "show", "held_out": 0.9}, {"do": "show", "held_out": float("nan")},
]  # fmt: skip


@pytest.mark.parametrize("asked", NONSENSE, ids=[str(number) for number in range(len(NONSENSE))])
def test_nonsense_is_a_sentence_and_changes_nothing(cache: Path, asked: dict[str, Any]) -> None:
    ask("record", **{"class": "Class 1"}, frames=[base64.b64encode(jpeg(5)).decode()])
    before = VISITORS.photos(PAGE)
    said = answer({"session": PAGE, **asked})
    if "/etc/passwd" in str(asked) and asked["do"] == "add":
        assert "uploaded" in said["error"]
    assert said["error"].endswith(".") and "/etc" not in said["error"]
    assert VISITORS.photos(PAGE) == before


def test_what_still_lacks_is_said_with_every_change(cache: Path) -> None:
    assert ask("show")["lacks"] is None, "nothing was given yet"
    for name, start in (("Class 1", 0), ("Class 2", 10)):
        for seed in range(start, start + 8, 4):
            frames = [base64.b64encode(jpeg(one)).decode() for one in range(seed, seed + 4)]
            said = ask("record", **{"class": name}, frames=frames)
            if name == "Class 1":
                assert said["lacks"] == "Class 2 has no photos. Add some, or take the class out."
            elif seed == start:
                assert said["lacks"].startswith("Class 2 has 4 photos. Five are needed")
    assert said["lacks"] is None and said["split"].startswith("12 photos to learn from, 4 held out for the test.")
    assert [sum(out for _, out in row["photos"]) for row in said["classes"]] == [2, 2]
    burst = [base64.b64encode(jpeg(0, shift=one)).decode() for one in range(1, 4)]
    assert ask("record", **{"class": "Class 1"}, frames=burst)["split"].endswith(
        "3 are nearly the same as another one and on its side."
    )


def test_a_file_that_is_let_go_is_charged_to_nobody(tmp_path: Path) -> None:
    ledger = Ledger(Budget(client_bytes=100, all_bytes=100, use_s=60))
    for number in range(5):  # each fits only where the one before is gone: all are in use
        file = tmp_path / f"{number}" / "a.zip"
        file.parent.mkdir()
        with ledger.upload("me") as more:
            more(80)
            file.write_bytes(b"x" * 80)
            ledger.keep("me", [file])
        ledger.release(file)
        assert not file.parent.exists()
    assert given_photos.OURS.fullmatch("teach-abc123") and not given_photos.OURS.fullmatch("photo")
