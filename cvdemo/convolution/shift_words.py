"""The sentences of the shift lab, one for each position, made from the measured numbers."""

from cvdemo.convolution.shift import SHIFT_LIMIT, SHIFTS, Moved
from cvdemo.wording import NBSP, figures3, listed, percent, points

QUESTION = "Does the answer stay when the photo only moves?"
WHY_TITLE = "Why does an answer change when only the photo moves?"
WHY = (
    "A convolution answers alike wherever the pattern lies, but a stride keeps only some of the places: a map moves "
    "along exactly only for shifts by a multiple of its total stride, and away from padded borders. A ViT cuts the "
    "photo into patches, so its maps follow shifts by whole patches best. Both learn from shifted photos to forgive "
    "the rest."
)
RANDOM = "Random weights: their answers mean nothing, but their layers show what stride and pooling do."


def call_names(found: tuple[Moved, ...]) -> tuple[str, ...]:
    """Return how a sentence calls each model: the CNN and the ViT where that is clear, else by title."""
    if sorted(one.family for one in found) == ["cnn", "vit"]:
        return tuple({"cnn": "the CNN", "vit": "the ViT"}[one.family] for one in found)
    return tuple(one.title for one in found)


def answer(found: tuple[Moved, ...], shift: int) -> str:
    """Return the tab's answer at one position; at 0, what happened over all of them."""
    trained = tuple(one for one in found if one.weights != "random")
    if not trained:
        return layers_answer(found, shift)
    names = dict(zip((one.model for one in found), call_names(found), strict=True))
    if shift:
        changes = [points(float(one.probabilities[shift] - one.probabilities[0])) for one in trained]
        parts = [
            f"{names[one.model]}'s by {change.split(NBSP)[0]}"
            for one, change in zip(trained[1:], changes[1:], strict=True)
        ]
        first = f"Moving the photo by {shift} px changed {names[trained[0].model]}'s answer by {changes[0]}"
        return f"{listed([first, *parts])}."
    first = f"{names[trained[0].model]} keeps its answer at {trained[0].kept} of {SHIFT_LIMIT} shifts"
    sentence = f"{listed([first, *(f'{names[one.model]} at {one.kept}' for one in trained[1:])])}."
    return sentence[:1].upper() + sentence[1:]


def layers_answer(found: tuple[Moved, ...], shift: int) -> str:
    """Return how the deepest layers followed, for models whose answers mean nothing."""
    steps = [shift] if shift else list(SHIFTS[1:])
    parts = [f"{one.title} {figures3(float(one.errors[-1, steps].mean()))}" for one in found if len(one.layers)]
    where = f"at {shift} px" if shift else "on average"
    return f"The last layer fails to follow by {listed(parts)} {where} (0 is exact)."


def live(found: tuple[Moved, ...], shift: int) -> str:
    """Return what each model says at one position, for the line under the slider."""
    parts = [
        f"{name} says {one.labels[shift]}"
        + (f" ({percent(one.probabilities[shift])})" if one.labels[shift] == one.labels[0] else ", another answer")
        for one, name in zip(found, call_names(found), strict=True)
        if one.weights != "random"
    ]
    return f"At {shift} px {listed(parts)}." if parts else RANDOM


def layer_note(found: tuple[Moved, ...], shift: int) -> str:
    """Return what the layers' errors at one position have to do with their strides."""
    if not shift:
        return "At 0 px nothing moved, so every layer is exact. Move the slider."
    shown = [one for one in found if one.layers]
    if shown and not any(shift % stride == 0 for one in shown for stride in one.strides):
        return f"{shift} px does not divide by any stride here."
    return " ".join(exact(one, shift) for one in shown)


def exact(one: Moved, shift: int) -> str:
    """Return which layers should follow exactly: those whose stride divides the shift."""
    good = [name for name, stride in zip(one.layers, one.strides, strict=True) if shift % stride == 0]
    if not good:
        return f"{shift} px does not divide by any stride in {one.title}."
    if len(good) == len(one.layers):
        return f"{shift} px is a multiple of every stride in {one.title}."
    return f"{shift} px is a multiple of the stride of {listed(good)} in {one.title}."
