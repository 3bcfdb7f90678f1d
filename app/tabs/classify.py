"""Classify: what do a CNN and a ViT call this photo?"""

from pathlib import Path
from typing import Any

import gradio as gr

from app.api.classify import classify as endpoint
from app.components.answers import Answers
from app.components.chips import ModelChips, chips
from app.components.figures import Figures
from app.components.foot import Foot
from app.components.headline import Headline
from app.components.photo import PhotoRail
from app.components.slider import LiveSlider
from app.lab import Lab, insist
from app.tabs import classify_handlers as on
from app.tabs import classify_view as view
from cvdemo.catalogue import BUNDLED_PAIR
from cvdemo.classify import CHOSEN_LIMIT, classify
from cvdemo.classify.words import answer_sentence

TOP_K, TEMPERATURE = 5.0, 1.0
PRESETS = ("Bundled pair", "Same size", "Same speed")
WHY = (
    "A CNN starts with a habit built in: look near first, and use the same small filters everywhere. A ViT has to "
    "learn from examples which patches belong together, so it needs more photos or a stronger training recipe to "
    "catch up."
)


def _build(rail: PhotoRail) -> None:
    """Lay the tab out and wire it to the shared photo."""
    result = gr.State(None)
    head = Headline(view.head(None, TEMPERATURE, {"text": "Starting", "share": None, "stoppable": False}))
    with gr.Row(elem_classes="choice"):
        models = ModelChips(chips(BUNDLED_PAIR, on.offered(), CHOSEN_LIMIT))
        preset = gr.Radio(PRESETS, value="Bundled pair", show_label=False, container=False, elem_classes="segmented")
    cards = Answers(view.cards(None, (), int(TOP_K), TEMPERATURE))
    with gr.Row(elem_classes="grid2", equal_height=True):
        with gr.Column(elem_classes="card"):
            gr.HTML("<h3>How peaked are the answers?</h3>")
            temperature = LiveSlider("Temperature", 0.2, 5.0, 0.1, TEMPERATURE, "lower sharpens, higher flattens")
        with gr.Column(elem_classes="card"):
            agreement = Figures(view.agreement_card(None, int(TOP_K), TEMPERATURE))
    gr.HTML(f'<div class="why"><b>Why do two models with the same training disagree?</b>{WHY}</div>')
    with gr.Accordion("More settings", open=False), gr.Row(elem_classes=["grid2", "card"]):
        top_k = LiveSlider("Lines per model", 1, 10, 1, TOP_K, "top-k")
        own_labels = gr.Textbox(
            label="Your own labels, separated by commas",
            info="For SigLIP, which compares the photo with any words",
            value="a cat, a dog, a coffee cup",
            max_length=600,
        )
    foot = Foot(view.foot(None, (), int(TOP_K), 0))

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    heavy: dict[str, Any] = {"concurrency_id": "compute", "concurrency_limit": 4, **quiet}
    light: dict[str, Any] = {"queue": False, **quiet}
    shown = [head, cards, agreement, temperature, foot]
    everything: dict[str, Any] = {
        "inputs_kwargs": {
            "photo": rail, "models": models, "own_labels": own_labels, "top_k": top_k, "temperature": temperature
        },
        "outputs": [result, models, *shown],
        **heavy,
    }  # fmt: skip
    fetching = cards.fetch(on.fetch_and_run, trigger_mode="multiple", **everything)  # also after a cancelled one
    changes = [models.models, own_labels.submit, cards.again]
    running = gr.on(changes, on.run, trigger_mode="always_last", cancels=[fetching], **everything)
    preset.input(on.choose_pair, preset, models, **heavy)
    cards.use(on.use_instead, models, models, **light)
    known = [result, models, top_k, temperature]
    cancelled = head.stop(None, cancels=[fetching, running], **quiet)
    cancelled.then(on.stopped, known, shown, **light)  # not before: a last word of the work may be on its way
    gr.on([temperature.input, top_k.input], on.retune, known, shown, trigger_mode="always_last", **light)


def _check(photo: Path) -> str:
    found = classify(photo, BUNDLED_PAIR)
    for answer in found.answers:
        insist(abs(float(answer.probabilities().sum()) - 1) < 1e-6, "its probabilities do not add up to 1")
    insist(len(found.trained) == len(BUNDLED_PAIR), "a model of the bundled pair is missing")
    return answer_sentence(found)


LAB = Lab(
    id="classify",
    title="Classify",
    question=view.QUESTION,
    build=_build,
    endpoints=(endpoint,),
    check=_check,
    starter="coffee",
)
