"""Model input against timm's own evaluation transform, which shares no code with ours."""

import io
import itertools
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from timm.data import create_transform

from cvdemo import images
from cvdemo.preprocess import ModelInput, Preprocessing, from_timm, needed_side, prepare
from tests import bad_files as files

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def config(side: int | tuple[int, int] = 224, share: float = 0.875, **others: object) -> dict[str, object]:
    size = (side, side) if isinstance(side, int) else side
    return {
        "input_size": (3, *size), "crop_pct": share, "interpolation": "bicubic", "crop_mode": "center", "mean": MEAN,
        "std": STD,
    } | others  # fmt: skip


def photo_of(pixels: np.ndarray) -> images.Photo:
    return images.Photo(pixels, (pixels.shape[1], pixels.shape[0]), "", "PNG", 1)


def noisy_scene(width: int, height: int) -> np.ndarray:
    noise = np.random.default_rng(7).integers(-25, 26, (height, width, 3))
    return (files.scene(width, height) + noise).clip(0, 255).astype(np.uint8)


def by_timm(pixels: np.ndarray | Image.Image, settings: dict[str, object]) -> np.ndarray:
    image = Image.fromarray(pixels) if isinstance(pixels, np.ndarray) else pixels
    return create_transform(**settings, is_training=False)(image)[None].numpy()  # type: ignore[arg-type]


def levels_apart(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return the absolute difference in levels of 0..255 before normalisation."""
    return np.abs(one - other) * np.reshape(STD, (1, 3, 1, 1)) * 255


SIZES = [(451, 300), (300, 451), (500, 500), (640, 427), (1023, 767), (224, 224), (31, 47), (7, 600), (1, 1)]


@pytest.mark.parametrize("wh", SIZES, ids=str)
@pytest.mark.parametrize("mode", ["center", "squash"])
@pytest.mark.parametrize("interpolation", ["bicubic", "bilinear"])
def test_unreduced_photos_come_out_as_timm_has_them(wh: tuple[int, int], mode: str, interpolation: str) -> None:
    pixels = noisy_scene(*wh)
    for side, share in ((64, 0.875), (64, 1.0), (224, 0.875), (224, 0.95), (384, 1.0), ((240, 320), 0.9)):
        settings = config(side, share, crop_mode=mode, interpolation=interpolation)
        ours = prepare(photo_of(pixels), from_timm(settings))
        difference = levels_apart(ours.array, by_timm(pixels, settings))
        assert difference.max() < 2.01 and difference.mean() < 0.2, (side, share)


@pytest.mark.parametrize("wh", [(1024, 768), (1021, 767), (1600, 1207)], ids=str)
@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_reduced_jpeg_stays_below_the_noise_of_resampling(
    tmp_path: Path, wh: tuple[int, int], orientation: int
) -> None:
    """Decoding at a half or a quarter changes less than bilinear instead of bicubic would."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = files.encode(noisy_scene(*wh), "JPEG", quality=92, exif=exif)
    (tmp_path / "photo").write_bytes(data)
    whole = images.read(tmp_path / "photo").pixels
    for side, share in itertools.product((64, 96, 160), (0.875, 1.0)):
        settings = config(side, share)
        preprocessing = from_timm(settings)
        reduced = images.read(tmp_path / "photo", needed_side([preprocessing]))
        assert reduced.pixels.size < whole.size / 3
        ours, theirs = prepare(reduced, preprocessing).array, by_timm(whole, settings)
        other = by_timm(whole, settings | {"interpolation": "bilinear"})
        assert levels_apart(ours, theirs).mean() < min(1.1, levels_apart(other, theirs).mean())


@pytest.mark.parametrize(
    ("wh", "settings", "crop_xyxy", "cut_off"),
    [
        pytest.param((400, 300), config(224, 1.0), (50, 0, 350, 300), 0.25, id="wide"),
        pytest.param((300, 400), config(224, 1.0), (0, 50, 300, 350), 0.25, id="tall"),
        pytest.param((400, 400), config(224, 1.0), (0, 0, 400, 400), 0.0, id="square, all of it"),
        pytest.param((256, 256), config(224, 0.875), (16, 16, 240, 240), 1 - 0.875**2, id="square, 0.875"),
        pytest.param((512, 256), config(224, 1.0, crop_mode="squash"), (0, 0, 512, 256), 0.0, id="squashed"),
        pytest.param((2000, 20), config(64, 1.0), (990, 0, 1010, 20), 0.99, id="very wide"),
    ],
)
def test_the_crop_is_told_in_pixels_of_the_photo(
    wh: tuple[int, int], settings: dict[str, object], crop_xyxy: tuple[float, ...], cut_off: float
) -> None:
    prepared = prepare(photo_of(files.scene(*wh)), from_timm(settings))
    assert prepared.crop_xyxy == pytest.approx(crop_xyxy, abs=0.5)  # timm rounds the resized size
    assert prepared.cut_off == pytest.approx(cut_off, abs=2e-3)


def test_the_crop_of_a_reduced_photo_is_that_of_the_whole_one(tmp_path: Path) -> None:
    (tmp_path / "photo").write_bytes(files.encode(files.scene(1003, 751), "JPEG"))
    preprocessing = from_timm(config(64))
    whole, reduced = (prepare(images.read(tmp_path / "photo", side), preprocessing) for side in (None, 128))
    assert whole.crop_xyxy == reduced.crop_xyxy and whole.cut_off == reduced.cut_off


def test_the_array_is_what_was_seen_normalised() -> None:
    prepared = prepare(photo_of(noisy_scene(90, 70)), from_timm(config((48, 64))))
    assert prepared.seen.shape == (48, 64, 3) and prepared.seen.dtype == np.uint8
    assert prepared.array.shape == (1, 3, 48, 64) and prepared.array.dtype == np.float32
    assert prepared.array.flags.c_contiguous and prepared.array.flags.writeable
    expected = (prepared.seen / 255.0 - MEAN) / STD
    assert np.allclose(prepared.array[0].transpose(1, 2, 0), expected, atol=1e-5)


@pytest.mark.parametrize("wh", [(1, 1), (2, 2), (100, 1), (1, 100), (3, 2)])
def test_tiny_photos_work(wh: tuple[int, int]) -> None:
    assert np.isfinite(prepare(photo_of(files.scene(*wh)), from_timm(config())).array).all()


def test_needed_side_is_nearly_twice_the_largest_resize() -> None:
    small, large, oblong = from_timm(config(64)), from_timm(config(224)), from_timm(config((240, 320), 1.0))
    assert needed_side([small]) == 142
    assert needed_side([small, large]) == 499
    assert needed_side([oblong]) == 624
    assert needed_side([from_timm(config(384, 1.0))]) < 3000 / 4


def test_timm_fills_what_a_config_leaves_out() -> None:
    given = from_timm({"input_size": (3, 32, 48), "mean": MEAN, "std": STD})
    assert given == Preprocessing((32, 48), 0.875, "center", "bilinear", MEAN, STD)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"input_size": (1, 28, 28)}, "input_size must have 3 channels, got 1"),
        ({"input_size": (3, 0, 28)}, "size_hw must be at least 1 x 1"),
        ({"crop_pct": 1.15}, "crop_share must be above 0 and at most 1, got 1.15"),
        ({"crop_pct": -1}, "crop_share must be above 0"),
        ({"crop_pct": float("nan")}, "crop_share must be above 0"),
        ({"crop_mode": "border"}, 'crop_mode must be "center" or "squash"'),
        ({"interpolation": "lanczos"}, 'interpolation must be "bicubic" or "bilinear"'),
        ({"std": (1.0, 0.0, 1.0)}, "std above 0"),
        ({"mean": (0.5,)}, "mean and std must have 3 values"),
    ],
)
def test_a_config_that_we_cannot_follow_is_refused(change: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        from_timm(config() | change)


def test_an_input_of_two_sizes_is_refused() -> None:
    with pytest.raises(ValueError, match=r"array must be \(1, 3, h, w\) of seen"):
        ModelInput(np.zeros((1, 3, 4, 4), np.float32), np.zeros((4, 5, 3), np.uint8), (0, 0, 1, 1), 0.0)


def test_the_whole_way_agrees_with_timm_on_a_file(tmp_path: Path) -> None:
    data = files.encode(noisy_scene(451, 300), "JPEG", quality=90)
    (tmp_path / "photo").write_bytes(data)
    preprocessing = from_timm(config())
    ours = prepare(images.read(tmp_path / "photo", needed_side([preprocessing])), preprocessing)
    theirs = by_timm(Image.open(io.BytesIO(data)).convert("RGB"), config())
    assert levels_apart(ours.array, theirs).max() < 2.01
