"""A photo in tiles: every pixel is seen, boxes come in the photo's own pixels, small objects are found, Stop stops."""

import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageOps

from cvdemo import compute, images, models, starters
from cvdemo.detect import Candidates, Settings, suppress
from cvdemo.detect import find as module
from cvdemo.detect.borders import border_duplicates
from cvdemo.detect.find import detector_runs, find
from cvdemo.detect.result import CANDIDATE_LIMIT, WHOLE
from cvdemo.detect.tiles import TileProgress, View
from cvdemo.errors import ModelUnavailable, SettingError, Stopped
from cvdemo.images import OpenedPhoto, Photo
from cvdemo.loading.boxes import RawBoxes
from cvdemo.results import Results

STREET = starters.get("street").path
PORTRAIT = starters.get("portrait").path
SIZES = [(1, 1), (1, 100), (100, 1), (2, 2), (3, 2), (2, 150), (7, 5), (101, 67), (641, 479), (900, 720)]


@pytest.fixture(autouse=True)
def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start with no results."""
    monkeypatch.setattr(module, "_candidates", Results())


def bright_squares(pixels: NDArray[np.uint8]) -> RawBoxes:
    """Find bright things exactly; like a network of a fixed size, none below 1/32 of what it is shown.

    What touches the edge of the picture may be cut there, so it scores less.
    """
    height, width = pixels.shape[:2]
    _, _, stats, _ = cv2.connectedComponentsWithStats((pixels[..., 0] > 128).astype(np.uint8))
    x, y, w, h = stats[1:, :4].T
    boxes = np.stack([x, y, x + w, y + h], axis=1)
    cut = (x == 0) | (y == 0) | (x + w == width) | (y + h == height)
    large = np.maximum(w, h) >= max(height, width) / 32
    scores = np.where(cut, 0.6, 0.9).astype(np.float32)
    return raw(boxes[large], scores[large])


def raw(boxes: NDArray[np.integer], scores: NDArray[np.float32]) -> RawBoxes:
    classes = np.zeros(len(scores), np.int32)
    return RawBoxes(boxes.astype(np.float32), scores, classes, ("square",), None, 1.0, 2.0)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[NDArray[np.uint8]]:
    """Let every detector look for bright squares; the list fills with what it was shown."""
    return answers(monkeypatch, bright_squares)


def answers(
    monkeypatch: pytest.MonkeyPatch, detect: Callable[[NDArray[np.uint8]], RawBoxes]
) -> list[NDArray[np.uint8]]:
    seen: list[NDArray[np.uint8]] = []

    def run(pixels: NDArray[np.uint8]) -> RawBoxes:
        seen.append(pixels)
        return detect(pixels)

    monkeypatch.setattr(models, "borrow_detector", lambda *_: nullcontext(SimpleNamespace(run=run, graph=None)))
    return seen


def picture(folder: Path, size_wh: tuple[int, int], squares: list[tuple[int, int, int]] = []) -> Path:  # noqa: B006
    """Draw bright squares (left, top, side) on black."""
    pixels = np.zeros((size_wh[1], size_wh[0], 3), np.uint8)
    for left, top, side in squares:
        pixels[top : top + side, left : left + side] = 255
    file = folder / f"{size_wh[0]}x{size_wh[1]}.png"
    Image.fromarray(pixels).save(file)
    return file


def small(photo: Path, side: int, folder: Path) -> Path:
    """Return a copy with fewer pixels, and so fewer windows."""
    file = folder / "small.png"
    image = Image.open(photo).convert("RGB")
    image.thumbnail((side, side))
    image.save(file)
    return file


def boxes_of(found: Candidates, tile: int) -> list[list[float]]:
    assert found.tile is not None
    return found.boxes_xyxy[found.tile == tile].tolist()


# In 900 x 720 pixels two tiles along each side are 500 x 400 and begin at 0 and 400, 0 and 320: by hand.
ALONE, TWICE, CORNER, CUT, LARGE = (100, 100, 20), (440, 100, 20), (440, 350, 20), (390, 600, 20), (600, 600, 80)


def test_small_squares_are_found_in_tiles_only_and_each_where_it_lies(tmp_path: Path, shown: list) -> None:
    file = picture(tmp_path, (900, 720), [ALONE, TWICE, CORNER, CUT, LARGE])
    assert find(file, "yolov8n")[0].boxes_xyxy.tolist() == [[600, 600, 680, 680]]
    found, _ = find(file, "yolov8n", tiles=2)
    assert found.tiles_xyxy is not None
    assert found.tiles_xyxy.tolist() == [[0, 0, 500, 400], [400, 0, 900, 400], [0, 320, 500, 720], [400, 320, 900, 720]]
    assert boxes_of(found, WHOLE) == [[600, 600, 680, 680]]
    assert sorted(boxes_of(found, 0)) == [[100, 100, 120, 120], [440, 100, 460, 120], [440, 350, 460, 370]]
    assert sorted(boxes_of(found, 1)) == [[440, 100, 460, 120], [440, 350, 460, 370]]
    assert sorted(boxes_of(found, 2)) == [[390, 600, 410, 620], [440, 350, 460, 370]]
    assert sorted(boxes_of(found, 3)) == [[400, 600, 410, 620], [440, 350, 460, 370], [600, 600, 680, 680]]
    assert (found.runs, found.found, len(found.scores), found.size_wh) == (5, 11, 11, (900, 720))
    assert found.tile is not None
    assert (found.tile.dtype, found.tiles_xyxy.dtype) == (np.int16, np.float32)
    assert np.all(np.diff(found.scores) <= 0)
    assert (found.preprocess_ms, found.network_ms) == (5, 10)


@pytest.mark.parametrize(
    ("square", "before", "after"),
    [(ALONE, 1, 1), (TWICE, 2, 1), (CORNER, 4, 1), (CUT, 2, 1), (LARGE, 2, 1), ((880, 700, 20), 1, 1)],
    ids=[
        "in one tile",
        "in two",
        "in four",
        "cut by one's edge",
        "in one and in the whole photo",
        "at the photo's edge",
    ],
)
def test_a_square_on_a_border_comes_once_for_each_tile_and_stays_once(
    tmp_path: Path, shown: list, square: tuple[int, int, int], before: int, after: int
) -> None:
    found, _ = find(picture(tmp_path, (900, 720), [square]), "yolov8n", tiles=2)
    seen = border_duplicates(found, Settings(iou=0.45))
    assert (len(seen.before), len(seen.after), len(seen.duplicates)) == (before, after, before - after)
    left, top, side = square
    assert found.boxes_xyxy[seen.after].tolist() == [[left, top, left + side, top + side]]
    ledger = suppress(found.boxes_xyxy, found.scores, found.class_ids, found.acting(Settings(iou=0.45)))
    assert ledger.kept.tolist() == seen.after.tolist()
    assert (ledger.by[seen.duplicates] == seen.removers).all()


@pytest.mark.parametrize("tiles", [2, 3])
@pytest.mark.parametrize("size_wh", SIZES, ids=str)
def test_every_pixel_is_in_a_tile_and_neighbours_share_a_fifth(
    tmp_path: Path, shown: list, size_wh: tuple[int, int], tiles: int
) -> None:
    found, _ = find(picture(tmp_path, size_wh), "yolov8n", tiles=tiles)
    assert found.runs == len(shown) <= tiles * tiles + 1
    if found.tiles_xyxy is None:  # one tile would be the photo itself
        assert (max(size_wh) <= tiles, found.tile, found.runs) == (True, None, 1)
        return
    seen = np.zeros(size_wh[::-1], int)
    for (left, top, right, bottom), pixels in zip(found.tiles_xyxy.astype(int), shown[1:], strict=True):
        assert 0 <= left < right <= size_wh[0]
        assert 0 <= top < bottom <= size_wh[1]
        assert pixels.shape == (bottom - top, right - left, 3)
        seen[top:bottom, left:right] += 1
    assert seen.min() >= 1
    assert len(np.unique(found.tiles_xyxy, axis=0)) == len(found.tiles_xyxy) == found.runs - 1
    if min(size_wh) > 2 * tiles:
        assert found.runs == tiles * tiles + 1
        for low, high in ((0, 2), (1, 3)):
            starts, ends = np.unique(found.tiles_xyxy[:, low]), np.unique(found.tiles_xyxy[:, high])
            more = ends[:-1] - starts[1:] - 0.2 * (ends - starts)[0]
            assert more.min() > -0.51  # whole pixels
            assert more.max() < 2


def test_each_way_to_cut_a_photo_is_known_by_itself(tmp_path: Path, shown: list) -> None:
    file, before, steps = picture(tmp_path, (900, 720), [ALONE]), detector_runs(), []
    counts = {}
    for tiles in (3, 2, 1):
        found, known = find(file, "yolov8n", steps.append, tiles=tiles)
        assert not known
        counts[tiles] = (found.runs, len(found.scores), found.tile is None)
    assert counts == {3: (10, 1, False), 2: (5, 1, False), 1: (1, 0, True)}
    assert detector_runs() - before == len(shown) == 16
    assert steps == [TileProgress(done, 10) for done in range(10)] + [TileProgress(done, 5) for done in range(5)]
    assert all(find(file, "yolov8n", tiles=tiles)[1] for tiles in (1, 2, 3))
    assert detector_runs() - before == 16


@pytest.mark.parametrize("tiles", [0, 4, -1, True, 2.0, "2", None, [2], float("nan")], ids=repr)
def test_other_numbers_of_tiles_are_refused(tiles: object) -> None:
    with pytest.raises(SettingError, match="tiles must be 1, 2 or 3"):
        find(PORTRAIT, "haar_faces", tiles=tiles)  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "photo", "side"), [("haar_faces", PORTRAIT, 200), ("hog_people", STREET, 540)])
def test_the_whole_photo_proposes_what_it_does_without_tiles(tmp_path: Path, name: str, photo: Path, side: int) -> None:
    file = small(photo, side, tmp_path)
    alone, _ = find(file, name)
    found, _ = find(file, name, tiles=2)
    assert found.tile is not None
    assert found.tiles_xyxy is not None
    assert alone.raw_scores is not None
    assert found.raw_scores is not None
    whole = found.tile == WHOLE
    assert np.array_equal(found.boxes_xyxy[whole], alone.boxes_xyxy)
    assert np.array_equal(found.raw_scores[whole], alone.raw_scores)
    assert 0 < np.count_nonzero(whole) < len(whole)
    edges = found.tiles_xyxy[found.tile[~whole]]
    assert (found.boxes_xyxy[~whole, :2] >= edges[:, :2]).all()
    assert (found.boxes_xyxy[~whole, 2:] <= edges[:, 2:]).all()
    for number, (left, top, right, bottom) in enumerate(found.tiles_xyxy.astype(int)):
        with models.borrow_detector(name) as ready:
            own = ready.run(np.ascontiguousarray(images.read(file).pixels[top:bottom, left:right]))
        assert np.count_nonzero(found.tile == number) == len(own.scores)


@pytest.mark.parametrize("name", ["haar_faces", "hog_people", "yolov8n"])
@pytest.mark.parametrize("size_wh", [(1, 100), (100, 1), (2, 2), (33, 7)], ids=str)
def test_real_detectors_take_the_thinnest_tiles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size_wh: tuple[int, int], name: str
) -> None:
    borrow = models.borrow_detector
    monkeypatch.setattr(models, "borrow_detector", lambda spec, *_: borrow(spec, random=spec.name == "yolov8n"))
    found, _ = find(picture(tmp_path, size_wh, [(0, 0, 1)]), name, tiles=2)
    assert np.isfinite(found.boxes_xyxy).all()
    assert (found.boxes_xyxy <= [*size_wh, *size_wh]).all()


@pytest.mark.parametrize(
    ("name", "tiles", "shapes"),
    [
        ("yolov8n", 1, {(750, 1000)}),
        ("yolov8n", 2, {(750, 1000), (834, 1112)}),
        ("yolov8n", 3, {(750, 1000), (1154, 1539)}),
        ("retinanet_resnet50_fpn", 2, {(1500, 2000), (834, 1112)}),
        ("retinanet_resnet50_fpn", 3, {(1500, 2000), (1154, 1539)}),
    ],
)
def test_tiles_have_the_pixels_that_the_detector_looks_at_and_no_more_are_decoded(
    tmp_path: Path, shown: list, name: str, tiles: int, shapes: set[tuple[int, int]]
) -> None:
    """4000 x 3000 pixels decode at 1/1, 1/2, 1/4; the shorter side shall have 640 (torchvision: 800) pixels."""
    file = tmp_path / "large.jpg"
    Image.new("RGB", (4000, 3000), "grey").save(file)
    find(file, name, tiles=tiles)
    assert {pixels.shape[:2] for pixels in shown} == shapes
    assert min(min(pixels.shape[:2]) for pixels in shown) >= (640 if name == "yolov8n" else 800)


@pytest.mark.parametrize("size_wh", [(900, 720), (640, 640)], ids=str)
def test_a_photo_that_is_read_in_full_is_decoded_once(
    tmp_path: Path, shown: list, monkeypatch: pytest.MonkeyPatch, size_wh: tuple[int, int]
) -> None:
    decoded, sides = OpenedPhoto.decoded, []
    monkeypatch.setattr("cvdemo.images.opened._decoded", Results())  # nothing of it is known
    monkeypatch.setattr(OpenedPhoto, "decoded", lambda photo, side: sides.append(side) or decoded(photo, side))
    find(picture(tmp_path, size_wh), "yolov8n", tiles=3)
    assert sides == [640]


@pytest.mark.parametrize(
    ("cut", "box", "expected"),
    [
        ((0, 0, 200, 100), [10, 20, 30, 40], [33, 75, 113, 155]),
        ((0, 0, 200, 100), [-9, 1, 300, 200], [0, 0, 793, 395]),
        ((80, 40, 180, 90), [10, 20, 30, 40], [353, 235, 433, 315]),
        ((80, 40, 180, 90), [-10, 20, 130, 60], [313, 235, 713, 355]),
    ],
    ids=["whole", "over the photo's edges", "tile", "over the tile's edges"],
)
def test_boxes_are_scaled_shifted_and_cut_at_the_edges_of_what_was_shown(
    cut: tuple[int, int, int, int], box: list[int], expected: list[int]
) -> None:
    """A mirrored JPEG, decoded at 1/4, reaches over its left and upper edge by 7 and 5 pixels; by hand."""
    photo = Photo(np.zeros((100, 200, 3), np.uint8), (793, 395), "", "JPEG", 1, (-7, -5, 793, 395))
    view = View(photo, cut, 0)
    assert view.on_photo(np.array([box], np.float32)).tolist() == [expected]
    assert view.on_photo(np.array([[-999, -999, 999, 999]], np.float32)).tolist() == [view.xyxy.tolist()]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_and_reduced_photo_has_its_squares_in_upright_pixels(
    tmp_path: Path, shown: list, orientation: int
) -> None:
    stored = Image.new("RGB", (2999, 2667))
    stored.paste("white", (1890, 301, 1962, 375))
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = tmp_path / "turned.jpg"
    stored.save(file, quality=95, exif=exif)
    with Image.open(file) as saved:
        upright = ImageOps.exif_transpose(saved).convert("L")
        expected = upright.point(lambda level: 255 * (level > 128)).getbbox()
    found, _ = find(file, "yolov8n", tiles=2)
    assert found.size_wh == upright.size
    assert shown[1].shape[0] * 1.8 < 0.6 * upright.height  # decoded at 1/2
    assert found.tile is not None
    assert WHOLE not in found.tile
    best = found.boxes_xyxy[found.scores > 0.8]
    assert len(best)
    assert np.abs(best - expected).max() <= 2


def test_all_tiles_together_keep_the_best_candidates(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    given: list[NDArray[np.float32]] = []

    def many(_: NDArray[np.uint8]) -> RawBoxes:
        given.append(rng.random(4000).astype(np.float32))
        return raw(np.tile([0, 0, 9, 9], (4000, 1)), given[-1])

    answers(monkeypatch, many)
    found, _ = find(PORTRAIT, "yolov8n", tiles=2)
    assert (found.found, len(found.scores)) == (20_000, CANDIDATE_LIMIT)
    assert np.array_equal(found.scores, np.sort(np.concatenate(given))[::-1][:CANDIDATE_LIMIT])
    assert found.tile is not None
    assert all(found.scores[found.tile == number].max() == given[number + 1].max() for number in range(-1, 4))


def _stop_at(done: int) -> Callable[[object], None]:
    def report(step: object) -> None:
        if step == TileProgress(done, 10):
            raise Stopped("Stopped.")

    return report


@pytest.mark.parametrize("done", [0, 1, 9])
def test_stop_between_tiles_keeps_nothing_and_frees_the_device_and_the_detector(tmp_path: Path, done: int) -> None:
    file, before = small(PORTRAIT, 120, tmp_path), detector_runs()
    with pytest.raises(Stopped):
        find(file, "haar_faces", _stop_at(done), tiles=3)
    assert detector_runs() - before == done
    with compute.turn(wait_s=0.1), models.borrow_detector("haar_faces", wait_s=0.1):
        pass
    assert compute.waiting() == 0
    found, known = find(file, "haar_faces", tiles=3)
    assert (known, found.runs, detector_runs() - before) == (False, 10, done + 10)


def test_a_tile_that_fails_fails_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: NDArray[np.uint8]) -> RawBoxes:
        if len(seen) == 3:
            raise ModelUnavailable("No numbers.")
        return raw(np.empty((0, 4)), np.empty(0, np.float32))

    seen = answers(monkeypatch, fail)
    with pytest.raises(ModelUnavailable):
        find(PORTRAIT, "yolov8n", tiles=2)
    with compute.turn(wait_s=0.1):
        pass
    assert len(seen) == 3
    assert not find(PORTRAIT, "yolov8n", tiles=2)[1]


def test_others_get_the_device_between_two_tiles_and_never_during_one(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, served_after, inside = threading.Event(), [], [False]

    def slow(pixels: NDArray[np.uint8]) -> RawBoxes:
        inside[0] = True
        asked.set()
        while not (compute.waiting() or served_after):
            time.sleep(0.001)
        time.sleep(0.02)
        inside[0] = False
        return bright_squares(pixels)

    seen = answers(monkeypatch, slow)

    def visit() -> None:
        asked.wait(10)
        with compute.turn():
            served_after.append((len(seen), inside[0]))

    other = threading.Thread(target=visit)
    other.start()
    found, _ = find(PORTRAIT, "yolov8n", tiles=3)
    other.join(10)
    assert (served_after, found.runs) == ([(1, False)], 10)
