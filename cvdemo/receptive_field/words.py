"""The sentences of the Receptive field tab, made from the numbers on screen."""

from dataclasses import dataclass

from cvdemo.wording import NBSP, listed, milliseconds

QUESTION = "How far does one unit see?"
WHY_TITLE = "Why is the bright spot smaller than the square?"
WHY = (
    "A pixel in the middle reaches the unit along very many paths, a pixel at the edge along few. So the influence "
    "falls off from the centre, and much of the theoretical square hardly counts."
)
NOT_SALIENCY = "This is no saliency map: it shows what can move this one unit, not what decided the model's answer."
RANDOM = "Random weights show the network's shape, not what it learned."
CUT_OFF = "That point was cut off before the models saw it; the nearest point of the centred square is shown."
SHARE_WORDS = {0.2: "a fifth", 0.5: "half", 0.95: f"95{NBSP}%"}


@dataclass(frozen=True)
class Sight:
    """What one model's unit sees, for the sentences.

    Args:
        theory: side in pixels, None = the whole photo.
        effective: side in pixels; None = not measured yet.
        side: of the picture, in pixels.
        units: how many units its map has.
        first_whole: the first layer whose units see the whole photo, or None.
    """

    title: str
    theory: int | None
    effective: int | None
    side: int
    units: int
    first_whole: str | None = None


def pixels(count: float) -> str:
    """Return a length as ``267 px``."""
    return f"{count:,.0f}{NBSP}px"


def answer(sights: list[Sight], share: float) -> str:
    """Return the tab's answer; true for 1 to 3 models, local ones first in their own order."""
    if not sights:
        return "Choose a model that is ready, or one with random weights."
    local = [sight for sight in sights if sight.theory is not None]
    whole = [sight for sight in sights if sight.theory is None]
    sentences = [_could_see(sight, share) for sight in local]
    if whole and not local:
        sentences.append(_all_whole(whole, share))
    elif whole:
        names = listed([f"{_a(sight.title)} unit" for sight in whole])
        sentences.append(f"{names[:1].upper()}{names[1:]} can see the whole photo.")
    return " ".join(sentences)


def _could_see(sight: Sight, share: float) -> str:
    start = f"This {sight.title} unit could see {pixels(sight.theory or 0)}"
    if sight.effective is None:
        return f"{start}."
    joint = "but" if sight.effective < (sight.theory or 0) else "and"
    return f"{start}, {joint} {SHARE_WORDS[share]} of its influence comes from {pixels(sight.effective)}."


def _all_whole(whole: list[Sight], share: float) -> str:
    known = [sight for sight in whole if sight.effective is not None]
    if len(whole) == 1:
        sight = whole[0]
        since = f" from {sight.first_whole} on" if sight.first_whole else ""
        start = f"Every {sight.title} unit can see the whole photo{since}"
        half = f"; {SHARE_WORDS[share]} of the influence comes from {pixels(sight.effective or 0)}." if known else "."
        return start + half
    names = listed([sight.title for sight in whole])
    if len(known) < len(whole):
        return f"Every unit of {names} can see the whole photo."
    sides = listed([pixels(sight.effective or 0) for sight in whole])
    return f"Every unit of {names} can see the whole photo; {SHARE_WORDS[share]} of the influence comes from {sides}."


def _a(title: str) -> str:
    return f"{'an' if title[:1] in 'AEIOU' else 'a'} {title}"


def theory_figure(sight: Sight, tokens: bool, shortest: bool) -> tuple[str, str]:
    """Return the theoretical side and what it is."""
    if shortest:
        what = "theoretical side (dashed) along the shortest path, through every skip"
        return (pixels(sight.theory) if sight.theory is not None else "whole photo"), what
    if sight.theory is None:
        since = f" from {sight.first_whole} on" if sight.first_whole else ""
        what = f"all {sight.units:,} patches" if tokens else "every pixel"
        return "whole photo", f"theoretical side (dashed): {what}{since}"
    return pixels(sight.theory), "theoretical side (dashed): what can reach this unit"


def effective_figure(sight: Sight, share: float, log: bool) -> tuple[str, str]:
    """Return the effective side and what it is."""
    if sight.effective is None:
        return "…", "effective side: not measured yet"
    if log:
        return pixels(sight.effective), (
            f"side of the square (solid) that holds {SHARE_WORDS[share]} of the log-scaled heat; "
            "this exaggerates the faint rim and is no share of influence"
        )
    held = f"holds {SHARE_WORDS[share]} of the influence (gradient)"
    return pixels(sight.effective), f"effective side (solid): {held}"


def steadiness(spread: float, copies: int) -> str:
    """Return how far the effective side moves from one shifted copy to the next, for those who ask."""
    return f"Over {copies} shifted copies of the photo this side varies by {pixels(spread)} (standard deviation)."


def ratio_figure(sight: Sight, log: bool = False, shortest: bool = False) -> tuple[str, str]:
    """Return effective over theoretical side, or over the photo's where a unit can see all of it."""
    above = "log-scaled side" if log else "effective"
    below = "photo width" if sight.theory is None else "shortest path" if shortest else "theoretical"
    if sight.effective is None:
        return "…", f"{above} / {below}"
    return f"{sight.effective / (sight.theory or sight.side):.2f}", f"{above} / {below}"


def beyond(title: str, count: int, side: int) -> str | None:
    """Return how many layers look farther than the photo; None when none does."""
    if count == 0:
        return None
    looks, they, add = ("layer looks", "it", "adds") if count == 1 else ("layers look", "they", "add")
    return f"{title}: {count} {looks} farther than the photo: for {side:,}{NBSP}px {they} {add} depth, not view."


def ran(rows: list[tuple[str, float]], runs: int) -> str:
    """Return what ran for this point: ``rows`` are titles with the milliseconds of their last run."""
    times = f"{runs} time{'s' if runs != 1 else ''}"
    last = listed([f"{title} {milliseconds(spent)}" for title, spent in rows])
    return f"Networks ran {times} for this point. Last run, forward and back: {last}."


def averaged(copies: int, of: int) -> str:
    """Return over how many copies the heat is averaged."""
    if copies <= 1:
        return "The photo itself; shifted copies follow"
    return f"Averaged over {copies} of {of} shifted copies" if copies < of else f"Averaged over {of} shifted copies"
