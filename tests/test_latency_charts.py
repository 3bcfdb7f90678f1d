"""The charts of the Latency lab say what was measured."""

import dataclasses
import math

import pytest

from cvdemo.latency import charts, ratio_chart, words
from cvdemo.latency.accuracy import AccuracyPoint
from cvdemo.latency.layers import LayerTime, LayerTimes
from cvdemo.latency.settings import Settings
from cvdemo.latency.sweep import Kind, Line, Sweep
from cvdemo.plots import SIZES, light
from tests.test_latency_words import duel, racer

STEPS = (64, 128, 256, 512)


def _sweep(kind: Kind, *lines: Line) -> Sweep:
    return Sweep(kind, Settings(), lines, None)


def _line(title: str, family: str, steps: tuple[int, ...], ms: tuple[float, ...]) -> Line:
    return Line(title, title, family, False, steps, ms)


def test_growth_is_drawn_on_two_doubling_axes_with_its_power() -> None:
    squares = tuple(1e-3 * step**2 for step in STEPS)
    found = charts.growth(_sweep("side", _line("A", "cnn", STEPS, squares), _line("B", "cnn", STEPS[:1], (3.0,))))
    figure = found.figure()
    assert [trace.x for trace in figure.data] == [STEPS, STEPS[:1]]
    assert figure.data[0].y == pytest.approx(squares, rel=1e-3)
    assert figure.data[0].name == "A: side to the power 2.00" and figure.data[1].name == "B"
    assert (figure.layout.xaxis.type, figure.layout.yaxis.type) == ("log", "log")
    assert figure.layout.xaxis.ticktext == ("64", "128", "256", "512")
    low, high = figure.layout.yaxis.range
    assert low < math.log10(min(squares)) and math.log10(max(squares)) < high
    assert figure.data[1].line.dash == "dash"  # the second of its family
    assert {one["text"] for one in found.layout["annotations"]} == {"<b>A</b><br>side to the power 2.00", "<b>B</b>"}
    assert found.narrow["showlegend"] and not found.narrow["annotations"]


def test_photos_a_second_have_their_knee_marked() -> None:
    found = charts.growth(_sweep("batch", _line("A", "vit", (1, 2, 4, 8), (10, 12, 14, 28))))
    (trace,) = found.figure().data
    assert trace.y == pytest.approx((100, 166.7, 285.7, 285.7), rel=1e-3)
    usual = SIZES["vit"]
    assert trace.marker.size == (usual, usual, usual + 6, usual)
    assert "beyond batch 4" in found.answer


@pytest.mark.parametrize("kind", ["side", "batch"])
def test_nothing_measured_yet_is_an_empty_chart(kind: Kind) -> None:
    assert charts.growth(_sweep(kind, _line("A", "cnn", (), ()))).figure().data == ()


def _point(title: str, ms: float, accuracy: float, best: bool) -> AccuracyPoint:
    return AccuracyPoint(title, title, "vit", ms, accuracy, "a recipe", 224, best)


def test_accuracy_over_time_joins_those_that_nobody_beats() -> None:
    points = [_point("slow", 40, 80, False), _point("quick", 10, 70, True), _point("best", 20, 81, True)]
    figure = charts.accuracy_over_time(points, "So it is.").figure()
    front, *rest = figure.data
    assert (front.x, front.y, front.hoverinfo) == ((10, 20), (70, 81), "skip")
    assert [(one.name, one.x, one.y) for one in rest] == [
        ("quick", (10,), (70,)), ("best", (20,), (81,)), ("slow", (40,), (80,)),
    ]  # fmt: skip
    assert [one.marker.color == light("card") for one in rest] == [False, False, True]  # hollow: beaten
    assert rest[0].customdata[0].startswith("quick: 10.0")
    assert [one.text for one in figure.layout.annotations] == ["quick", "best", "slow"]


def test_names_of_points_that_lie_together_do_not() -> None:
    points = [_point(name, 10 + place / 10, 80, True) for place, name in enumerate("abc")]
    shifts = [one.yshift for one in charts.accuracy_over_time(points, "").figure().layout.annotations]
    assert shifts == [0, -charts.LINE_PX, -2 * charts.LINE_PX]


def test_slow_layers_are_bars_on_the_scale_of_the_slowest_model() -> None:
    layers = (LayerTime("blocks.3.attn", "Attention", 4.0, 0.4), LayerTime("head", "Linear", 1.0, 0.1))
    found = charts.slowest_layers(LayerTimes("m", "M", "vit", False, layers, 9, 10.0), 8.0)
    (bars,) = found.figure().data
    assert (bars.x, bars.y) == ((4, 1), ("blocks.3.attn Attention", "head Linear"))
    assert bars.text[0] == "<b>4.00\u00a0ms</b>  40\u00a0%"
    assert found.layout["xaxis"]["range"] == pytest.approx([0, 8.4])
    assert found.layout["yaxis"]["ticktext"] == ["blocks.3.attn<br>Attention", "head<br>Linear"]


def test_ratios_have_their_intervals_a_line_at_one_and_the_margin() -> None:
    measured = duel(racer("A", 10), racer("B", 42, seed=1), racer("<b>C</b>", 42.2, seed=2))
    chart = ratio_chart.ratios(measured)
    figure = chart.figure()
    rows = ratio_chart.compared(measured)
    sure, close = figure.data
    assert (len(sure.x), len(close.x)) == (2, 1)
    for trace in (sure, close):
        for place, x, more, less in zip(trace.y, trace.x, trace.error_x.array, trace.error_x.arrayminus, strict=True):
            ratio = rows[place].ratio
            assert (x, x + more, x - less) == pytest.approx((ratio.ratio, ratio.high, ratio.low), rel=1e-2)
            assert ratio.ratio >= 1
    assert charts.figure(measured).data == figure.data
    margin, one = figure.layout.shapes
    assert (margin.x0, margin.x1, one.x0) == pytest.approx((0.97, 1.03, 1))
    assert figure.layout.xaxis.type == "log" and "1×" in figure.layout.xaxis.ticktext
    assert "too close to call" in chart.answer and f"{rows[0].a} against {rows[0].b}: {rows[0].said}" in chart.answer
    assert "<b>C</b>" not in str(chart.layout) and "&lt;b&gt;C&lt;/b&gt;" in str(chart.layout)
    ends = figure.layout.xaxis.range
    assert ends[0] < math.log10(min(0.97, *(row.ratio.low for row in rows)))
    assert ends[1] > math.log10(max(row.ratio.high for row in rows))


def test_who_is_compared_is_named_whole() -> None:
    titles = ("EfficientNet-Lite0 (TF)", "Small ViT, distilled")
    chart = ratio_chart.ratios(duel(racer(titles[0], 10), racer(titles[1], 42, seed=1)))
    for axis in (chart.layout["yaxis"], chart.narrow["yaxis"]):
        (name,) = axis["ticktext"]
        said = name.replace("<br>", " ").replace("<b>", "").replace("</b>", "")
        assert all(title in said for title in titles) and "…" not in said
        assert max(len(line.replace("<b>", "")) for line in name.split("<br>")) <= 22 + len("against ")
    assert chart.height > 70 + ratio_chart.ROW_PX  # the narrow chart needs more lines


def test_a_duel_under_way_has_no_ratios() -> None:
    under_way = dataclasses.replace(duel(racer("A", 10), racer("B", 42, seed=1)), finished=False)
    assert ratio_chart.compared(under_way) == []
    assert ratio_chart.ratios(under_way).figure().data == ()
    assert words.together(under_way) == ""
