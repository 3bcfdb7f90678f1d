"""Classify: what do a CNN and a ViT call this photo?"""

from pathlib import Path
from typing import Any

import gradio as gr

from app.api.classify import classify as endpoint
from app.components.chips import ModelChips
from app.errors import shows_errors
from app.lab import Bench, Chips, Lab, Report, Wish, Work, insist
from app.lab.busy import busy, fetching
from app.lab.mount import HEAVY
from app.tabs import classify_view as view
from app.tabs.classify_view import Shown
from app.tabs.missing import is_ready
from cvdemo import catalogue, weights
from cvdemo.catalogue import BUNDLED_PAIR
from cvdemo.classify import CHOSEN_LIMIT, classify, doubt
from cvdemo.classify.pairs import same_size, same_speed
from cvdemo.classify.run import network_runs
from cvdemo.classify.settings import Settings
from cvdemo.classify.words import answer_sentence
from cvdemo.errors import CvDemoError

QUESTION = "What do a CNN and a ViT call this photo?"
PRESETS = ("Bundled pair", "Same size", "Same speed")
WHY_TITLE = "Why do two models with the same training disagree?"
WHY = (
    "A CNN starts with a habit built in: look near first, and use the same small filters everywhere. A ViT has to "
    "learn from examples which patches belong together, so it needs more photos or a stronger training recipe to "
    "catch up."
)


def _offered() -> list[catalogue.ModelSpec]:
    """Return the classifiers that this tab offers: those that can have trained weights."""
    specs = (catalogue.get(name) for name in catalogue.names("classify"))
    return [spec for spec in specs if weights.state(spec) != "random only"]


CHIPS = Chips(_offered, CHOSEN_LIMIT)


@shows_errors
def choose_pair(title: str) -> dict[str, Any]:
    """Return the chips of a ready pair, with what makes it one."""
    if title == "Bundled pair":
        return CHIPS.value(BUNDLED_PAIR)
    specs = [spec for spec in _offered() if not spec.zero_shot]
    ready = list(filter(weights.is_ready, specs))
    pair = same_speed(ready) if title == "Same speed" else same_size(specs if weights.online() else ready)
    return CHIPS.value(pair.names, pair.reason)


def _presets(chips: ModelChips) -> None:
    preset = gr.Radio(PRESETS, value="Bundled pair", show_label=False, container=False, elem_classes="segmented")
    preset.input(choose_pair, preset, chips, **HEAVY)


def _classify(asked: Wish, report: Report) -> Shown:
    """Classify with those chosen models that are ready, or with all: what is missing is downloaded then."""
    labels, before = asked.settings.own_labels(), network_runs()
    ready = asked.models if asked.fetch else tuple(filter(is_ready, asked.models))
    result = classify(asked.path, ready, labels, report) if ready else None
    return Shown(result, asked.models, network_runs() - before)


def _looking(_asked: Wish, step: tuple[Any, ...] | None, elapsed_s: float) -> dict[str, Any]:
    now = fetching(step[0], step[1], elapsed_s) if step else busy("The models look at the photo")
    return {"message": "One moment.", "busy": now}


BENCH = Bench(
    id="classify",
    question=QUESTION,
    settings=Settings,
    scripts=("range", "classify"),
    css="classify",
    props={
        "why_title": WHY_TITLE,
        "why": WHY,
        "none": (doubt.TITLE, doubt.WHY),
        "empty": view.drawn(Shown(None, (), 0), Settings(), {}),
    },
    chips=CHIPS,
    beside=_presets,
    row="choice-hidden",
    pointed=False,
    boxed=(CvDemoError,),
    stopped=view.NONE_READY,
    work={
        "fetch": Work(_classify, told=_looking, fetches=True),
        "again": Work(_classify, told=_looking, mode="always_last", ends=("fetch",)),
    },
    draw=view.drawn,
)


def _check(photo: Path) -> str:
    found = classify(photo, BUNDLED_PAIR)
    for answer in found.answers:
        insist(abs(float(answer.probabilities().sum()) - 1) < 1e-6, "its probabilities do not add up to 1")
    insist(len(found.trained) == len(BUNDLED_PAIR), "a model of the bundled pair is missing")
    return answer_sentence(found)


LAB = Lab(
    id="classify",
    title="Classify",
    question=QUESTION,
    bench=BENCH,
    endpoints=(endpoint,),
    check=_check,
    starter="coffee",
)
