"""The sentences about whether augmentation helps here."""

from cvdemo.transfer.augment_words import NAMES
from cvdemo.transfer.helped import SEEDS, Helped
from cvdemo.wording import percent, points

HELPED_TITLE = "Does it help here?"
HELPED_HINT = "last stages, the same seeds with and without changed copies"
HELPED_HOW = (
    f"Trains the last stages {2 * SEEDS} times on private copies: {SEEDS} seeds, each with and without. The held-out "
    "photos are read at the end only, and are never changed."
)


def answer(found: Helped) -> str:
    """Return how much more is right with changed copies, its interval, and whether that is sure."""
    photos, (low, high) = found.plain.shape[1], found.ci95
    told = (
        f"{NAMES[found.name]} on {found.title}: {percent(found.changed.mean())} of {photos} held-out photos with it, "
        f"{percent(found.plain.mean())} without (mean of {len(found.plain)} seeds)"
    )
    between = f"95 % interval {_signed(low)} to {_signed(high)}"
    if low > 0:
        return f"{told}. It helps here, by {points(found.difference)} ({between})."
    if high < 0:
        return f"{told}. It does harm here, by {points(found.difference)} ({between})."
    return f"{told}. Too close to call: {_signed(found.difference)} ({between}). More held-out photos would tell more."


def _signed(share: float) -> str:
    sign = "\u2212" if round(1000 * share) < 0 else "+" if round(1000 * share) > 0 else ""
    return f"{sign}{points(share)}"
