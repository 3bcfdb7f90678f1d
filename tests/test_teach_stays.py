"""Photos of the set "faces" go into no file that a visitor takes away: not a head, its card, its program or a strip."""

import base64
import json
from types import SimpleNamespace
from typing import Any, cast

import pytest

from app.lab import Wish
from app.tabs import teach_augment, teach_take
from app.tabs.teach_shown import TAUGHT
from cvdemo import starters
from cvdemo.photo_sets import PhotoSet, ready
from cvdemo.transfer import Lesson, probe

CAT = starters.get("cat").path
EACH = 6


def _lesson(name: str) -> Lesson:
    """A probe on a few photos of each class."""
    whole = ready(name)
    few = [one for label in range(2) for one in [each for each in whole.photos if each.label == label][:EACH]]
    return probe(PhotoSet(whole.title, whole.classes[:2], tuple(few), whole.source, stays=whole.stays), ["mini_resnet"])


@pytest.fixture(scope="module", name="faces")
def faces_taught() -> Lesson:
    return _lesson("faces")


def _asked(lesson: Lesson, **more: Any) -> Wish:
    value = {"asked": {"key": TAUGHT.keep(lesson), **more}}
    return cast(Wish, SimpleNamespace(path=CAT, name="Cat", value=value))


@pytest.mark.parametrize(("name", "stay"), [("faces", ["mixup", "cutmix"]), ("digits", [])])
def test_what_holds_a_photo_of_the_faces_stays(name: str, stay: list[str], faces: Lesson) -> None:
    lesson = faces if name == "faces" else _lesson(name)
    asked = _asked(lesson, magnitude=9, seed=0)
    made = teach_augment._change(asked, lambda *_: None)
    rows = teach_augment._changed(asked, made)["sheet"]["rows"]
    assert [copy.name for copy, row in zip(made.copies, rows, strict=True) if row["stays"]] == stay


def test_head_card_and_program_hold_no_photo(faces: Lesson) -> None:
    asked = _asked(faces)
    taken = teach_take._take(asked, lambda *_: None)
    sheet = teach_take._taken(asked, taken)["sheet"]
    file = base64.b64decode(teach_take._draw(taken, None, {"head": 0})["file"].split(",")[1])  # type: ignore[arg-type]
    told = json.dumps(sheet).encode() + file
    assert b"data:image" not in told
    for photo in faces.photos.photos:
        grey = photo.photo().pixels[:, :, 0]
        assert photo.data not in told and base64.b64encode(photo.data) not in told
        assert grey.tobytes() not in told and (grey / 255).astype("float32").tobytes() not in told


def test_only_the_faces_stay() -> None:
    assert {name: ready(name).stays for name in ("digits", "textures", "faces")} == {
        "digits": False, "textures": False, "faces": True,
    }  # fmt: skip
