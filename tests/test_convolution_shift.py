"""The shift lab: errors against exact cases and plain loops, answers against the classifier's own, words for all."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from app.lab.handlers import handler
from app.tabs import convolution_shift
from app.tabs.convolution_shift import BENCH
from cvdemo import images, models, preprocess, starters
from cvdemo.classify import classify
from cvdemo.convolution import shift_words
from cvdemo.convolution.shift import SHIFTS, Moved, equivariance_error, move, network_runs, pairs, position, strip
from cvdemo.errors import Stopped

CAT = starters.get("cat").path
PAIR = ("mini_resnet", "mini_vit")


@pytest.fixture(scope="module")
def found() -> tuple[Moved, ...]:
    return move(CAT, PAIR)


def circular(strides: tuple[int, ...]) -> nn.Sequential:
    torch.manual_seed(3)
    layers = [nn.Conv2d(3, 3, 3, stride, 1, padding_mode="circular") for stride in strides]
    return nn.Sequential(*[module for layer in layers for module in (layer, nn.ReLU())])


@pytest.mark.parametrize(
    ("strides", "shift", "exact"),
    [
        ((1, 1, 1), 1, True),
        ((1, 1, 1), 7, True),
        ((2, 1), 2, True),
        ((2, 1), 1, False),
        ((2, 2), 4, True),
        ((2, 2), 2, False),
    ],
)
def test_a_circular_stack_follows_exactly_the_multiples_of_its_stride(
    strides: tuple[int, ...], shift: int, exact: bool
) -> None:
    photo = torch.randn(1, 3, 16, 32, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        still, moved = (circular(strides)(part)[0].numpy() for part in (photo, photo.roll(shift, 3)))
    error = equivariance_error(still, moved, shift, 32)
    assert error == pytest.approx(0, abs=1e-6) if exact else error > 0.01


@pytest.mark.parametrize(("width", "cells", "shift"), [(32, 8, 5), (30, 7, 3), (16, 16, 0), (33, 4, 32)])
def test_the_error_is_what_plain_loops_find(width: int, cells: int, shift: int) -> None:
    rng = np.random.default_rng(width)
    still, moved = rng.normal(size=(2, 3, cells)), rng.normal(size=(2, 3, cells))
    difference = size_a = size_b = 0.0
    for channel in range(2):
        for row in range(3):
            for column in range(shift, width):
                a = still[channel, row, (column - shift) * cells // width]
                b = moved[channel, row, column * cells // width]
                difference, size_a, size_b = difference + (b - a) ** 2, size_a + a**2, size_b + b**2
    expected = np.sqrt(difference) / np.sqrt(np.sqrt(size_a) * np.sqrt(size_b))
    assert equivariance_error(still, moved, shift, width) == pytest.approx(expected)


def test_maps_that_cannot_be_compared_are_the_programmer_s_mistake() -> None:
    with pytest.raises(ValueError, match="cannot be compared"):
        equivariance_error(np.zeros((1, 2, 2)), np.zeros((1, 2, 3)), 0, 4)
    with pytest.raises(ValueError, match="cannot be compared"):
        equivariance_error(np.zeros((1, 2, 2)), np.zeros((1, 2, 2)), 4, 4)
    assert equivariance_error(np.zeros((1, 2, 2)), np.zeros((1, 2, 2)), 1, 4) == 0


@pytest.mark.parametrize("name", ["cat", "street", "portrait"])
def test_at_0_the_models_see_what_classify_shows_them(name: str) -> None:
    with models.borrow("mini_resnet") as model:
        photo = images.read(starters.get(name).path, preprocess.needed_side([model.preprocessing]))
        entry = preprocess.prepare(photo, model.preprocessing)
        seen = strip(photo, model.preprocessing)
    apart = np.abs(position(seen, 0).astype(int) - entry.seen.astype(int))
    assert apart[:, 2:-2].max() <= 2 and apart.mean() < 0.5  # the outermost columns lean on the mirror


def test_moving_right_brings_in_what_stood_at_the_left() -> None:
    seen = np.arange(64 + 64, dtype=np.uint8)[None, :, None].repeat(3, 2).repeat(2, 0)
    assert position(seen, 0)[0, :, 0].tolist() == list(range(32, 96))
    assert position(seen, 5)[0, :, 0].tolist() == list(range(27, 91))


def test_the_answers_at_0_are_those_of_classify(found: tuple[Moved, ...]) -> None:
    known = classify(CAT, PAIR)
    for moved, answer in zip(found, known.answers, strict=True):
        best = answer.top(1)[0]
        assert moved.labels[0] == best.label
        assert moved.probabilities[0] == pytest.approx(best.probability, abs=0.01)


def test_the_answer_at_a_shift_is_the_network_s_own(found: tuple[Moved, ...]) -> None:
    for moved in found:
        with models.borrow(moved.model) as model:
            mean, std = (np.array(v, np.float32) for v in (model.preprocessing.mean, model.preprocessing.std))
            entry = (position(moved.strip, 9) / np.float32(255) - mean) / std
            logits = model.run(entry.transpose(2, 0, 1)[None].astype(np.float32))[0].astype(float)
            first = model.labels.index(moved.labels[0])
        chances = np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()
        assert moved.probabilities[9] == pytest.approx(chances[first], abs=1e-4)


def test_every_layer_is_named_and_exact_at_0(found: tuple[Moved, ...]) -> None:
    resnet, vit = found
    assert resnet.layers == ("stem", "stage 1", "stage 2", "stage 3", "stage 4")
    assert resnet.strides == (2, 2, 4, 8, 16) and set(vit.strides) == {8}
    assert vit.layers == tuple(f"block {number}" for number in range(1, 8))
    for one in found:
        assert one.errors.shape == (len(one.layers), 33) and (one.errors[:, 0] == 0).all()
    stem, patches = resnet.errors[0], vit.errors[0]
    assert stem[2] < stem[1] and patches[8] < patches[7]  # a multiple of the stride is better


def test_what_is_known_runs_no_network_again(found: tuple[Moved, ...]) -> None:
    runs = network_runs()
    assert [one.labels for one in move(CAT, PAIR)] == [one.labels for one in found]
    assert network_runs() == runs


def test_a_visitor_can_stop_the_runs() -> None:
    def stop(*step: object) -> None:
        raise Stopped("Stopped.")

    with pytest.raises(Stopped):
        move(starters.get("coffee").path, PAIR, stop)
    with models.borrow("mini_resnet") as model:
        assert not model.network.training


def test_the_sentences_tell_the_measured_numbers(found: tuple[Moved, ...]) -> None:
    plain = [sentence.replace("\u00a0", " ") for sentence in (shift_words.answer(found, n) for n in SHIFTS)]
    resnet, vit = found
    assert plain[0] == f"The CNN keeps its answer at {resnet.kept} of 32 shifts and the ViT at {vit.kept}."
    points = [100 * abs(one.probabilities[6] - one.probabilities[0]) for one in found]
    told = f"changed the CNN's answer by {points[0]:.1f} points and the ViT's by {points[1]:.1f}."
    assert plain[6] == f"Moving the photo by 6 px {told}"
    assert shift_words.layer_note(found, 8).startswith("8 px is a multiple of the stride of stem, stage 1, stage 2 and")
    assert shift_words.layer_note(found, 3) == "3 px does not divide by any stride here."
    assert "2 px does not divide by any stride in Small ViT." in shift_words.layer_note(found, 2)
    assert "every stride in Small ViT" in shift_words.layer_note(found, 16)
    assert shift_words.live(found, 0).startswith(f"At 0 px the CNN says {resnet.labels[0]} (")


RAIL = {"photo": {"id": "starter:cat"}, "point": [1, 1], "tab": "convolution"}


OURS, BLURRED = ({"settings": {"pair": pairs().index(names)}} for names in (PAIR, ("resnet50", "resnetblur50")))


def _last(shown: Any, event: str = "again") -> Any:
    *_, last = handler(BENCH, event)(RAIL, shown)
    return last


def test_the_page_measures_only_when_asked(found: tuple[Moved, ...]) -> None:
    runs = network_runs()
    told = _last(OURS)
    assert len(told["answers"]) == 33 and told["models"][0]["labels"] == list(found[0].labels)
    assert _last(told)["key"] == told["key"] and network_runs() == runs
    heavy = _last({**told, **BLURRED})
    assert heavy["key"] is None and heavy["pairs"][-2]["cost"].startswith("Measure, about ")
    assert heavy["message"] == "These are large: their runs wait for the button."
    assert heavy["speed"] == told["speed"] and network_runs() == runs
    assert heavy["pairs"][-2]["note"].endswith("random weights: ResNet-50 and ResNet-50, blur-pool.")


def test_a_heavy_pair_that_is_shown_stays(monkeypatch: pytest.MonkeyPatch, found: tuple[Moved, ...]) -> None:
    told = _last(OURS)
    monkeypatch.setattr(convolution_shift, "LIGHT_WORK", 0)
    assert _last(told)["key"] == _last(told, "measure")["key"] == told["key"]
    assert _last(OURS)["key"] is None


@pytest.mark.parametrize("pair", [-1, 4, 1.0, True, "0", None])
def test_a_pair_from_a_browser_is_checked(pair: Any) -> None:
    assert "not known here" in _last({"settings": {"pair": pair}})["message"]
