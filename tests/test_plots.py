"""Charts as Plotly takes them: the house's colours, light and dark, gaps, names as text, axes and labels."""

import itertools
import json
import math
import re
from typing import Any

import pytest

from app.theme import tokens
from cvdemo import plots
from cvdemo.plots import Chart
from tests.charted import growth


def test_the_colours_are_those_of_the_page() -> None:
    assert {name: tokens()[name] for name in plots.PALETTE} == dict(plots.PALETTE)


def test_no_two_colours_have_the_same_twin() -> None:
    lights, darks = zip(*plots.PALETTE.values(), strict=True)
    assert len(set(lights)) == len(lights) and not set(lights) & set(darks)


def _colours(value: Any, key: str = "") -> set[str]:
    if isinstance(value, dict):
        return set().union(*(_colours(one, name) for name, one in value.items()))
    if isinstance(value, list | tuple):
        return set().union(*(_colours(one, key) for one in value))
    return {value} if "color" in key and isinstance(value, str) else set()


def test_the_dark_figure_has_no_light_colour_left() -> None:
    banded = plots.curve("band", [1, 2], [1, 2], "cnn", fillcolor=plots.tint("cnn", 0.2), fill="tozeroy")
    whole = {
        "data": [banded, *growth().traces],
        "layout": {**growth().layout, "template": {"layout": plots.template()}},
    }
    light, dark = _colours(whole), _colours(plots.dark(whole))
    assert {"#0b5fe0", "rgba(11,95,224,0.2)"} <= light
    assert {"#5b9bff", "rgba(91,155,255,0.2)"} <= dark
    assert not light & dark
    assert _colours(plots.dark({"name": "#0b5fe0", "color": "red"})) == {"red"}
    assert plots.dark({"name": "#0b5fe0"}) == {"name": "#0b5fe0"}  # a name that looks like a colour stays


@pytest.mark.parametrize("in_dark", [False, True], ids=["light", "dark"])
def test_plotly_takes_a_chart_whole(in_dark: bool) -> None:
    figure = growth().figure(in_dark)
    assert figure.layout.title.text == "Growth"
    assert [trace.marker.symbol for trace in figure.data] == ["square", "triangle-up"]
    assert figure.layout.template.layout.font.size == 13
    assert figure.data[0].line.color == plots.PALETTE["cnn"][in_dark]


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([], []),
        ([1.23456789, 2], [1.235, 2.0]),
        ([math.nan, math.inf, -math.inf, 0.0], [None, None, None, 0.0]),
    ],
)
def test_what_is_no_number_is_a_gap(values: list[float], shown: list[float | None]) -> None:
    assert plots.numbers(values) == shown
    json.dumps(plots.numbers(values), allow_nan=False)


def test_names_are_text() -> None:
    assert (
        plots.text("<b>cat</b> & <a href='x'>dog</a>") == "&lt;b&gt;cat&lt;/b&gt; &amp; &lt;a href='x'&gt;dog&lt;/a&gt;"
    )
    chart = growth("<img src=x onerror=alert(1)>")
    told = json.dumps(chart.plain()["data"]) + json.dumps(chart.layout)
    assert set(re.findall(r"<[^>]*>", told)) == {"<b>", "</b>"} and "<b>&lt;img" in told  # the label's own


def test_one_point_is_drawn_as_a_point() -> None:
    assert plots.curve("one", [1.0], [2.0], "cnn")["mode"] == "lines+markers"
    assert plots.curve("two", [1.0, 2.0], [2.0, 3.0], "cnn")["mode"] == "lines"


def test_a_second_model_of_a_family_is_hollow_and_dashed() -> None:
    assert plots.seconds(["cnn", "vit", "cnn"]) == [False, False, True]
    second = plots.curve("b", [1], [2], "cnn", **plots.of_model("cnn", second=True))
    assert (second["line"]["dash"], second["marker"]["symbol"]) == ("dash", "square")
    assert second["marker"]["color"] == plots.light("card") and second["line"]["color"] == plots.light("cnn")


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0.4, 9, ["1/2", "1", "2", "4", "8"]),
        (64, 512, ["64", "128", "256", "512"]),
        (1, 2**20, ["1", "8", "64", "512", "4,096", "32,768", "262,144"]),
    ],
)
def test_a_doubling_axis_has_powers_of_two(low: float, high: float, ticks: list[str]) -> None:
    axis = plots.doubling("ms", low, high)
    assert axis["ticktext"] == ticks
    assert axis["range"] == pytest.approx([math.log10(low), math.log10(high)])
    assert [math.log2(value) % 1 for value in axis["tickvals"]] == [0] * len(ticks)


def test_labels_at_the_ends_of_lines_do_not_meet() -> None:
    rows = [("a", "cnn", 50.0), ("b", "vit", 51.0), ("c", "cnn", 0.0), ("d", "cnn", None)]
    labels = plots.at_their_ends([plots.End(*row) for row in rows], 0, 100, 200)
    places = sorted(200 * one["y"] / 100 + one["yshift"] for one in labels)
    assert all(upper - lower >= plots.LABEL_PX for lower, upper in itertools.pairwise(places))
    by_name = {one["text"][3:4]: one for one in labels}
    assert by_name["a"]["yshift"] == 0 and by_name["b"]["yshift"] == pytest.approx(15)


@pytest.mark.parametrize("at", [0.0, 50.0, 99.0, 100.0])
def test_labels_stay_beside_the_plot(at: float) -> None:
    ends = [plots.End(name, "cnn", at, "side to the power 2") for name in "abc"]
    labels = plots.at_their_ends(ends, 0, 100, 220)
    places = [220 * one["y"] / 100 + one["yshift"] for one in labels]
    assert all(upper - lower >= 2 * plots.LABEL_PX - 1e-9 for lower, upper in itertools.pairwise(places))
    assert places[-1] + plots.LABEL_PX <= 220 + plots.LABEL_PX / 2 + 1e-9


def test_a_chart_as_json_is_small() -> None:
    chart = Chart("t", "a", (plots.curve("x", [0.0] * 20, [0.0] * 20, "cnn"),), {})
    assert len(json.dumps(chart.plain())) < 900
