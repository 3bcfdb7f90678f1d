"""Skips: why do skips let deep networks learn?"""

from pathlib import Path

import gradio as gr

from app.api.surgery import block_lesion
from app.components.photo import PhotoRail
from app.lab import Lab, insist, lay_out_views
from app.tabs import skips_costs, skips_inside, skips_surface, skips_surgery, skips_train
from cvdemo import residual
from cvdemo.photo_sets import FOLDERS, ready
from cvdemo.residual import words
from cvdemo.residual.data import small
from cvdemo.residual.settings import Racing

CHECKED = 3  # steps
VIEWS = (
    ("train", "Train both", skips_train.BENCH),
    ("surgery", "Surgery", skips_surgery.BENCH),
    ("block", "Inside a block", skips_inside.BENCH),
    ("order", "Costs and order", skips_costs.BENCH),
    ("surface", "Loss surface", skips_surface.BENCH),
)


def _build(rail: PhotoRail) -> None:
    with gr.Column(elem_classes="viewed"):
        lay_out_views(VIEWS, LAB.id, rail)


def _left(session: str) -> None:
    """Let go of the nets that a page trained, and of the photos that it gave."""
    skips_train.NETS.forget(session)
    FOLDERS.forget(session)


def _check(_photo: Path) -> str:
    found = residual.race(small(ready("digits")), Racing(depth=8).designs(), [0], CHECKED)
    insist(all(len(lane.moments) == CHECKED for lane in found.lanes), "a net left the range of numbers")
    return words.answer(found)


LAB = Lab(
    id="skips",
    title="Skips",
    group="Take it apart",
    brief="Why do skips let deep networks learn?",
    question=words.QUESTION,
    build=_build,
    endpoints=(block_lesion,),
    left=_left,
    check=_check,
)
