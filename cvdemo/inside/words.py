"""The sentences of Look inside's overview: what its three columns show, and why not to believe them blindly."""

from collections.abc import Sequence

from cvdemo.wording import listed

WHY_TITLE = "Can I believe the bright places?"
WHY = (
    "Such maps can look convincing and be wrong. The view Saliency tests them: if hiding the brightest places first "
    "does not change the answer sooner than hiding a plain blob in the middle, the map knows nothing."
)


def matters(targets: Sequence[str]) -> str:
    """Return what the first column shows; ``targets``: what each model's map explains."""
    if not targets:
        return "No chosen model has classes, so there is no word to hold up."
    same = len(set(targets)) == 1
    word = f"the word \u201c{targets[0]}\u201d" if same else "each model\u2019s own word"
    return f"Bright places hold up {word} (saliency)."


def reached(alike: Sequence[str], looking: Sequence[str]) -> str:
    """Return what the second column shows; words for the families without attention, and for those that have it."""
    parts = []
    if alike:
        parts.append(f"what looks the same ({listed(list(alike))})" if looking else "what looks the same")
    if looking:
        parts.append(f"what it looks at ({listed(list(looking))})" if alike else "what it looks at")
    told = ", ".join(parts)
    return f"{told[:1].upper()}{told[1:]}."


STRONGEST = "The one channel that stands out most at your point."
