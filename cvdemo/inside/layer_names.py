"""What people call a network's layers: ``stage 4 of 4, block 2 of 2`` for timm's ``layer4.1``, from module paths."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

# How libraries count: (stage, block) or (block,) within what stands before. A third number counts within a block.
STAGED = (
    re.compile(r"(?P<before>.*?)(?:^|(?<=\.))layer(?P<stage>\d+)\.(?P<block>\d+)"),  # ResNet
    re.compile(r"(?P<before>.*?)(?:^|(?<=\.))(?:layers|stages)\.(?P<stage>\d+)\.blocks\.(?P<block>\d+)"),
    re.compile(r"(?P<before>.*?)(?:^|(?<=\.))(?:layers|stages)\.(?P<stage>\d+)\.downsample"),
    re.compile(r"(?P<before>.*?)(?:^|(?<=\.))stages\.(?P<stage>\d+)\.\d+\.transformer\.(?P<inner>\d+)"),  # MobileViT
    re.compile(r"(?P<before>.*?)(?:^|(?<=\.))(?:blocks|stages)\.(?P<stage>\d+)\.(?P<block>\d+)"),  # EfficientNet
    re.compile(r"(?P<before>.*?)denseblock(?P<stage>\d+)"),
    re.compile(r"(?P<before>.*?)(?:inception|Mixed_)(?P<stage>\d)(?P<block>[a-z])"),  # GoogLeNet, Inception-v3
)
BLOCK = re.compile(r"(?P<before>.*?)(?:^|(?<=\.))(?:blocks|layers|layer)\.(?P<block>\d+)")  # ViT, DINOv2, SigLIP
PATCHES = re.compile(r"patch_embed|embeddings$")


@dataclass(frozen=True)
class _Place:
    """Where a layer stands: what it is counted among, its stage, and its block (or ``inner`` part of one) there."""

    before: str
    stage: str | None
    block: str | None
    inner: str | None


def _place(path: str) -> _Place | None:
    for pattern in (*STAGED, BLOCK):
        found = pattern.fullmatch(path)
        if found:
            named = found.groupdict()
            return _Place(named["before"], named.get("stage"), named.get("block"), named.get("inner"))
    return None


def named(paths: Sequence[str], among: Sequence[str], normalisations: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Return what people call the layers ``paths``, in the order of computation; the library's own name is not in it.

    Args:
        among: the paths of all modules of the network, which say how many stages and blocks there are.
        normalisations: those of ``paths`` that only normalise.
    """
    everywhere = [place for place in map(_place, among) if place is not None]
    places = [_place(path) for path in paths]
    counted = [number for number, place in enumerate(places) if place is not None]
    if not counted:
        return tuple(f"layer {number + 1} of {len(paths)}" for number in range(len(paths)))
    told: list[str] = []
    for number, (path, place) in enumerate(zip(paths, places, strict=True)):
        if place is not None:
            told.append(_counted(place, everywhere))
        elif number < counted[0]:
            stem = f"stem, layer {number + 1} of {counted[0]}" if counted[0] > 1 else "stem"
            told.append("patches" if PATCHES.search(path) else stem)
        elif number > counted[-1]:
            told.append("last normalisation" if path in normalisations else "last layer")
        else:
            told.append(f"after {told[-1].removeprefix('after ').partition(',')[0]}")
    return tuple(told)


def _counted(place: _Place, everywhere: Sequence[_Place]) -> str:
    """Return ``stage 3 of 4, block 1 of 2``, ``block 7 of 12``, ``stage 2 of 4, downsampling``."""
    alike = [one for one in everywhere if one.before == place.before]
    if place.stage is None:
        return _nth("block", place.block, [one.block for one in alike if one.stage is None])
    stage = _nth("stage", place.stage, [one.stage for one in alike])
    here = [one for one in alike if one.stage == place.stage]
    if place.inner is not None:
        return f"{stage}, attention {_nth('', place.inner, [one.inner for one in here]).strip()}"
    blocks = [one.block for one in here]
    if place.block is None:
        return stage if not any(blocks) else f"{stage}, downsampling"
    return stage if len(set(blocks) - {None}) < 2 else f"{stage}, {_nth('block', place.block, blocks)}"


def _nth(what: str, number: str | None, among: Sequence[str | None]) -> str:
    """Return ``stage 3 of 4``: the rank among all that are counted, whatever number the library begins with."""
    ordered = sorted({one for one in among if one is not None}, key=lambda one: (len(one), one))
    return f"{what} {ordered.index(str(number)) + 1} of {len(ordered)}"


def without_counts(label: str) -> str:
    """Return a label as it was written before: ``block 7`` for ``block 7 of 12``."""
    return re.sub(r" of \d+", "", label)
