"""What is said of models before they run: in what they differ, and how far the starter set is."""

import numpy as np

from cvdemo import catalogue, pairs, starter_set, weights
from tests.sentences.table import Reader, Said, holds, listed_in, same, true_of

CLASSIFIERS = [spec for spec in catalogue.MODELS if spec.task == "classify" and catalogue.figures(spec.name)]


@true_of(
    pairs.differences,
    none="",
    whole=r"Not only the architecture differs: (.+)\.",
    each=r"(?!Not only )(.+?)(?: |(?<=\) ))(?=sees|knows|learned)(?:sees (\d+ px))?(?:(?:, | and )?(knows your "
    r"own words|knows [\d,]+ classes))?(?:(?:, | and )?learned from (.+))?",
)
def differences(draw: np.random.Generator, read: Reader) -> None:
    here = [spec for spec in CLASSIFIERS if weights.is_ready(spec)]
    offered = here if draw.random() < 0.6 else CLASSIFIERS
    chosen = [offered[place].name for place in draw.integers(0, len(offered), draw.integers(2, 4))]
    random = bool(draw.random() < 0.2)
    said = read(pairs.differences(chosen, random))
    specs = [catalogue.get(name) for name in dict.fromkeys(chosen)]
    sides = {spec.name: catalogue.figures(spec.name).input_size_hw[0] for spec in specs}  # type: ignore[union-attr]
    trained = not random and all(weights.is_ready(spec) for spec in specs)
    counts = {spec.name: _classes(spec) for spec in specs}
    differ = len(set(sides.values())) > 1 or (trained and len(set(counts.values())) > 1)
    assert said.form == "whole" or not differ
    if said.form == "none":
        return
    told = [read(part) for part in said.parts[0].split("; ")]
    assert len(told) == len(specs)
    for one, spec in zip(told, specs, strict=True):
        _is_true(one, spec, specs)
        same(one.parts[1], f"{sides[spec.name]} px" if len(set(sides.values())) > 1 else "")
        same(one.parts[2], f"knows {counts[spec.name]}" if trained and len(set(counts.values())) > 1 else "")
    photos = [one.parts[3] for one in told]
    ours = [weights.card(spec.name) is not None for spec in specs]
    if trained and len(set(ours)) > 1 and all(spec.source in ("bundled", "timm", "packaged") for spec in specs):
        assert all(photos)  # what we trained saw other photos than what others did
    assert not any(photos) or (trained and all(photos) and len(set(photos)) > 1)


def _classes(spec: catalogue.ModelSpec) -> str:
    card = weights.card(spec.name)
    return "your own words" if spec.zero_shot else f"{len(card.synsets) if card else 1000:,} classes"


def _is_true(one: Said, spec: catalogue.ModelSpec, specs: list[catalogue.ModelSpec]) -> None:
    clear = len(specs) == 2 and specs[0].family != specs[1].family
    same(
        one.parts[0], {"cnn": "the CNN", "vit": "the ViT", "hybrid": "the hybrid"}[spec.family] if clear else spec.title
    )
    card = weights.card(spec.name)
    if one.parts[3] and card is not None:
        assert one.parts[3] in card.data
    elif one.parts[3]:
        saw = [part.removeprefix("ImageNet-") for part in listed_in(one.parts[3])]
        same(saw[-1], "1k")
        assert saw[:-1] == [tag[2:] for tag in ("in12k", "in21k", "in22k") if tag in (spec.weights or "")]


@true_of(
    starter_set.sentence,
    none="",
    offer=r"Get the starter set, ([\d.]+) ([MG]B)",
    fetching=r"Starter set: ([\d.]+)( [MG]B)? of ([\d.]+) ([MG]B)(?:, about ([\d,]+ s) left)?",
    broken=r"Stopped at (120 MB)\. What came is kept\.",
    done=r"([\d,]+) (model|models) here\.",
)
def starter(draw: np.random.Generator, read: Reader) -> None:
    total = int(10 ** draw.uniform(6, 9.7))
    done, ready = int(draw.uniform(0, total)), int(draw.choice([1, 2, 50]))
    left = None if draw.random() < 0.3 else float(draw.exponential(400))
    phase = str(draw.choice(["none", "offer", "fetching", "fetching", "broken", "done"]))
    state = starter_set.State(phase, done, total, left, "Stopped at 120 MB. What came is kept.", ready)  # type: ignore[arg-type]
    said = read(starter_set.sentence(state))
    same(said.form, phase)
    units = {"MB": 1e6, "GB": 1e9}
    if phase == "offer":
        holds(said.parts[0], total / units[said.parts[1]])
    elif phase == "fetching":
        holds(said.parts[0], done / units[said.parts[1].strip() or said.parts[3]])
        holds(said.parts[2], total / units[said.parts[3]])
        assert bool(said.parts[4]) == (left is not None)
        if left is not None:
            holds(said.parts[4], max(1, left), "s")
    elif phase == "broken":
        same(said.parts[0], "120 MB")
    elif phase == "done":
        holds(said.parts[0], ready)
        same(said.parts[1], "model" if ready == 1 else "models")
