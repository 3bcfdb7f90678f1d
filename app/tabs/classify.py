"""Classify: what do a CNN and a ViT call this photo?"""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import gradio as gr

from app.api.classify import classify as endpoint
from app.components import chart
from app.components.chips import ModelChips, chosen
from app.errors import shows_errors
from app.lab import Bench, Chips, Lab, Report, Wish, Work, insist
from app.lab.busy import busy, fetching
from app.lab.mount import HEAVY, QUIET
from app.tabs import classify_view as view
from app.tabs.classify_view import Shown
from app.tabs.missing import is_ready
from cvdemo import catalogue, weights
from cvdemo.classify import CHOSEN_LIMIT, classify, data_curve, doubt, scope
from cvdemo.classify.pairs import known_speed, same_speed
from cvdemo.classify.run import network_runs
from cvdemo.classify.settings import Settings
from cvdemo.classify.words import answer_sentence
from cvdemo.errors import CvDemoError, ModelUnavailable
from cvdemo.pairs import Pair, opening_pair, same_recipe, same_size

QUESTION = "What do a CNN and a ViT call this photo?"
BEST, SAME_RECIPE, SAME_SIZE, SAME_SPEED = "Best pair here", "Same recipe, scarce data", "Same size", "Same speed"
PRESETS = (BEST, SAME_RECIPE, SAME_SIZE, SAME_SPEED)
WHY_TITLE = "Why do a CNN and a ViT disagree?"
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


def _specs() -> tuple[list[catalogue.ModelSpec], list[catalogue.ModelSpec]]:
    """Return those that can be a pair here and now, downloads included, and those that are ready."""
    specs = [spec for spec in _offered() if not spec.zero_shot]
    ready = list(filter(weights.is_ready, specs))
    return (specs if weights.online() else ready), ready


@shows_errors
def choose_pair(title: str) -> dict[str, Any]:
    """Return the chips of a preset, with what makes it a pair."""
    specs, ready = _specs()
    pairs: dict[str, Callable[[], Pair]] = {
        BEST: opening_pair,
        SAME_RECIPE: same_recipe,
        SAME_SIZE: lambda: same_size(specs),
        SAME_SPEED: lambda: same_speed(ready),
    }
    pair = pairs[title]() if title in pairs else opening_pair()
    return CHIPS.value(pair.names, pair.reason)


def other_presets(chosen: tuple[str, ...]) -> list[str]:
    """Return the presets that would change the choice; of several that lead to the same pair, the first."""
    specs, ready = _specs()
    left, taken = [], {frozenset(chosen)}
    for title in PRESETS:
        with suppress(ModelUnavailable):  # a pair that cannot be had is no choice
            pair = _pair_of(title, specs, ready)
            if pair is None or frozenset(pair.names) not in taken:
                left.append(title)
            taken |= {frozenset(pair.names)} if pair else set()
    return left


def _pair_of(title: str, specs: list[catalogue.ModelSpec], ready: list[catalogue.ModelSpec]) -> Pair | None:
    """Return where a preset leads, without a run; None where only a run can tell."""
    if title == SAME_SPEED:
        return known_speed(ready)
    return opening_pair() if title == BEST else same_recipe() if title == SAME_RECIPE else same_size(specs)


def _left(chips: Any) -> Any:
    return gr.Radio(choices=other_presets(chosen(chips)), value=None)


def _presets(chips: ModelChips) -> None:
    preset = gr.Radio(
        other_presets(opening_pair().names), show_label=False, container=False, elem_classes="segmented"
    )  # fmt: skip
    preset.input(choose_pair, preset, chips, **HEAVY)
    chips.models(shows_errors(_left), chips, preset, queue=False, **QUIET)


def _classify(asked: Wish, report: Report) -> Shown:
    """Classify with those chosen models that are ready, or with all: what is missing is downloaded then."""
    labels, before = asked.settings.own_labels(), network_runs()
    ready = asked.models if asked.fetch else tuple(filter(is_ready, asked.models))
    result = classify(asked.path, ready, labels, report) if ready else None
    return Shown(result, asked.models, network_runs() - before)


def _looking(_asked: Wish, step: tuple[Any, ...] | None, elapsed_s: float) -> dict[str, Any]:
    now = fetching(step[0], step[1], elapsed_s) if step else busy("The models look at the photo")
    return {"message": "One moment.", "busy": now}


def _curve() -> dict[str, Any] | None:
    """Return what is shown of the trainings on few and on many photos, where their figures lie beside the page."""
    found = data_curve.stored()
    if found is None:
        return None
    told = {"title": data_curve.TITLE, "answer": data_curve.answer(found), "chart": data_curve.chart(found).plain()}
    return {**told, "limits": data_curve.limits(found), "about": data_curve.about(found)}


BENCH = Bench(
    id="classify",
    question=QUESTION,
    settings=Settings,
    scripts=(*chart.SCRIPTS, "range", "classify"),
    css="classify",
    props={
        "why_title": WHY_TITLE,
        "why": WHY,
        "none": (doubt.TITLE, doubt.WHY),
        "lessons": {"pair": scope.LESSON_PAIR, "photos": {f"starter:{id}": text for id, text in scope.LESSONS.items()}},
        "curve": _curve(),
        "empty": view.drawn(Shown(None, (), 0), Settings(), {}),
    },
    chips=CHIPS,
    beside=_presets,
    row="choice-hidden",
    pointed=False,
    boxed=(CvDemoError,),
    work={
        "fetch": Work(_classify, told=_looking, fetches=True),
        "again": Work(_classify, told=_looking, mode="always_last", ends=("fetch",)),
    },
    draw=view.drawn,
)


def _check(photo: Path) -> str:
    names = opening_pair().names
    found = classify(photo, names)
    for answer in found.answers:
        insist(abs(float(answer.probabilities().sum()) - 1) < 1e-6, "its probabilities do not add up to 1")
    insist(len(found.trained) == len(names), "a model of the pair that the page opens with is missing")
    return answer_sentence(found)


LAB = Lab(
    id="classify",
    title="Classify",
    group="Ask it",
    brief="What do a CNN and a ViT call this photo?",
    question=QUESTION,
    bench=BENCH,
    endpoints=(endpoint,),
    check=_check,
    starter="coffee",
)
