"""The three models whose times the lesson behind this app quotes: its figures stand beside ours, as quotes."""

from cvdemo.latency.result import Duel, Racer
from cvdemo.wording import NBSP, listed, milliseconds

QUOTED_MS = {"efficientnet_b0": 6, "vit_base_patch16_224": 18, "swin_base_patch4_window7_224": 22}  # on a V100
CHOOSE = "The lesson's three"
ABOUT = "EfficientNet-B0, ViT-B/16 and Swin-B: measure here what the lesson quotes for a V100 graphics card."


def quoted(duel: Duel) -> str | None:
    """Return what the lesson quotes beside what was measured here; None where none of its models ran, or not one photo.

    Whether the order is the same is said of medians: it is no verdict.
    """
    known = [(racer, found.p50) for racer in _of_the_lesson(duel) if (found := duel.percentiles(racer)) is not None]
    if not known or duel.settings.batch != 1:
        return None
    theirs = listed([f"{QUOTED_MS[racer.model]}{NBSP}ms for {racer.title}" for racer, _ in known])
    ours = listed([milliseconds(ms) for _, ms in known])
    told = f"Quoted, not measured here: about {theirs}, on a V100 graphics card. Medians here: {ours}"
    if len(known) < 2:
        return f"{told}."
    quotes = [QUOTED_MS[racer.model] for racer, _ in known]
    same = sorted(quotes) == [quote for _, quote in sorted(zip((ms for _, ms in known), quotes, strict=True))]
    return f"{told}; {'the same order' if same else 'another order'}."


def _of_the_lesson(duel: Duel) -> list[Racer]:
    """Return its models among those that ran, each once."""
    return list({racer.model: racer for racer in duel.standing if racer.model in QUOTED_MS}.values())
