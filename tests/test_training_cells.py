"""Training pictures keep their boxes on their cells, and a stopped training goes on as if nothing had been."""

from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from numpy.random import default_rng
from PIL import Image
from safetensors.numpy import load_file

from cvdemo import catalogue, weights
from training import detector, mosaic
from training.cells import Scene, load
from training.detector import DetectorRecipe, collated, train
from training.mosaic import picture, turned, window

SIDE = 64
COLOURS = ((250, 0, 0), (0, 250, 0), (0, 0, 250))


def _scene(seed: int, size_wh: tuple[int, int] = (96, 72)) -> Scene:
    """Return a black photo with three boxes of three classes, each in its own colour."""
    random = default_rng(seed)
    pixels = np.zeros((size_wh[1], size_wh[0], 3), np.uint8)
    boxes = np.zeros((3, 4), np.float32)
    for number in range(3):
        x, y = 32 * number + random.integers(0, 8), random.integers(0, 40)
        boxes[number] = x, y, x + random.integers(14, 22), y + random.integers(14, 30)
        x0, y0, x1, y1 = boxes[number].astype(int)
        pixels[y0:y1, x0:x1] = COLOURS[number]
    return Scene(str(seed), pixels, boxes, np.arange(3, dtype=np.int32))


def _painted(pixels: np.ndarray, kind: int) -> list[int]:
    """Return the box around all pixels of a class's colour."""
    others = [channel for channel in range(3) if channel != kind]
    rows, columns = np.nonzero((pixels[..., kind] > 140) & (pixels[..., others].max(axis=2) < 110))
    return [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]


@pytest.mark.parametrize("seed", range(8))
def test_boxes_turn_with_the_photo(seed: int) -> None:
    scene = turned(_scene(seed), default_rng(seed))
    assert sorted(scene.pixels.shape[:2]) == [72, 96]
    for box, kind in zip(scene.boxes_xyxy, scene.classes, strict=True):
        assert _painted(scene.pixels, kind) == box.tolist()


def test_all_eight_ways_to_lay_a_photo_down_occur() -> None:
    scene = _scene(0)
    assert len({turned(scene, default_rng(seed)).pixels.tobytes() for seed in range(80)}) == 8


@pytest.mark.parametrize("scale", [0.5, 1.0, 1.7])
@pytest.mark.parametrize("seed", range(4))
def test_boxes_lie_on_what_a_window_shows_of_them(seed: int, scale: float) -> None:
    part = window(_scene(seed), (60, 50), scale, default_rng(seed))
    assert part.pixels.shape == (50, 60, 3)
    for box, kind in zip(part.boxes_xyxy, part.classes, strict=True):
        assert np.abs(np.array(_painted(part.pixels, kind)) - box).max() <= 1.5


def test_what_is_left_of_a_cell_at_an_edge_is_no_cell() -> None:
    thin = Scene(
        "", np.zeros((50, 50, 3), np.uint8), np.array([[0, 0, 3, 40], [0, 0, 40, 40]], np.float32), np.arange(2)
    )
    assert window(thin, (50, 50), 1.0, default_rng(0)).classes.tolist() == [1]
    parts = [window(thin, (30, 30), 1.0, default_rng(seed)) for seed in range(50)]
    assert all((part.boxes_xyxy[:, 2:] - part.boxes_xyxy[:, :2]).min() >= 4 for part in parts if len(part.classes))
    assert {len(part.classes) for part in parts} == {0, 1}  # what shows a fifth of it does not count


@pytest.mark.parametrize("mixed", [False, True], ids=["one photo", "mosaic"])
def test_a_training_picture_is_the_same_for_the_same_seed_and_its_boxes_lie_inside(mixed: bool) -> None:
    scenes = [_scene(seed) for seed in range(4)]
    one, two, other = (picture(scenes, 0, SIDE, mixed, default_rng(seed)) for seed in (5, 5, 6))
    assert np.array_equal(one.pixels, two.pixels)
    assert not np.array_equal(one.pixels, other.pixels)
    assert one.pixels.shape == (SIDE, SIDE, 3)
    assert (one.boxes_xyxy.min() >= 0, one.boxes_xyxy.max() <= SIDE) == (True, True)
    batch = collated([one, other])
    assert batch["batch_idx"].tolist() == [0.0] * len(one.classes) + [1.0] * len(other.classes)
    x, y, width, height = (SIDE * batch["bboxes"][0]).tolist()
    assert [x - width / 2, y - height / 2, x + width / 2, y + height / 2] == pytest.approx(one.boxes_xyxy[0], abs=1e-3)


def test_an_edge_of_a_mosaic_never_mixes_photos() -> None:
    white = Scene("", np.full((40, 40, 3), 255, np.uint8), np.zeros((0, 4), np.float32), np.zeros(0, np.int32))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mosaic, "recoloured", lambda pixels, _: pixels)
        seen = picture([white], 0, SIDE, True, default_rng(1))
    assert set(np.unique(seen.pixels)) <= {mosaic.GREY, 255} | set(range(mosaic.GREY, 256))
    assert seen.boxes_xyxy.shape == (0, 4)


VOC = "<annotation><size><width>96</width><height>72</height><depth>3</depth></size>{}</annotation>"
CELL = "<object><name>{}</name><bndbox><xmin>{}</xmin><ymin>{}</ymin><xmax>{}</xmax><ymax>{}</ymax></bndbox></object>"
NAMES = ("RBC", "WBC", "Platelets")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A zip of two training photos and one for validation, laid out as the data set is."""
    with ZipFile(tmp_path / "cells.zip", "w") as archive:
        for number, split in enumerate(("train", "train", "val")):
            scene = _scene(number)
            file = tmp_path / "photo.png"
            Image.fromarray(scene.pixels).save(file)
            archive.write(file, f"cells/{split}/images/{number}.png")
            cells = [
                CELL.format(NAMES[k], *b.astype(int)) for b, k in zip(scene.boxes_xyxy, scene.classes, strict=True)
            ]
            archive.writestr(f"cells/{split}/annotations/{number}.xml", VOC.format("".join(cells)))
        archive.writestr("cells/LICENSE", "MIT")
    return tmp_path / "cells.zip"


def test_photos_and_boxes_come_out_of_a_zip_or_a_folder(data: Path, tmp_path: Path) -> None:
    train_scenes, val_scenes = load(data)
    assert ([scene.name for scene in train_scenes], [scene.name for scene in val_scenes]) == (["0", "1"], ["2"])
    assert np.allclose(val_scenes[0].boxes_xyxy, _scene(2).boxes_xyxy, atol=1.01)  # VOC counts pixels from 1
    assert val_scenes[0].classes.tolist() == [0, 1, 2]
    with ZipFile(data) as archive:
        archive.extractall(tmp_path / "folder")
    again, _ = load(tmp_path / "folder")
    assert np.array_equal(again[1].pixels, train_scenes[1].pixels)
    with pytest.raises(FileNotFoundError, match="must hold"):
        load(tmp_path / "folder" / "cells" / "val")


def test_a_stopped_training_goes_on_as_if_nothing_had_been(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(detector, "BLOOD_CELLS_SIDE", SIDE)
    recipe = DetectorRecipe(stages=((2, 64), (1, 96)), plain_epochs=1, batch_size=2)
    train(data, tmp_path / "runs", tmp_path / "whole", recipe)
    save, saved = detector._save, []

    def stop(*arguments: object) -> None:
        save(*arguments)  # type: ignore[arg-type]
        saved.append(arguments)
        if len(saved) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(detector, "_save", stop)
    with pytest.raises(KeyboardInterrupt):
        train(data, tmp_path / "stopped", tmp_path / "parts", recipe)
    train(data, tmp_path / "stopped", tmp_path / "parts", recipe)
    assert len(saved) == 3
    whole, parts = (load_file(tmp_path / name / f"{detector.NAME}.safetensors") for name in ("whole", "parts"))
    assert all(np.array_equal(whole[name], parts[name]) for name in whole)
    assert {array.dtype for array in whole.values()} == {np.dtype("float16"), np.dtype("int64")}
    monkeypatch.setattr(catalogue, "WEIGHTS_FOLDER", tmp_path / "parts")
    card = weights.detector_card(detector.NAME)
    assert card is not None
    assert (card.validation_photos, card.recipe[:8], card.labels, set(card.ap50)) == (1, "3 epochs", NAMES, set(NAMES))
    assert 0 <= card.map50_95 <= card.map50 <= 1
    assert weights.card(detector.NAME) is None  # that one speaks of classifiers
