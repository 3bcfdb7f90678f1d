"""What each detector knows, and which starter photos show it: the tables are compared with what detectors find."""

import pytest

from app.tabs import detect_menu
from cvdemo import catalogue, starters, weights
from cvdemo.detect import Settings, scope, suppress_ranked
from cvdemo.detect.find import find
from cvdemo.loading import coco

STARTERS = [one.id for one in dict.fromkeys((*starters.all(), *starters.scenes()))]


def test_every_starter_photo_has_its_detectors_and_every_detector_is_one() -> None:
    assert set(scope.SUITING) == set(STARTERS)
    for names in scope.SUITING.values():
        assert names and set(names) <= set(catalogue.names("detect")) and len(set(names)) == len(names)
    assert set(scope.EVERYDAY) | set(scope.OWN) == set(catalogue.names("detect"))
    assert {catalogue.get(name).source for name in scope.OWN} == {"opencv", "bundled"}


@pytest.mark.parametrize(
    ("starter", "model"),
    [("street", "hog_people"), ("portrait", "haar_faces"), ("street", "haar_faces")]
    + [(name, "yolov8n_blood_cells") for name in ("blood_cells", "cells_crowded", "cells_platelets")],
)
def test_a_detector_inside_its_scope_finds_something(starter: str, model: str) -> None:
    found, _ = find(starters.get(starter).path, model)
    assert len(suppress_ranked(found.ranked, Settings()).kept) > 0
    assert not scope.is_outside(starter, model)


@pytest.mark.parametrize(
    ("starter", "model", "outside"),
    [
        ("street", "hog_people", False),
        ("portrait", "hog_people", True),
        ("blood_cells", "hog_people", True),
        ("blood_cells", "yolov8n", True),
        ("cat", "yolov8n", False),
        ("cat", "haar_faces", True),
        ("coffee", "yolov8n_blood_cells", True),
        (None, "yolov8n_blood_cells", False),
    ],
)
def test_outside_its_scope(starter: str | None, model: str, outside: bool) -> None:
    assert scope.is_outside(starter, model) == outside


@pytest.mark.parametrize("name", STARTERS)
def test_a_starter_photo_is_known_by_its_file(name: str) -> None:
    assert scope.starter_of(starters.get(name).path) == name


def test_a_visitors_photo_is_no_starter() -> None:
    assert scope.starter_of(starters.get("cat").path.with_name("mine.png")) is None


def test_the_menu_says_what_each_detector_knows_and_why_it_cannot_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    for online, ending in ((False, ", no network here)"), (True, ")")):
        monkeypatch.setattr(weights, "online", lambda online=online: online)
        rows = {row["name"]: row for row in detect_menu.detectors()}
        assert rows["hog_people"]["text"] == "HOG + SVM"
        assert rows["hog_people"]["about"] == "Knows: people in full height."
        assert rows["haar_faces"]["about"] == "Knows: faces seen from the front."
        assert rows["yolov8n_blood_cells"]["about"].startswith(
            "Knows: red and white blood cells and platelets. Trained"
        )
        for row in rows.values():
            if not row["ready"]:
                assert row["offered"] is online and row["text"].endswith(ending)
                assert row["about"].startswith("Knows: 80 kinds") and row["about"].endswith(".")


def test_the_eighty_kinds_are_cocos() -> None:
    assert len(coco.NAMES) == 80 and {"person", "car", "cup"} <= set(coco.NAMES)


def test_what_a_detector_of_the_catalogue_knows_is_what_its_labels_say() -> None:
    for model in scope.OWN:
        found, _ = find(starters.get("blood_cells").path, model)
        assert scope.known_to(model) == scope.knows(found.labels)
