"""The CNN and the ViT that the page opens with, and in what two models differ besides their family."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from cvdemo import catalogue, weights
from cvdemo.catalogue import BUNDLED_PAIR, ModelSpec, figures, get
from cvdemo.errors import ModelUnavailable
from cvdemo.wording import NBSP, called, listed, scaled

LARGEST = 100e6  # parameters: a larger one would keep the first visitor waiting
ALL = 1000  # classes of ImageNet-1k
OTHER_PHOTOS = {"in12k": "ImageNet-12k", "in21k": "ImageNet-21k", "in22k": "ImageNet-22k"}
"""What timm's names of weights say of the photos that they saw before ImageNet-1k."""


@dataclass(frozen=True)
class Pair:
    """A CNN and a ViT, and the sentence that says what makes them a pair."""

    names: tuple[str, str]
    reason: str


def opening_pair() -> Pair:
    """Return the best pair that is ready on this machine; looks at the disk, never at the network.

    1. Of the classifiers that saw all of ImageNet (downloaded, fetched for a Space while it was built, or out of a
       package), the CNN and the ViT nearest in size.
    2. Where they lack one of the two: the packaged CNN, beside the small ViT of ours that did best in its test.
    3. Where the package lacks: the pair that we trained by one recipe.
    """
    able = [spec for spec in _classifiers() if weights.state(spec) in ("cached", "packaged")]
    ready = [spec for spec in able if _size(spec) <= LARGEST]
    if {"cnn", "vit"} <= {spec.family for spec in ready}:
        first, second = nearest({spec: _size(spec) for spec in ready})
        return Pair((first.name, second.name), "Nearest in size of the trained models on this machine.")
    packaged = next((spec for spec in ready if weights.state(spec) == "packaged"), None)
    ours = [spec for spec in _classifiers() if weights.state(spec) == "bundled" and spec.family == "vit"]
    if packaged is None or packaged.family != "cnn" or not ours:
        return same_recipe()
    return Pair((packaged.name, max(ours, key=_top1).name), "The best that need no download.")


def same_recipe() -> Pair:
    """Return the pair that we trained on the same photos by the same recipe, with what that shows."""
    known = weights.card(BUNDLED_PAIR[0])
    facts = f": {known.data}" if known else ""
    return Pair(BUNDLED_PAIR, f"The same scarce photos and the same recipe{facts}. What is left is the architecture.")


def same_size(specs: Iterable[ModelSpec]) -> Pair:
    """Return the CNN and the ViT among ``specs`` whose parameter counts are closest.

    Raises:
        ModelUnavailable: there is no CNN or no ViT among them.
    """
    sizes = {spec: _size(spec) for spec in specs if figures(spec.name) is not None}
    first, second = nearest(sizes)
    return Pair(
        (first.name, second.name),
        f"{first.title} has {scaled(sizes[first])} parameters, {second.title} {scaled(sizes[second])}.",
    )


def nearest(costs: dict[ModelSpec, float]) -> tuple[ModelSpec, ModelSpec]:
    """Return the CNN and the ViT with the smallest ratio of costs; of equal ones the cheaper pair.

    Raises:
        ModelUnavailable: there is no CNN or no ViT among them.
    """
    cnns = [spec for spec in costs if spec.family == "cnn"]
    vits = [spec for spec in costs if spec.family == "vit"]
    if not cnns or not vits:
        raise ModelUnavailable("A pair needs a CNN and a ViT that are ready on this machine. Add one of each.")
    pairs = [(cnn, vit) for cnn in cnns for vit in vits]
    return min(pairs, key=lambda pair: (abs(math.log(costs[pair[0]] / costs[pair[1]])), costs[pair[0]]))


def differences(names: Sequence[str], random: bool = False) -> str | None:
    """Return what differs between models besides their architecture; None where nothing does that is known.

    Classes and photos belong to trained weights: they are told only where every model's are on this machine, and not
    with ``random`` ones.
    """
    specs = [get(name) for name in dict.fromkeys(names)]
    facts: list[Callable[[ModelSpec], str | None]] = [_input]
    if not random and all(weights.is_ready(spec) and spec.task == "classify" for spec in specs):
        facts += [_classes, _photos]
    told = [values for fact in facts if (values := [fact(spec) for spec in specs]) and _differ(values)]
    if not told:
        return None
    each = (f"{name} {listed(list(parts))}" for name, parts in zip(called(specs), zip(*told, strict=True), strict=True))
    return f"Not only the architecture differs: {'; '.join(each)}."


def _differ(values: list[str | None]) -> bool:
    return None not in values and len(set(values)) > 1


def _input(spec: ModelSpec) -> str | None:
    known = figures(spec.name)
    return f"sees {known.input_size_hw[0]}{NBSP}px" if known else None


def _classes(spec: ModelSpec) -> str | None:
    known = weights.card(spec.name)
    return "knows your own words" if spec.zero_shot else f"knows {len(known.synsets) if known else ALL:,} classes"


def _photos(spec: ModelSpec) -> str | None:
    known = weights.card(spec.name)
    if known:
        return f"learned from {known.data.split(':')[0].rpartition(' of ')[2]}"
    if spec.source not in ("timm", "packaged", "torchvision"):
        return None
    before = [f"{title} and " for tag, title in OTHER_PHOTOS.items() if tag in (spec.weights or "")]
    return f"learned from {''.join(before)}ImageNet-1k"


def _classifiers() -> list[ModelSpec]:
    return [spec for spec in catalogue.offered("classify") if not spec.zero_shot]


def _size(spec: ModelSpec) -> float:
    known = figures(spec.name)
    return float(known.parameter_count) if known else math.inf


def _top1(spec: ModelSpec) -> float:
    known = weights.card(spec.name)
    return known.top1 if known else 0.0
