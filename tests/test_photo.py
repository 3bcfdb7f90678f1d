"""The photo's doors: which paths are let in, what becomes of an upload, and what the browser gets to see of it."""

import io
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
import pytest
from PIL import Image

from app.components import photo_copies
from app.components.photo import PhotoRail, accept, photo_path, photo_point, start
from app.uploads import GONE, NOT_UPLOADED, uploaded
from cvdemo import starters
from cvdemo.errors import CvDemoError, PhotoError, SettingError

RED, BLUE = (200, 30, 30), (30, 30, 200)


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
    assert photo_path(start("classify")) == starters.get("cat").path
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


def _picture(width: int, height: int) -> Image.Image:
    """Left half red, right half blue."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:, : width // 2], pixels[:, width // 2 :] = RED, BLUE
    return Image.fromarray(pixels)


def _upload(cache: Path, picture: Image.Image, format: str = "JPEG", **options: Any) -> dict[str, str]:
    buffer = io.BytesIO()
    picture.save(buffer, format, **options)
    (cache / "hash" / "photo").write_bytes(buffer.getvalue())
    return {"path": str(cache / "hash" / "photo")}


def _shown(answer: dict[str, Any]) -> Path:
    prefix = "gradio_api/file="
    assert answer["photo"]["src"].startswith(prefix)
    return Path(unquote(answer["photo"]["src"].removeprefix(prefix)))


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF"])
def test_every_format_is_shown_as_jpeg(cache: Path, format: str) -> None:
    answer = accept(_upload(cache, _picture(90, 60), format))
    assert (answer["photo"]["width"], answer["photo"]["height"], answer["photo"]["starter"]) == (90, 60, False)
    with Image.open(_shown(answer)) as shown:
        assert (shown.format, shown.size) == ("JPEG", (90, 60))
        assert np.abs(np.subtract(shown.getpixel((20, 30)), RED)).max() < 12


def test_a_large_photo_is_shown_smaller_but_keeps_its_size(cache: Path) -> None:
    answer = accept(_upload(cache, _picture(3000, 2000)))
    assert (answer["photo"]["width"], answer["photo"]["height"]) == (3000, 2000)
    with Image.open(_shown(answer)) as shown:
        assert 900 <= max(shown.size) <= 1200
        assert shown.size[0] / shown.size[1] == pytest.approx(1.5, abs=0.01)


def test_a_turned_photo_is_shown_upright_and_without_metadata(cache: Path) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E], exif[0x8825] = 6, "SECRET", {1: "N", 2: (52.0, 31.0, 12.0)}
    answer = accept(_upload(cache, _picture(400, 200), exif=exif, comment=b"SECRET"))
    assert (answer["photo"]["width"], answer["photo"]["height"]) == (200, 400)
    copy = _shown(answer)
    assert b"SECRET" not in copy.read_bytes() and b"Exif" not in copy.read_bytes()
    with Image.open(copy) as shown:  # turned right by 90 degrees: what was left is now on top
        assert shown.size == (200, 400)
        assert np.abs(np.subtract(shown.getpixel((100, 40)), RED)).max() < 12
        assert np.abs(np.subtract(shown.getpixel((100, 360)), BLUE)).max() < 12


def test_frames_are_counted(cache: Path) -> None:
    frames = [_picture(40, 40), _picture(40, 40).rotate(90)]
    assert accept(_upload(cache, frames[0], "GIF", save_all=True, append_images=frames[1:]))["photo"]["frames"] == 2


@pytest.mark.parametrize("sent", [None, "", 4, [], {}, {"path": None}, {"path": "/etc/passwd"}, {"path": [1]}])
def test_accept_answers_nonsense_with_a_sentence(cache: Path, sent: object) -> None:
    assert accept(sent) == {"error": NOT_UPLOADED}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (os.urandom(4000), "not a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "SVG is a drawing"),
        (b"\xff\xd8\xff\xe0", ""),
    ],
    ids=["empty", "garbage", "svg", "four bytes of a JPEG"],
)
def test_accept_explains_what_is_wrong_with_a_file(cache: Path, content: bytes, words: str) -> None:
    (cache / "hash" / "photo").write_bytes(content)
    answer = accept({"path": str(cache / "hash" / "photo")})
    assert set(answer) == {"error"} and words in answer["error"] and answer["error"].endswith(".")
    assert not (cache / "hash" / "shown").exists()


def test_a_truncated_photo_is_refused(cache: Path) -> None:
    sent = _upload(cache, _picture(300, 200), quality=95)
    whole = Path(sent["path"]).read_bytes()
    Path(sent["path"]).write_bytes(whole[: len(whole) // 2])
    assert "ends in the middle" in accept(sent)["error"]


def test_a_full_disk_is_a_sentence_and_leaves_nothing(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    sent = _upload(cache, _picture(30, 20))
    monkeypatch.setattr(photo_copies.Image.Image, "save", no_room)
    assert "no room" in accept(sent)["error"]
    assert list((cache / "hash" / "shown").iterdir()) == []


def test_the_rail_starts_small() -> None:
    rail = PhotoRail(render=False)
    config = str(rail.get_config())
    assert len(config) < 120_000  # thumbnails and scripts; the photo itself comes by its own request
    assert rail.get_config()["value"]["photo"]["id"] == "starter:cat"


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({}, "It stays on this machine."),
        ({"SYSTEM": "spaces"}, "deleted within an hour"),
        ({"SPACE_ID": "a/b"}, "hour"),
    ],
    ids=["local", "space", "space by its id"],
)
def test_the_note_on_privacy_tells_the_truth(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], words: str
) -> None:
    for name in ("SYSTEM", "SPACE_ID"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert words in PhotoRail(render=False).props["privacy"]


@pytest.mark.parametrize(
    ("tab", "starter"), [("classify", "cat"), ("detect", "street"), ("latency", "cat"), ("", "cat")]
)
def test_each_tab_starts_with_the_photo_that_suits_it(tab: str, starter: str) -> None:
    value = start(tab)
    assert value["photo"]["id"] == f"starter:{starter}" and value["chosen"] is False and value["error"] is None
    assert photo_point(value, (value["photo"]["width"], value["photo"]["height"])) == starters.get(starter).point_rc
