"""What the Detect tab draws of a photo that was cut into tiles: their edges, and what merging across them removes."""

from typing import Any

from app.tabs.detect_rows import SHOWN_KEPT
from cvdemo.detect import Candidates, Ledger, Settings
from cvdemo.detect.borders import BorderDuplicates, border_duplicates, border_sentence


def tiles(found: Candidates, settings: Settings, merged: bool, ledger: Ledger) -> dict[str, Any] | None:
    """Return the tiles' edges, the sentence about duplicates and, before merging, a row for each box that stays.

    Args:
        merged: False asks for these rows.
        ledger: of NMS over all tiles.

    Returns:
        None where the photo was not cut.
    """
    if found.tile is None or found.tiles_xyxy is None:
        return None
    seen = border_duplicates(found, settings, ledger)
    edges = [[round(float(edge), 1) for edge in tile] for tile in found.tiles_xyxy]
    return {"edges": edges, "sentence": border_sentence(seen), "boxes": None if merged else _before(found, seen)}


def _before(found: Candidates, seen: BorderDuplicates) -> list[dict[str, Any]]:
    """Return a row for each box that its own tile keeps; duplicates are marked and name what they repeat."""
    numbers = {int(index): row + 1 for row, index in enumerate(seen.before)}
    repeated = {
        int(index): (numbers.get(int(by)), float(overlap), bool(between))
        for index, by, overlap, between in zip(
            seen.duplicates, seen.removers, seen.overlaps, seen.between_tiles, strict=True
        )
    }
    return [_row(found, index, rank, repeated.get(index)) for index, rank in numbers.items()]


def _row(found: Candidates, index: int, rank: int, repeats: tuple[int | None, float, bool] | None) -> dict[str, Any]:
    x0, y0, x1, y1 = (round(float(edge), 2) for edge in found.boxes_xyxy[index])
    label, score = found.labels[int(found.class_ids[index])], float(found.scores[index])
    row: dict[str, Any] = {
        **{"x0": x0, "y0": y0, "x1": x1, "y1": y1, "score": round(score, 4), "state": SHOWN_KEPT, "by": -1},
        "rank": rank,
        "label": label,
        "tag": f"#{rank} {label} {score:.2f}",
        "sentence": f"#{rank} (score {score:.2f}) stays when the tiles are merged.",
    }
    if repeats is None:
        return row
    by, overlap, between = repeats
    other = f"#{by}" if by else "a box that is not shown"
    where = "another tile" if between else "the whole photo, or a tile of it"
    return row | {
        "outcome": "twice",
        "by": (by or 0) - 1,
        "tag": f"#{rank} seen twice, {overlap:.2f}",
        "sentence": f"#{rank} (score {score:.2f}) overlaps {other} from {where} by {overlap:.2f}: merging removes it.",
    }
