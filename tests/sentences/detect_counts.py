"""What Detect counts: at the current limits, from windows to boxes, against labels."""

import numpy as np

from cvdemo.detect import words
from tests.sentences.detect import COUNT, SHARE, SPOKEN, random_scene
from tests.sentences.detect_answer import known_is_true
from tests.sentences.table import Reader, holds, same, share, true_of


@true_of(
    words.live,
    nothing=r"At ([\d.]+) nothing is removed: no two windows( of one class)? overlap by (.+) above that\.",
    hard=rf"At ([\d.]+): ({COUNT}) kept, ({COUNT}) (removed|merged) because (it overlaps|each overlaps) a "
    r"better box by (.+) above ([\d.]+)\.",
    lowered=rf"Soft-NMS removes nothing by itself; it lowered ({COUNT}) (score|scores), ({COUNT}) of them below your "
    r"confidence\.",
    linear=r"At ([\d.]+) Soft-NMS lowers nothing: no window overlaps one chosen before (it|your limit of boxes was "
    r"reached)(, of its class,)? by (.+) above that\.",
    gaussian=r"Soft-NMS lowers nothing here: no window overlaps one chosen before (it|your limit of boxes was reached)"
    r"(, of its class,)?\. The Gaussian has no limit to move\.",
)
def live(draw: np.random.Generator, read: Reader) -> None:
    scene = random_scene(draw)
    if not scene.found.needs_nms:
        return  # the page has no such line then
    settings, many = scene.settings, len(scene.found.labels) > 1
    said = read(words.live(scene.ledger, settings, many))
    part = dict(enumerate(said.parts))
    spoken = SPOKEN["diou" if settings.method == "diou" else settings.overlap]
    shared, rivals = scene.shared(), scene.rivals()
    asked = (scene.ledger.states > 0)[:, None] & (scene.ledger.states > 0)
    soft = settings.method.startswith("soft")
    assert soft == (said.form in ("lowered", "linear", "gaussian"))
    limit = settings.iou + 1e-5
    if said.form in ("nothing", "hard", "linear"):
        same(str(float(part[0])), settings.iou)
    if said.form == "nothing":
        same(part[2], spoken)
        assert bool(part[1]) == (many and not settings.class_agnostic)
        assert not (shared > limit)[rivals & asked].any()
    elif said.form == "hard":
        holds(part[1], len(scene.kept))
        holds(part[2], len(scene.lost))
        same(part[3], "merged" if settings.method == "merge" else "removed")
        same(part[4], "it overlaps" if len(scene.lost) == 1 else "each overlaps")
        same(part[5], spoken)
        same(str(float(part[6])), settings.iou)
        better = scene.found.scores >= scene.found.scores[:, None]
        assert ((shared > settings.iou - 1e-5) & rivals & better & asked).any(1)[scene.lost].all()
    elif said.form == "lowered":
        lower = scene.ledger.scores < scene.found.scores
        holds(part[0], lower.sum())
        same(part[1], "score" if lower.sum() == 1 else "scores")
        holds(part[2], len(scene.lost))
        assert lower[scene.lost].all() and (scene.ledger.scores[scene.lost] < np.float32(settings.confidence)).all()
    else:
        assert (scene.ledger.scores == scene.found.scores).all()
        at = int(said.form == "linear")
        same(part[at], "your limit of boxes was reached" if len(scene.over) else "it")
        assert bool(part[at + 1]) == (many and not settings.class_agnostic)
        if said.form == "linear":
            same(part[3], spoken)
        # a Gaussian's push at an overlap below a thousandth is lost in the seventh figure of the score
        overlap = rivals & asked & (shared > (limit if said.form == "linear" else 1e-3))
        assert not overlap[scene.ledger.kept].any()


@true_of(
    words.funnel,
    proposed=rf"Proposed ({COUNT})",
    used=rf"Best of them used ({COUNT})",
    enough=rf"Confident enough ({COUNT})",
    left=rf"Left by NMS ({COUNT})",
    kept=rf"Kept ({COUNT})",
)
def funnel(draw: np.random.Generator, read: Reader) -> None:
    scene = random_scene(draw)
    rows = [read(f"{name} {count}") for name, count in words.funnel(scene.found.found, scene.ledger)]
    real = {
        "proposed": scene.found.found,
        "used": len(scene.found.scores),
        "enough": np.count_nonzero(scene.ledger.states),
        "left": len(scene.kept) + len(scene.over),
        "kept": len(scene.kept),
    }
    for said in rows:
        holds(said.parts[0], real[said.form])
    counts = [real[said.form] for said in rows]
    assert counts == sorted(counts, reverse=True)
    assert {said.form for said in rows} >= {
        name for name, count in real.items() if name in ("proposed", "enough", "kept")
    }


@true_of(words.capped, none=r"", some=rf"({COUNT}) candidates; the best ({COUNT}) are used\.")
def capped(draw: np.random.Generator, read: Reader) -> None:
    found, used = int(draw.integers(0, 20000)), 8400
    said = read(words.capped(found, min(found, used)))
    assert (said.form == "some") == (found > used)
    if said.form == "some":
        holds(said.parts[0], found)
        holds(said.parts[1], used)


@true_of(
    words.empty,
    there="",
    nothing=r"The (.+) found nothing here\. It knows (.+)\.",
    chosen=rf"({COUNT}) (window|windows), none of the classes that you chose above ([\d.]+)\.",
    below=rf"({COUNT}) (window|windows), none above ([\d.]+)\.",
)
def empty(draw: np.random.Generator, read: Reader) -> None:
    scene = random_scene(draw)
    found, count = scene.found, len(scene.found.scores)
    best = float(found.scores[0]) if count else None
    said = read(words.empty(found.title, found.labels, count, scene.ledger, scene.settings, best))
    enough = found.scores >= np.float32(scene.settings.confidence)
    wanted = (
        enough if scene.settings.classes is None else enough & np.isin(found.class_ids, list(scene.settings.classes))
    )
    assert (said.form == "there") == bool(wanted.any())
    assert (said.form == "nothing") == (not count)
    if said.form == "nothing":
        same(said.parts[0], found.title)
        if found.labels != ("person",):
            known_is_true(said.parts[1], found.labels)
        else:
            same(said.parts[1], "people in full height")
    elif said.form != "there":
        holds(said.parts[0], count)
        same(said.parts[1], "window" if count == 1 else "windows")
        holds(said.parts[2], scene.settings.confidence)
        assert (said.form == "chosen") == bool(enough.any())
        asked = np.isin(found.class_ids, list(scene.settings.classes or ())) if said.form == "chosen" else enough | True
        assert (found.scores[asked] < float(said.parts[2])).all()


@true_of(
    words.left_out,
    none="",
    some=rf"({COUNT}) labelled (box does|boxes do) not count: no area, or a class that this detector does not know\.",
)
def left_out(draw: np.random.Generator, read: Reader) -> None:
    count = int(draw.integers(0, 3) * draw.choice([1, 700]))
    said = read(words.left_out(count))
    assert (said.form == "none") == (count == 0)
    if count:
        holds(said.parts[0], count)
        same(said.parts[1], "box does" if count == 1 else "boxes do")


@true_of(
    words.with_labels,
    _=rf"({COUNT}) found, ({COUNT}) false, ({COUNT}) missed: (?:precision ({SHARE})|no precision without boxes), "
    rf"(?:recall ({SHARE})|no recall without labels)(?:, AP@50 ({SHARE}))?\.",
)
def with_labels(draw: np.random.Generator, read: Reader) -> None:
    found, false, missed = (int(one) for one in draw.integers(0, 30, 3) * draw.choice([0, 1, 60], 3))
    average = None if draw.random() < 0.3 else float(draw.random())
    said = read(words.with_labels(found, false, missed, average))
    for text, count in zip(said.parts, (found, false, missed), strict=False):
        holds(text, count)
    rates = [found / (found + other) if found + other else None for other in (false, missed)]
    for text, rate in zip(said.parts[3:], [*rates, average], strict=True):
        assert bool(text) == (rate is not None)
        if rate is not None:
            share(text, rate)
