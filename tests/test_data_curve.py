"""Accuracy over the number of photos: fewer lie within more, none stops early, and the file says what came out."""

import dataclasses
import json
from pathlib import Path

import pytest
import torch
from scipy.stats import binomtest

from cvdemo.classify import data_curve
from cvdemo.plots import Chart
from training import data_curve as making
from training.data import Dataset, Photos
from training.recipes import EQUAL

ROOT = Path(__file__).parents[1]


def photos_of(each: int, classes: int = 4) -> Photos:
    random = torch.Generator().manual_seed(each)
    labels = torch.arange(classes).repeat_interleave(each)
    return Photos(torch.randint(0, 256, (len(labels), 3, 64, 64), generator=random, dtype=torch.uint8), labels)


def test_fewer_photos_lie_within_more_and_each_class_gives_the_same_share() -> None:
    whole = photos_of(40)
    parts = {share: making.part(whole, share, seed=1) for share in (0.05, 0.2, 0.5)}
    rows = {share: {bytes(one.numpy().tobytes()) for one in found.pixels} for share, found in parts.items()}
    assert rows[0.05] < rows[0.2] < rows[0.5]
    for share, found in parts.items():
        assert found.labels.bincount().tolist() == [round(40 * share)] * 4
    assert {bytes(one.numpy().tobytes()) for one in making.part(whole, 0.5, seed=2).pixels} != rows[0.5]


@pytest.mark.parametrize(("count", "epochs"), [(2500, 66), (10_000, 22), (25_000, 22), (50_000, 22)])
def test_no_training_ends_before_150_000_pictures(count: int, epochs: int) -> None:
    recipe = making.recipe_for(count, seed=3)
    assert (recipe.epochs, recipe.seed) == (epochs, 3)
    assert recipe.epochs * count >= 150_000
    assert recipe.warmup_epochs / recipe.epochs == pytest.approx(EQUAL.warmup_epochs / EQUAL.epochs)
    assert [epochs / recipe.epochs for epochs, _ in recipe.stages] == [
        epochs / EQUAL.epochs for epochs, _ in EQUAL.stages
    ]


def test_a_curve_is_trained_and_written_with_what_came_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny = dataclasses.replace(EQUAL, stages=((1, 32),), batch_size=4)
    monkeypatch.setattr(making, "recipe_for", lambda count, seed: dataclasses.replace(tiny, seed=seed))
    monkeypatch.setattr(making, "SHARES", (0.5,))
    dataset = Dataset(("a", "b", "c", "d"), photos_of(4), photos_of(2))
    out = tmp_path / "data_curve.json"
    making.curve(dataset, tmp_path / "runs", out, ROOT / "assets" / "weights", seeds=1)
    found = data_curve.read(out)
    assert [(one.model, one.photos, one.epochs) for one in found.rows] == [
        ("mini_resnet", 8, 1), ("mini_resnet", 50_000, 22), ("mini_vit", 8, 1), ("mini_vit", 50_000, 22),
    ]  # fmt: skip
    for one in found.rows[::2]:
        right = round(8 * one.top1)
        bounds = binomtest(right, 8).proportion_ci(method="wilson")
        assert (one.low, one.high) == pytest.approx((bounds.low, bounds.high), abs=1e-4)
    cards = [json.loads((ROOT / f"assets/weights/{one.model}.json").read_text()) for one in found.rows[1::2]]
    assert [one.top1 for one in found.rows[1::2]] == [card["top1"] for card in cards]


@pytest.mark.parametrize("text", ["", "[]", '{"rows": [{}]}', '{"rows": 1}', '{"rows": []}'])
def test_a_file_that_holds_something_else_is_told(tmp_path: Path, text: str) -> None:
    file = tmp_path / "data_curve.json"
    file.write_text(text)
    with pytest.raises(ValueError, match=r"holds no accuracy|Expecting value"):
        data_curve.read(file)


def test_the_chart_has_both_networks_with_the_bars_of_the_test(tmp_path: Path) -> None:
    rows = [
        data_curve.Trained(model, share, photos, 0, 22, top1, top1 - 0.02, top1 + 0.03)
        for model, tops in (("mini_resnet", (0.2, 0.58)), ("mini_vit", (0.15, 0.49)))
        for share, photos, top1 in zip((0.05, 1.0), (2500, 50_000), tops, strict=True)
    ]
    chart = data_curve.chart(data_curve.DataCurve(tuple(rows), 2500, "", "", ""))
    assert isinstance(chart, Chart)
    figure = chart.figure()  # Plotly's own check
    assert [trace.name for trace in figure.data] == ["Small ResNet", "Small ViT"]
    assert list(figure.data[0].x) == [2500, 50_000]
    assert list(figure.data[0].y) == pytest.approx([20, 58])
    assert list(figure.data[0].error_y.array) == pytest.approx([3, 3])
    assert list(figure.data[0].error_y.arrayminus) == pytest.approx([2, 2])


def test_other_starts_are_hollow_marks_beside_the_line() -> None:
    rows = [
        data_curve.Trained(model, 0.05, 2500, seed, 66, top1, top1, top1)
        for model, tops in (("mini_resnet", (0.2, 0.23)), ("mini_vit", (0.15, 0.14)))
        for seed, top1 in enumerate(tops)
    ]
    figure = data_curve.chart(data_curve.DataCurve(tuple(rows), 2500, "", "", "")).figure()
    assert [list(trace.y) for trace in figure.data] == [[20], [15], [23], [14]]
    assert [trace.showlegend for trace in figure.data] == [None, None, False, False]
    assert figure.data[2].marker.symbol == figure.data[0].marker.symbol
    assert figure.data[2].marker.color != figure.data[0].marker.color
