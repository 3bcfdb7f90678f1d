"""The stack that the visitor builds, held against PyTorch: sizes, parameters, multiply-adds, field and refusals."""

import random
from typing import Any

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from app.lab.questions import answers_questions
from app.tabs.receptive_field_stack import BENCH
from cvdemo.errors import SettingError
from cvdemo.receptive_field import stack_words as words
from cvdemo.receptive_field.presets import PRESETS, rows_from
from cvdemo.receptive_field.stack import ROWS_AT_MOST, Row, as_pytorch, build, cone
from tests.gradient_support import make_positive, supports


def stack(asked: Any) -> dict[str, Any]:
    """Return what the page gets when the rows and the side have changed."""
    return answers_questions(BENCH)({"settings": asked})


def _torch(rows: tuple[Row, ...]) -> nn.Sequential:
    """Run the very code that a visitor copies."""
    place: dict[str, Any] = {}
    exec(as_pytorch(rows), place)
    return place["stack"].eval()


def _random_rows(dice: random.Random) -> tuple[Row, ...]:
    rows = []
    for _ in range(dice.randint(1, 5)):
        kind = dice.choice(["conv", "conv", "max", "average"])
        groups = dice.choice([1, 1, 3])
        dilation = dice.randint(1, 3) if kind != "average" else 1
        padding: Any = dice.choice([0, 1, 2, "same"])
        rows.append(
            Row(kind, dice.randint(1, 5), dice.randint(1, 3), padding, dilation, groups, 3 * dice.randint(1, 4))
        )  # type: ignore[arg-type]
    return tuple(rows)


def test_two_hundred_random_stacks_agree_with_torch_or_are_refused_by_both() -> None:
    dice, built = random.Random(7), 0
    for _ in range(200):
        rows, side = _random_rows(dice), dice.randint(5, 40)
        try:
            levels = build(rows, side)
        except SettingError as error:
            if "same" not in str(error):  # ours alone: torch shifts the picture by half a pixel without a word
                with pytest.raises((RuntimeError, ValueError)):
                    _torch(rows)(torch.zeros(1, 3, side, side))
            continue
        built += 1
        network, picture = _torch(rows), torch.zeros(1, 3, side, side)
        with FlopCounterMode(display=False) as counter:
            out = network(picture)
        assert tuple(out.shape) == (1, levels[-1].channels, levels[-1].side, levels[-1].side)
        assert sum(level.parameters for level in levels) == sum(each.numel() for each in network.parameters())
        assert sum(level.multiply_adds for level in levels) == counter.get_total_flops() // 2
    assert built > 60


@pytest.mark.parametrize("seed", range(12))
def test_the_field_and_its_holes_are_those_of_the_gradient(seed: int) -> None:
    dice = random.Random(seed)
    rows = tuple(
        Row("conv", dice.randint(1, 4), dice.randint(1, 2), 0, dice.randint(1, 3), 1, 3)
        for _ in range(dice.randint(1, 4))
    )
    side = 150
    levels = build(rows, side)
    network = make_positive(nn.Sequential(_torch(rows)))
    unit, reached_rows, _ = supports(network, ["0"], (side, side))["0"]
    assert reached_rows[1] - reached_rows[0] + 1 == levels[-1].size
    assert reached_rows[0] == unit[0] * levels[-1].stride + levels[-1].start - (levels[-1].size - 1) / 2
    picture = torch.ones((1, 3, side, side), dtype=torch.float64, requires_grad=True)
    network(picture)[0, :, unit[0], unit[1]].sum().backward()
    assert picture.grad is not None
    touched = picture.grad[0].ne(0).any(0).any(1).nonzero().flatten()
    assert cone(levels)[0] == (touched - touched[0]).tolist()


def test_the_vgg_preset_reads_212() -> None:
    first = BENCH.begin()
    assert (
        first["answer"]
        == "18 layers: one unit sees 212\u00a0px, the output is 7\u00a0x\u00a07, 14.7\u00a0M parameters."
    )
    assert first["levels"][-1]["sees"] == "212"
    assert len(first["presets"]) == len(PRESETS) == 4


@pytest.mark.parametrize(
    ("name", "sizes"),
    [
        ("resnet_stem", (7, 11)),  # facts.md: conv1, max-pool
        ("dilated", (3, 5, 9, 17, 33, 65)),  # Yu and Koltun 2016: 3, 5, 9, 17, 33, 65
        ("mobilenet", (3, 7, 7, 11, 11)),  # by hand
    ],
)
def test_the_other_presets(name: str, sizes: tuple[int, ...]) -> None:
    assert tuple(level.size for level in build(PRESETS[name][1], 224)) == sizes


@pytest.mark.parametrize(
    ("row", "side", "words_"),
    [
        ({"kernel": 7, "padding": 0}, 5, r"Row 1: a 7 x 7 kernel does not fit into 5 x 5 \(padding included\)"),
        ({"kernel": 3, "dilation": 4, "padding": 1}, 5, "with dilation 4 covers 9 x 9 and does not fit into 7 x 7"),
        ({"stride": 0}, 32, "stride must be a whole number from 1 to 512; with 0 the kernel would never move on"),
        ({"kernel": 4, "padding": "same"}, 32, "an even kernel has no middle"),
        ({"kernel": 3, "padding": "same", "stride": 2}, 32, "a stride of 2 cannot. Write 1 instead"),
        ({"groups": 2}, 32, "2 groups do not divide 3 incoming channels"),
        ({"groups": 3, "channels": 64}, 32, "3 groups do not divide 64 outgoing channels"),
        ({"kind": "max", "kernel": 2, "padding": 2}, 32, "half its kernel at most, 1 here"),
        ({"kind": "average", "dilation": 2, "padding": 0}, 32, "knows no dilation"),
        ({"kernel": 3.5}, 32, "kernel must be a whole number"),
        ({"kernel": True}, 32, "kernel must be a whole number"),
        ({"kernel": "3"}, 32, "kernel must be a whole number"),
        ({"padding": -1}, 32, "padding must be a whole number from 0"),
        ({"kind": "rnn"}, 32, "no convolution and no pool"),
        ({"colour": 3}, 32, "no convolution and no pool"),
    ],
)
def test_impossible_rows_are_refused_with_the_reason(row: dict[str, Any], side: int, words_: str) -> None:
    with pytest.raises(SettingError, match=words_):
        build(rows_from([row]), side)
    assert "error" in stack({"rows": [row], "side": side})


@pytest.mark.parametrize(
    "asked",
    [None, [], {"rows": "x"}, {"rows": []}, {"rows": [{}], "side": 0}, {"rows": [{}], "side": 2.5},
     {"rows": [{}] * (ROWS_AT_MOST + 1)}, {"rows": [{}], "side": True}, {"rows": [None]}],
)  # fmt: skip
def test_hostile_questions_are_sentences(asked: Any) -> None:
    answer = stack(asked)
    assert set(answer) == {"error"}
    assert answer["error"].endswith(".")


def test_fifty_rows_with_an_astronomical_field_stay_exact() -> None:
    rows = [{"kernel": 7, "stride": 4, "padding": 3, "channels": 1}] * 50
    answer = stack({"rows": rows, "side": 224})
    exact = 1 + 6 * (4**50 - 1) // 3
    assert f"one unit sees {exact:,}" in answer["answer"]
    assert answer["levels"][-1]["sees"] == "2.53 × 10^30"
    assert "look farther than the picture" in answer["answer"]


@pytest.mark.parametrize(("count", "text"), [(0, "0"), (999_999_999, "999,999,999"), (10**9, "1.00 × 10^9")])
def test_table_numbers_stay_short(count: int, text: str) -> None:
    assert words.short(count) == text
