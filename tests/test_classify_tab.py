"""The Classify tab without a browser: sliders run no network, what is refused counts and leaves what is shown."""

from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from app import request_log
from app.components.photo import start
from app.lab.handlers import handler, stopped
from app.lab.questions import answers_questions
from app.tabs.classify import BENCH, choose_pair
from app.tabs.classify_view import NONE_READY
from app.tabs.missing import offer
from cvdemo import catalogue
from cvdemo.classify.run import network_runs
from cvdemo.classify.settings import Settings
from cvdemo.errors import SettingError
from cvdemo.settings import UNKNOWN

again, look = handler(BENCH, "again"), answers_questions(BENCH)
PAIR = {"chosen": ["mini_resnet", "mini_vit"]}
FIRST = Settings().plain()


def _value(**settings: Any) -> dict[str, Any]:
    return {**BENCH.waiting(""), "settings": {**FIRST, **settings}}


def test_a_slider_step_runs_no_network() -> None:
    *_, shown = again(start("classify"), _value(), PAIR)
    assert shown["busy"] is None and [card["model"] for card in shown["cards"]] == PAIR["chosen"]
    runs = network_runs()
    flat = look({"key": shown["key"], "settings": {**FIRST, "temperature": 5.0, "top_k": 3}})
    assert network_runs() == runs
    for before, after in zip(shown["cards"], flat["cards"], strict=True):
        assert [row["label"] for row in after["rows"]] == [row["label"] for row in before["rows"]][:3]
        assert after["rows"][0]["share"] < before["rows"][0]["share"]
    assert flat["sentence"].startswith("At 5.0 the answers are flattened")
    assert flat["ran"].endswith("No network ran: this was known already; sliders run none.")
    assert look({"key": "unknown"}) == look(None) == {"gone": True}


def test_what_is_not_here_is_a_card_and_the_others_answer() -> None:
    *_, shown = again(start("classify"), _value(), {"chosen": ["mini_vit", "resnet50"]})
    first, second = shown["cards"]
    assert first["rows"] and second["fetch"].startswith("Download")
    *_, none = again(start("classify"), _value(), {"chosen": ["resnet50"]})
    assert none["answer"] == NONE_READY and none["key"] and none["json"] is None
    assert look({"key": none["key"], "settings": FIRST})["answer"] == NONE_READY


@pytest.mark.parametrize(
    ("settings", "models", "sentence"),
    [
        ({"labels": ",".join(map(str, range(31)))}, PAIR, "31 labels are too many"),
        ({"labels": "x" * 61}, PAIR, "60 characters at most"),
        ({"labels": None}, PAIR, "must be a text"),
        ({"temperature": 0.1}, PAIR, "must be a number from 0.2 to 5"),
        ({"top_k": 11}, PAIR, "must be a number from 1 to 10"),
        ({"top_k": True}, PAIR, "must be a number from 1 to 10"),
        ({}, {"chosen": ["resnet51"]}, "no model called"),
        ({}, {"chosen": ["mini_vit", "mini_resnet", "resnet18", "resnet50", "vgg16"]}, "Four at most"),
    ],
    ids=["many labels", "a long label", "no text", "temperature", "lines", "true", "no such model", "five models"],
)
def test_what_is_refused_counts_as_refused_and_leaves_what_is_shown(
    settings: dict[str, Any], models: Any, sentence: str
) -> None:
    *_, shown = again(start("classify"), _value(), PAIR)
    before, told = request_log.totals(), []
    with pytest.raises(gr.Error, match=sentence):
        told.extend(again(start("classify"), {**shown, "settings": {**FIRST, **settings}}, models))
    counted = {name: count - before.get(name, 0) for name, count in request_log.totals().items()}
    assert {name: count for name, count in counted.items() if count} == {"refused": 1}
    assert [told[-1][name] for name in ("key", "busy", "message")] == [shown["key"], None, ""]


def test_a_refusal_of_a_slider_step_counts_too() -> None:
    *_, shown = again(start("classify"), _value(), PAIR)
    before = request_log.totals().get("refused", 0)
    assert "must be a number" in look({"key": shown["key"], "settings": {**FIRST, "top_k": "5"}})["error"]
    assert look({"key": shown["key"], "settings": {"nonsense": 1}})["error"] == UNKNOWN
    assert request_log.totals()["refused"] == before + 2


def test_own_labels_are_trimmed_and_told_once() -> None:
    assert Settings(labels=" a cat,a dog , ,a cat,").own_labels() == ("a cat", "a dog")
    assert Settings(labels="").own_labels() == ()
    with pytest.raises(SettingError, match="31 labels"):
        Settings(labels=",".join(map(str, range(31)))).own_labels()


def test_stopping_leaves_what_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(gr, "Info", told.append)
    *_, shown = again(start("classify"), _value(), PAIR)
    fetching = {**shown, "busy": {"text": "Fetching"}, "message": "One moment."}
    after = stopped(BENCH)(start("classify"), fetching, PAIR)
    assert (after["busy"], after["message"], after["cards"]) == (None, "", shown["cards"])
    assert stopped(BENCH)(start("classify"), _value(), PAIR)["message"] == BENCH.stopped
    assert told == ["Stopped. What was finished is kept."] * 2


def test_a_preset_puts_a_pair_on_the_chips() -> None:
    assert choose_pair("Same recipe, scarce data")["chosen"] == PAIR["chosen"]
    same = choose_pair("Same size")
    assert len(same["chosen"]) == 2 and "parameters" in same["note"]


def test_a_model_that_should_have_come_with_the_page_is_not_offered_for_download(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(catalogue, "WEIGHTS_FOLDER", tmp_path)
        *_, shown = again(start("classify"), _value(), {"chosen": ["tf_efficientnet_lite0", "mini_vit"]})
        offered = offer("mini_vit")
    card = shown["cards"][1]
    assert card["fetch"] is offered["fetch"] is None
    assert card["reason"] == offered["text"] == "Small ViT is not part of this copy of the page. Choose another model."
    assert card["suggestion"]["name"] == offered["use"]["name"] == "tf_efficientnet_lite0"
