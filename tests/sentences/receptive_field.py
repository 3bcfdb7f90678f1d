"""What Receptive field says: of sights, of figures beside them, of stacks and of several input sizes."""

import numpy as np
import torch

from cvdemo.receptive_field import sizes, stack_words, words
from cvdemo.receptive_field.stack import Row, build
from tests.sentences.table import Reader, holds, listed_in, same, true_of

TITLES = ("ResNet-50", "EfficientNet-B0", "ViT-S/16")
PX, NAME = r"([\d,]+ px)", r"([\w/-]+)"
HELD = {"a fifth": 0.2, "half": 0.5, "95 %": 0.95}
HELD_IN = "(a fifth|half|95 %)"


def random_sight(draw: np.random.Generator, title: str) -> words.Sight:
    theory = None if draw.random() < 0.4 else int(draw.integers(1, 1500))
    effective = None if draw.random() < 0.3 else int(draw.integers(1, 400))
    return words.Sight(
        title, theory, effective, 224, int(draw.integers(1, 3000)), "stage 3" if draw.random() < 0.5 else None
    )


@true_of(
    words.answer,
    nobody=r"Choose a model that is ready, or one with random weights\.",
    local=rf"This {NAME} unit could see {PX}(?:, (but|and) {HELD_IN} of its influence comes from {PX})?\.",
    beside=r"((?:(?:[Aa]n? [\w/-]+ unit)(?:, | and )?)+) can see the whole photo\.",
    every=rf"Every {NAME} unit can see the whole photo(?: from (.+?) on)?(?:; {HELD_IN} of the "
    rf"influence comes from {PX})?\.",
    all=rf"Every unit of (.+?) can see the whole photo(?:; {HELD_IN} of the influence comes from (.+))?\.",
)
def answer(draw: np.random.Generator, read: Reader) -> None:
    sights = [random_sight(draw, title) for title in TITLES[: draw.integers(0, 4)]]
    held = float(draw.choice(list(HELD.values())))
    told = [read(part) for part in words.answer(sights, held).replace(". ", ".\n").split("\n")]
    local = [sight for sight in sights if sight.theory is not None]
    whole = [sight for sight in sights if sight.theory is None]
    last = "every" if len(whole) == 1 else "all"
    forms = ["local"] * len(local) + (["beside" if local else last] if whole else [])
    assert [said.form for said in told] == (forms or ["nobody"])
    for said, sight in zip(told, local, strict=False):
        same(said.parts[0], sight.title)
        holds(said.parts[1], sight.theory or 0, "px")
        assert bool(said.parts[2]) == (sight.effective is not None)
        if sight.effective is not None:
            same(said.parts[2], "but" if sight.effective < (sight.theory or 0) else "and")
            assert HELD[said.parts[3]] == held
            holds(said.parts[4], sight.effective, "px")
    if whole:
        _whole_is_true(told[-1].form, told[-1].parts, whole, held)


def _whole_is_true(form: str, parts: tuple[str, ...], whole: list[words.Sight], held: float) -> None:
    known = all(sight.effective is not None for sight in whole)
    if form == "beside":
        names = [part.split(" ", 1)[1].removesuffix(" unit") for part in listed_in(parts[0])]
        assert names == [sight.title for sight in whole]
        return
    same(", ".join(listed_in(parts[0])), ", ".join(sight.title for sight in whole))
    if form == "every":
        same(parts[1], whole[0].first_whole or "")
    sides = parts[-1]
    assert bool(sides) == known
    if known:
        assert HELD[parts[-2]] == held
        for text, sight in zip(listed_in(sides), whole, strict=True):
            holds(text, sight.effective or 0, "px")


@true_of(
    words.theory_figure,
    shortest=rf"(?:{PX}|(whole photo)): theoretical side \(dashed\) along the shortest path, through every skip",
    reach=rf"{PX}: theoretical side \(dashed\): what can reach this unit",
    patches=r"whole photo: theoretical side \(dashed\): all ([\d,]+) patches(?: from (.+) on)?",
    pixels=r"whole photo: theoretical side \(dashed\): every pixel(?: from (.+) on)?",
)
def theory(draw: np.random.Generator, read: Reader) -> None:
    sight, tokens, shortest = random_sight(draw, "A"), bool(draw.random() < 0.5), bool(draw.random() < 0.3)
    said = read(": ".join(words.theory_figure(sight, tokens, shortest)))
    whole = "patches" if tokens else "pixels"
    same(said.form, "shortest" if shortest else "reach" if sight.theory is not None else whole)
    if said.form in ("shortest", "reach"):
        assert bool(said.parts[0]) == (sight.theory is not None)
        if sight.theory is not None:
            holds(said.parts[0], sight.theory, "px")
        else:
            same(said.parts[1], "whole photo")
        return
    same(said.parts[-1], sight.first_whole or "")
    if said.form == "patches":
        holds(said.parts[0], sight.units)


@true_of(
    words.effective_figure,
    open="…: effective side: not measured yet",
    heat=rf"{PX}: side of the square \(solid\) that holds {HELD_IN} of the log-scaled heat; this exaggerates the "
    r"faint rim and is no share of influence",
    side=rf"{PX}: effective side \(solid\): holds {HELD_IN} of the influence \(gradient\)",
)
def effective(draw: np.random.Generator, read: Reader) -> None:
    sight, log, held = random_sight(draw, "A"), bool(draw.random() < 0.4), float(draw.choice(list(HELD.values())))
    said = read(": ".join(words.effective_figure(sight, held, log)))
    same(said.form, "open" if sight.effective is None else "heat" if log else "side")
    if said.form != "open":
        holds(said.parts[0], sight.effective or 0, "px")
        assert HELD[said.parts[1]] == held


@true_of(
    words.steadiness,
    _=rf"Over (\d+) shifted copies of the photo this side varies by {PX} \(standard deviation\)\.",
)
def steadiness(draw: np.random.Generator, read: Reader) -> None:
    spread, copies = float(draw.uniform(0, 30)), int(draw.integers(2, 50))
    said = read(words.steadiness(spread, copies))
    holds(said.parts[0], copies)
    holds(said.parts[1], spread, "px")


@true_of(
    words.ratio_figure,
    _=r"(…|\d+\.\d\d): (log-scaled side|effective) / (photo width|shortest path|theoretical)",
)
def ratio(draw: np.random.Generator, read: Reader) -> None:
    sight, log, shortest = random_sight(draw, "A"), bool(draw.random() < 0.4), bool(draw.random() < 0.4)
    said = read(": ".join(words.ratio_figure(sight, log, shortest)))
    same(said.parts[1], "log-scaled side" if log else "effective")
    same(said.parts[2], "photo width" if sight.theory is None else "shortest path" if shortest else "theoretical")
    assert (said.parts[0] == "…") == (sight.effective is None)
    if sight.effective is not None:
        holds(said.parts[0], sight.effective / (sight.side if sight.theory is None else sight.theory))


@true_of(
    words.beyond,
    none="",
    _=rf"{NAME}: (\d+) (layer|layers) (looks|look) farther than the photo: for {PX} (it|they) (adds|add) "
    r"depth, not view\.",
)
def beyond(draw: np.random.Generator, read: Reader) -> None:
    count, side = int(draw.integers(0, 4)), int(draw.integers(32, 2000))
    said = read(words.beyond("ResNet-50", count, side))
    assert (said.form == "none") == (count == 0)
    if count:
        same(said.parts[0], "ResNet-50")
        holds(said.parts[1], count)
        same(
            " ".join((*said.parts[2:4], *said.parts[5:])),
            "layer looks it adds" if count == 1 else "layers look they add",
        )
        holds(said.parts[4], side, "px")


@true_of(words.ran, _=r"Networks ran (\d+) (time|times) for this point\. Last run, forward and back: (.+)\.")
def ran(draw: np.random.Generator, read: Reader) -> None:
    rows = [(title, float(draw.exponential(300))) for title in TITLES[: draw.integers(1, 4)]]
    count = int(draw.integers(0, 12))
    said = read(words.ran(rows, count))
    holds(said.parts[0], count)
    same(said.parts[1], "time" if count == 1 else "times")
    for text, (title, ms) in zip(listed_in(said.parts[2]), rows, strict=True):
        same(text.split(" ", 1)[0], title)
        holds(text.split(" ", 1)[1], ms, "ms")


@true_of(
    words.averaged,
    one="The photo itself; shifted copies follow",
    some=r"Averaged over (\d+) of (\d+) shifted copies",
    all=r"Averaged over (\d+) shifted copies",
)
def averaged(draw: np.random.Generator, read: Reader) -> None:
    of = int(draw.integers(2, 20))
    copies = int(draw.integers(0, of + 1))
    said = read(words.averaged(copies, of))
    same(said.form, "one" if copies <= 1 else "some" if copies < of else "all")
    for text, count in zip(said.parts, (copies, of), strict=False):
        holds(text, count)


@true_of(
    stack_words.answer,
    _=r"(\d+) (layer|layers): one unit sees ([\d,]+ px), the output is ([\d,]+) x ([\d,]+), ([\d.,]+(?: [kMG])?) "
    r"(parameter|parameters)\.(?: (\d+) (layer looks|layers look) farther than the picture\.)?",
)
def stack(draw: np.random.Generator, read: Reader) -> None:
    rows = tuple(
        Row(str(draw.choice(["conv", "max"])), int(draw.integers(1, 6)), int(draw.integers(1, 3)), 0, 1, 1, 2)  # type: ignore[arg-type]
        for _ in range(draw.integers(1, 4))
    )
    side = int(draw.integers(40, 300))
    levels = build(rows, side)
    if draw.random() < 0.3:
        side = int(draw.integers(1, 12))  # as if the picture were small
    said = read(stack_words.answer(levels, side))
    layers, channels, fields, at, stride = [], 3, [], 1, 1
    for row in rows:
        conv = torch.nn.Conv2d(channels, row.channels, row.kernel, row.stride)
        layers.append(conv if row.kind == "conv" else torch.nn.MaxPool2d(row.kernel, row.stride))
        channels = row.channels if row.kind == "conv" else channels
        at, stride = at + (row.kernel - 1) * stride, stride * row.stride
        fields.append(at)
    net = torch.nn.Sequential(*layers)
    out = levels[-1].side
    count = sum(one.numel() for one in net.parameters())
    holds(said.parts[0], len(rows))
    same(said.parts[1], "layer" if len(rows) == 1 else "layers")
    holds(said.parts[2], at, "px")
    holds(said.parts[3], out)
    holds(said.parts[4], out)
    figure, _, unit = said.parts[5].partition(" ")
    holds(figure, count / {"": 1, "k": 1e3, "M": 1e6, "G": 1e9}[unit])
    same(said.parts[6], "parameter" if count == 1 else "parameters")
    beyond = sum(field > side for field in fields)
    same(said.parts[7], beyond or "")
    same(said.parts[8], "" if not beyond else "layer looks" if beyond == 1 else "layers look")


@true_of(
    sizes.flips,
    none="",
    _=rf"Careful: at {PX} {NAME} has the wider effective field, at {PX} {NAME}\. The input size decides here, so "
    r"state it with every comparison\.",
)
def flips(draw: np.random.Generator, read: Reader) -> None:
    models = [
        sizes.AtSizes(
            title, "cnn", sizes.SIZES, tuple(None if draw.random() < 0.2 else float(draw.random()) for _ in range(5))
        )
        for title in TITLES[: draw.integers(1, 4)]
    ]
    said = read(sizes.flips(models))
    known: list[tuple[int, float]] = []
    if len(models) > 1:
        rows = zip(sizes.SIZES, models[0].shares, models[1].shares, strict=True)
        known = [(size, one - two) for size, one, two in rows if one is not None and two is not None]
    signs = {np.sign(gap) for _, gap in known if abs(gap) > 0.05}
    assert (said.form == "none") == (len(signs) < 2)
    if said.form == "none":
        return
    gaps = dict(known)
    assert {said.parts[1], said.parts[3]} == {one.title for one in models[:2]}
    for size, title in (said.parts[:2], said.parts[2:]):
        gap = gaps[int(size.removesuffix(" px"))]
        assert abs(gap) > 0.05 and (gap > 0) == (title == models[0].title)
