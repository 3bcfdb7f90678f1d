"""Class names in plain short English, the same for every model that was trained on ImageNet or a part of it."""

import functools
from collections import Counter

from timm.data import ImageNetInfo

from cvdemo import byte_size

_UNLIKE = {
    "n02012849": "crane (bird)",
    "n03126707": "crane (machine)",
}  # the only classes of ImageNet-1k that share every synonym


@functools.cache
def imagenet() -> tuple[str, ...]:
    """Return the 1,000 synsets of ImageNet-1k in the order of every model's outputs: ``n01440764`` first."""
    return tuple(ImageNetInfo("imagenet-1k").label_names())


@functools.cache
def lasting(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return ``names`` as the one tuple that all models with these classes share: no result weighs it."""
    byte_size.stays(names)
    return names


@functools.cache
def _names() -> dict[str, str]:
    """Name each synset of ImageNet-1k by its first synonym that no other class has as well."""
    info = ImageNetInfo("imagenet-1k")
    synonyms = {
        synset: [part.strip() for part in info.label_name_to_description(synset).split(",")] for synset in imagenet()
    }
    firsts = Counter(parts[0].lower() for parts in synonyms.values())
    names = {}
    for synset, parts in synonyms.items():
        alone = parts[0] if firsts[parts[0].lower()] == 1 else (parts[1] if len(parts) > 1 else parts[0])
        names[synset] = _UNLIKE.get(synset, alone)
    return names


def named(synsets: tuple[str, ...]) -> tuple[str, ...]:
    """Return the plain names of ImageNet synsets, those of larger subsets too.

    Raises:
        ValueError: a string that is no synset of WordNet's ImageNet.
    """
    plain = _names()
    others = [synset for synset in synsets if synset not in plain]
    if not others:
        return tuple(plain[synset] for synset in synsets)
    info = ImageNetInfo("imagenet-22k")
    try:
        return tuple(plain.get(s) or info.label_name_to_description(s).split(",")[0].strip() for s in synsets)
    except KeyError as error:
        raise ValueError(f"no such synset: {error}") from error


def aligned(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the synsets of a model's own class names if they are ImageNet-1k's in its usual order, else nothing."""
    synsets = imagenet()
    if len(names) != len(synsets):
        return ()
    info = ImageNetInfo("imagenet-1k")
    same = sum(
        name.split(",")[0].strip().lower() == info.label_name_to_description(synset).split(",")[0].strip().lower()
        for name, synset in zip(names, synsets, strict=True)
    )
    return synsets if same >= 0.9 * len(synsets) else ()
