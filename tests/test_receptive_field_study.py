"""What is measured once is kept: sliders run no network, copies add up, and the sentences are true."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.lab.handlers import handler, wish
from app.lab.questions import answers_questions
from app.tabs import receptive_field as tab
from app.tabs import receptive_field_view
from app.tabs.receptive_field import BENCH
from cvdemo import models, starters
from cvdemo.errors import CvDemoError
from cvdemo.inside.crop import Crop, centred
from cvdemo.pairs import opening_pair
from cvdemo.receptive_field import study
from cvdemo.receptive_field.export import COLUMNS, as_csv
from cvdemo.receptive_field.growth_chart import growth
from cvdemo.receptive_field.heat import over_photo
from cvdemo.receptive_field.mass import sides_for
from cvdemo.receptive_field.settings import Settings
from cvdemo.receptive_field.units import centre_of, unit_at

CAT = starters.get("cat").path
POINT = (113, 172)
SIDE = 96


@pytest.fixture(autouse=True)
def _nothing_known() -> None:
    study._measured = study.Results(study._measured.name)


def _asked(model: str = "mini_resnet", **more: Any) -> tuple[study.FieldRequest, Any]:
    return study.asked_for(CAT, model, more.get("random", False), more.get("side", SIDE), more.get("point", POINT))


def test_a_known_stop_and_a_known_copy_cost_no_run() -> None:
    asked, shown = _asked()
    first = study.measure(asked, shown, 0, only=3)
    assert first.runs == 1
    assert [stop is not None for stop in first.stops] == [number == 3 for number in range(len(first.stops))]
    assert study.measure(asked, shown, 0, only=3) is first
    everything = study.measure(asked, shown)
    assert everything.runs == 2
    assert everything.copies == 1
    assert everything.stops[3] is first.stops[3]  # not measured again
    assert study.measure(asked, shown) is everything


def test_one_run_for_all_stops_gives_what_one_run_each_gives() -> None:
    asked, shown = _asked()
    together = study.measure(asked, shown).stops
    study._measured = study.Results(study._measured.name)
    for number, stop in enumerate(together):
        alone = study.measure(asked, shown, 0, only=number).stops[number]
        assert stop is not None and alone is not None
        np.testing.assert_allclose(stop.influence, alone.influence, rtol=1e-4, atol=1e-6 * stop.influence.max())


def test_copies_are_averaged() -> None:
    asked, shown = _asked()
    singles = []
    for copy in range(3):
        study._measured = study.Results(study._measured.name)
        known = study.Study(asked, "bundled", tuple(
            study.Measured(np.zeros((SIDE, SIDE), np.float32), copy, np.zeros((copy, 3), np.int32)) if copy else None
            for _ in study.table("mini_resnet", SIDE).stops))  # fmt: skip
        study._measured.put(asked, known)
        singles.append(study.measure(asked, shown, copy).stops[5].influence * (copy + 1))  # type: ignore[union-attr]
    study._measured = study.Results(study._measured.name)
    for copy in range(3):
        mean = study.measure(asked, shown, copy).stops[5]
    assert mean is not None
    np.testing.assert_allclose(mean.influence, np.mean(singles, 0), rtol=1e-3, atol=1e-6 * mean.influence.max())
    assert mean.copies == 3
    assert mean.sides.shape == (3, 3)
    assert study.measure(asked, shown, 1) is study.known(asked)


def test_no_effective_field_reaches_beyond_the_theoretical_one() -> None:
    asked, shown = _asked()
    for layer, stop in zip(study.table("mini_resnet", SIDE).stops, study.measure(asked, shown).stops, strict=True):
        assert stop is not None and layer.field.size is not None
        unit = unit_at(layer, asked.point, SIDE)
        assert sides_for(stop.influence, centre_of(layer, unit, SIDE), (1.0,))[0] <= layer.field.size


def test_a_model_that_is_not_here_runs_with_random_weights() -> None:
    asked, _ = _asked("resnet18")
    assert asked.random
    assert not _asked("mini_vit")[0].random
    assert _asked("mini_vit", random=True)[0].random


def test_the_network_is_the_same_after_a_study() -> None:
    asked, shown = _asked("mini_vit")
    with models.borrow("mini_vit") as ready:
        picture = np.zeros((1, 3, 64, 64), np.float32)
        before = ready.run(picture)
    study.measure(asked, shown)
    with models.borrow("mini_vit") as ready:
        np.testing.assert_array_equal(ready.run(picture), before)
        assert not any(
            parameter.requires_grad or parameter.grad is not None for parameter in ready.network.parameters()
        )


@pytest.mark.parametrize(
    ("size", "point", "expected", "cut"),
    [
        ((300, 300), (0, 0), (-0.5 + 0.5 * 96 / 300, -0.5 + 0.5 * 96 / 300), False),
        ((451, 300), (150, 225), (150.5 * 0.32 - 0.5, 150.0 * 0.32 - 0.5), False),
        ((451, 300), (150, 0), (150.5 * 0.32 - 0.5, 0.0), True),  # left of the centred square
        ((100, 400), (399, 50), (95.0, 50.5 * 0.96 - 0.5), True),  # below it
    ],
)
def test_points_of_the_photo_in_the_picture(
    size: tuple[int, int], point: tuple[int, int], expected: tuple[float, float], cut: bool
) -> None:
    (row, column), gone = centred(size).to_picture(point, (96, 96))
    assert (row, column) == pytest.approx((max(expected[0], 0), max(expected[1], 0)))
    assert gone is cut
    assert centred((451, 300)) == Crop(75.5, 0.0, 300, 300)


def test_curves_tell_what_is_known() -> None:
    asked, shown = _asked()
    layers = study.table("mini_resnet", SIDE)
    assert set(growth(layers, None).effective[0.5]) == {None}
    lines = growth(layers, study.measure(asked, shown))
    assert None not in lines.effective[0.95]
    for least, half, most in zip(*(lines.effective[share] for share in (0.2, 0.5, 0.95)), strict=True):
        assert least <= half <= most
    assert lines.beyond == sum(1 for size in lines.theory if size and size > SIDE) == 3
    logged = growth(layers, study.known(asked), log=True)
    assert all(log >= raw for log, raw in zip(logged.effective[0.5], lines.effective[0.5], strict=True))


def test_the_table_has_a_line_a_stop() -> None:
    asked, shown = _asked()
    lines = as_csv([study.measure(asked, shown), None]).strip().split("\n")
    assert lines[0] == ",".join(COLUMNS)
    assert len(lines) == 1 + len(study.table("mini_resnet", SIDE).stops)
    last = dict(zip(COLUMNS, lines[-1].split(","), strict=True))
    assert (last["layer"], last["theoretical_side"], last["copies"]) == ("layer4.1", "223", "1")
    assert 0 < int(last["side_for_20"]) <= int(last["side_for_50"]) <= int(last["side_for_95"])


def test_heat_darkens_the_photo_and_lights_the_strongest_place() -> None:
    photo = np.full((64, 64, 3), 100, np.uint8)
    values = np.zeros((64, 64), np.float32)
    values[30:34, 30:34] = 1
    for log in (False, True):
        drawn = over_photo(photo, values, log)
        assert drawn[0, 0].tolist() == [62, 62, 62]
        assert drawn[31, 31].sum() > 400
    assert over_photo(photo, None, False)[31, 31].tolist() == [62, 62, 62]
    assert over_photo(photo, np.zeros_like(values), False)[31, 31].tolist() == [62, 62, 62]


run, look, DEFAULTS = handler(BENCH, "again"), answers_questions(BENCH), Settings().plain()


def _photo(path: Path = CAT, **more: Any) -> dict[str, Any]:
    return {"photo": {"id": "starter:cat", "name": "Cat"}, "point": list(POINT), "tab": "receptive-field", **more}


def test_defaults_are_the_pages() -> None:
    assert Settings.of({}) == Settings() == Settings(0.8, 0.5, False, False, None, False)
    assert wish(BENCH, _photo(), None, None).models == opening_pair().names


@pytest.mark.parametrize(
    ("photo", "models_", "sentence"),
    [(_photo(), {"chosen": ["mini_vit", "mini_resnet", "lenet5", "alexnet"]}, "Three at most"),
     (_photo(point=[900, 0]), None, "inside the photo"), (_photo(), {"chosen": ["nope"]}, "no model called"),
     ({}, None, "no photo yet")],
)  # fmt: skip
def test_wishes_that_cannot_be_are_sentences(photo: Any, models_: Any, sentence: str) -> None:
    with pytest.raises(CvDemoError, match=sentence):
        wish(BENCH, photo, models_, None)


def test_a_look_at_another_depth_runs_no_network() -> None:
    picture = {"settings": {**DEFAULTS, "side": SIDE}}
    *_, shown = run(_photo(), picture, {"chosen": ["mini_resnet", "mini_vit"]})
    assert [card["model"] for card in shown["cards"]] == ["mini_resnet", "mini_vit"]
    assert shown["cards"][0]["figures"][0][0] == "111\u00a0px"
    assert shown["cards"][1]["figures"][0][0] == "whole photo"
    runs = [study.known(one).runs for one in BENCH.shown.get(shown["key"]).asked]
    asked = {"key": shown["key"], "settings": {**picture["settings"], "depth": 0.2}, "curves": True}
    looked = look(asked)
    assert looked["cards"][0]["layer"] == "conv1.6"
    assert looked["cards"][0]["figures"][1][0] == "…"  # that layer is not measured yet
    assert look({**asked, "csv": True})["csv"].startswith("model,")
    assert [study.known(one).runs for one in BENCH.shown.get(shown["key"]).asked] == runs
    assert look({"key": "unknown"}) == look(None) == {"gone": True}
    assert "error" in look({"key": shown["key"], "settings": {"share": 3}})


def test_refining_measures_every_layer_and_then_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tab, "COPIES", 2)
    monkeypatch.setattr(receptive_field_view, "COPIES", 2)
    picture = {"settings": {**DEFAULTS, "side": 64}}
    *_, shown = run(_photo(), picture, {"chosen": ["mini_resnet"]})
    assert shown["refined"] == {"copies": 0, "of": 2, "text": "The photo itself; shifted copies follow", "done": False,
                                "seen": 1}  # fmt: skip
    *_, last = handler(BENCH, "refine")(_photo(), {**picture, **shown}, {"chosen": ["mini_resnet"]})
    assert last["refined"]["done"] and last["refined"]["text"] == "Averaged over 2 shifted copies"
    assert None not in last["curves"][0]["effective"][1]


def test_a_failing_model_is_told_beside_the_others() -> None:
    *_, shown = run(_photo(), {"settings": {**DEFAULTS, "side": 64}}, {"chosen": ["inception_v3", "mini_vit"]})
    assert [gone["model"] for gone in shown["missing"]] == ["inception_v3"]
    assert "larger input size" in shown["missing"][0]["text"]
    assert [card["model"] for card in shown["cards"]] == ["mini_vit"]


def test_five_sizes_are_measured_for_the_layer_in_sight() -> None:
    picture = {"settings": {**DEFAULTS, "side": 64}}
    *_, shown = run(_photo(), picture, {"chosen": ["mini_resnet", "lenet5"]})
    *_, last = handler(BENCH, "sweep")(_photo(), {**picture, **shown}, {"chosen": ["mini_resnet", "lenet5"]})
    assert last["busy"] is None
    chart = last["sizes"]["chart"]
    assert [row["x"] for row in chart["data"]] == [[64, 128, 224, 320, 448]] * 2
    first, second = (row["y"] for row in chart["data"])
    assert all(0 < share <= 2 for share in first + second)
    assert second[0] > second[-1]  # LeNet's fields stay as wide as they are, in pixels
    assert "at 448 px" in chart["answer"] and chart["layout"]["shapes"][0]["x0"] == 64
