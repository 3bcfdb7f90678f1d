"""What Detect's page says of single boxes beside the words about them: margins, tags, tiles; and how often it ran."""

from dataclasses import replace

import numpy as np

from app.tabs import detect_rows, detect_tiles
from cvdemo.detect import State, words
from cvdemo.detect.borders import border_duplicates
from tests.sentences.detect import SPOKEN, random_scene
from tests.sentences.table import Reader, holds, same, true_of


@true_of(
    words.ran,
    none=r"did not run again: its boxes were known",
    some=r"ran ([\d,]+) (time|times)",
)
def ran(draw: np.random.Generator, read: Reader) -> None:
    runs = int(draw.choice([0, 1, 2, 1200]))
    said = read(words.ran(runs))
    same(said.form, "some" if runs else "none")
    if runs:
        holds(said.parts[0], runs)
        same(said.parts[1], "time" if runs == 1 else "times")


@true_of(
    detect_rows.rows,
    kept=r"#(\d+)( \w+)? (\d\.\d\d)",
    removed=r"#(\d+)( \w+)? removed, (.+) (-?\d\.\d\d)",
    margin=r"(?s).+[.!] Its margin is (−?\d+\.\d\d)\.",
)
def rows(draw: np.random.Generator, read: Reader) -> None:
    scene = random_scene(draw)
    margins = draw.normal(0, 3, len(scene.found.scores)).astype(np.float32) if draw.random() < 0.5 else None
    found = replace(scene.found, raw_scores=margins)
    drawn = sorted([*scene.kept[:4], *scene.lost[:6]])
    numbers = {int(index): place + 1 for place, index in enumerate(drawn)}
    overlaps = scene.shared()
    for index, row in zip(numbers, detect_rows.rows(found, scene.ledger, scene.settings, numbers), strict=True):
        kept = scene.ledger.states[index] == State.KEPT
        said = read(row["tag"])
        same(said.form, "kept" if kept else "removed")
        holds(said.parts[0], numbers[index])
        many = len(found.labels) > 1
        same(said.parts[1], f" {found.labels[found.class_ids[index]]}" if many else "")
        if kept:
            holds(said.parts[2], float(scene.ledger.scores[index]))
        elif scene.ledger.by[index] >= 0:
            kind = "diou" if scene.settings.method == "diou" else scene.settings.overlap
            same(said.parts[2], SPOKEN[kind])
            holds(said.parts[3].replace("-", "\u2212"), float(overlaps[index, scene.ledger.by[index]]))
        if margins is not None:
            holds(read(row["sentence"]).parts[0].replace("\u2212", "-"), float(margins[index]))


@true_of(
    detect_tiles.tiles,
    stays=r"#(\d+) \(score (\d\.\d\d)\) stays when the tiles are merged\.",
    goes=r"#(\d+) \(score (\d\.\d\d)\) overlaps (#\d+|a box that is not shown) from (another tile|the whole photo, or "
    r"a tile of it) by (\d\.\d\d): merging removes it\.",
    tag=r"#(\d+) seen twice, (\d\.\d\d)",
    plain=r"#(\d+) (?!seen)(.+) (\d\.\d\d)",
)
def tiles(draw: np.random.Generator, read: Reader) -> None:
    scene = random_scene(draw, tiled=True)
    found, settings = scene.found, scene.settings
    made = detect_tiles.tiles(found, settings, False, scene.ledger)
    assert made is not None
    seen = border_duplicates(found, settings, scene.ledger)
    shown = {int(index): place + 1 for place, index in enumerate(seen.before)}
    twice = {int(index): place for place, index in enumerate(seen.duplicates)}
    for (index, rank), row in zip(shown.items(), made["boxes"], strict=True):
        said, tag = read(row["sentence"]), read(row["tag"])
        same(said.form, "goes" if index in twice else "stays")
        same(tag.form, "tag" if index in twice else "plain")
        holds(said.parts[0], rank)
        holds(tag.parts[0], rank)
        holds(said.parts[1], float(found.scores[index]))
        if index not in twice:
            same(tag.parts[1], found.labels[found.class_ids[index]])
            holds(tag.parts[2], float(found.scores[index]))
            continue
        by, place = int(seen.removers[twice[index]]), twice[index]
        same(said.parts[2], f"#{shown[by]}" if by in shown else "a box that is not shown")
        assert found.tile is not None
        apart = -1 not in (found.tile[index], found.tile[by]) and found.tile[index] != found.tile[by]
        same(said.parts[3], "another tile" if apart else "the whole photo, or a tile of it")
        holds(said.parts[4], float(seen.overlaps[place]))
        holds(tag.parts[1], float(seen.overlaps[place]))
        if not settings.method.startswith("soft"):
            holds(said.parts[4], float(scene.shared()[index, by]))
