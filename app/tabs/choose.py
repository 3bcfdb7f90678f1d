"""Choose: which network would you ship?"""

from pathlib import Path

import gradio as gr

from app.api.choose import choose
from app.api.claims import claims
from app.components.photo import PhotoRail
from app.lab import Lab, insist, lay_out_views
from app.tabs import choose_claims, choose_guide, choose_quiz
from cvdemo.choose import words
from cvdemo.choose.advice import advise
from cvdemo.choose.candidates import candidates
from cvdemo.choose.demand import Demand

VIEWS = (
    ("choose", "Choose", choose_guide.BENCH),
    ("claims", "Claims", choose_claims.BENCH),
    ("quiz", "Quiz", choose_quiz.BENCH),
)


def _build(rail: PhotoRail) -> None:
    with gr.Column(elem_classes="viewed"):
        lay_out_views(VIEWS, LAB.id, rail)


def _check(_photo: Path) -> str:
    demand = Demand(milliseconds=0, max_mb=100, licence="commercial")
    advice = advise(demand, candidates(demand.task, {}))
    insist(bool(advice.chosen), "it names nobody")
    insist(not any(one.breaks(demand) for one in advice.chosen), "it names what breaks a limit")
    return words.answer(advice)


LAB = Lab(
    id="choose",
    title="Choose",
    group="Decide",
    brief="Which network would you ship?",
    question=words.QUESTION,
    build=_build,
    endpoints=(choose, claims),
    check=_check,
)
