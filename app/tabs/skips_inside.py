"""Skips, Inside a block: what shortcut and branch of a block give, and how long they are at every depth."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.components import chart
from app.lab import Bench, Chips, Report, Wish, Work
from app.lab.busy import busy, fetching
from app.lab.handlers import first_found
from app.tabs.missing import is_ready, none_answers, offer
from cvdemo import catalogue, images, settings
from cvdemo.catalogue import ModelSpec
from cvdemo.errors import ModelUnavailable
from cvdemo.inside.activations import PassRequest
from cvdemo.inside.palettes import VIRIDIS
from cvdemo.settings import number
from cvdemo.surgery import anatomy, anatomy_charts, lesion
from cvdemo.surgery import anatomy_words as words
from cvdemo.surgery.anatomy import Anatomy
from cvdemo.wording import figures3

PARTS = ("Shortcut", "Branch", "Sum")


@dataclass(frozen=True)
class Depth(settings.Settings):
    """Which block: 0 is the first of each network, 1 the last."""

    depth: float = number(0.5, 0, 1, "depth", step=0.01)


@dataclass(frozen=True)
class Shown:
    """Whose blocks one page shows, on which photo."""

    asked: tuple[PassRequest, ...]


def _offered() -> list[ModelSpec]:
    return [spec for spec in catalogue.offered() if lesion.suited(spec)]


def _dissect(asked: Wish, report: Report) -> tuple[Shown, list[dict[str, Any]]]:
    """Run each model once; what cannot be had is offered beside the others."""
    found, missing = [], []
    for name in asked.models:
        if not is_ready(name) and name != asked.fetch:
            missing.append(offer(name))
            continue
        try:
            found.append(anatomy.dissect(asked.path, name, progress=report).asked)
        except ModelUnavailable as error:
            missing.append(offer(name, error))
    return Shown(tuple(found)), missing


def _found(asked: Wish, result: tuple[Shown, list[dict[str, Any]]]) -> dict[str, Any]:
    shown, missing = result
    if not shown.asked:
        return {**BENCH.waiting(none_answers(missing)), "missing": missing}
    return {**first_found(BENCH, asked, shown), "missing": missing}


def _told(_asked: Wish, step: tuple[Any, ...] | None, elapsed_s: float) -> dict[str, Any]:
    return {"busy": fetching(step[0], step[1], elapsed_s) if step else busy("The networks look at the photo")}


def _known(shown: Shown) -> bool:
    return all(anatomy.known(one) is not None for one in shown.asked)


def _draw(shown: Shown, at: Depth, _question: dict[str, Any]) -> dict[str, Any]:
    found = [one for asked in shown.asked if (one := anatomy.known(asked)) is not None]
    if len(found) < len(shown.asked):
        return {"work": True}
    return {
        "answer": words.answer(found),
        "cards": [_card(one, words.at(one, at.depth)) for one in found],
        "ratios": anatomy_charts.ratios(found, at.depth).plain(),
        "cosines": anatomy_charts.cosines(found, at.depth).plain(),
    }


def _card(found: Anatomy, place: int) -> dict[str, Any]:
    spec, block, maps = catalogue.get(found.asked.model), found.blocks[place], found.maps[place]
    top = float(maps.max())
    return {
        "title": spec.title,
        "family": spec.family,
        "block": f"{block.label} ({block.name})",
        "shortcut": block.shortcut,
        "said": words.block(found, place),
        "top": figures3(top),
        "maps": [
            {"title": title if title != "Shortcut" or block.shortcut == "identity" else "Shortcut, projected",
             "src": images.data_url(_coloured(one, top), format="png")}
            for title, one in zip(PARTS, maps, strict=True)
        ],
        "place": place,
        "chain": [{"number": number, "label": one.label, "name": one.name} for number, one in zip(
            found.numbers, found.blocks, strict=True)],
        "rows": [[one.name, ratio, cosine] for one, ratio, cosine in zip(
            found.blocks, found.ratios, found.cosines, strict=True)],
    }  # fmt: skip


def _coloured(values: NDArray[np.float32], top: float) -> NDArray[np.uint8]:
    """Return (h, w) from 0 to ``top`` in Viridis, uint8 (h, w, 3)."""
    stops = np.array([list(bytes.fromhex(colour[1:])) for colour in VIRIDIS], np.float64)
    at = np.clip(values / (top or 1), 0, 1) * (len(stops) - 1)
    return np.stack([np.interp(at, range(len(stops)), stops[:, one]) for one in range(3)], -1).round().astype(np.uint8)


BENCH = Bench(
    id="skips-inside",
    question=words.QUESTION,
    settings=Depth,
    scripts=(*chart.SCRIPTS, "range", "skips_missing", "skips_inside"),
    css="skips block-parts",
    props={"why_title": words.WHY_TITLE, "why": words.WHY, "viridis": list(VIRIDIS)},
    chips=Chips(_offered, most=2),
    work={
        "fetch": Work(_dissect, _found, _told, fetches=True),
        "again": Work(_dissect, _found, _told, mode="always_last", ends=("fetch",)),
    },
    draw=_draw,
    known=_known,
    pointed=False,
)
