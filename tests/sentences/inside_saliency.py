"""What Saliency says of maps and of the point."""

from types import SimpleNamespace

import numpy as np

from cvdemo.inside import words as inside
from cvdemo.saliency import words as saliency
from cvdemo.saliency.point import PointHeat
from tests.sentences.inside import SHARE, SIDES, random_models, spoken
from tests.sentences.table import Reader, holds, listed_in, number, same, share, true_of


def random_heat(draw: np.random.Generator) -> PointHeat | None:
    """Return how hot a point is; None: the map is dark everywhere."""
    if draw.random() < 0.15:
        return None
    rank = float(draw.choice([0.0, 0.5, 1.0, draw.random(), draw.uniform(0.45, 0.55)]))
    far = float(draw.choice([0.0, 0.7, draw.uniform(0, 400)]))
    return PointHeat(rank, far, str(draw.choice(SIDES)), bool(draw.random() < 0.85))


def at_least(text: str, value: float) -> None:
    """Assert that ``text`` is a share of 1 in whole percents, rounded down."""
    assert text.endswith(" %") and int(number(text)) == int(np.floor(100 * value + 1e-9)), f"{text!r} is {value!r}"


WHOLE = r"\d+ %"
DARK = r"(?: ?No place of this layer holds up the word for (.+)\.)?"


@true_of(
    saliency.answer,
    none=saliency.NO_CLASSES.replace(".", r"\."),
    dark=r"No place of this layer holds up the word for (.+)\.",
    hardly=rf"Your point hardly matters to (either|any of them) \(({WHOLE}(?:, {WHOLE})*)\)\.{DARK}",
    equally=rf"Your point matters about equally to (both|all) \(({WHOLE}(?:, {WHOLE})*)\)\.{DARK}",
    one=rf"Your point (matters|hardly matters) to ([^,]+) \(hotter than ({WHOLE}) of the photo\)\.{DARK}",
    two=rf"Your point matters to ([^(]+) \(hotter than ({WHOLE}) of the photo\), less to ([^(]+) \(({WHOLE})\)\.{DARK}",
    three=rf"(?=.* to .* to )Your point matters (to [^(]+ \(hotter than {WHOLE} of the photo\)"
    rf"(?:(?:, | and )to [^(]+ \({WHOLE}\))*)"
    rf"(?:, hardly (to [^(]+ \({WHOLE}\)(?: and to [^(]+ \({WHOLE}\))*))?\.{DARK}",
)
def salient(draw: np.random.Generator, read: Reader) -> None:
    names = spoken(random_models(draw))[: draw.integers(0, 4)]
    found = [random_heat(draw) for _ in names]
    said = read(saliency.answer(names, found))
    rows = [(name, one.hotter_than) for name, one in zip(names, found, strict=True) if one is not None]
    dark = [name for name, one in zip(names, found, strict=True) if one is None]
    ranks = [rank for _, rank in rows]
    assert (said.form == "none") == (not names) and (said.form == "dark") == bool(names and not rows)
    if said.form == "none":
        return
    assert (listed_in(said.parts[-1], "or") if said.parts[-1] else []) == dark
    if said.form == "dark":
        return
    hardly = len(rows) > 1 and max(ranks) < 0.5
    equally = len(rows) > 1 and not hardly and max(ranks) - min(ranks) < 0.05
    assert (said.form == "hardly") == hardly and (said.form == "equally") == equally
    if hardly or equally:
        same(said.parts[0], {True: ("any of them", "either"), False: ("all", "both")}[hardly][len(rows) == 2])
        for text, rank in zip(said.parts[1].split(", "), ranks, strict=True):
            at_least(text, rank)
        return
    best = max(ranks)
    assert (said.form == "one") == (len(rows) == 1) and (said.form == "two") == (len(rows) == 2)
    if said.form == "one":
        same(said.parts[0], "matters" if best >= 0.5 else "hardly matters")
        same(said.parts[1], rows[0][0])
        at_least(said.parts[2], best)
    elif said.form == "two":
        assert {said.parts[0], said.parts[2]} == {name for name, _ in rows}
        assert dict(rows)[said.parts[0]] == best
        at_least(said.parts[1], best)
        at_least(said.parts[3], min(ranks))
    else:
        told = {}
        for part, matters in ((said.parts[0], True), (said.parts[1], False)):
            for text in listed_in(part) if part else []:
                name, _, figure = text.removeprefix("to ").removesuffix(")").partition(" (")
                told[name] = (figure, matters)
        first = next(iter(told))
        assert set(told) == {name for name, _ in rows} and dict(rows)[first] == best
        for name, (figure, matters) in told.items():
            assert figure.startswith("hotter than ") == (name == first)
            at_least(figure.removeprefix("hotter than ").removesuffix(" of the photo"), dict(rows)[name])
            assert matters == (dict(rows)[name] >= 0.5)


@true_of(saliency.halves, none="", _=r"Half of (.+)\.")
def halves(draw: np.random.Generator, read: Reader) -> None:
    names = spoken(random_models(draw))[: draw.integers(0, 4)]
    rows = [(name, float(draw.random())) for name in names]
    said = read(saliency.halves(rows))
    assert (said.form == "none") == (not rows)
    if not rows:
        return
    for place, (text, (name, half)) in enumerate(zip(listed_in(said.parts[0]), rows, strict=True)):
        who, figure = text.removeprefix("half of ").removesuffix(" of the photo").split(" in ")
        assert text.endswith(" of the photo") == (place == 0)
        same(who, f"{name}'s" if place else f"{name}'s saliency lies")
        share(figure, half)


@true_of(
    saliency.at_point,
    dark=r"No place of this layer speaks for (.+)\.",
    cut=rf"Your point was cut off before the model saw it; hottest (\d+ px) ({'|'.join(SIDES)})\.",
    hottest=r"Your point is the hottest of all\.",
    _=rf"Your point is hotter than ({WHOLE}) of the photo; hottest (\d+ px) ({'|'.join(SIDES)})\.",
)
def at_point(draw: np.random.Generator, read: Reader) -> None:
    heat = random_heat(draw)
    said = read(saliency.at_point(heat, "thing 3"))
    assert (said.form == "dark") == (heat is None)
    if heat is None:
        same(said.parts[0], "thing 3")
        return
    assert (said.form == "cut") == (not heat.seen)
    assert (said.form == "hottest") == (heat.seen and heat.hottest_px < 1)
    if said.form == "hottest":
        return
    holds(said.parts[-2], heat.hottest_px, "px")
    same(said.parts[-1], heat.toward)
    if said.form == "_":
        at_least(said.parts[0], heat.hotter_than)


@true_of(
    saliency.same_everywhere,
    dark=r"This map does not depend on your point\.",
    cut=r"This map does not depend on your point, which was cut off before the model saw it\.",
    _=rf"This map does not depend on your point, which is hotter than ({WHOLE}) of the photo\.",
)
def same_everywhere(draw: np.random.Generator, read: Reader) -> None:
    heat = random_heat(draw)
    said = read(saliency.same_everywhere(heat))
    same(said.form, "dark" if heat is None else "_" if heat.seen else "cut")
    if heat is not None and heat.seen:
        at_least(said.parts[0], heat.hotter_than)


FELL = rf"(?:never falls to half|falls to half after {SHARE[1:-1]} of the pixels)"
NEEDS = rf"a plain blob in the middle (?:never brings it there|needs {SHARE[1:-1]})"


@true_of(
    saliency.believed,
    _=r"Such maps can look convincing and be wrong\. Hiding the brightest first, "
    rf"((?:[^;]+? {FELL}, {NEEDS}(?:; )?)+)\. So (.+)\.",
)
def believed(draw: np.random.Generator, read: Reader) -> None:
    names = spoken(random_models(draw))
    rows = [(name, *(None if draw.random() < 0.3 else float(draw.random()) for _ in range(2))) for name in names]
    said = read(saliency.believed(rows))
    for text, (name, fell, blob) in zip(said.parts[0].split("; "), rows, strict=True):
        assert text.startswith(name)
        assert ("never falls" in text) == (fell is None) and ("never brings" in text) == (blob is None)
        shares = [part for part in text.removeprefix(name).replace(",", "").split() if part.replace(".", "").isdigit()]
        for figure, real in zip(shares, [one for one in (fell, blob) if one is not None], strict=True):
            share(f"{figure} %", real)
    better = [name for name, fell, blob in rows if fell is not None and (blob is None or fell < blob)]
    few = len(rows) == 1
    if len(better) == len(rows):
        same(said.parts[1], f"{'this map knows' if few else 'these maps know'} something, but not everything")
    elif better:
        assert (
            listed_in(said.parts[1].removeprefix("only the map of ").removesuffix(" does better than the blob"))
            == better
        )
    else:
        same(said.parts[1], f"{'this map does' if few else 'these maps do'} no better than the blob")


@true_of(
    inside.matters,
    none=r"No chosen model has classes, so there is no word to hold up\.",
    word=r"Bright places hold up the word \u201c(.+)\u201d \(saliency\)\.",
    own=r"Bright places hold up each model\u2019s own word \(saliency\)\.",
)
def matters(draw: np.random.Generator, read: Reader) -> None:
    targets = [f"thing {one}" for one in draw.integers(0, 3, draw.integers(0, 4))]
    said = read(inside.matters(targets))
    same(said.form, "none" if not targets else "word" if len(set(targets)) == 1 else "own")
    if said.form == "word":
        same(said.parts[0], targets[0])


@true_of(
    inside.reached,
    alike=r"What looks the same\.",
    looking=r"What it looks at\.",
    both=r"What looks the same \((.+)\), what it looks at \((.+)\)\.",
)
def reached(draw: np.random.Generator, read: Reader) -> None:
    alike, looking = (list(words[: draw.integers(0, 3)]) for words in (("CNN", "hybrid"), ("ViT", "Swin")))
    if not alike and not looking:
        return
    said = read(inside.reached(alike, looking))
    same(said.form, "both" if alike and looking else "alike" if alike else "looking")
    if said.form == "both":
        assert [listed_in(part) for part in said.parts] == [alike, looking]


@true_of(saliency.explained, one=r"(thing \d+)", two=r"why (thing \d+) and not (thing \d+)")
def explained(draw: np.random.Generator, read: Reader) -> None:
    target, against = (f"thing {one}" for one in draw.integers(0, 9, 2))
    found = SimpleNamespace(target_name=target, against_name=against if draw.random() < 0.5 else None)
    said = read(saliency.explained(found))  # type: ignore[arg-type]
    same(said.parts[0], target)
    same("".join(said.parts[1:]), found.against_name or "")
