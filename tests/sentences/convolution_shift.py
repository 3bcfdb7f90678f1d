"""What the shift lab says."""

import numpy as np

from cvdemo.convolution import shift_words
from cvdemo.convolution.shift import Moved
from tests.sentences.convolution import NAME
from tests.sentences.table import Reader, holds, listed_in, same, true_of

LAYERS = ("stem", "stage 1", "stage 2", "stage 3")


def random_moved(draw: np.random.Generator) -> tuple[Moved, ...]:
    rows = []
    for place in range(draw.integers(1, 4)):
        labels = tuple(draw.choice(["tabby", "pizza"], 33, p=[0.8, 0.2]).tolist())
        kind = str(draw.choice(["cached", "random"], p=[0.7, 0.3]))
        strides = tuple(int(one) for one in np.cumprod(draw.choice([1, 2, 4, 3], 4)))
        title, family = ("ResNet-50", "ViT-S/16", "BlurNet")[place], str(draw.choice(["cnn", "vit"]))
        rows.append(
            Moved(
                f"m{place}", title, family, kind, labels,
                draw.random(33), LAYERS, strides, draw.random((4, 33)), np.zeros((1, 65, 3), np.uint8), 1.0,
            )
        )  # fmt: skip
    return tuple(rows)


def _spoken(found: tuple[Moved, ...]) -> list[str]:
    if sorted(one.family for one in found) == ["cnn", "vit"]:
        return [{"cnn": "the CNN", "vit": "the ViT"}[one.family] for one in found]
    return [one.title for one in found]


MEANS = r"The last layer fails to follow by (.+) (at \d+ px|on average) \(0 is exact\)\."


def _means_are_true(found: tuple[Moved, ...], shift: int, parts: tuple[str, ...]) -> None:
    same(parts[1], f"at {shift} px" if shift else "on average")
    for text, one in zip(listed_in(parts[0]), found, strict=True):
        title, figure = text.rsplit(" ", 1)
        same(title, one.title)
        holds(figure, float(one.errors[-1, shift] if shift else one.errors[-1, 1:].mean()))


@true_of(
    shift_words.answer,
    shift_words.layers_answer,
    random=MEANS,
    moved=r"Moving the photo by (\d+) px changed (.+)'s answer by (\d+\.\d points)((?:(?:, | and ).+'s by [\d.]+)*)\.",
    kept=r"(.+) keeps its answer at (\d+) of (\d+) shifts((?:(?:, | and ).+ at \d+)*)\.",
)
def moved(draw: np.random.Generator, read: Reader) -> None:
    found, shift = random_moved(draw), int(draw.choice([0, 0, *range(1, 33)]))
    trained = [(one, name) for one, name in zip(found, _spoken(found), strict=True) if one.weights != "random"]
    said = read(shift_words.answer(found, shift))
    _means_are_true(found, shift, read(shift_words.layers_answer(found, shift)).parts)
    same(said.form, "random" if not trained else "moved" if shift else "kept")
    if said.form == "random":
        _means_are_true(found, shift, said.parts)
        return
    others = listed_in(f"first{said.parts[3]}")[1:] if said.parts[3] else []
    (one, name), rest = trained[0], trained[1:]
    if said.form == "moved":
        holds(said.parts[0], shift)
        same(said.parts[1], name)
        holds(said.parts[2], 100 * abs(one.probabilities[shift] - one.probabilities[0]), "points")
        for text, (other, called) in zip(others, rest, strict=True):
            same(text.split("'s by ")[0], called)
            holds(text.split("'s by ")[1], 100 * abs(other.probabilities[shift] - other.probabilities[0]))
    else:
        same(said.parts[0], name[0].upper() + name[1:])
        holds(said.parts[1], sum(label == one.labels[0] for label in one.labels[1:]))
        holds(said.parts[2], 32)
        for text, (other, called) in zip(others, rest, strict=True):
            same(text.rsplit(" at ", 1)[0], called)
            holds(text.rsplit(" at ", 1)[1], sum(label == other.labels[0] for label in other.labels[1:]))


@true_of(shift_words.live, random=shift_words.RANDOM.replace(".", r"\."), _=r"At (\d+) px (.+)\.")
def live(draw: np.random.Generator, read: Reader) -> None:
    found, shift = random_moved(draw), int(draw.integers(0, 33))
    trained = [(one, name) for one, name in zip(found, _spoken(found), strict=True) if one.weights != "random"]
    said = read(shift_words.live(found, shift))
    assert (said.form == "random") == (not trained)
    if said.form == "random":
        return
    holds(said.parts[0], shift)
    wanted = [
        f"{name} says {one.labels[shift]}"
        + (f" ({100 * one.probabilities[shift]:.1f} %)" if one.labels[shift] == one.labels[0] else ", another answer")
        for one, name in trained
    ]
    same(said.parts[1], ", ".join(wanted[:-1]) + " and " + wanted[-1] if len(wanted) > 1 else wanted[0])


EXACT = {
    "none": rf"(\d+) px does not divide by any stride in {NAME}\.",
    "every": rf"(\d+) px is a multiple of every stride in {NAME}\.",
    "some": rf"(\d+) px is a multiple of the stride of (.+) in {NAME}\.",
}


@true_of(
    shift_words.layer_note,
    shift_words.exact,
    still=r"At (0) px nothing moved, so every layer is exact\. Move the slider\.",
    nowhere=r"(\d+) px does not divide by any stride here\.",
    **EXACT,
)
def exact(draw: np.random.Generator, read: Reader) -> None:
    found, shift = random_moved(draw), int(draw.choice([0, *range(1, 33)]))
    text = shift_words.layer_note(found, shift)
    if not shift:
        same(read(text).parts[0], 0)
        return
    if not any(shift / stride == shift // stride for one in found for stride in one.strides):
        said = read(text)
        same(said.form, "nowhere")
        holds(said.parts[0], shift)
        return
    for part, one in zip(text.replace(". ", ".\n").split("\n"), found, strict=True):
        same(part, shift_words.exact(one, shift))
        said = read(part)
        good = [name for name, stride in zip(one.layers, one.strides, strict=True) if shift / stride == shift // stride]
        holds(said.parts[0], shift)
        same(said.parts[-1], one.title)
        same(said.form, "none" if not good else "every" if len(good) == 4 else "some")
        if said.form == "some":
            assert listed_in(said.parts[1]) == good
