"""Choose: which network would you ship?"""

from pathlib import Path

import gradio as gr

from app.components.photo import PhotoRail
from app.lab import Lab, insist, lay_out_views
from app.tabs import choose_claims, choose_guide, choose_quiz
from cvdemo.choose.demand import Demand
from cvdemo.choose.rules import RULES, that_apply

QUESTION = "Which network would you ship?"
VIEWS = (
    ("choose", "Choose", choose_guide.BENCH),
    ("claims", "Claims", choose_claims.BENCH),
    ("quiz", "Quiz", choose_quiz.BENCH),
)


def _build(rail: PhotoRail) -> None:
    with gr.Column(elem_classes="viewed"):
        lay_out_views(VIEWS, LAB.id, rail)


def _check(_photo: Path) -> str:
    applying = that_apply(Demand(photos=1, domain="far"))
    insist(bool(applying), "no rule applies to a far domain")
    return f"{len(applying)} of {len(RULES)} rules apply."


LAB = Lab(
    id="choose",
    title="Choose",
    group="Decide",
    brief="Which network would you ship?",
    question=QUESTION,
    build=_build,
    check=_check,
)
