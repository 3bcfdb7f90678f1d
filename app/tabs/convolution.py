"""Convolution: what does one kernel do to your photo?"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from app.components.photo import PhotoRail
from app.lab import Bench, Lab, Report, Wish, Work, insist, lay_out_views
from app.tabs import convolution_costs, convolution_pool, convolution_shift
from app.tabs.convolution_view import view
from cvdemo.convolution import (
    ReducedPhoto,
    Settings,
    Window,
    kernels,
    learned,
    reduce_photo,
    tool,
    window_around,
    words,
)
from cvdemo.convolution.arithmetic import EVEN_KERNEL
from cvdemo.convolution.response import respond


@dataclass(frozen=True)
class Shown:
    """The cells that one page shows: of which photo and where."""

    asked: tuple[str, Window]
    photo: ReducedPhoto


def _cells(asked: Wish, _report: Report) -> Shown:
    photo = reduce_photo(asked.path)
    return Shown((photo.digest, window_around(photo, asked.point_rc)), photo)


def _choices() -> dict[str, Any]:
    return {
        "kernels": [[kernel.name, kernel.title] for kernel in kernels.KERNELS],
        "learned": [[spec.name, spec.title] for spec in learned.offered()],
        "grid": None,
        "error": None,
    }


BENCH = Bench(
    id="convolution",
    question=words.QUESTION,
    settings=Settings,
    scripts=(
        "head", "range", *(f"convolution_{name}" for name in ("grid", "numbers", "settings", "slide", "export")),
        "convolution",
    ),
    css="convpane convolution",
    props={"why_title": words.WHY_TITLE, "why": words.WHY, "even_kernel": EVEN_KERNEL},
    first=_choices,
    work={"again": Work(_cells, told=None, mode="always_last", light=True)},
    draw=lambda shown, settings, _: view(shown.photo, shown.asked[1], settings),
    own_head=True,
    falls_back=True,
)  # fmt: skip
VIEWS = (
    ("slide", "Slide a kernel", BENCH),
    ("costs", "Costs", convolution_costs.BENCH),
    ("pool", "Pool or stride", convolution_pool.BENCH),
    ("shift", "Shift lab", convolution_shift.BENCH),
)


def _build(rail: PhotoRail) -> None:
    with gr.Column(elem_classes="viewed"):
        lay_out_views(VIEWS, LAB.id, rail)


def _check(photo: Path) -> str:
    settings = Settings()
    response = respond(reduce_photo(photo), tool(settings), settings)
    insist(0 < response.reacting < 1, "no edge was found")
    return words.answer(settings, response)


LAB = Lab(
    id="convolution",
    title="Convolution",
    group="Take it apart",
    brief="What does one small filter do?",
    question=words.QUESTION,
    build=_build,
    check=_check,
    pointed=True,
)
