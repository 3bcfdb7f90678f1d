"""NMS inside each tile against NMS over all: torchvision and plain loops say the same; the sentence adds up."""

import re

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torchvision.ops import batched_nms, box_iou, nms

from cvdemo.detect import Candidates, Settings, suppress
from cvdemo.detect.borders import BorderDuplicates, border_duplicates, border_sentence
from tests.scenes import heaps, scene

SEEDS = range(12)


def candidates(
    boxes: object, scores: object, tile: object, classes: object = None, needs_nms: bool = True, tiles: int = 4
) -> Candidates:
    order = np.argsort(-np.asarray(scores, np.float32), kind="stable")
    kinds = np.zeros(len(order), np.int32) if classes is None else np.asarray(classes, np.int32)
    return Candidates(
        model="stub",
        title="Stub",
        boxes_xyxy=np.asarray(boxes, np.float32).reshape(-1, 4)[order],
        scores=np.asarray(scores, np.float32)[order],
        class_ids=kinds[order],
        labels=("a", "b", "c"),
        size_wh=(900, 720),
        raw_scores=None,
        needs_nms=needs_nms,
        found=len(order),
        decode_ms=1.0,
        preprocess_ms=1.0,
        network_ms=1.0,
        tile=np.asarray(tile, np.int16)[order],
        tiles_xyxy=np.zeros((tiles, 4), np.float32),
        runs=tiles + 1,
    )


def heap_in_tiles(seed: int, classes: int = 1, needs_nms: bool = True) -> Candidates:
    rng = np.random.default_rng(seed)
    boxes, scores, _ = heaps(seed, 300, 15)
    return candidates(boxes, scores, rng.integers(-1, 4, 300), rng.integers(0, classes, 300), needs_nms)


def torchvision_stays(found: Candidates, part: NDArray[np.intp], settings: Settings) -> set[int]:
    part = part[found.scores[part] >= settings.confidence]
    boxes, scores, kinds = (
        torch.from_numpy(column[part]) for column in (found.boxes_xyxy, found.scores, found.class_ids)
    )
    if settings.class_agnostic:
        return set(part[nms(boxes, scores, settings.iou).numpy()].tolist())
    return set(part[batched_nms(boxes, scores, kinds, settings.iou).numpy()].tolist())


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("classes", "agnostic"), [(1, False), (3, False), (3, True)])
@pytest.mark.parametrize("iou", [0.1, 0.45, 0.8])
def test_before_and_after_are_what_torchvision_keeps(seed: int, classes: int, agnostic: bool, iou: float) -> None:
    found = heap_in_tiles(seed, classes)
    settings = Settings(confidence=0.3, iou=iou, class_agnostic=agnostic)
    seen = border_duplicates(found, settings)
    assert found.tile is not None
    before: set[int] = set()
    for number in range(-1, 4):
        before |= torchvision_stays(found, np.flatnonzero(found.tile == number), settings)
    after = torchvision_stays(found, np.arange(300), settings)
    assert (seen.before.tolist(), seen.after.tolist()) == (sorted(before), sorted(after))
    assert set(seen.returned) == after - before
    assert {*seen.duplicates, *seen.others} == before - after
    _assert_removers(found, seen, after, settings)


def _assert_removers(found: Candidates, seen: BorderDuplicates, after: set[int], settings: Settings) -> None:
    """Each lost box lost to the best box that stays and overlaps it too much: by its tile it is a duplicate or not."""
    assert found.tile is not None
    boxes = torch.from_numpy(found.boxes_xyxy)
    overlap = box_iou(boxes, boxes).numpy()
    if not settings.class_agnostic:
        overlap = np.where(found.class_ids[:, None] == found.class_ids, overlap, 0)
    remover = {
        box: min(by for by in after if overlap[by, box] > settings.iou) for box in (*seen.duplicates, *seen.others)
    }
    assert [remover[box] for box in seen.duplicates] == seen.removers.tolist()
    assert np.allclose(overlap[seen.removers, seen.duplicates], seen.overlaps, atol=1e-6)
    assert all(found.tile[box] == found.tile[remover[box]] for box in seen.others)
    assert (found.tile[seen.duplicates] != found.tile[seen.removers]).all()
    whole = (found.tile[seen.duplicates] == -1) | (found.tile[seen.removers] == -1)
    assert (seen.between_tiles == ~whole).all()


@pytest.mark.parametrize("method", ["greedy", "diou", "merge", "soft_linear", "soft_gaussian"])
@pytest.mark.parametrize("overlap", ["iou", "smaller"])
@pytest.mark.parametrize("needs_nms", [True, False])
def test_after_is_what_the_page_keeps_whatever_the_method(method: str, overlap: str, needs_nms: bool) -> None:
    for seed in SEEDS:
        found = heap_in_tiles(seed, 3, needs_nms)
        settings = Settings(confidence=0.3, method=method, overlap=overlap)
        ledger = suppress(found.boxes_xyxy, found.scores, found.class_ids, found.acting(settings))
        seen = border_duplicates(found, settings)
        assert seen.after.tolist() == sorted(ledger.kept)
        assert border_sentence(seen) == border_sentence(border_duplicates(found, settings, ledger))
        assert len(seen.duplicates)
        if not needs_nms:
            assert seen.before.tolist() == np.flatnonzero(found.scores >= 0.3).tolist()
            assert seen.method == "greedy"


def plain_soft(boxes: NDArray[np.float32], scores: NDArray[np.float32], confidence: float, iou: float) -> set[int]:
    """Return whose score stays at ``confidence`` or above, one by one (Bodla et al., linear)."""
    overlap = box_iou(torch.from_numpy(boxes), torch.from_numpy(boxes)).numpy()
    scores, rest, stays = scores.copy(), set(np.flatnonzero(scores >= np.float32(confidence)).tolist()), set()
    while rest:
        best = max(rest, key=lambda box: (scores[box], -box))
        rest.remove(best)
        stays.add(best)
        for box in rest:
            if overlap[best, box] > iou:
                scores[box] *= 1 - overlap[best, box]
        rest = {box for box in rest if scores[box] >= np.float32(confidence)}
    return stays


@pytest.mark.parametrize("seed", SEEDS)
def test_soft_nms_in_tiles_equals_the_plain_one(seed: int) -> None:
    found = heap_in_tiles(seed)
    seen = border_duplicates(found, Settings(confidence=0.3, iou=0.4, method="soft_linear"))
    assert found.tile is not None
    before: set[int] = set()
    for number in range(-1, 4):
        part = np.flatnonzero(found.tile == number)
        before |= set(part[list(plain_soft(found.boxes_xyxy[part], found.scores[part], 0.3, 0.4))].tolist())
    assert set(seen.before) == before
    assert set(seen.after) == plain_soft(found.boxes_xyxy, found.scores, 0.3, 0.4)


@pytest.mark.parametrize("method", ["greedy", "soft_linear"])
def test_what_lies_over_a_limit_stays_as_the_page_counts_it(method: str) -> None:
    found, settings = heap_in_tiles(0, 3), Settings(max_detections=2, max_per_class=1, method=method)
    ledger = suppress(found.boxes_xyxy, found.scores, found.class_ids, settings)
    seen = border_duplicates(found, settings)
    assert len(seen.after) == len(ledger.kept) + len(ledger.over_limit) > 2
    if method == "greedy":
        assert np.array_equal(seen.after, border_duplicates(found, Settings()).after)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_invalid_boxes_take_no_part(value: float) -> None:
    found = candidates([[0, 0, 9, 9], [value] * 4, [0, 0, 9, 8]], [0.9, 0.8, 0.7], [0, 0, 1])
    seen = border_duplicates(found, Settings())
    assert (seen.before.tolist(), seen.after.tolist(), seen.removers.tolist()) == ([0, 2], [0], [0])


def test_photos_that_were_not_cut_have_no_borders() -> None:
    found = candidates([[0, 0, 9, 9]], [0.9], [0])
    whole = Candidates(**{**vars(found), "tile": None, "tiles_xyxy": None, "runs": 1})
    with pytest.raises(ValueError, match="whole photo only"):
        border_duplicates(whole, Settings())
    assert not Candidates(**{**vars(whole), "needs_nms": False}).nms_acts
    assert Candidates(**{**vars(found), "needs_nms": False}).nms_acts


@pytest.mark.parametrize(
    "wrong",
    [{"tile": np.zeros(2, np.int16)}, {"tile": None}, {"tiles_xyxy": None}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_candidates_of_tiles_are_checked(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="tile"):
        Candidates(**{**vars(candidates([[0, 0, 9, 9]], [0.9], [0])), **wrong})


def row(left: float, width: float = 100) -> list[float]:
    """A box on one line: shifted by d of 100 pixels, two of them have IoU (100 - d) / (100 + d)."""
    return [left, 0, left + width, 50]


# Z of another tile removes Y (IoU 0.54); Y would have removed X (0.54) of its own tile, which Z leaves alone (0.25);
# X removes V (0.67), that Y leaves alone (0.33).
Z, Y, X, V = row(0), row(30), row(60), row(80)
CHAIN = ([Z, Y, X, V], [0.9, 0.8, 0.7, 0.6])
ALONE, FAR = row(1000), row(2000)
KEEP = "Taken one by one, the 4 tiles and the whole photo keep"
FREE = (
    "This model needs no NMS in one picture, but tiles show it the same thing more than once, so NMS runs over all its "
    "boxes here. "
)
TWO = ([ALONE, ALONE], [0.9, 0.8])


@pytest.mark.parametrize(
    ("found", "method", "sentence"),
    [
        (
            candidates([], [], []),
            "greedy",
            "No box counts under these settings, neither in a tile nor in the whole photo.",
        ),
        (
            candidates([ALONE], [0.9], [0]),
            "greedy",
            f"{KEEP} 1 box. NMS over all of them finds no duplicates: 1 box stays.",
        ),
        (
            candidates([ALONE, FAR], [0.9, 0.8], [0, 3]),
            "greedy",
            f"{KEEP} 2 boxes. NMS over all of them finds no duplicates: 2 boxes stay.",
        ),
        (
            candidates(*TWO, [0, 3]),
            "greedy",
            f"{KEEP} 2 boxes. NMS over all of them removes 1 that counts as the same thing seen from two tiles: "
            "1 box stays.",
        ),
        (
            candidates(*TWO, [2, -1]),
            "merge",
            f"{KEEP} 2 boxes. NMS over all of them merges 1 that counts as the same thing seen in a tile and in the "
            "whole photo: 1 box stays.",
        ),
        (
            candidates([ALONE] * 5 + [FAR], [0.9, 0.8, 0.8, 0.8, 0.8, 0.7], [0, 1, 2, 3, -1, 0]),
            "greedy",
            f"{KEEP} 6 boxes. NMS over all of them removes 3 that count as the same thing seen from two tiles and 1 "
            "that counts as the same thing seen in a tile and in the whole photo: 2 boxes stay.",
        ),
        (
            candidates(*CHAIN, [1, 0, 0, 0]),
            "greedy",
            f"{KEEP} 3 boxes. NMS over all of them removes 1 that counts as the same thing seen from two tiles and 1 "
            "that loses to a better box of the same tile; 1 that a tile had removed comes back, because the remover is "
            "gone: 2 boxes stay.",
        ),
        (
            candidates(*TWO, [0, 1]),
            "soft_linear",
            f"{KEEP} 2 boxes. Over all of them Soft-NMS lowers 1 more score below your confidence: 1 box stays.",
        ),
        (
            candidates([ALONE, FAR], [0.9, 0.8], [0, 1]),
            "soft_gaussian",
            f"{KEEP} 2 boxes. Over all of them Soft-NMS lowers no other score below your confidence: 2 boxes stay.",
        ),
        (
            candidates(*TWO, [0, 1], needs_nms=False),
            "soft_linear",
            f"{FREE}{KEEP} 2 boxes. NMS over all of them removes 1 that counts as the same thing seen from two tiles: "
            "1 box stays.",
        ),
        (
            candidates(*TWO, [1, 1], needs_nms=False),
            "greedy",
            f"{FREE}{KEEP} 2 boxes. NMS over all of them removes 1 that loses to a better box of the same tile: 1 box "
            "stays.",
        ),
    ],
    ids=[
        "none",
        "one",
        "two apart",
        "twice",
        "whole",
        "many",
        "chain",
        "soft",
        "soft, apart",
        "NMS-free",
        "NMS-free, in",
    ],
)
def test_the_sentence_is_true_for_none_one_and_many(found: Candidates, method: str, sentence: str) -> None:
    assert border_sentence(border_duplicates(found, Settings(method=method))) == sentence


def test_a_returned_box_and_a_lost_one_are_told_apart() -> None:
    seen = border_duplicates(candidates(*CHAIN, [1, 0, 0, 0]), Settings(iou=0.45))
    assert (seen.before.tolist(), seen.after.tolist()) == ([0, 1, 3], [0, 2])
    assert (seen.duplicates.tolist(), seen.removers.tolist(), seen.between_tiles.tolist()) == ([1], [0], [True])
    assert (seen.others.tolist(), seen.returned.tolist()) == ([3], [2])
    assert seen.overlaps.tolist() == pytest.approx([70 / 130])


def test_the_numbers_of_a_sentence_add_up() -> None:
    """The first number, less what goes, plus what comes back, is the last one."""
    for seed in range(40):
        boxes, scores, _ = scene(seed, 400, 300, 120)
        tile = np.random.default_rng(seed).integers(-1, 9, 400)
        seen = border_duplicates(candidates(boxes, scores, tile, tiles=9), Settings(iou=0.3))
        text = border_sentence(seen)
        kept, stay = (int(re.search(pattern, text)[1]) for pattern in (r"keep (\d+) box", r": (\d+) box"))  # type: ignore[index]
        clauses = re.findall(r"(\d+) that (count|lose|a tile)", text)
        assert len(clauses) > 1
        assert kept + sum(int(number) * (1 if kind == "a tile" else -1) for number, kind in clauses) == stay
