"""What becomes of an upload, what the browser gets to see of it, and how the rail starts."""

import io
import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
import pytest
from PIL import Image

from app.components import photo_copies
from app.components.photo import PhotoRail, accept, photo_point, start
from app.tabs import LABS
from app.uploads import NOT_UPLOADED
from cvdemo import starters

RED, BLUE = (200, 30, 30), (30, 30, 200)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An upload cache of its own."""
    (tmp_path / "uploads" / "hash").mkdir(parents=True)
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))
    return tmp_path / "uploads"


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
    rail = PhotoRail(suits={lab.id: lab.starter for lab in LABS}, render=False)
    config = str(rail.get_config())
    assert len(config) < 120_000  # thumbnails and scripts; the photo itself comes by its own request
    assert rail.get_config()["value"]["photo"]["id"] == "starter:coffee"


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


@pytest.mark.parametrize(("suiting", "starter"), [("coffee", "coffee"), ("street", "street"), ("", "cat")])
def test_the_rail_starts_with_the_photo_that_suits(suiting: str, starter: str) -> None:
    value = start(suiting)
    assert value["photo"]["id"] == f"starter:{starter}" and value["chosen"] is False and value["error"] is None
    assert photo_point(value, (value["photo"]["width"], value["photo"]["height"])) == starters.get(starter).point_rc
