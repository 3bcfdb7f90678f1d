"""Skips, Train both: what it shows first, trains, refuses, and what a step of the slider is told."""

import math
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Any

import numpy as np
import pytest

from app.lab import answers_questions
from app.lab.handlers import handler, stopped
from app.tabs import skips, skips_costs, skips_line, skips_train, skips_train_view
from app.tabs.skips_train import BENCH, FIRST
from cvdemo.catalogue import get
from cvdemo.compute import TRAININGS
from cvdemo.errors import SettingError, Stopped
from cvdemo.photo_sets import VISITORS, held_out, ready
from cvdemo.residual import Design, race, words
from cvdemo.residual.data import small
from cvdemo.residual.records import Photos
from cvdemo.residual.settings import MOST_STEPS, Racing
from cvdemo.residual.side_by_side import turns
from cvdemo.transfer.training import Step, train
from tests.awaited import PATIENCE_S, eventually
from tests.test_probes import few_digits
from tests.test_residual import two_kinds  # noqa: F401 - the fixture ``photos``

RAIL = {"photo": {"id": "starter:cat"}, "point": [1, 1], "tab": "skips"}
look = answers_questions(BENCH)


@pytest.fixture(name="tiny")
def tiny_photos(photos: Photos, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The tab trains on two kinds of tiny pictures instead of the digits."""
    monkeypatch.setattr(skips_train, "small", lambda _set: photos)
    yield
    skips_train.NETS.forget("")


def test_the_stored_run_is_what_the_tab_would_train() -> None:
    """Its first losses are those of the same nets, photos and seeds now."""
    shown = skips_train_view.stored_run()
    assert shown is not None and shown.race.step == shown.race.steps == Racing().steps
    assert shown.about == small(ready("digits")).about
    lanes = {(lane.design, lane.seed): lane for lane in shown.race.lanes}
    now = race(small(ready("digits")), Racing().designs(), [0], 2)
    for lane in now.lanes:
        then = lanes[lane.design, lane.seed]
        assert [one.loss for one in then.moments[:2]] == pytest.approx([one.loss for one in lane.moments], rel=1e-2)


def test_the_stored_orders_are_what_the_view_would_train() -> None:
    """Losses of the first steps are those of the same nets, photos and starts now."""
    shown = skips_costs.BENCH.shown.get(skips_costs.FIRST)
    lanes = {(lane.design, lane.seed): lane for lane in shown.race.lanes}
    assert {design.order for design, _ in lanes} == {"post", "pre"} and shown.race.step == skips_costs.STEPS
    for lane in race(small(ready("digits")), list(dict.fromkeys(design for design, _ in lanes)), [0], 2).lanes:
        then = lanes[lane.design, lane.seed].moments
        assert [one.loss for one in then[:2]] == pytest.approx([one.loss for one in lane.moments], rel=1e-2)


def test_without_the_file_the_orders_are_not_drawn(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(skips_costs, "FILE", tmp_path / "none.json")
    skips_costs.stored_race.cache_clear()
    try:
        told = answers_questions(skips_costs.BENCH)({"key": skips_costs.FIRST, "settings": {}})["orders"]
    finally:
        skips_costs.stored_race.cache_clear()
    assert told["chart"] is None and told["said"] == "" and told["table"]


@pytest.mark.parametrize("bad", [{"depth": 111}, {"depth": math.nan}, {"steps": 41}, {"seeds": 0}, {"seeds": True},
                                 {"start": "x"}, {"photos": "cats"}, {"step": 0}, {"step": MOST_STEPS + 1},
                                 {"norm": 1}])  # fmt: skip
def test_settings_that_cannot_be_are_a_sentence(bad: dict[str, object]) -> None:
    with pytest.raises(SettingError, match=r"\.$"):
        Racing.of(bad)


@pytest.mark.parametrize("start", ["he", "zero", "fixup"])
def test_the_plain_net_begins_as_hes_where_it_cannot_begin_at_zero(start: str) -> None:
    residual, plain = Racing(start=start).designs()
    assert (residual.skip, residual.start) == (True, start) and (plain.skip, plain.start) == (False, "he")


def _press(event: str, value: dict[str, Any]) -> list[dict[str, Any]]:
    return list(handler(BENCH, event)(RAIL, value))


def _asked(**settings: Any) -> dict[str, Any]:
    return {**BENCH.begin(), "settings": {**Racing().plain(), **settings}}


def test_the_first_picture_is_the_stored_run_and_trains_nothing() -> None:
    before = turns.total
    value = BENCH.begin()
    told = look({"key": value["key"], "settings": value["settings"]})
    assert value["key"] == FIRST and told["answer"] == value["answer"]
    assert told["sheet"]["said"].startswith("A stored run")
    assert look({"key": FIRST, "settings": value["settings"], "step": 40})["at"]["step"] == 40
    assert turns.total == before


def test_both_are_trained_looked_back_at_and_go_on(tiny: None, photos: Photos) -> None:
    *_, done = _press("again", _asked(depth=8, steps=40))
    sheet = done["sheet"]
    assert done["busy"] is None and sheet["step"] == sheet["steps"] == 40 and sheet["layers"] == 8
    before = turns.total
    nets = skips_train.NETS.get(done["key"])
    assert nets is not None
    for step in (1, 17, 40):
        at = look({"key": done["key"], "settings": done["settings"], "step": step})["at"]
        norms = {row["skip"]: row["norms"] for row in at["strip"]}
        for skip in (True, False):
            rows = [lane.moments[step - 1].gradients for lane in nets.race.lanes if lane.design.skip is skip]
            assert norms[skip] == pytest.approx(np.exp(np.mean(np.log(rows), 0)), rel=1e-3)
        assert at["live"] == words.live(nets.race, step) and at["step"] == step
    assert turns.total == before
    *_, later = _press("more", done)
    assert later["key"] == done["key"] and later["sheet"]["step"] == 80
    assert nets.race.lanes[0].moments[:40] == race(photos, [Design(8)], [0], 40).lanes[0].moments


@pytest.mark.parametrize("step", [0, 41, -1, 1.5, "x", True, [1]])
def test_a_step_that_never_was_is_a_sentence(tiny: None, step: Any) -> None:
    told = look({"key": FIRST, "settings": {}, "step": 200 if step == 41 else step})
    assert told["error"].endswith(".") and told["key"] == FIRST


def test_what_is_not_known_any_more_says_so(tiny: None) -> None:
    assert look({"key": "gone", "settings": {}}) == {"gone": True}
    *_, refused = _press("more", {**_asked(), "key": "gone"})
    assert refused["fault"] == skips_train.NOT_HERE and refused["key"] == "gone"


def test_own_classes_that_are_not_there_are_a_sentence_and_what_stands_stays(tiny: None) -> None:
    *_, refused = _press("again", _asked(photos="own"))
    assert refused["fault"] == skips_train.NO_OWN and refused["key"] == FIRST and refused["busy"] is None


def test_own_classes_of_teach_are_trained_on_and_their_nets_go_with_the_page() -> None:
    VISITORS.change("", lambda _own: few_digits(8))
    try:
        *_, done = _press("again", _asked(photos="own", depth=8, steps=40, seeds=1))
    finally:
        VISITORS.forget("")
    own = few_digits(8)
    nets = skips_train.NETS.get(done["key"])
    assert nets is not None and nets.about.learned + nets.about.held_out == len(own.photos)
    assert nets.about.held_out > 0 and done["sheet"]["step"] == 40
    assert skips.LAB.left is not None
    skips.LAB.left("")
    assert look({"key": done["key"], "settings": {}}) == {"gone": True}


def test_an_end_is_told(tiny: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(skips_train, "MOST_STEPS", 40)
    *_, done = _press("again", _asked(depth=8, steps=40))
    *_, refused = _press("more", done)
    assert refused["fault"] == skips_train.ENOUGH and refused["sheet"] == done["sheet"]


def test_a_second_visitor_is_told_the_place_and_has_nets_of_their_own(tiny: None) -> None:
    ticket = TRAININGS.enter(PATIENCE_S, None)
    values: list[dict[str, Any]] = []
    waiting = Event()

    def visit() -> None:
        for value in handler(BENCH, "again")(RAIL, _asked(depth=8, steps=40)):
            values.append(value)
            if value["busy"] and "before yours" in value["busy"]["text"]:
                waiting.set()

    other = Thread(target=visit)
    other.start()
    try:
        assert waiting.wait(PATIENCE_S)
        assert values[-1]["busy"]["text"] == "One training is before yours. One runs at a time."
    finally:
        TRAININGS.leave(ticket)
        other.join(PATIENCE_S)
    assert values[-1]["busy"] is None and values[-1]["sheet"]["step"] == 40


def test_trainings_of_all_labs_stand_in_one_line() -> None:
    """One of Teach waits for one of Skips, and is told so."""
    digits, places = few_digits(8), []
    groups = np.arange(len(digits.photos))

    def told(step: Step) -> None:
        places.append(step.place)
        raise Stopped

    with skips_line.in_turn(places.append), pytest.raises(Stopped):
        train(digits, get("mini_resnet"), "all", held_out(digits, groups, 0.25, 0), groups, told=told)
    assert places == [1] and not TRAININGS.held()


def test_stopped_at_step_0_what_stood_there_stays(tiny: None, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = TRAININGS.enter(PATIENCE_S, None)
    try:
        running = handler(BENCH, "again")(RAIL, _asked(depth=8))
        value = next(one for one in running if one["busy"])
        after = stopped(BENCH)(RAIL, value)
        assert after["key"] == FIRST and after["busy"] is None and after["message"] == ""
        running.close()
    finally:
        TRAININGS.leave(ticket)
    eventually(_nobody_waits)


def _nobody_waits() -> None:
    assert not TRAININGS.held()
