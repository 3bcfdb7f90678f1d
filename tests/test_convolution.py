"""Convolution against torch, OpenCV and scipy, which share no code with ours; sizes against the networks' own."""

from typing import Any

import cv2
import numpy as np
import pytest
import torch
from scipy.signal import correlate2d
from torch.nn import functional

from cvdemo.convolution import Settings, words
from cvdemo.convolution.arithmetic import (
    correlate,
    output_size,
    pad,
    same_padding,
    span,
    transpose,
    transposed_size,
)
from cvdemo.convolution.sliding import last_dilation, last_stride, size_after
from cvdemo.errors import SettingError

RANDOM = 200


def draw(seed: int) -> dict[str, Any]:
    """Draw one setting: planes, kernel and geometry that fit together."""
    rng = np.random.default_rng(seed)
    groups = int(rng.choice([1, 1, 2, 3]))
    size, dilation = int(rng.integers(1, 8)), int(rng.integers(1, 5))
    padding = int(rng.integers(0, 4))
    least = max(2, span(size, dilation) - 2 * padding, padding + 1)
    height, width = (int(rng.integers(least, least + 24)) for _ in range(2))
    channels, outputs = groups * int(rng.integers(1, 4)), groups * int(rng.integers(1, 3))
    return {
        "planes": rng.uniform(-3, 3, (channels, height, width)),
        "forward": rng.uniform(-2, 2, (outputs, channels // groups, size, size)),
        "backward": rng.uniform(-2, 2, (channels, outputs // groups, size, size)),
        "stride": int(rng.integers(1, 5)),
        "dilation": dilation,
        "padding": padding,
        "groups": groups,
        "mode": rng.choice(["zeros", "mirror"]),
    }


@pytest.mark.parametrize("seed", range(RANDOM))
def test_it_is_torch_s_convolution_in_random_settings(seed: int) -> None:
    drawn = draw(seed)
    padding, mode = drawn["padding"], drawn["mode"]
    ours = correlate(
        pad(drawn["planes"], padding, mode), drawn["forward"], drawn["stride"], drawn["dilation"], drawn["groups"]
    )
    planes = torch.from_numpy(drawn["planes"])[None]
    around = functional.pad(planes, [padding] * 4, "constant" if mode == "zeros" else "reflect")
    theirs = functional.conv2d(
        around, torch.from_numpy(drawn["forward"]), None, drawn["stride"], 0, drawn["dilation"], drawn["groups"]
    )[0].numpy()
    assert ours.shape == theirs.shape
    np.testing.assert_allclose(ours, theirs, atol=1e-5)
    size = drawn["forward"].shape[-1]
    sizes = [
        output_size(count, size, drawn["stride"], padding, drawn["dilation"]) for count in drawn["planes"].shape[1:]
    ]
    assert sizes == list(theirs.shape[1:])


@pytest.mark.parametrize("seed", range(RANDOM))
def test_it_is_torch_s_transposed_convolution_in_random_settings(seed: int) -> None:
    drawn = draw(seed + 10_000)
    size = drawn["backward"].shape[-1]
    padding = min(drawn["padding"], drawn["dilation"] * (size - 1) // 2)
    ours = transpose(drawn["planes"], drawn["backward"], drawn["stride"], drawn["dilation"], padding, drawn["groups"])
    theirs = functional.conv_transpose2d(
        torch.from_numpy(drawn["planes"])[None],
        torch.from_numpy(drawn["backward"]),
        stride=drawn["stride"],
        padding=padding,
        dilation=drawn["dilation"],
        groups=drawn["groups"],
    )[0].numpy()
    np.testing.assert_allclose(ours, theirs, atol=1e-5)
    for count, made in zip(drawn["planes"].shape[1:], theirs.shape[1:], strict=True):
        assert transposed_size(count, size, drawn["stride"], padding, drawn["dilation"]) == made


@pytest.mark.parametrize(("mode", "border"), [("zeros", cv2.BORDER_CONSTANT), ("mirror", cv2.BORDER_REFLECT_101)])
@pytest.mark.parametrize("size", [1, 3, 5, 7])
def test_it_is_opencv_s_filter(mode: Any, border: int, size: int) -> None:
    rng = np.random.default_rng(size)
    plane, kernel = rng.uniform(0, 255, (40, 53)), rng.uniform(-2, 2, (size, size))
    ours = correlate(pad(plane[None], same_padding(size, 1), mode), kernel[None, None])
    np.testing.assert_allclose(ours[0], cv2.filter2D(plane, cv2.CV_64F, kernel, borderType=border), atol=1e-5)


def test_without_padding_it_is_scipy_s_valid_correlation() -> None:
    rng = np.random.default_rng(1)
    plane, kernel = rng.uniform(0, 255, (20, 31)), rng.uniform(-2, 2, (4, 4))
    np.testing.assert_allclose(correlate(plane[None], kernel[None, None])[0], correlate2d(plane, kernel, "valid"))


@pytest.mark.parametrize(
    ("count", "size", "stride", "padding", "dilation", "expected"),
    [
        (32, 3, 1, 1, 1, 32),  # the page's own example
        (224, 7, 2, 3, 1, 112),  # ResNet's stem
        (112, 3, 2, 1, 1, 56),  # and its max-pool
        (224, 11, 4, 2, 1, 55),  # AlexNet's first layer
        (224, 16, 16, 0, 1, 14),  # ViT-B/16's patches
        (7, 7, 1, 0, 1, 1),
        (10**15, 3, 2, 1, 1, 5 * 10**14),  # whole numbers stay exact
    ],
)
def test_the_output_size_formula_gives_known_layers(
    count: int, size: int, stride: int, padding: int, dilation: int, expected: int
) -> None:
    assert output_size(count, size, stride, padding, dilation) == expected


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((32, 3, 0), "stride must be a whole number of at least 1"),
        ((32, 3, 1, -1), "padding must be a whole number of at least 0"),
        ((32, 3, 1, 0, 0), "dilation must be"),
        ((32, 0), "kernel size must be"),
        ((32, 3.0), "kernel size must be"),
        ((32, True), "kernel size must be"),
        ((5, 7), "covers 7 pixels; the picture has only 5, padding included"),
        ((5, 3, 1, 1, 4), "covers 9 pixels; the picture has only 7"),
    ],
)
def test_impossible_sizes_are_refused_with_the_reason(arguments: tuple[Any, ...], sentence: str) -> None:
    with pytest.raises(SettingError, match=sentence):
        output_size(*arguments)


@pytest.mark.parametrize(("size", "dilation"), [(2, 1), (4, 1), (6, 3), (8, 1)])
def test_an_even_kernel_cannot_keep_the_middle(size: int, dilation: int) -> None:
    with pytest.raises(SettingError, match="An even kernel has no middle: 'same' padding would shift the picture"):
        same_padding(size, dilation)


@pytest.mark.parametrize(("size", "dilation"), [(1, 1), (3, 1), (3, 4), (7, 2), (2, 2)])
@pytest.mark.parametrize("count", [9, 32])
def test_same_padding_keeps_the_size(size: int, dilation: int, count: int) -> None:
    layer = torch.nn.Conv2d(1, 1, size, padding="same", dilation=dilation)
    kept = layer(torch.zeros(1, 1, count, count)).shape[-1]
    assert output_size(count, size, 1, same_padding(size, dilation), dilation) == kept == count


@pytest.mark.parametrize("count", [1, 2, 5, 9, 14, 32])
@pytest.mark.parametrize("size", [1, 3, 5, 7])
@pytest.mark.parametrize("padding", ["zeros", "mirror", "none"])
def test_the_sliders_stop_at_the_last_possible_value(count: int, size: int, padding: str) -> None:
    """Torch itself says which of the values 1 to 4 are possible."""

    def possible(dilation: int) -> bool:
        mode = {"zeros": "zeros", "mirror": "reflect", "none": "zeros"}[padding]
        around = 0 if padding == "none" else "same"
        try:
            layer = torch.nn.Conv2d(1, 1, size, padding=around, dilation=dilation, padding_mode=mode)
            layer(torch.zeros(1, 1, count, count))
        except RuntimeError:
            return False
        return True

    values = [dilation for dilation in (1, 2, 3, 4) if possible(dilation)]
    assert last_dilation(count, size, padding) == max(values, default=1)
    assert last_stride(count) == min(4, count)


def test_a_mirror_ends_where_the_picture_does() -> None:
    with pytest.raises(SettingError, match="cannot be mirrored 3 px far"):
        pad(np.zeros((1, 3, 9)), 3, "mirror")


@pytest.mark.parametrize(
    ("channels", "kernel", "groups"), [(3, (1, 1, 3, 3), 1), (4, (3, 2, 3, 3), 2), (3, (2, 1, 3, 3), 3)]
)
def test_channels_that_do_not_fit_are_the_programmer_s_mistake(
    channels: int, kernel: tuple[int, ...], groups: int
) -> None:
    with pytest.raises(ValueError, match="do not fit"):
        correlate(np.zeros((channels, 8, 8)), np.zeros(kernel), groups=groups)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"kernel": "magic"}, "kernel must be one of"),
        ({"kernel": ["sobel_x"]}, "kernel must be one of"),
        ({"stride": 0}, "stride must be a whole number from 1 to 4"),
        ({"stride": 1.5}, "stride must be"),
        ({"stride": True}, "stride must be"),
        ({"dilation": 5}, "dilation must be"),
        ({"dilation": float("nan")}, "dilation must be"),
        ({"padding": "wrap"}, "padding mode must be one of"),
        ({"flip": 1}, "flip is either on or off"),
        ({"groups": 2}, "groups must be one of: 1, 3"),
        ({"groups": 3}, "A grey photo has one channel"),
        ({"kernel": "learned", "groups": 3}, "first layer looks at all three"),
        ({"transposed": True, "padding": "mirror"}, "transposed convolution cuts edges off"),
        ({"filter": -1}, "filter must be"),
        ({"model": 5}, "model must be the name"),
        ({"own": []}, "must be a square of 1 to 7"),
        ({"own": [[1, 2], [3]]}, "must be a square of 1 to 7"),
        ({"own": [[0] * 8] * 8}, "must be a square of 1 to 7"),
        ({"own": "sobel"}, "must be a square of 1 to 7"),
        ({"own": [[float("inf")]]}, "between -1,000 and 1,000"),
        ({"own": [[float("nan")]]}, "between -1,000 and 1,000"),
        ({"own": [["1"]]}, "between -1,000 and 1,000"),
        ({"own": [[1001]]}, "between -1,000 and 1,000"),
    ],
    ids=repr,
)
def test_settings_from_outside_are_checked(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SettingError, match=sentence):
        Settings(**wrong)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (Settings(), 32),
        (Settings(stride=3), 11),
        (Settings(padding="none", dilation=4), 24),
        (Settings(transposed=True, stride=2), 63),
    ],
    ids=repr,
)
def test_the_size_after_a_setting(settings: Settings, expected: int) -> None:
    assert size_after(32, 3, settings) == expected


@pytest.mark.parametrize(
    ("size", "dilation", "said"),
    [
        (3, 1, "Dilation 1: side by side, no gap."),
        (3, 2, "Dilation 2: the nine numbers sit 2 pixels apart and span 5 × 5."),
        (2, 3, "Dilation 3: the four numbers sit 3 pixels apart and span 4 × 4."),
        (7, 4, "Dilation 4: the 49 numbers sit 4 pixels apart and span 25 × 25."),
        (1, 4, "Dilation 4: one number has no neighbours to spread from."),
    ],
)
def test_dilation_is_said_as_torch_does_it(size: int, dilation: int, said: str) -> None:
    assert words.dilated(size, dilation) == said
    seen = torch.zeros(1, 1, 40, 40, requires_grad=True)
    made = functional.conv2d(seen, torch.ones(1, 1, size, size), dilation=dilation)
    (met,) = torch.autograd.grad(made[0, 0, 0, 0], seen)
    columns = met[0, 0].sum(0).nonzero().ravel()
    if size > 1:
        assert int(columns[1] - columns[0]) == dilation
        assert dilation == 1 or said.endswith(f"span {int(columns[-1]) + 1} × {int(columns[-1]) + 1}.")
