"""What Look inside says: of attention, saliency, similar patches and feature maps, and of one box's map."""

from types import SimpleNamespace
from typing import Any

import numpy as np

from cvdemo import catalogue
from cvdemo.attention import words as attention
from cvdemo.feature_maps import words as feature_maps
from cvdemo.feature_maps.answer import Without
from cvdemo.inside import words as inside
from cvdemo.saliency import box_words
from cvdemo.saliency import words as saliency
from cvdemo.saliency.checks import Checks
from cvdemo.saliency.faithful import Curve
from cvdemo.saliency.point import PointHeat
from cvdemo.similarity import words as similarity
from cvdemo.similarity.patches import Similar
from tests.sentences.table import Reader, holds, listed_in, number, same, share, true_of

MODELS = ("resnet50", "vit_small_patch16_224", "swin_base_patch4_window7_224", "mini_resnet")
SHARE = r"(-?\d+\.\d %)"


def random_models(draw: np.random.Generator) -> list[Any]:
    chosen = draw.permutation(MODELS)[: draw.integers(1, 4)].tolist()
    return [SimpleNamespace(spec=catalogue.get(name), asked=SimpleNamespace(model=name)) for name in chosen]


def spoken(models: list[Any]) -> list[str]:
    specs = [one.spec for one in models]
    if len(specs) == 2 and specs[0].family != specs[1].family:
        return [{"cnn": "the CNN", "vit": "the ViT"}[spec.family] for spec in specs]
    return [spec.title for spec in specs]


@true_of(
    attention.answer,
    none=attention.NONE.replace(".", r"\."),
    patches=r"In this layer (.+)\.",
    point=r"From here (.+)\.",
)
def looks(draw: np.random.Generator, read: Reader) -> None:
    names = spoken(random_models(draw))
    far = [None if draw.random() < 0.4 else float(draw.uniform(0, 300)) for _ in names]
    from_class = bool(draw.random() < 0.5)
    said = read(attention.answer(names, far, from_class))
    known = [(name, one) for name, one in zip(names, far, strict=True) if one is not None]
    same(said.form, "none" if not known else "patches" if from_class else "point")
    if known:
        for text, (name, one) in zip(listed_in(said.parts[0]), known, strict=True):
            who, figure = text.removesuffix(" px away on average").rsplit(" ", 1)
            same(who, f"{name}'s patches look" if from_class else f"{name} looks")
            holds(figure, one)


@true_of(
    attention.self_test,
    passed=r"Self-test passed: ([\d,]+) rows of attention sum to 1; the largest deviation is ([\d.e+-]+)\.",
    failed=r"Self-test failed: of ([\d,]+) rows of attention not all sum to 1; the largest deviation is ([\d.e+-]+)\.",
)
def self_test(draw: np.random.Generator, read: Reader) -> None:
    figures = [
        SimpleNamespace(
            deviation=float(10 ** draw.uniform(-9, draw.choice([-5, -1]))), queries=int(draw.integers(1, 300))
        )
        for _ in range(3)
    ]
    layers = [SimpleNamespace(heads=int(draw.integers(1, 13))) for _ in range(3)]
    said = read(attention.self_test(SimpleNamespace(figures=figures, layers=layers)))  # type: ignore[arg-type]
    worst = max(one.deviation for one in figures)
    holds(said.parts[0], sum(one.queries * layer.heads for one, layer in zip(figures, layers, strict=True)))
    holds(said.parts[1], worst)
    assert (said.form == "passed") == (worst < 1e-4)


@true_of(
    attention.head_told,
    _=r"Over (?:all ([\d,]+)|([\d,]+) of ([\d,]+)) patches: (\d+ px) away, ([\d.]+) of at most ([\d.]+) bits of spread "
    rf"\(entropy\)\.(?: {SHARE} of this attention goes to the class token\.)?",
)
def head(draw: np.random.Generator, read: Reader) -> None:
    patches = int(draw.choice([49, 196, 1369]))
    asked = int(draw.choice([patches, min(patches, 48)]))
    other = None if draw.random() < 0.5 else float(draw.random())
    far, bits = float(draw.uniform(0, 300)), float(draw.uniform(0, np.log2(patches)))
    said = read(attention.head_told(far, bits, patches + 1, other, asked, patches))
    for text, real in zip(said.parts[:3], (patches, asked, patches), strict=True):
        assert text == "" or number(text) == real
    assert bool(said.parts[0]) == (asked == patches) != bool(said.parts[1])
    assert bool(said.parts[1]) == bool(said.parts[2])
    holds(said.parts[3], far, "px")
    holds(said.parts[4], bits)
    holds(said.parts[5], np.log(patches + 1) / np.log(2))
    assert float(said.parts[4]) <= float(said.parts[5]) and bool(said.parts[6]) == (other is not None)
    if other is not None:
        share(said.parts[6], other)


@true_of(
    attention.outliers_told,
    none=r"None of the ([\d,]+) patches has an unusually long vector \(an outlier token\)\.",
    some=r"(\d+) of ([\d,]+) (patch has|patches have) an unusually long vector \(outlined\): a ViT may keep "
    r"notes there instead of the photo \(Darcet et al\. 2024\)\.",
)
def outliers(draw: np.random.Generator, read: Reader) -> None:
    count, of = int(draw.integers(0, 4)), int(draw.integers(4, 1400))
    said = read(attention.outliers_told(count, of))
    assert (said.form == "none") == (count == 0)
    holds(said.parts[min(count, 1)], of)
    if count:
        holds(said.parts[0], count)
        same(said.parts[2], "patch has" if count == 1 else "patches have")


@true_of(attention.tile, _=r", mean of (\d+) heads\. It looks (\d+ px) away on average\.")
def attention_tile(draw: np.random.Generator, read: Reader) -> None:
    heads, far = int(draw.integers(1, 25)), float(draw.uniform(0, 300))
    said = read(attention.tile(heads, far))
    holds(said.parts[0], heads)
    holds(said.parts[1], far, "px")


@true_of(
    attention.field_told,
    whole=r"(.+): one unit can see all that the model gets of the photo\.",
    part=r"(.+): one unit can see ([\d,]+) x ([\d,]+) px of the photo \(the square\)\.",
)
def field(draw: np.random.Generator, read: Reader) -> None:
    size = None if draw.random() < 0.3 else tuple(draw.integers(1, 3000, 2).tolist())
    said = read(attention.field_told("stage 4 of 4", size))
    same(said.parts[0], "Stage 4 of 4")
    assert (said.form == "whole") == (size is None)
    for text, real in zip(said.parts[1:], size or (), strict=True):
        holds(text, real)


SIDES = ("to its right", "to its left", "above", "below")


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


def _curve(draw: np.random.Generator) -> Curve:
    start, end = draw.uniform(0.3, 1), draw.uniform(0, 0.4)
    return Curve(np.linspace(start, end, 11).astype(np.float32))


def _half(curve: Curve) -> float | None:
    """Return where a straight curve is at half of its start."""
    start, end = float(curve.values[0]), float(curve.values[-1])
    return None if end > start / 2 else (start / 2) / (start - end)


def _random_checks(draw: np.random.Generator) -> Checks:
    alike = None if draw.random() < 0.3 else float(draw.uniform(-0.2, 1))
    return Checks(_curve(draw), _curve(draw), _curve(draw), alike)


AREAS = r"\(deletion ([\d.]+), insertion ([\d.]+)\)"
STAYS = r"With random weights the map stays (-?[\d.]+) similar; a faithful map should change\."
CAREFUL = saliency.CAREFUL.replace(".", r"\.")


def _areas_are_true(checks: Checks, parts: tuple[str, ...]) -> None:
    for text, curve in zip(parts, (checks.deletion, checks.insertion), strict=True):
        holds(text, np.trapezoid(curve.values, dx=0.1))


def _rest_is_true(checks: Checks, rest: list[str], read: Reader) -> None:
    told = [read(text) for text in rest]
    alike = checks.random_similarity
    assert [said.form for said in told] == ([] if alike is None else ["stays", "careful"][: 1 + (alike > 0.8)])
    if alike is not None:
        holds(told[0].parts[0], alike)


@true_of(
    saliency.checked,
    saliency.random_weights,
    never=rf"Hiding the brightest first, the answer never falls to half; a plain blob in the centre (?:needs "
    rf"{SHARE}|(never brings it there)) {AREAS}\.",
    falls=rf"Hiding the brightest first, the answer falls to half after {SHARE} of the pixels; a plain blob in "
    rf"the centre (?:needs {SHARE}|(never brings it there)) {AREAS}\.",
    stays=STAYS,
    careful=CAREFUL,
)
def checked(draw: np.random.Generator, read: Reader) -> None:
    checks = _random_checks(draw)
    first, *rest = saliency.checked(checks)
    _rest_is_true(checks, rest, read)
    said = read(first)
    _areas_are_true(checks, said.parts[-2:])
    deletion, blob = _half(checks.deletion), _half(checks.blob)
    assert (said.form == "never") == (deletion is None) and bool(said.parts[-4]) == (blob is not None)
    same(said.parts[-3], "" if blob is not None else "never brings it there")
    if deletion is not None:
        share(said.parts[0], deletion)
    if blob is not None:
        share(said.parts[-4], blob)


@true_of(
    saliency.shared,
    none="",
    _=rf"The brightest fifths of both maps overlap by {SHARE} \(intersection over union\)(?:; their ranks agree "
    r"by (-?[\d.]+) \(Spearman, 1 = the same order\))?\.",
)
def shared(draw: np.random.Generator, read: Reader) -> None:
    overlap = None if draw.random() < 0.2 else float(draw.random())
    ranks = None if draw.random() < 0.3 else float(draw.uniform(-1, 1))
    said = read(saliency.shared(overlap, ranks))
    assert (said.form == "none") == (overlap is None)
    if overlap is not None:
        share(said.parts[0], overlap)
        assert bool(said.parts[1]) == (ranks is not None)
        if ranks is not None:
            holds(said.parts[1], ranks)


@true_of(
    saliency.cost,
    short=r"Score-CAM runs (.+) ([\d,]+) times, less than a second here\.",
    seconds=r"Score-CAM runs (.+) ([\d,]+) times, about (\d+ s) here\.",
    minutes=r"Score-CAM runs (.+) ([\d,]+) times, about (\d+ minutes) here\.",
)
def cost(draw: np.random.Generator, read: Reader) -> None:
    seconds, runs = float(10 ** draw.uniform(-1, 4)), int(draw.integers(2, 3000))
    said = read(saliency.cost("ResNet-50", runs, seconds))
    same(said.parts[0], "ResNet-50")
    holds(said.parts[1], runs)
    same(said.form, "short" if seconds < 1 else "seconds" if seconds < 90 else "minutes")
    if said.form != "short":
        holds(said.parts[2], seconds / (60 if said.form == "minutes" else 1), "minutes" if seconds >= 90 else "s")


def random_box(draw: np.random.Generator) -> Any:
    """Return what is known of one box: so much as the sentences use."""
    rows, columns = (int(one) for one in draw.integers(3, 9, 2))
    size = (8 * rows, 8 * columns)
    corner = draw.integers(0, 9, 2)
    box = (
        (*corner.tolist(), *(corner + draw.integers(4, 16, 2)).tolist()) if draw.random() < 0.7 else (0, 0, *size[::-1])
    )
    return SimpleNamespace(
        labels=("cat", "dog"), kind=int(draw.integers(2)), score=float(draw.random()), size_hw=size, stride=8,
        seen_box=lambda: box, activations=np.zeros((1, rows, columns), np.float32),
        cell=SimpleNamespace(row=int(draw.integers(rows)), column=int(draw.integers(columns))),
    )  # fmt: skip


@true_of(
    box_words.answer,
    none=r"(cat|dog), ([\d.]+): no place of this map speaks for it\.",
    _=rf"(cat|dog), ([\d.]+): {SHARE} of what speaks for it lies inside the box\.",
)
def box(draw: np.random.Generator, read: Reader) -> None:
    found = random_box(draw)
    values = (draw.random(found.size_hw) * (draw.random() < 0.8)).astype(
        np.float32
    )  # as large as the photo: no resizing
    said = read(box_words.answer(found, values))
    same(said.parts[0], found.labels[found.kind])
    holds(said.parts[1], found.score)
    assert (said.form == "none") == (not values.any())
    if values.any():
        x0, y0, x1, y1 = found.seen_box()
        inside = float(values[y0:y1, x0:x1].sum(dtype=np.float64)) / float(values.sum(dtype=np.float64))
        assert abs(number(said.parts[2]) - 100 * inside) < 0.0502


@true_of(
    box_words.origin,
    _=r"The box comes from one cell, row (\d+) and column (\d+) of a grid of (\d+) x (\d+), (\d+) pixels of the "
    r"model's picture a cell\.",
)
def origin(draw: np.random.Generator, read: Reader) -> None:
    found = random_box(draw)
    real = (found.cell.row + 1, found.cell.column + 1, *found.activations.shape[1:], found.stride)
    for text, value in zip(read(box_words.origin(found)).parts, real, strict=True):
        holds(text, value)


BLOB = rf"a plain blob in the middle of the box (?:needs {SHARE}|(never brings it there)) {AREAS}\."


@true_of(
    box_words.checked,
    never=r"Hiding the brightest first, the score never falls to half, not even with ([\d.]+) times the box's "
    rf"area hidden; {BLOB}",
    falls=rf"Hiding the brightest first, the score falls to half after {SHARE} of the box's area; {BLOB}",
    stays=STAYS,
    careful=CAREFUL,
)
def box_checked(draw: np.random.Generator, read: Reader) -> None:
    found, checks = random_box(draw), _random_checks(draw)
    first, *rest = box_words.checked(found, checks)
    _rest_is_true(checks, rest, read)
    said = read(first)
    _areas_are_true(checks, said.parts[-2:])
    deletion, blob = _half(checks.deletion), _half(checks.blob)
    assert (said.form == "never") == (deletion is None) and bool(said.parts[-4]) == (blob is not None)
    same(said.parts[-3], "" if blob is not None else "never brings it there")
    x0, y0, x1, y1 = found.seen_box()
    hidden = min(2.0, found.size_hw[0] * found.size_hw[1] / ((x1 - x0) * (y1 - y0)))  # of the box's area, in the end
    if deletion is None:
        holds(said.parts[0], hidden)
    else:
        share(said.parts[0], deletion * hidden)
    if blob is not None:
        share(said.parts[-4], blob * hidden)


def random_similar(draw: np.random.Generator) -> Similar:
    cosines = draw.uniform(-1, 1, tuple(draw.integers(4, 15, 2))).astype(np.float32)
    row, column = np.unravel_index(int(cosines.argmax()), cosines.shape)
    return Similar(cosines, (0, 0), (int(row), int(column)))


def _alike(found: Similar) -> float:
    return np.count_nonzero(found.cosines > 0.7) / found.cosines.size


@true_of(
    similarity.answer,
    _=rf"Much like the point you clicked \(cosine above (0\.7)\): to (.+?) {SHARE} of (the photo|the second "
    r"photo)((?:, to .+ [\d.]+ %)*)\.",
)
def similar(draw: np.random.Generator, read: Reader) -> None:
    models = random_models(draw)
    found, second = [random_similar(draw) for _ in models], "the second photo" if draw.random() < 0.5 else None
    said = read(similarity.answer(models, found, second))
    names = spoken(models)
    holds(said.parts[0], 0.7)
    same(said.parts[1], names[0])
    share(said.parts[2], _alike(found[0]))
    same(said.parts[3], second or "the photo")
    rest = said.parts[4].split(", to ")[1:]
    for text, name, one in zip(rest, names[1:], found[1:], strict=True):
        same(text.rsplit(" ", 2)[0], name)
        share(text.split(" ", name.count(" ") + 1)[-1], _alike(one))


@true_of(similarity.tile, _=rf"{SHARE} of the photo is much alike \(above (0\.7)\)\.")
def similarity_tile(draw: np.random.Generator, read: Reader) -> None:
    found = random_similar(draw)
    said = read(similarity.tile(found))
    share(said.parts[0], _alike(found))
    holds(said.parts[1], 0.7)


@true_of(
    similarity.told,
    _=rf"{SHARE} much alike; best match in row (\d+), column (\d+) with cosine (-?[\d.]+)\. "
    rf"In front by the first component \(PCA\): {SHARE}\.",
)
def similarity_told(draw: np.random.Generator, read: Reader) -> None:
    found, front = random_similar(draw), float(draw.random())
    said = read(similarity.told(found, front))
    share(said.parts[0], _alike(found))
    row, column = int(said.parts[1]) - 1, int(said.parts[2]) - 1
    assert found.cosines[row, column] == found.cosines.max()
    holds(said.parts[3], float(found.cosines.max()))
    share(said.parts[4], front)


@true_of(feature_maps.strongest, _=r"Strongest at this point: in (.+)\.")
def strongest(draw: np.random.Generator, read: Reader) -> None:
    models = random_models(draw)
    found = [(int(draw.integers(0, 2048)), float(draw.normal())) for _ in models]
    said = read(feature_maps.strongest(models, found))
    for text, name, (channel, _) in zip(listed_in(said.parts[0], "and in"), spoken(models), found, strict=True):
        same(text, f"{name} channel {channel}")


@true_of(feature_maps.deviations, _=r"(-?[\d.]+) standard deviations above its mean here")
def deviations(draw: np.random.Generator, read: Reader) -> None:
    score = float(draw.normal(2, 2))
    holds(read(feature_maps.deviations(score)).parts[0], score)


@true_of(
    feature_maps.tile, _=r"of ([\d,]+)\. At your point (\u2212?[\d.,]+), on average over the photo (\u2212?[\d.,]+)\."
)
def feature_tile(draw: np.random.Generator, read: Reader) -> None:
    channels = int(draw.integers(1, 3000))
    here, mean = (float(one) for one in draw.normal(0, draw.choice([0.01, 1, 300]), 2))
    said = read(feature_maps.tile(channels, here, mean))
    for text, real in zip(said.parts, (channels, here, mean), strict=True):
        holds(text, real)


@true_of(
    feature_maps.quiet,
    part=rf"(silent|not above 0) in {SHARE} of the photo",
    whole=r"(silent|not above 0) everywhere in this photo",
    none=r"(silent|not above 0) nowhere in this photo",
)
def quiet(draw: np.random.Generator, read: Reader) -> None:
    one = (draw.normal(draw.normal(), 1, (40, 40)) * (draw.random((40, 40)) < draw.choice([0, 0.001, 0.5, 1]))).astype(
        "f"
    )
    one = np.maximum(one, 0) + np.float32(draw.choice([0, 0, 1])) if draw.random() < 0.6 else one
    said = read(feature_maps.quiet(one))
    same(said.parts[0], "silent" if one.min() >= 0 else "not above 0")
    low = np.count_nonzero(one <= 0)
    same(said.form, "none" if not low else "whole" if low == one.size else "part")
    if said.form == "part":
        share(said.parts[1], low / one.size)


@true_of(
    feature_maps.without,
    stays=rf"Without channel (\d+) (thing \d+) has {SHARE} instead of {SHARE}; it stays the first answer\.",
    falls=rf"Without channel (\d+) (thing \d+) has {SHARE} instead of {SHARE}, and (thing \d+) comes first "
    rf"with {SHARE}\.",
)
def without(draw: np.random.Generator, read: Reader) -> None:
    first, now = (f"thing {one}" for one in draw.integers(0, 3, 2))
    found = Without(int(draw.integers(0, 2048)), first, *draw.random(2).tolist(), now, float(draw.random()))
    said = read(feature_maps.without(found))
    holds(said.parts[0], found.channel)
    same(said.parts[1], first)
    share(said.parts[2], found.after)
    share(said.parts[3], found.before)
    assert (said.form == "stays") == (first == now)
    if said.form == "falls":
        same(said.parts[4], now)
        share(said.parts[5], found.first_probability)
