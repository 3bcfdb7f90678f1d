"""Latency: which model is faster here, and are we sure?"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr

from app.api.latency import latency as endpoint
from app.components.chips import ModelChips
from app.components.headline import Headline, headline
from app.components.latency import LatencyBar, LatencyView
from app.components.photo import PhotoRail
from app.lab import Lab, insist
from app.tabs import latency_handlers as on
from app.tabs import latency_live
from app.tabs.latency_asked import ID
from app.tabs.latency_busy import waiting
from app.tabs.latency_estimate import look
from app.tabs.latency_explore import explore
from app.tabs.latency_view import DEFAULT_BAR
from cvdemo.catalogue import BUNDLED_PAIR
from cvdemo.latency import words
from cvdemo.latency.duel import run as measure
from cvdemo.latency.settings import Settings

CHOSEN = "(value, models) => ({ ...value, chosen: models.chosen, chose: performance.now() })"


def _build(rail: PhotoRail) -> None:
    """Lay the tab out and wire it to the shared photo."""
    head = Headline(headline(words.QUESTION, "One moment.", busy={"text": "Starting", "share": None}))
    with gr.Row(elem_classes=["choice", "choice-bar"]):
        models = ModelChips(on.chips_here(BUNDLED_PAIR), tab=ID)
        bar = LatencyBar(DEFAULT_BAR)
    picture = LatencyView({**waiting("One moment."), "chosen": list(BUNDLED_PAIR)}, look=look)
    latency_live.component()

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    heavy: dict[str, Any] = {"concurrency_id": "compute", "concurrency_limit": 4, "trigger_mode": "once", **quiet}
    wanted: dict[str, Any] = {
        "inputs_kwargs": {"photo": rail, "models": models, "picture": picture}, "outputs": picture, **heavy
    }  # fmt: skip
    looking = picture.quick(on.quick, **wanted)
    measuring = bar.measure(on.run, cancels=[looking], **wanted)
    exploring = picture.explore(explore, cancels=[looking, measuring], **wanted)
    models.models(None, [picture, models], picture, js=CHOSEN, **quiet)
    stopping = gr.on([picture.stop, bar.stop, head.stop], None, cancels=[looking, measuring, exploring], **quiet)
    stopping.then(on.stopped, picture, picture, queue=False, **quiet)
    picture.said(None, picture, [head, bar], js="(value) => [value.head, value.bar]", **quiet)


CHECK_ROUNDS = 5


def _check(photo: Path) -> str:
    found = measure(photo, BUNDLED_PAIR, replace(Settings(), rounds=CHECK_ROUNDS, side=64))
    insist(all(racer.failed is None and min(racer.ms) > 0 for racer in found.racers), "a model did not run")
    return words.quick(found)


LAB = Lab(
    id="latency",
    title="Latency",
    question=words.QUESTION,
    build=_build,
    endpoints=(endpoint,),
    check=_check,
)
