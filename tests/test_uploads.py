"""The doors for paths and points: what the browser or an API caller names must be an upload, or inside the photo."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from app.components.photo import photo_path, photo_point
from app.uploads import GONE, NOT_UPLOADED, uploaded
from cvdemo import starters
from cvdemo.errors import CvDemoError, PhotoError, SettingError


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An upload cache of its own, with one upload in it and a secret beside it."""
    folder = tmp_path / "uploads"
    (folder / "hash").mkdir(parents=True)
    (folder / "hash" / "photo").write_bytes(b"upload")
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "uploads-too").mkdir()
    (tmp_path / "uploads-too" / "photo").write_bytes(b"another folder whose name begins alike")
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(folder))
    return folder


def test_an_upload_comes_in(cache: Path) -> None:
    assert uploaded(str(cache / "hash" / "photo")).read_bytes() == b"upload"
    assert uploaded(str(cache / "hash" / ".." / "hash" / "photo")).read_bytes() == b"upload"


def test_a_cache_behind_a_link_is_the_same_cache(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = cache.parent / "link"
    link.symlink_to(cache)
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(link))
    assert uploaded(str(link / "hash" / "photo")).read_bytes() == b"upload"
    assert uploaded(str(cache / "hash" / "photo")).read_bytes() == b"upload"


OUTSIDE: dict[str, Callable[[Path], object]] = {
    "a system file": lambda cache: "/etc/passwd",
    "a system file that is not there": lambda cache: "/etc/no-such-file",
    "beside the cache": lambda cache: str(cache.parent / "secret"),
    "a folder whose name begins alike": lambda cache: str(cache.parent / "uploads-too" / "photo"),
    "up and out": lambda cache: str(cache / ".." / "secret"),
    "down, up and out": lambda cache: f"{cache}/hash/../../secret",
    "the cache itself": lambda cache: str(cache),
    "the root": lambda cache: "/",
    "relative": lambda cache: "hash/photo",
    "relative traversal": lambda cache: "../" * 12 + "etc/passwd",
    "the home": lambda cache: "~/.ssh/id_rsa",
    "a file address": lambda cache: "file:///etc/passwd",
    "a file address into the cache": lambda cache: f"file://{cache}/hash/photo",
    "a web address": lambda cache: "http://127.0.0.1/photo.jpg",
    "a data address": lambda cache: "data:image/png;base64,AAAA",
    "percent-encoded traversal": lambda cache: f"{cache}/%2e%2e/secret",
    "a Windows path": lambda cache: "C:\\Windows\\win.ini",
    "a network path": lambda cache: "\\\\host\\share\\photo.jpg",
    "a NUL": lambda cache: f"{cache}/hash/photo\0.jpg",
    "a path too long": lambda cache: f"{cache}/" + "a" * 300,
    "a path far too long": lambda cache: "/" + "a/" * 3000,
    "nothing": lambda cache: "",
    "None": lambda cache: None,
    "a number": lambda cache: 3,
    "a list": lambda cache: [str(cache / "hash" / "photo")],
    "a dictionary": lambda cache: {"path": str(cache / "hash" / "photo")},
    "bytes": lambda cache: os.fsencode(cache / "hash" / "photo"),
    "a Path": lambda cache: cache / "hash" / "photo",
}


@pytest.mark.parametrize("case", OUTSIDE)
def test_what_is_no_upload_stays_out(cache: Path, case: str) -> None:
    with pytest.raises(PhotoError) as error:
        uploaded(OUTSIDE[case](cache))
    assert str(error.value) in (NOT_UPLOADED, GONE)
    assert str(cache.parent) not in str(error.value)


def test_outside_the_cache_one_sentence_hides_what_exists(cache: Path) -> None:
    for path in ("/etc/passwd", "/etc/no-such-file", str(cache.parent / "secret"), str(cache.parent / "nothing")):
        with pytest.raises(PhotoError, match=re.escape(NOT_UPLOADED)):
            uploaded(path)


@pytest.mark.parametrize("target", ["/etc/passwd", "../../secret", "/etc", "/dev/zero"])
def test_a_link_does_not_lead_out(cache: Path, target: str) -> None:
    link = cache / "hash" / "link"
    link.symlink_to(target)
    with pytest.raises(PhotoError, match=re.escape(NOT_UPLOADED)):
        uploaded(str(link))


@pytest.mark.parametrize("make", [lambda path: None, Path.mkdir, os.mkfifo], ids=["nothing", "folder", "pipe"])
def test_inside_the_cache_only_files_count(cache: Path, make: Callable[[Path], None]) -> None:
    make(cache / "hash" / "odd")
    with pytest.raises(PhotoError, match=re.escape(GONE)):
        uploaded(str(cache / "hash" / "odd"))


def test_photo_path_knows_starters_and_uploads(cache: Path) -> None:
    assert photo_path({"photo": {"id": "starter:cat"}, "point": [1, 2]}) == starters.get("cat").path
    assert photo_path({"photo": {"id": "starter:street"}}) == starters.get("street").path
    assert photo_path({"photo": {"id": str(cache / "hash" / "photo")}}).read_bytes() == b"upload"


@pytest.mark.parametrize(
    "value",
    [
        None, "", "cat", 1, [], {}, {"photo": None}, {"photo": "starter:cat"}, {"photo": {}}, {"photo": {"id": None}},
        {"photo": {"id": 7}}, {"photo": {"id": ["starter:cat"]}}, {"photo": {"id": "starter:"}},
        {"photo": {"id": "starter:dog"}}, {"photo": {"id": "starter:../../etc/passwd"}}, {"photo": {"id": "cat"}},
        {"photo": {"id": "/etc/passwd"}}, {"photo": {"path": "/etc/passwd"}}, {"id": "starter:cat"},
    ],
)  # fmt: skip
def test_photo_path_refuses_everything_else_in_a_sentence(value: object) -> None:
    with pytest.raises(CvDemoError, match=r"^[A-Z].+\.$"):
        photo_path(value)


def test_the_point_comes_through() -> None:
    assert photo_point({"point": [0, 0]}, (451, 300)) == (0, 0)
    assert photo_point({"point": [299, 450]}, (451, 300)) == (299, 450)


@pytest.mark.parametrize(
    "point",
    [
        None, "1,2", [], [1], [1, 2, 3], [1.0, 2.0], [True, False], [None, None], ["1", "2"], {"row": 1}, [-1, 0],
        [0, -1], [300, 0], [0, 451], [float("nan"), 0], [float("inf"), 0], [10**30, 0], [[1], [2]],
    ],
)  # fmt: skip
def test_a_point_outside_the_photo_is_refused(point: object) -> None:
    with pytest.raises(SettingError, match=r"^The point must .+\.$"):
        photo_point({"point": point}, (451, 300))
