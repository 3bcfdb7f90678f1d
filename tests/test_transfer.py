"""A lesson for a few photos: what it counts, what it says, and what it refuses."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.api.transfer import linear_probe
from app.tabs import teach_stored, teach_view
from app.tabs.teach import BENCH, LAB
from cvdemo.errors import SettingError
from cvdemo.photo_sets import ready
from cvdemo.transfer import Lesson, charts, probe
from cvdemo.transfer.export import to_dict
from tests.test_photo_sets import classes, zipped
from tests.test_probes import few_digits


@pytest.fixture(scope="module", name="lesson")
def taught() -> Lesson:
    return probe(few_digits(12), ("mini_resnet", "mini_vit"), with_curve=True)


def test_a_lesson_counts_what_it_tested(lesson: Lesson) -> None:
    assert lesson.out.sum() == 9 and lesson.near_duplicates == 0
    told = to_dict(lesson)
    for row, one in zip(told["results"], lesson.taught, strict=True):
        cells = np.array(row["confusion"])
        assert cells.sum() == 9 and cells.sum(axis=1).tolist() == [3, 3, 3]
        assert row["accuracy"] == pytest.approx(np.trace(cells) / 9, abs=1e-4)
        assert row["ci95"][0] <= row["accuracy"] <= row["ci95"][1]
        assert row["accuracy"] > told["majority"] == pytest.approx(1 / 3, abs=1e-4)
        assert [point.count for point in one.curve] == [1, 2, 5]


def test_two_lessons_of_one_seed_are_equal_and_of_another_not(lesson: Lesson) -> None:
    again = probe(few_digits(12), ("mini_resnet", "mini_vit"), with_curve=True)
    assert to_dict(again) == to_dict(lesson)
    assert not np.array_equal(probe(few_digits(12), ("mini_resnet",), seed=1).out, lesson.out)


@pytest.mark.parametrize(
    ("models", "said"),
    [
        ((), "one to 4"),
        (("mini_resnet",) * 2, "different"),
        (("hog_people",), "no features"),
        (("nothing",), "nothing"),
    ],
)
def test_odd_backbones_are_refused(models: tuple[str, ...], said: str) -> None:
    with pytest.raises(SettingError, match=said):
        probe(few_digits(6), models)


def test_charts_draw_every_way_with_its_interval(lesson: Lesson) -> None:
    drawn = charts.ways(lesson)
    assert len(drawn.traces) == 5
    for trace, one in zip(drawn.traces[1:], [w for t in lesson.taught for w in t.ways], strict=True):
        low, high = one.score.ci95
        assert trace["x"] == pytest.approx([100 * one.score.share], rel=1e-3)
        assert trace["x"][0] - trace["error_x"]["arrayminus"][0] == pytest.approx(100 * low, abs=0.1)
        assert trace["x"][0] + trace["error_x"]["array"][0] == pytest.approx(100 * high, abs=0.1)
    charts.figure(lesson)
    lines = [trace for trace in charts.enough(lesson).traces if trace.get("hoverinfo") != "skip"]
    assert [list(line["x"]) for line in lines] == [[1, 2, 5]] * 2
    charts.enough(lesson).figure()


def test_a_cell_opens_its_photos(lesson: Lesson) -> None:
    cells = lesson.confusion(lesson.taught[0].way("probe"))
    for row in range(3):
        for column in range(3):
            told = teach_view.cell(lesson, [0, row, column])["cell"]
            assert told["count"] == cells[row, column] == len(told["photos"])
    odd: list[Any] = [None, "x", [0, 0], [0, 0, 9], [-1, 0, 0], [True, 0, 0], [0, 0, 10**400], [[], {}, 0]]
    assert all(teach_view.cell(lesson, question) == {"cell": None} for question in odd)


def test_what_is_shown_first_is_what_is_taught_again() -> None:
    stored = teach_stored.stored()
    stored |= stored["sheet"]
    assert stored["key"] == "stored" and stored["stored"]["machine"] and stored["stored"]["date"]
    digits = ready("digits")
    assert [one["name"] for one in stored["classes"]] == list(digits.classes)
    assert [one["count"] for one in stored["classes"]] == list(digits.counts)
    told = [sum(map(sum, one["cells"])) for one in stored["confused"]]
    assert told == [sum(one["held_out"] for one in stored["classes"])] * 2
    assert BENCH.begin()["answer"] == stored["answer"]


def test_the_endpoint_reads_a_zip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    file = zipped(tmp_path / "mine.zip", {**classes("mug", "keys", count=8), "mug/notes.txt": b"x"})
    told = linear_probe({"path": str(file)}, ["mini_resnet"], 3, 0.25)
    assert told["classes"] == ["mug", "keys"] and told["photos"] == 16 and told["skipped"] == ["mug/notes.txt"]
    assert told["held_out"] == 4 and len(told["results"]) == 1
    for odd in (True, "a", 0.01, 0.9, float("nan"), None):
        with pytest.raises(Exception, match="held_out must be"):
            linear_probe({"path": str(file)}, ["mini_resnet"], 3, odd)  # type: ignore[arg-type]


def test_the_check_of_the_status_page(tmp_path: Path) -> None:
    assert "names" in LAB.check(tmp_path) or "No way" in LAB.check(tmp_path)
