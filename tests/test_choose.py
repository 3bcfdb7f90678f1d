"""Choose: 500 random demands obey their limits, ranks follow the figures, and what is measured is Latency's."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import norm

from app.api.choose import choose as endpoint
from app.tabs import choose_guide
from cvdemo import catalogue, starters
from cvdemo.choose import charts, export, measure, production, words
from cvdemo.choose.advice import advise, too_close
from cvdemo.choose.candidates import candidates
from cvdemo.choose.demand import Demand
from cvdemo.choose.rules import RULES
from cvdemo.errors import Stopped
from cvdemo.latency import duel, estimate
from cvdemo.latency.settings import Settings as DuelSettings
from tests.sentences.choose import random_advice, random_demand, random_times
from tests.sentences.table import holds

FIGURES = json.loads((Path(__file__).parents[1] / "assets" / "figures.json").read_text())
FORBIDDEN = ("cc-by-nc-4.0", None, "cvnets-license", "Intel License Agreement")


@pytest.mark.parametrize("seed", range(500))
def test_what_is_named_obeys_every_limit(seed: int) -> None:
    draw = np.random.default_rng(seed)
    demand = random_demand(draw)
    times = random_times(draw, demand.task)
    found = advise(demand, candidates(demand.task, times))
    assert len(found.chosen) <= 3 and len({one.spec.name for one in found.chosen}) == len(found.chosen)
    for one in found.chosen:
        spec = catalogue.get(one.spec.name)
        assert spec.task == demand.task and spec.source not in ("random", "bundled", "opencv")
        assert not demand.max_mb or FIGURES[spec.name]["byte_count"] <= 1e6 * demand.max_mb
        assert not demand.milliseconds or times.get(spec.name, 0) <= demand.milliseconds
        assert demand.licence == "any" or spec.licence not in FORBIDDEN
        assert one.ms == times.get(spec.name)
    for one in found.missed:
        assert one.breaks(demand) and one not in found.chosen


@pytest.mark.parametrize("seed", range(60))
def test_a_timed_network_goes_before_untimed_ones_where_time_matters(seed: int) -> None:
    found, times, _ = random_advice(np.random.default_rng(seed))
    named = [one.spec.name in times for one in found.chosen]
    assert not found.demand.milliseconds or all(named) or not any(named)


def test_too_close_is_where_a_test_of_two_shares_sees_no_difference() -> None:
    """Against the two-sided z test at 5 %, unpooled, for all pairs of the catalogue."""
    known = [one for one in candidates("classify", {}) if one.published]
    for one in known:
        for other in known:
            a, b = (row.published.value / 100 for row in (one, other) if row.published)
            z = abs(a - b) / np.sqrt((a * (1 - a) + b * (1 - b)) / 50_000)
            assert too_close(one, other) == (2 * norm.sf(z) > 0.05), (one.spec.name, other.spec.name)


def test_the_smaller_of_two_that_are_too_close_is_taken() -> None:
    times = {"vit_base_patch16_224": 129.0, "swin_base_patch4_window7_224": 132.0, "convnext_tiny": 36.0}
    found = advise(Demand(milliseconds=150), candidates("classify", times))
    assert [one.spec.name for one in found.chosen] == [
        "vit_base_patch16_224", "swin_base_patch4_window7_224", "convnext_tiny"]  # fmt: skip
    said = words.answer(found).replace("\u00a0", " ")
    assert said == "Swin-B or ViT-B/16: too close to call, so take the smaller: ViT-B/16. It needs 129 ms."


@pytest.mark.parametrize(
    ("demand", "first"),
    [
        (Demand(task="features", domain="far", milliseconds=0), "dinov2_small"),  # the rule: no figure speaks
        (Demand(domain="far", milliseconds=0), "dinov2_small_linear"),
        (Demand(photos=5, milliseconds=0), "swin_large_patch4_window7_224"),  # figures overrule "a CNN"
        (Demand(task="detect", milliseconds=0), "yolov8x"),
        (Demand(task="detect", milliseconds=0, max_mb=7), "yolo26n"),
        (Demand(milliseconds=50), "mobilenetv3_large_100"),  # no time known: the least work
    ],
)
def test_who_comes_first(demand: Demand, first: str) -> None:
    found = advise(demand, candidates(demand.task, {}))
    assert found.chosen[0].spec.name == first


def test_what_cannot_be_used_in_a_product_is_named_only_as_missed() -> None:
    found = advise(Demand(task="features", licence="commercial", milliseconds=0), candidates("features", {}))
    assert "mae_base" not in [one.spec.name for one in found.chosen]


@pytest.mark.parametrize("value", [9.996, 20.00004, 49.9996, 50.0004, 999.7, 1234.5, 0.0513])
@pytest.mark.parametrize("limit", [10, 20, 50, 1000, 0.05])
def test_a_number_never_looks_as_if_it_lay_on_the_other_side_of_its_limit(value: float, limit: float) -> None:
    shown = float(words.against(value, limit, "ms").split("\u00a0")[0].replace(",", ""))
    assert (shown > limit) == (value > limit)
    assert value <= words.rounded_up(value) <= 1.011 * value


def test_the_chart_marks_what_breaks_a_limit() -> None:
    times = {"resnet50": 31.0, "vit_base_patch16_224": 129.0, "efficientnet_b0": 8.0, "vgg16": 90.0}
    known = candidates("classify", times)
    chart = charts.accuracy_chart(advise(Demand(), known), known)
    assert chart is not None
    chart.figure()
    drawn = {trace["name"]: trace for trace in chart.traces}
    assert drawn["the line"]["x"][:3] == [8.0, 31.0, 129.0], "VGG-16 is slower and worse than ResNet-50"
    hollow = {name for name, one in drawn.items() if "hovertemplate" in one and one["marker"]["color"] == "#ffffff"}
    assert hollow == {"VGG-16", "ViT-B/16"}
    assert [shape["x0"] for shape in chart.layout["shapes"]] == [50, 50]


def test_a_limit_within_the_chart_does_not_move_its_axis_so_it_can_be_dragged() -> None:
    known = candidates("classify", {"resnet50": 31.0, "vit_base_patch16_224": 129.0, "efficientnet_b0": 8.0})

    def axis(limit: float) -> tuple[float, ...]:
        chart = charts.accuracy_chart(advise(Demand(milliseconds=limit), known), known)
        assert chart is not None
        return tuple(10**end for end in chart.layout["xaxis"]["range"])

    low, high = axis(0)
    assert low < 8.0 and high > 129.0
    assert {axis(limit) for limit in (low * 1.11, 20, 50, 129, high / 1.11)} == {(low, high)}
    assert axis(1)[0] < 1 and axis(1)[1] == high and axis(4000)[1] > 4000 and axis(4000)[0] == low


def test_what_lies_along_the_chart_is_what_its_line_limits() -> None:
    timed, untimed = (candidates("classify", times) for times in ({"resnet50": 31.0}, {}))
    assert charts.along(timed) == "milliseconds" and charts.along(untimed) == "max_mb"
    assert charts.along(candidates("features", {})) is None
    for known, demand in ((timed, Demand(milliseconds=40)), (untimed, Demand(milliseconds=0, max_mb=40))):
        chart = charts.accuracy_chart(advise(demand, known), known)
        assert chart is not None and {shape["x0"] for shape in chart.layout["shapes"]} == {40}


@pytest.mark.parametrize("seed", range(40))
def test_every_chart_is_one(seed: int) -> None:
    found, _, known = random_advice(np.random.default_rng(seed))
    chart = charts.accuracy_chart(found, known)
    assert (chart is None) == (found.demand.task == "features")
    if chart is not None:
        chart.figure()


@pytest.mark.parametrize("seed", range(20))
def test_what_is_taken_away_holds_the_same_figures(seed: int) -> None:
    found, times, known = random_advice(np.random.default_rng(seed))
    rows = list(csv.DictReader(io.StringIO(export.as_csv(found, known))))
    assert [row["model"] for row in rows] == [one.spec.name for one in known]
    placed = sorted((row for row in rows if row["place"]), key=lambda row: int(row["place"]))
    assert [row["model"] for row in placed] == [one.spec.name for one in found.chosen]
    assert {row["model"]: float(row["milliseconds"]) for row in rows if row["milliseconds"]} == {
        one.spec.name: times[one.spec.name] for one in known if one.spec.name in times
    }
    text = export.as_markdown(found, known)
    assert words.answer(found) in text and "AGPL-3.0" in text and "torch 2" in text
    for one in found.chosen:
        assert f"`{one.spec.name}`" in text


# The endpoint


def test_the_endpoint_answers_what_the_design_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "times", lambda _task: {"resnet50": 31.0})
    rows = endpoint("classify", photos=30, milliseconds=50, licence="commercial")
    assert [set(row) for row in rows] == [{"model", "milliseconds", "reasons"}]
    assert rows[0]["model"] == "resnet50" and rows[0]["milliseconds"] == 31.0
    assert all(set(reason) == {"text", "figure", "source"} for reason in rows[0]["reasons"])
    assert {31.0, 81.214} <= {reason["figure"] for reason in rows[0]["reasons"]}
    json.dumps(rows, allow_nan=False)


def test_what_was_not_timed_has_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "times", lambda _task: {})
    assert [row["milliseconds"] for row in endpoint("classify", milliseconds=10)] == [None] * 3
    assert endpoint("features", max_mb=1) == []


@pytest.mark.parametrize(
    "arguments",
    [
        {"task": "segment"}, {"task": 5}, {"task": "detect", "photos": -1}, {"task": "detect", "photos": True},
        {"task": "detect", "domain": "moon"}, {"task": "detect", "milliseconds": 0},
        {"task": "detect", "milliseconds": float("nan")}, {"task": "detect", "max_mb": "10"},
        {"task": "detect", "licence": "free"}, {"task": "detect", "milliseconds": 10**400},
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(Exception, match=r"must be|one of"):
        endpoint(**arguments)


# What is measured


def test_times_come_from_latencys_own_duels(monkeypatch: pytest.MonkeyPatch) -> None:
    four = ("mini_resnet", "mini_vit", "mini_resnet_long", "mini_vit_distilled")
    monkeypatch.setitem(measure.EIGHT, "classify", four)
    monkeypatch.setattr(measure, "AT_ONCE", 2)
    monkeypatch.setitem(measure.ROUNDS, "classify", 2)
    steps: list[Any] = []
    timing = measure.measure(starters.get("cat").path, "classify", lambda *step: steps.append(step))
    assert timing.names == four and timing.rounds == 2
    assert timing.random == 0 and measure.last("classify") == timing
    known = measure.times("classify")
    assert all(0 < known[name] < 10_000 for name in timing.names)
    races = [step for step in steps if step[0] == "race"]
    assert {step[-2] for step in races} == {0, 2}, "two duels: of the first two, and of the rest"


def test_detectors_are_timed_from_pixels_to_raw_boxes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(measure.EIGHT, "detect", ("yolov8n_blood_cells", "haar_faces"))
    monkeypatch.setitem(measure.ROUNDS, "detect", 2)
    timing = measure.measure(starters.get("cat").path, "detect")
    assert set(timing.names) == {"yolov8n_blood_cells", "haar_faces"}
    assert all(0 < measure.times("detect")[name] < 60_000 for name in timing.names)


def test_a_measurement_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(measure.EIGHT, "classify", ("mini_resnet", "mini_vit"))

    def stop(*_: object) -> None:
        raise Stopped("Stopped.")

    with pytest.raises(Stopped):
        measure.measure(starters.get("cat").path, "classify", stop)


def test_the_page_is_drawn_under_any_demand(monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(30):
        draw = np.random.default_rng(seed)
        demand = random_demand(draw)
        times = random_times(draw, demand.task)
        monkeypatch.setattr(measure, "times", lambda _task, times=times: times)
        drawn = choose_guide.BENCH.draw(None, demand, {})
        json.dumps(drawn, allow_nan=False)
        assert len(drawn["rules"]) == len(RULES)
        for change in drawn["changes"]:
            moved = replace(demand, **{change["setting"]: change["to"]})
            then = choose_guide.BENCH.draw(None, moved, {})
            assert then["cards"][0]["title"] in change["text"], "the button does what it says"


# The table of three networks


@pytest.mark.parametrize("task", ["classify", "detect", "features"])
def test_the_table_says_nothing_of_a_machine_that_measured_nothing(task: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(production, "by_way", lambda *_: {})
    monkeypatch.setattr(measure, "times", lambda _task: {})
    table = production.table(task)
    assert all(cell is None for row in table["tests"] for cell in row["cells"])
    assert all(len(row["cells"]) == 3 and all(row["cells"]) for row in table["rows"])
    titles = [row["title"] for row in table["rows"]]
    eight = ["Architecture", "Inductive biases", "Data", "Attention complexity", "Hierarchical features", "Transfer",
             "Latency", "Best for"]  # fmt: skip
    assert task == "detect" or titles[:8] == eight
    assert str(table).count("V100") == (0 if task == "detect" else 2), "quotes stay quotes"


def test_its_rows_are_medians_of_duels(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("mini_resnet", "mini_vit", "mini_vit_distilled")
    single = production.Trial("single", "One", DuelSettings(rounds=2))
    eight = production.Trial("eight", "Eight", DuelSettings(rounds=2, batch=8), 8)
    double = production.Trial("double", "Double", DuelSettings(rounds=2, side=128), 1, DuelSettings(rounds=2))
    monkeypatch.setitem(production.COLUMNS, "classify", names)
    monkeypatch.setitem(production.TESTS, "classify", (single, eight, double))
    monkeypatch.setattr(estimate, "_known", {})
    ran: list[Any] = []
    run = duel.run

    def kept(*arguments: Any) -> Any:
        ran.append(run(*arguments))
        return ran[-1]

    monkeypatch.setattr(production.duel, "run", kept)
    photo = starters.get("cat").path
    production.run(photo, "classify", "eight", lambda *_: None)
    production.run(photo, "classify", "double", lambda *_: None)
    assert [one.settings.batch for one in ran] == [8, 1, 1] and [one.settings.side for one in ran] == [None, 128, None]
    at_once, large, one = ([float(np.median(each.times(racer))) for racer in each.racers] for each in ran)
    rows = {row["id"]: row["cells"] for row in production.table("classify")["tests"]}
    for place in range(3):
        holds(rows["single"][place].replace("\u00a0", " "), one[place], "ms")
        holds(rows["eight"][place].replace("\u00a0", " "), at_once[place] / 8, "ms")
        holds(rows["double"][place], large[place] / one[place], "times as long")
