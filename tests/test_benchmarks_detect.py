"""The Detect rows of the scoreboard: fair scenes, a peer that disturbs nobody, delays as a visitor sees them."""

import numpy as np
import pytest
import torch
from PIL import Image

from benchmarks import detector, scenes, slider, suppression
from benchmarks.rows import Counts, Delays
from cvdemo import compute, images, starters
from cvdemo.detect import CANDIDATE_LIMIT, Settings, suppress

MOVES = [(0.1, 0.0), (0.2, 10.0), (0.3, 20.0)]


@pytest.mark.parametrize(
    ("case", "painted", "expected"),
    [
        ("each in turn", [(0.1, 5.0), (0.2, 16.0), (0.3, 27.0)], [5, 6, 7]),
        ("one left out for a newer one", [(0.1, 12.0), (0.3, 40.0)], [12, 30, 20]),
        ("only the last", [(0.3, 50.0)], [50, 40, 30]),
        ("painted twice", [(0.1, 5.0), (0.1, 9.0), (0.2, 16.0), (0.3, 27.0), (0.3, 60.0)], [5, 6, 7]),
        ("what stood there before", [(0.9, 1.0), (0.3, 30.0)], [30, 20, 10]),
        ("the last is lost", [(0.1, 5.0), (0.2, 30.0)], None),
        ("nothing", [], None),
    ],
)
def test_a_move_lasts_until_its_picture_or_a_newer_one(
    case: str, painted: list[tuple[float, float]], expected: list[float] | None
) -> None:
    assert slider.delays(MOVES, painted) == expected


def test_the_slower_kind_of_moves_counts_and_a_lost_value_fails() -> None:
    quick = (MOVES, [(0.1, 1.0), (0.2, 11.0), (0.3, 21.0)])
    slow = (MOVES, [(0.3, 60.0)])
    for calm, storm in ((quick, slow), (slow, quick)):
        seen = slider.outcome([calm], [storm], others=0.0)
        assert isinstance(seen, Delays) and seen.each_ms == (60, 50, 40)
    lost = slider.outcome([quick], [quick, (MOVES, [(0.1, 1.0)])], others=0.0)
    assert lost == Counts("the last value of the slider was not shown", False)


@pytest.mark.parametrize("name", suppression.HARD)
def test_the_hard_inputs_are_as_large_as_the_page_lets_them_be(name: str) -> None:
    boxes, scores, classes = suppression.HARD[name][0]()
    assert boxes.shape == (CANDIDATE_LIMIT, 4) and classes.shape == (CANDIDATE_LIMIT,)
    assert (np.diff(scores) <= 0).all() and 0.25 <= scores[-1] <= scores[0] <= 1
    Settings(**suppression.HARD[name][1])


def test_the_slowest_input_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    spent = {"identical": 3.0, "dense": 101.0}
    monkeypatch.setattr(suppression, "HARD", {name: (lambda name=name: name, {}) for name in spent})
    monkeypatch.setattr(suppression, "_processor_ms", lambda scene, _: spent[scene])
    assert suppression.hardest() == Counts(
        "2 hard inputs of 8,400 boxes took at most 101 ms of one core (dense); the promise is 100 ms", False
    )


@pytest.mark.parametrize("name", scenes.HEAPS)
def test_both_sides_of_the_nms_rows_keep_the_same_boxes(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suppression, "ROUNDS", 2)
    count, objects = scenes.HEAPS[name]
    assert len(scenes.heaps(count, objects)[0]) == count
    kept = int(suppression.with_books(name).remark.split()[4].strip(";").replace(",", ""))
    assert objects * 0.8 <= kept <= objects * 1.2  # about one box an object: a scene as detectors propose it


def test_ultralytics_works_as_for_its_users_and_leaves_our_process_as_it_was() -> None:
    compute.use_all_cores()
    opened, threads = Image.open, torch.get_num_threads()
    photo = starters.get(detector.PHOTO).path  # no JPEG: two decoders would differ by a level
    pixels = images.read(photo).pixels
    network = detector.trained()
    theirs, left = detector._their_predict(network, photo)
    there = theirs(left, photo)
    assert (Image.open, torch.get_num_threads()) == (opened, threads)
    raw = detector._loaded(network).run(pixels)
    here = suppress(raw.boxes_xyxy, raw.scores, raw.class_ids, detector.SETTINGS).kept
    assert len(here) >= 10
    assert there == pytest.approx(len(here), abs=2)  # a score or an overlap may lie on the limit


def test_a_step_of_the_page_is_one_that_the_server_knows() -> None:
    step = detector._step_of_the_page(*scenes.heaps(50, 5))
    step(0.3)
    with pytest.raises(AssertionError):
        step(7.0)
