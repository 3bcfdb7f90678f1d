"""What overlapping tiles show twice: the boxes that stay inside each tile, and what NMS over all of them removes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cvdemo.detect.box_words import counted
from cvdemo.detect.ledger import Ledger
from cvdemo.detect.nms import suppress
from cvdemo.detect.result import WHOLE, Candidates
from cvdemo.detect.settings import Settings
from cvdemo.wording import listed

NO_NMS = (
    "This model needs no NMS in one picture, but tiles show it the same thing more than once, so NMS runs over all "
    "its boxes here."
)

Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class BorderDuplicates:
    """Which boxes stay where each tile is taken by itself, and what changes when NMS runs over all tiles.

    All are indices of candidates, best first; ``after`` = ``before`` - ``duplicates`` - ``others`` + ``returned``.
    The whole photo counts as a tile of its own. What lies over a limit on the number of boxes stays: no box removed it.

    Args:
        before: int (B,), what stays with NMS inside each tile only.
        after: int (A,), what stays with NMS over all.
        duplicates: int (D,), what goes because of a box of another tile.
        removers: int (D,), the box that removes each of them (soft methods: that lowers its score most).
        overlaps: float32 (D,), how much the two overlap, by the measure of the settings.
        between_tiles: bool (D,), True where two tiles show the thing, False where a tile and the whole photo do.
        others: int (O,), what goes because of a box of its own tile.
        returned: int (R,), what stays although its tile had removed it: its remover is gone.
        method: the one that acts over all.
        needs_nms: False where the detector gives each object in a tile one box, so that none is removed there.
        tile_count: without the whole photo.
    """

    before: Indices
    after: Indices
    duplicates: Indices
    removers: Indices
    overlaps: NDArray[np.float32]
    between_tiles: NDArray[np.bool_]
    others: Indices
    returned: Indices
    method: str
    needs_nms: bool
    tile_count: int

    def __post_init__(self) -> None:
        count = len(self.duplicates)
        if {len(self.removers), len(self.overlaps), len(self.between_tiles)} != {count}:
            raise ValueError(f"{count} duplicates need as many removers and overlaps")
        if len(self.after) != len(self.before) - count - len(self.others) + len(self.returned):
            raise ValueError("after must be before, less duplicates and others, plus what returned")


def border_duplicates(found: Candidates, settings: Settings, ledger: Ledger | None = None) -> BorderDuplicates:
    """Compare NMS inside each tile with NMS over all tiles, on candidates that are known; runs no detector.

    Args:
        ledger: what `suppress` says of all candidates under ``found.acting(settings)``, where the caller has it.

    Raises:
        ValueError: ``found`` was not cut into tiles.
    """
    if found.tile is None:
        raise ValueError("these candidates come from the whole photo only")
    acting = found.acting(settings)
    alone = acting if found.needs_nms else acting.without_nms()
    parts = [np.flatnonzero(found.tile == tile) for tile in np.unique(found.tile)]
    stays = [part[_ledger(found, part, alone).order] for part in parts]
    before = np.sort(np.concatenate([np.empty(0, np.intp), *stays]))
    return _compared(found, before, ledger or _ledger(found, slice(None), acting), acting.method)


def _ledger(found: Candidates, part: Indices | slice, settings: Settings) -> Ledger:
    return suppress(found.boxes_xyxy[part], found.scores[part], found.class_ids[part], settings)


def _compared(found: Candidates, before: Indices, ledger: Ledger, method: str) -> BorderDuplicates:
    assert found.tile is not None and found.tiles_xyxy is not None
    after = np.sort(ledger.order)
    lost = np.setdiff1d(before, after, assume_unique=True)
    seen_in, lost_to = found.tile[lost], found.tile[ledger.by[lost]]
    elsewhere = seen_in != lost_to
    duplicates = lost[elsewhere]
    return BorderDuplicates(
        before=before,
        after=after,
        duplicates=duplicates,
        removers=ledger.by[duplicates].astype(np.intp),
        overlaps=ledger.overlap[duplicates],
        between_tiles=((seen_in != WHOLE) & (lost_to != WHOLE))[elsewhere],
        others=lost[~elsewhere],
        returned=np.setdiff1d(after, before, assume_unique=True),
        method=method,
        needs_nms=found.needs_nms,
        tile_count=len(found.tiles_xyxy),
    )


def border_sentence(seen: BorderDuplicates) -> str:
    """Return in words how many boxes the tiles keep by themselves, and how many of them NMS over all removes."""
    intro = "" if seen.needs_nms else f"{NO_NMS} "
    if not len(seen.before):
        return f"{intro}No box counts under these settings, neither in a tile nor in the whole photo."
    tiles, boxes = counted(seen.tile_count, "tile"), counted(len(seen.before), "box", "boxes")
    change = _softly(seen) if seen.method.startswith("soft") else _greedily(seen)
    end = f"{counted(len(seen.after), 'box', 'boxes')} {'stays' if len(seen.after) == 1 else 'stay'}"
    return f"{intro}Taken one by one, the {tiles} and the whole photo keep {boxes}. {change}: {end}."


def _greedily(seen: BorderDuplicates) -> str:
    """Return what NMS over all changes. That two boxes show one thing is only its guess: they count as it."""
    between = int(np.count_nonzero(seen.between_tiles))
    kinds = (
        (between, "counts", "count", "as the same thing seen from two tiles"),
        (len(seen.duplicates) - between, "counts", "count", "as the same thing seen in a tile and in the whole photo"),
        (len(seen.others), "loses", "lose", "to a better box of the same tile"),
    )
    lost = [f"{count:,} that {one if count == 1 else many} {what}" for count, one, many, what in kinds if count]
    if not lost:
        return "NMS over all of them finds no duplicates"
    back = len(seen.returned)
    more = f"; {back:,} that a tile had removed {'comes' if back == 1 else 'come'} back, because the remover is gone"
    act = "merges" if seen.method == "merge" else "removes"
    return f"NMS over all of them {act} {listed(lost)}{more if back else ''}"


def _softly(seen: BorderDuplicates) -> str:
    lost, back = len(seen.duplicates) + len(seen.others), len(seen.returned)
    lowered = counted(lost, "more score") if lost else "no other score"
    more = f"; {back:,} that fell below it inside a tile {'stays' if back == 1 else 'stay'} above it now"
    return f"Over all of them Soft-NMS lowers {lowered} below your confidence{more if back else ''}"
