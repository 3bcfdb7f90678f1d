"""Surgery over many photos: whose answer stays, against every photo asked alone; the folder's card and its bounds."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from app.lab.handlers import handler
from app.lab.questions import answers_questions
from app.tabs import skips, skips_surgery
from app.tabs.skips_folder import _answer as folder
from cvdemo import starters
from cvdemo.errors import SettingError, Stopped
from cvdemo.photo_sets import FOLDERS, LabelledPhoto, forget_idle, kept
from cvdemo.photo_sets.visitors import Room, Visitors
from cvdemo.probes import Score
from cvdemo.surgery import charts, lesion, many
from cvdemo.surgery.answers import alone
from tests.test_photo_sets import jpeg

MODEL = "mini_resnet"
RAIL = {"photo": {"id": "starter:cat"}, "point": [1, 1], "tab": "skips"}


@pytest.fixture(name="photos")
def five_photos() -> Iterator[tuple[LabelledPhoto, ...]]:
    """Two of the page's starters and three of noise, as a folder keeps them."""
    files = [starters.get("cat").path.read_bytes(), *(jpeg(seed, 200) for seed in (1, 2, 3))]
    yield tuple(LabelledPhoto(kept(data), 0, str(place)) for place, data in enumerate(files))
    FOLDERS.forget("")


def test_whose_answer_stays_is_what_each_photo_says_alone(photos: tuple[LabelledPhoto, ...], tmp_path: Path) -> None:
    many.answer_many(photos, MODEL)
    asked = lesion.request("", MODEL)
    found = many.known([photo.digest for photo in photos], asked)
    stay = many.stays(found)
    rows = []
    for photo in photos:
        (tmp_path / "photo.jpg").write_bytes(photo.data)
        one = lesion.lesion(tmp_path / "photo.jpg", MODEL)
        rows.append({name: one.said(number)[0] == one.label for name, number in alone(one).items()})
    assert len(found) == len(photos) and len(stay) == 8
    for name, score in stay.items():
        assert score == Score(sum(row[name] for row in rows), len(photos))
    assert 0 < sum(score.right for score in stay.values()) < 8 * len(photos), "all alike, so nothing is tested"


def test_what_was_answered_before_a_stop_is_kept_and_not_asked_again(photos: tuple[LabelledPhoto, ...]) -> None:
    fresh = tuple(LabelledPhoto(kept(jpeg(seed, 120)), 0, str(seed)) for seed in (61, 62, 63))
    asked, told = lesion.request("", MODEL), []

    def stops(_model: str, step: Any) -> None:
        if isinstance(step, many.PhotosDone):
            told.append((step.done, step.total))
            if step.done == 2:
                raise Stopped

    with pytest.raises(Stopped):
        many.answer_many(fresh, MODEL, stops)
    known = many.known([photo.digest for photo in fresh], asked)
    assert [one.asked.digest for one in known] == [photo.digest for photo in fresh[:2]]
    assert told[0] == (0, 3) and told[-1] == (2, 3)
    before = lesion.network_runs()
    many.answer_many(fresh, MODEL)
    assert lesion.network_runs() == before + 1


def test_a_model_without_blocks_is_refused(photos: tuple[LabelledPhoto, ...]) -> None:
    with pytest.raises(SettingError, match="no blocks here"):
        many.answer_many(photos, "vgg16")


def test_the_chart_tells_both(photos: tuple[LabelledPhoto, ...]) -> None:
    many.answer_many(photos, MODEL)
    found = lesion.lesion(starters.get("cat").path, MODEL)
    stay = many.stays(many.known([photo.digest for photo in photos], found.asked))
    bar, marks = charts.lesions(found, stay).figure().data
    assert list(bar.x) == list(marks.x) == list(range(1, 9))
    assert bar.y == pytest.approx(found.probabilities, rel=1e-3)
    assert marks.y == pytest.approx([one.share for one in stay.values()], abs=1e-4)
    z, of = 1.959964, len(photos)
    for place, one in enumerate(stay.values()):  # Wilson 1927, written out
        middle, reach = (
            (one.share + z * z / (2 * of)),
            z * np.sqrt(one.share * (1 - one.share) / of + z * z / (4 * of * of)),
        )
        assert marks.y[place] + marks.error_y.array[place] == pytest.approx(
            (middle + reach) / (1 + z * z / of), abs=1e-3
        )
        assert marks.y[place] - marks.error_y.arrayminus[place] == pytest.approx(
            (middle - reach) / (1 + z * z / of), abs=1e-3
        )
    assert len(charts.lesions(found).figure().data) == 1
    assert many.stays([]) == {}


def _uploads(*data: bytes) -> list[dict[str, str]]:
    place = Path(os.environ["GRADIO_TEMP_DIR"]) / "many"
    place.mkdir(parents=True, exist_ok=True)
    rows = []
    for number, one in enumerate(data):
        (place / f"teach-abcdef{number}").write_bytes(one)
        rows.append({"path": str(place / f"teach-abcdef{number}"), "name": f"{number}.jpg"})
    return rows


def _ask(do: Any, **more: Any) -> dict[str, Any]:
    return folder({"do": do, "session": "", **more})


def test_a_folder_is_kept_and_what_is_no_photo_is_told_by_name(photos: tuple[LabelledPhoto, ...]) -> None:
    files = _uploads(jpeg(1), b"no picture", jpeg(1), jpeg(2))
    said = _ask("add", files=files)
    assert said["count"] == 2 and [one["name"] for one in said["skipped"]] == ["1.jpg", "2.jpg"]
    assert "It is in the folder already." in said["skipped"][1]["why"]
    assert not any(Path(one["path"]).exists() for one in files)
    assert all(max(Image.open(_file(one.data)).size) <= 288 for one in FOLDERS.photos("").photos)
    assert skips.LAB.left is not None
    skips.LAB.left("")
    assert _ask("show")["count"] == 0


def _file(data: bytes) -> Any:
    import io

    return io.BytesIO(data)


def test_of_more_photos_than_fit_the_rest_is_told(photos: tuple[LabelledPhoto, ...], monkeypatch: Any) -> None:
    monkeypatch.setattr("app.tabs.skips_folder.MOST", 3)
    said = _ask("add", files=_uploads(*(jpeg(seed, 60) for seed in range(5))))
    assert said["count"] == 3
    assert {one["why"] for one in said["skipped"]} == {"3 photos are the limit in the folder."}


@pytest.mark.parametrize("nonsense", [
    {"do": None}, {"do": ["add"]}, {"do": "drop table"}, {"do": "add"}, {"do": "add", "files": "x"},
    {"do": "add", "files": [{"path": "/etc/passwd", "name": "x"}]}, {"do": "add", "files": [{"path": 3, "name": "x"}]},
    {"do": "add", "files": [{"path": "x", "name": "x"}] * 21},
])  # fmt: skip
def test_nonsense_is_a_sentence_and_keeps_nothing(photos: tuple[LabelledPhoto, ...], nonsense: dict[str, Any]) -> None:
    assert folder({**nonsense, "session": ""})["error"].endswith(".")
    assert not FOLDERS.photos("").photos


def test_the_view_asks_all_and_forgets_them_with_the_folder(photos: tuple[LabelledPhoto, ...]) -> None:
    _ask("add", files=_uploads(*(photo.data for photo in photos)))
    value = {**skips_surgery.BENCH.begin()}
    *_, first = handler(skips_surgery.BENCH, "again")(RAIL, value, {"chosen": [MODEL]})
    assert first["many"] == {"of": len(photos), "done": 0, "said": "No photo is answered yet."}
    *_, done = handler(skips_surgery.BENCH, "many")(RAIL, first, {"chosen": [MODEL]})
    assert done["many"]["done"] == len(photos) and done["many"]["said"].startswith(f"Of {len(photos)} photos, ")
    assert done["key"] != first["key"], "a page that knows the photos draws nothing for a key that it shows"
    stay = many.stays(many.known([one.digest for one in FOLDERS.photos("").photos], lesion.request("", MODEL)))
    assert [block["stays"] for block in done["blocks"]] == [[one.right, one.of] for one in stay.values()]
    _ask("forget")
    told = answers_questions(skips_surgery.BENCH)({"key": done["key"], "settings": {}})
    assert told["many"]["done"] == 0 and len(told["bars"]["data"]) == 1


def test_a_page_that_asks_nothing_for_long_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    folders = Visitors(Room(idle_s=10), lambda: now[0])
    monkeypatch.setattr("cvdemo.photo_sets.visitors.FOLDERS", folders)
    folders.change("page", lambda own: own)
    now[0] = 11.0
    forget_idle()
    assert not folders._drawers
