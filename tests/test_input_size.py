"""A model is timed and counted at its own input size, and another one is said beside the figures, in every lab."""

import pytest
import timm

from app.tabs import latency_view, receptive_field_view
from cvdemo import input_size, starters
from cvdemo.catalogue import MODELS, figures, get
from cvdemo.classify import classify
from cvdemo.errors import SettingError
from cvdemo.latency import duel, words
from cvdemo.latency.settings import Settings
from cvdemo.receptive_field import settings as field_settings
from cvdemo.receptive_field import study
from cvdemo.wording import NBSP

CAT = starters.get("cat").path
PAIR = ("tf_efficientnet_lite0", "mini_vit")
TIMM = [spec.name for spec in MODELS if spec.source in ("timm", "packaged")]


@pytest.mark.parametrize("name", TIMM)
def test_a_models_own_size_is_what_timm_says(name: str) -> None:
    known = timm.get_pretrained_cfg((get(name).weights or "").removeprefix("timm/"))
    assert known is not None
    assert input_size.own_side(name) in {known.input_size[-1], *(known.test_input_size or ())}


@pytest.mark.parametrize(
    ("name", "side", "told"),
    [
        ("mini_vit", 64, None),
        ("mini_vit", 224, "224 px, not its own 64"),
        ("inception_v3", 224, "224 px, not its own 299"),
        ("hog_people", 128, None),
    ],
)
def test_another_size_is_said(name: str, side: int, told: str | None) -> None:
    found = input_size.not_its_own(name, side)
    assert (found and found.replace(NBSP, " ")) == told


def test_labs_agree_on_what_a_model_costs() -> None:
    """Multiply-adds on Classify's cards, in Latency's table and in the catalogue; sides in all labs."""
    told = {answer.model: answer for answer in classify(CAT, PAIR).answers}
    raced = duel.run(CAT, PAIR, Settings(rounds=1, engine="torch"))
    for racer in raced.racers:
        counted = figures(racer.model)
        assert counted is not None
        height, width, _ = told[racer.model].seen.shape
        field, _ = study.asked_for(CAT, racer.model, False, field_settings.Settings().side, (100, 100))
        assert racer.side == height == width == field.side == counted.input_size_hw[0]
        assert racer.multiply_adds == pytest.approx(counted.multiply_adds, rel=0.01)  # attention's products besides
        assert told[racer.model].multiply_adds == counted.multiply_adds
        assert racer.parameter_count == told[racer.model].parameter_count
    rows = latency_view.charts(raced)["racers"]
    assert not any("not its own" in row["engine_line"] for row in rows)
    assert words.picture(raced) == "line = median, one photo at each model's own size, 224 and 64 px"


def test_a_size_that_was_asked_for_is_said_where_the_time_stands() -> None:
    raced = duel.run(CAT, PAIR, Settings(rounds=1, engine="torch", side=96))
    lines = [row["engine_line"].replace(NBSP, " ") for row in latency_view.charts(raced)["racers"]]
    assert words.picture(raced) == "line = median, one photo at 96 px"
    assert lines == ["PyTorch, fp32, 96 px, not its own 224", "PyTorch, fp32, 96 px, not its own 64"]


def test_fields_are_drawn_equally_large_and_say_their_size() -> None:
    depth = field_settings.Settings(depth=0.0)
    asked = [study.asked_for(CAT, name, True, None, (100, 100)) for name in PAIR]
    shown = receptive_field_view.Shown(tuple(one for one, _ in asked), tuple(square for _, square in asked), (100, 100))
    drawn = receptive_field_view.at_depth(shown, depth)
    first, second = drawn["cards"]
    assert (first["side"], second["side"]) == (224, 64) and first["size_note"] is second["size_note"] is None
    assert first["extent"] / first["side"] == pytest.approx(second["extent"] / second["side"])
    assert drawn["sizes"]["chart"]["data"] == [] and drawn["sizes"]["chart"]["layout"]["shapes"] == [], "not measured"
    other, square = study.asked_for(CAT, "mini_vit", True, 96, (100, 100))
    card = receptive_field_view.at_depth(receptive_field_view.Shown((other,), (square,), (100, 100)), depth)["cards"][0]
    assert card["size_note"].replace(NBSP, " ") == "96 px, not its own 64"


@pytest.mark.parametrize("kind", [Settings, field_settings.Settings])
def test_no_size_is_a_size(kind: type) -> None:
    assert kind().side is None and kind.of({"side": None}).side is None and kind.of({"side": 96}).side == 96
    for bad in (0, 9, 31, True, "224", 10**9):
        with pytest.raises(SettingError):
            kind.of({"side": bad})
