"""Look inside's own sentences over random numbers: ranks, directions, shares, names; each claim is computed anew."""

import math
import re

import numpy as np
import pytest
import torch

from cvdemo import models, starters
from cvdemo.attention import words as attention
from cvdemo.feature_maps import words as feature_maps
from cvdemo.inside import activations
from cvdemo.inside import words as overview
from cvdemo.inside.crop import Crop
from cvdemo.inside.layer_names import named, without_counts
from cvdemo.inside.model_input import Picture
from cvdemo.saliency import by_depth, study, words
from cvdemo.saliency.point import PointHeat, at_point
from cvdemo.similarity import words as similarity
from cvdemo.similarity.patches import Similar

CAT = starters.get("cat").path
ROUNDS = range(300)
NAMES = ("the CNN", "the ViT", "the hybrid")


def _heat(share: float) -> PointHeat:
    return PointHeat(share, 10.0, "below it")


def test_the_headline_ranks_the_point_as_the_maps_do() -> None:
    said: set[str] = set()
    for seed in ROUNDS:
        draw = np.random.default_rng(seed)
        count = int(draw.integers(1, 4))
        names = NAMES[:count]
        shares = draw.choice([0, 0.2, 0.4999, 0.5, 0.51, 0.9, 1, *draw.random(4)], count)
        text = words.answer(names, [_heat(float(one)) for one in shares])
        rank = dict(zip(names, shares.tolist(), strict=True))
        figures = [int(one) for one in re.findall(r"(\d+)\u00a0%", text)]
        floors = {name: math.floor(100 * share + 1e-9) for name, share in rank.items()}
        assert sorted(figures) == sorted(floors.values()), (text, rank)
        form = re.sub(r"[\d]+", "0", text)
        said.add(form)
        if "about equally" in text:
            assert max(shares) - min(shares) < 0.05 and max(shares) >= 0.5 and count > 1
            assert figures == list(floors.values()) and ("both" in text) == (count == 2)
        elif "hardly matters" in text:
            assert max(shares) < 0.5 and ("either" in text) == (count == 2)
            assert figures == list(floors.values())
        else:
            more, _, hardly = text.partition(", hardly ")
            for name, figure in re.findall(r"to (the \w+) \((?:hotter than )?(\d+)", text):
                assert floors[name] == int(figure)
            assert re.search(r"matters to (the \w+)", text).group(1) in [n for n in names if rank[n] == max(shares)]  # type: ignore[union-attr]
            if count == 2:
                assert ", less to " in text and max(shares) - min(shares) >= 0.05
            for name in names:
                assert name not in hardly or rank[name] < 0.5
                assert name not in more or rank[name] >= 0.5 or count == 2
    assert len(said) >= 6, said


def test_a_dark_map_and_no_classes_are_told() -> None:
    both = words.answer(NAMES[:2], [_heat(0.8), None])
    assert both.startswith("Your point matters to the CNN ")
    assert both.endswith(" No place of this layer holds up the word for the ViT.")
    assert words.answer(NAMES[:1], [None]) == "No place of this layer holds up the word for the CNN."
    assert words.answer([], []) == words.NO_CLASSES
    assert words.at_point(None, "cat") == "No place of this layer speaks for cat."


def _picture(draw: np.random.Generator) -> Picture:
    """A picture of 32 x 32 pixels, cut out of a photo of random size; its pixels do not matter."""
    wide, high = (int(one) for one in draw.integers(40, 400, 2))
    edge = int(draw.integers(20, min(wide, high) + 1))
    crop = Crop((wide - edge) / 2, (high - edge) / 2, edge, edge)
    return Picture("", np.zeros((1, 3, 32, 32), np.float32), np.zeros((32, 32, 3), np.uint8), crop, (wide, high), None)  # type: ignore[arg-type]


def test_a_point_s_heat_is_that_of_torch_s_bilinear_map_laid_over_the_photo() -> None:
    seen: set[str] = set()
    for seed in ROUNDS:
        draw = np.random.default_rng(seed)
        picture = _picture(draw)
        values = (draw.random((4, 4)) * (draw.random((4, 4)) < draw.choice([0.3, 1]))).astype(np.float32)
        wide, high = picture.photo_wh
        point = (int(draw.integers(high)), int(draw.integers(wide)))
        found = at_point(picture, values, point)
        if not values.any():
            assert found is None
            continue
        assert found is not None
        drawn = torch.nn.functional.interpolate(torch.from_numpy(values)[None, None], size=(32, 32), mode="bilinear")[
            0, 0
        ].numpy()
        crop = picture.crop
        row, column = (
            (at + 0.5 - low) / crop.width * 32 - 0.5 for at, low in zip(point, (crop.top, crop.left), strict=True)
        )
        inside = -1 <= row <= 32 and -1 <= column <= 32
        value = drawn[min(31, max(0, round(row))), min(31, max(0, round(column)))] if found.seen else 0.0
        assert found.seen <= inside
        share = crop.width**2 / (wide * high) * float((drawn < value - 1e-6).mean()) + (
            1 - crop.width**2 / (wide * high)
        ) * (value > 0)
        assert found.hotter_than == pytest.approx(share, abs=2 / 32**2 + 1e-6), seed
        places = np.argwhere(drawn >= drawn.max() - 1e-6)
        photo = (places + 0.5) / 32 * crop.width + [crop.top, crop.left] - 0.5
        away = np.hypot(*(photo - point).T)
        assert found.hottest_px == pytest.approx(away.min(), abs=0.01)
        text = words.at_point(found, "cat")
        seen.add(found.toward)
        if "the hottest of all" in text:
            assert away.min() < 1
            continue
        down, right = photo[away.argmin()] - point
        if "right" in found.toward:
            assert right > 0
        if "left" in found.toward:
            assert right < 0
        if "above" in found.toward:
            assert down < 0
        if "below" in found.toward:
            assert down > 0
        if found.toward in ("to its right", "to its left"):
            assert abs(right) > 2 * abs(down)
        assert f"hottest {away.min():.0f}\u00a0px {found.toward}" in text
        assert ("cut off" in text) == (not found.seen)
    assert len(seen) == 8


def test_other_sentences_say_their_numbers() -> None:
    for seed in ROUNDS:
        draw = np.random.default_rng(seed)
        here, mean = (draw.normal(0, 10 ** draw.uniform(-3, 4), 2)).tolist()
        text = feature_maps.tile(256, here, mean).replace("\u2212", "-").replace(",", "")
        told = [float(one) for one in re.findall(r"-?\d+(?:\.\d+)?", text)][1:]
        assert told == pytest.approx([here, mean], abs=0.0051 + 0.5 * (max(abs(here), abs(mean)) > 99)), text
        cosines = draw.uniform(-1, 1, (5, 6)).astype(np.float32)
        share = float(re.findall(r"[\d.]+", similarity.tile(Similar(cosines, (0, 0), (1, 1))))[0])
        assert share == pytest.approx(100 * sum(one > 0.7 for one in cosines.ravel().tolist()) / 30, abs=0.051)
        far = float(draw.uniform(0, 900))
        assert attention.tile(6, far).startswith(f", mean of 6 heads. It looks {far:.0f} px away")
        shares = draw.random(2).tolist()
        halves = words.halves(list(zip(NAMES, shares, strict=False)))
        assert halves is not None
        assert [float(one) for one in re.findall(r"([\d.]+)\u00a0%", halves)] == pytest.approx(
            [100 * one for one in shares], abs=0.051
        )
    assert feature_maps.deviations(3.14) == "3.1 standard deviations above its mean here"
    assert feature_maps.value(-0.001) == "0.00"


def test_the_columns_name_the_families_that_are_there() -> None:
    assert overview.reached(["CNN"], ["ViT"]) == "What looks the same (CNN), what it looks at (ViT)."
    assert overview.reached(["CNN"], []) == "What looks the same."
    assert overview.reached([], ["ViT", "hybrid"]) == "What it looks at."
    assert overview.matters(["cat", "cat"]) == "Bright places hold up the word \u201ccat\u201d (saliency)."
    assert "each model\u2019s own word" in overview.matters(["cat", "dog"])
    assert "No chosen model has classes" in overview.matters([])


RESNET = ["conv1", "maxpool", *(f"layer{stage}.{block}" for stage in (1, 2, 3, 4) for block in (0, 1))]
LAYERS = [
    ("ResNet", RESNET, ["layer4.1", "layer4.1.conv1"], "stage 4 of 4, block 2 of 2"),
    ("its stem", RESNET, ["maxpool"], "stem, layer 2 of 2"),
    ("ViT", ["patch_embed", "blocks.0", "blocks.1", "norm"], ["blocks.1"], "block 2 of 2"),
    ("its patches", ["patch_embed", "blocks.0", "blocks.1", "norm"], ["patch_embed"], "patches"),
    ("its end", ["patch_embed", "blocks.0", "blocks.1", "norm"], ["norm"], "last normalisation"),
    ("DINOv2, with a text model beside", ["text.encoder.layer.0", "x.encoder.layer.0", "x.encoder.layer.1"],
     ["x.encoder.layer.0"], "block 1 of 2"),
    ("Swin", ["patch_embed", "layers.0.blocks.0", "layers.0.blocks.1", "layers.1.downsample", "layers.1.blocks.0"],
     ["layers.0.blocks.1"], "stage 1 of 2, block 2 of 2"),
    ("its downsampling", ["patch_embed", "layers.0.blocks.0", "layers.1.downsample", "layers.1.blocks.0"],
     ["layers.1.downsample"], "stage 2 of 2, downsampling"),
    ("EfficientNet", ["conv_stem", "blocks.0.0", "blocks.1.0", "blocks.1.1", "conv_head"], ["conv_head"], "last layer"),
    ("GoogLeNet", ["conv1", "inception3a", "inception3b", "maxpool3", "inception4a"], ["maxpool3"],
     "after stage 1 of 2"),
    ("AlexNet", ["features.0", "features.2", "features.3"], ["features.3"], "layer 3 of 3"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "paths", "asked", "label"), LAYERS, ids=[row[0] for row in LAYERS])
def test_layers_are_called_what_people_call_them(case: str, paths: list[str], asked: list[str], label: str) -> None:
    told = named(paths, paths, frozenset({"norm"}))
    assert told[paths.index(asked[0])] == label
    assert len(set(told)) == len(told)


def test_an_old_label_finds_its_layer_as_before() -> None:
    assert without_counts("stage 3 of 4, block 6 of 18") == "stage 3, block 6"


@pytest.mark.parametrize("name", ["mini_resnet", "mini_vit"])
def test_maps_of_every_layer_are_those_of_the_gradcam_package(name: str) -> None:
    from pytorch_grad_cam import GradCAM
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    seen, found = activations.forward_pass(CAT, name), study.explain(CAT, name, 7)
    made = by_depth.explain_layers(found, seen.stops)
    runs = activations.network_runs()
    assert by_depth.explain_layers(found, seen.stops) is made and activations.network_runs() == runs
    for stop in (2, 5, len(seen.stops) - 3):
        with models.borrow(name) as ready:
            place = seen.stops[stop]
            module = ready.network.get_submodule(place.name)

            def patches(tensor: torch.Tensor) -> torch.Tensor:
                kept = tensor[:, place.prefix :]  # noqa: B023
                return kept.transpose(1, 2).reshape(1, -1, *place.hw)  # noqa: B023

            with GradCAM(
                ready.network, [module], reshape_transform=patches if place.layout == "tokens" else None
            ) as cam:
                for parameter in ready.network.parameters():
                    parameter.requires_grad_(False)
                score = ClassifierOutputTarget(7) if found.centred is None else (lambda row: row[7] - row.mean())
                theirs = cam(torch.from_numpy(found.picture.array).requires_grad_(True), [score])[0]
        ours = made.maps["gradcam"][stop]
        assert ours is not None
        wide = torch.nn.functional.interpolate(
            torch.from_numpy(ours)[None, None], size=found.picture.size_hw, mode="bilinear"
        )[0, 0].numpy()
        wide = (wide - wide.min()) / (1e-7 + np.ptp(wide)) if ours.any() else wide
        np.testing.assert_allclose(wide, theirs, atol=0.02)


def test_where_the_last_map_is_its_own_layer_the_last_depth_shows_the_same() -> None:
    seen, found = activations.forward_pass(CAT, "mini_resnet"), study.explain(CAT, "mini_resnet")
    made = by_depth.explain_layers(found, seen.stops)
    last = made.maps["gradcam"][-1]
    assert last is not None
    np.testing.assert_allclose(last, study.map_of(found, "gradcam"), atol=1e-6)
    vit, told = activations.forward_pass(CAT, "mini_vit"), study.explain(CAT, "mini_vit")
    assert by_depth.explain_layers(told, vit.stops).maps["gradcam"][-1] is None, "the class token reads no patch there"
