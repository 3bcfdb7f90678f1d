"""The sentences of the Receptive field tab, for one, two and three models, and settings that are none."""

import math
from typing import Any

import pytest

from cvdemo.errors import SettingError
from cvdemo.receptive_field import charts, words
from cvdemo.receptive_field.settings import Settings
from cvdemo.receptive_field.sizes import SIZES, AtSizes, flips
from cvdemo.receptive_field.words import Sight


@pytest.mark.parametrize(
    ("sights", "expected"),
    [
        (
            [Sight("ResNet-50", 267, 74, 224, 196), Sight("ViT-B/16", None, 146, 224, 196, "block 1")],
            "This ResNet-50 unit could see 267 px, but half of its influence comes from 74 px. "
            "A ViT-B/16 unit can see the whole photo.",
        ),
        (
            [Sight("ViT-B/16", None, 146, 224, 196, "block 1")],
            "Every ViT-B/16 unit can see the whole photo from block 1 on; half of the influence comes from 146 px.",
        ),
        ([Sight("AlexNet", 11, 11, 224, 1)], "This AlexNet unit could see 11 px, and half of its influence comes from "
                                             "11 px."),
        ([Sight("AlexNet", 11, None, 224, 1)], "This AlexNet unit could see 11 px."),
        (
            [Sight("VGG-16", 1451, 90, 224, 1), Sight("EfficientNet-B0", None, 9, 224, 1),
             Sight("Swin-B", None, 8, 224, 1)],
            "This VGG-16 unit could see 1,451 px, but half of its influence comes from 90 px. "
            "An EfficientNet-B0 unit and a Swin-B unit can see the whole photo.",
        ),
        (
            [Sight("DeiT-S", None, 30, 224, 1), Sight("ViT-B/16", None, 40, 224, 1)],
            "Every unit of DeiT-S and ViT-B/16 can see the whole photo; half of the influence comes from 30 px and "
            "40 px.",
        ),
        ([], "Choose a model that is ready, or one with random weights."),
    ],
)  # fmt: skip
def test_the_answer_is_true_for_every_mixture(sights: list[Sight], expected: str) -> None:
    assert words.answer(sights, 0.5).replace("\u00a0", " ") == expected


@pytest.mark.parametrize(
    ("count", "expected"),
    [(0, None), (1, "1 layer looks farther than the photo: for 64 px it adds depth, not view."),
     (3, "3 layers look farther than the photo: for 64 px they add depth, not view.")],
)  # fmt: skip
def test_layers_that_look_beyond_the_photo(count: int, expected: str | None) -> None:
    said = words.beyond("VGG-16", count, 64)
    assert (said and said.replace("\u00a0", " ")) == (expected and f"VGG-16: {expected}")


@pytest.mark.parametrize(
    "value",
    [{"depth": 1.5}, {"depth": math.nan}, {"depth": True}, {"depth": "1"}, {"share": 0.4}, {"side": 100},
     {"side": True}, {"side": 64.5}, {"log": 1}, {"random": "yes"}, {"speed": 1}, [], "x"],
)  # fmt: skip
def test_hostile_settings_are_refused(value: Any) -> None:
    with pytest.raises(SettingError):
        Settings.of(value)


def _sizes(title: str, *shares: float | None) -> AtSizes:
    return AtSizes(title, "cnn", (64, 128, 224)[: len(shares)], shares)


@pytest.mark.parametrize(
    ("models", "expected"),
    [
        ([_sizes("ResNet-50", 0.8, 0.58, 0.2), _sizes("ViT-B/16", 0.6, 0.6, 0.6)], "at 64 px ResNet-50 has the wider "
         "effective field, at 224 px ViT-B/16."),
        ([_sizes("ResNet-50", 0.3, 0.2), _sizes("ViT-B/16", 0.6, 0.6)], None),  # the same order everywhere
        ([_sizes("ResNet-50", 0.62, 0.5), _sizes("ViT-B/16", 0.6, 0.6)], None),  # too close to call at 64
        ([_sizes("ResNet-50", 0.8, None), _sizes("ViT-B/16", None, 0.6)], None),  # nothing to compare
        ([_sizes("ResNet-50", 0.8, 0.2)], None),
    ],
)  # fmt: skip
def test_a_flipped_conclusion_is_told(models: list[AtSizes], expected: str | None) -> None:
    warning = flips(models)
    assert (warning is None) if expected is None else expected in str(warning).replace("\u00a0", " ")


def test_the_chart_by_size_draws_what_was_measured() -> None:
    two = [
        AtSizes("Small <ResNet>", "cnn", SIZES, (None, 0.9, 0.5, None, 0.2)),
        AtSizes("Other", "cnn", SIZES, (None,) * 5),
    ]
    drawn = charts.by_size(two, 128).figure()
    (line,) = drawn.data
    assert (line.x, line.y) == ((128, 224, 448), (0.9, 0.5, 0.2))
    assert drawn.layout.shapes[0].x0 == 128
    assert drawn.layout.yaxis.range[1] > 1, "the whole width has its place"
    assert [note.text for note in drawn.layout.annotations] == ["<b>Small &lt;ResNet&gt;</b>"]
    assert charts.by_size(two, None).layout["shapes"] == []
    assert charts.by_size(two, 128).answer.startswith("Small <ResNet> at 128 px 90.0\xa0%, ")
