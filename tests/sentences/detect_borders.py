"""What Detect says of boxes that several tiles found."""

import re

import numpy as np

from cvdemo.detect import suppress
from cvdemo.detect.borders import NO_NMS, border_duplicates, border_sentence
from tests.sentences.detect import COUNT, Scene, random_scene
from tests.sentences.table import Reader, holds, same, true_of

INTRO = rf"({re.escape(NO_NMS)} )?"
TAKEN = rf"{INTRO}Taken one by one, the (\d+) (tile|tiles) and the whole photo keep ({COUNT}) (box|boxes)\. "
STAY = rf": ({COUNT}) (box|boxes) (stay|stays)\."


@true_of(
    border_sentence,
    none=rf"{INTRO}No box counts under these settings, neither in a tile nor in the whole photo\.",
    clear=rf"{TAKEN}NMS over all of them finds no duplicates{STAY}",
    hard=rf"{TAKEN}NMS over all of them (removes|merges) (.+?)(?:; ({COUNT}) that a tile had removed (comes|come) back"
    rf", because the remover is gone)?{STAY}",
    soft=rf"{TAKEN}Over all of them Soft-NMS lowers (no other score|{COUNT} more scores?) below your confidence(?:; "
    rf"({COUNT}) that fell below it inside a tile (stays|stay) above it now)?{STAY}",
)
def borders(draw: np.random.Generator, read: Reader) -> None:
    scene = random_scene(draw, tiled=True)
    found, settings = scene.found, scene.settings
    seen = border_duplicates(found, settings)
    said, alone = read(border_sentence(seen)), settings if found.needs_nms else settings.without_nms()
    assert bool(said.parts[0]) == (not found.needs_nms)
    before: set[int] = set()
    for tile in range(-1, 4):
        part = np.flatnonzero(found.tile == tile)
        stays = suppress(found.boxes_xyxy[part], found.scores[part], found.class_ids[part], alone).order
        before |= set(part[stays].tolist())
    after = set(scene.ledger.order.tolist())
    assert (said.form == "none") == (not before)
    if said.form == "none":
        return
    holds(said.parts[1], 4)
    same(said.parts[2], "tiles")
    holds(said.parts[3], len(before))
    same(said.parts[4], "box" if len(before) == 1 else "boxes")
    holds(said.parts[-3], len(after))
    same(said.parts[-2] + said.parts[-1], "boxstays" if len(after) == 1 else "boxesstay")
    lost, back = sorted(before - after), len(after - before)
    assert (said.form == "soft") == settings.method.startswith("soft")
    if said.form == "clear":
        assert not lost and not back
        return
    if said.form == "soft":
        more = f"{len(lost)} more score{'' if len(lost) == 1 else 's'}" if lost else "no other score"
        same(said.parts[5], more)
        same(said.parts[7], "" if not back else "stays" if back == 1 else "stay")
    else:
        same(said.parts[5], "merges" if settings.method == "merge" else "removes")
        same(
            said.parts[6],
            " and ".join(_lost_in_words(scene, lost)).replace(" and ", ", ", 1 if _three(scene, lost) else 0),
        )
        same(said.parts[8], "" if not back else "comes" if back == 1 else "come")
    same(said.parts[-5], back or "")


def _three(scene: Scene, lost: list[int]) -> bool:
    return len(_lost_in_words(scene, lost)) == 3


def _lost_in_words(scene: Scene, lost: list[int]) -> list[str]:
    """Return how many boxes go because of a box of another tile, of the whole photo, and of their own."""
    tile, by = scene.found.tile, scene.ledger.by
    assert tile is not None
    kinds = [
        "own" if tile[one] == tile[by[one]] else "whole" if -1 in (tile[one], tile[by[one]]) else "between"
        for one in lost
    ]
    said = (
        ("between", "count", "as the same thing seen from two tiles"),
        ("whole", "count", "as the same thing seen in a tile and in the whole photo"),
        ("own", "lose", "to a better box of the same tile"),
    )
    counts = [(kinds.count(kind), verb, what) for kind, verb, what in said]
    return [f"{count} that {verb}{'s' if count == 1 else ''} {what}" for count, verb, what in counts if count]
