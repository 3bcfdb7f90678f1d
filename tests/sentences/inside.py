"""What Look inside says of attention and of reach."""

from types import SimpleNamespace
from typing import Any

import numpy as np

from cvdemo import catalogue
from cvdemo.attention import words as attention
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
