"""Where an answer fails or is stopped, what was measured of another photo or other models does not stand in for it."""

from dataclasses import replace
from typing import Any

import gradio as gr
import pytest

from app.components.photo import start
from app.components.photo_copies import starter_rows
from app.lab import Bench
from app.lab.handlers import FAULT, PHOTO_FAULT, handler, stopped
from app.tabs import classify, convolution_shift, detect, latency
from app.tabs.missing import none_answers
from cvdemo.errors import Busy, PhotoError
from tests.next_lab import tab

SMALL = {"chosen": ["mini_resnet", "mini_vit"]}
BENCHES = [classify.BENCH, detect.BENCH, convolution_shift.BENCH, tab.BENCH]
CAT = start("inside")
OTHER = next({**CAT, "photo": row} for row in starter_rows() if row["id"] != CAT["photo"]["id"])


def _known(bench: Bench) -> dict[str, Any]:
    *_, shown = handler(bench, "again")(CAT, bench.waiting(""), SMALL)
    shown = shown[0] if isinstance(shown, tuple) else shown
    assert shown["key"] and shown["again"] is False
    return dict(shown)


def _failing(bench: Bench, error: Exception, event: str = "again") -> Any:
    def run(*_: Any) -> Any:
        raise error

    return handler(replace(bench, work={event: replace(bench.work[event], run=run)}), event)


@pytest.mark.parametrize("bench", BENCHES, ids=lambda bench: bench.id)
@pytest.mark.parametrize(
    ("error", "sentence", "again"),
    [
        (RuntimeError("a fault"), PHOTO_FAULT, True),
        (Busy("The machine is busy."), "The machine is busy.", True),
        (PhotoError("This is no picture."), "This is no picture.", False),
    ],
    ids=["fault", "busy", "refused"],
)
def test_an_answer_about_another_photo_gives_way_to_the_reason(
    bench: Bench, error: Exception, sentence: str, again: bool
) -> None:
    *_, told = _failing(bench, error)(OTHER, _known(bench), SMALL)
    assert [told[name] for name in ("key", "busy", "message", "again")] == [None, None, sentence, again]


def test_other_models_are_another_question() -> None:
    *_, told = _failing(classify.BENCH, RuntimeError("a fault"))(CAT, _known(classify.BENCH), {"chosen": ["mini_vit"]})
    assert [told[name] for name in ("key", "message", "again")] == [None, PHOTO_FAULT, True]


def test_what_answers_the_chosen_photo_stays_with_the_reason_in_a_box() -> None:
    shown, told = _known(classify.BENCH), []
    with pytest.raises(gr.Error, match="The machine is busy"):
        told.extend(_failing(classify.BENCH, Busy("The machine is busy."))(CAT, shown, SMALL))
    assert [told[-1][name] for name in ("key", "busy", "message")] == [shown["key"], None, ""]


@pytest.mark.parametrize("bench", BENCHES, ids=lambda bench: bench.id)
def test_stopped_before_another_photo_is_answered(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gr, "Info", lambda _: None)
    known = {**_known(bench), "busy": {"text": "It runs"}}
    gone = stopped(bench)(OTHER, known, SMALL)
    assert [gone[name] for name in ("key", "busy", "message", "again")] == [None, None, bench.stopped, True]
    here = stopped(bench)(CAT, known, SMALL)
    assert [here[name] for name in ("key", "busy", "message", "again")] == [known["key"], None, "", False]


def test_a_duel_stands_whatever_photo_is_chosen_and_has_its_own_button() -> None:
    known = {**latency.BENCH.waiting(""), "key": "a duel", "of": ["a photo", "mini_vit"]}
    assert stopped(latency.BENCH)(OTHER, known, SMALL)["key"] == "a duel"
    *_, told = _failing(latency.BENCH, RuntimeError("a fault"), "measure")(OTHER, known, SMALL)
    assert [told[name] for name in ("key", "message", "again")] == ["a duel", FAULT, False]


def test_no_detector_for_another_photo_is_the_answer_and_its_offer_stands_beside() -> None:
    offers = [{"text": "Its file is damaged.", "fetch": None}]
    *_, told = _failing(detect.BENCH, detect.NoDetector(offers))(OTHER, _known(detect.BENCH), SMALL)
    assert [told[name] for name in ("key", "message", "offers")] == [None, "Its file is damaged.", offers]


@pytest.mark.parametrize(
    ("fetches", "sentence"),
    [
        (["Download", "Download"], "No chosen model is on this machine yet."),
        (["Download", None], "No chosen model could answer."),
        ([None], "No chosen model could answer."),
    ],
)
def test_models_that_failed_are_not_called_absent(fetches: list[str | None], sentence: str) -> None:
    assert none_answers([{"fetch": one} for one in fetches]) == sentence
