"""Look inside: what in the models reacts to the point that was clicked?"""

import math
import time
from pathlib import Path
from typing import Any

import gradio as gr

from app.api.attention import attention
from app.api.inside import feature_maps, patch_similarity
from app.api.saliency import saliency
from app.components import chart
from app.components.photo import PhotoRail
from app.lab import Bench, Chips, Lab, Report, Wish, Work, insist, lay_out
from app.lab.busy import busy, fetching
from app.lab.handlers import kept
from app.tabs import inside_view as view
from app.tabs.inside_view_input import ViewInput
from app.tabs.inside_views import VIEWS, Settings
from app.tabs.missing import is_ready, none_answers, offer
from cvdemo import catalogue, runs, starters
from cvdemo.catalogue import BUNDLED_PAIR
from cvdemo.errors import ModelUnavailable
from cvdemo.inside import activations
from cvdemo.inside.palettes import INFERNO, VIRIDIS
from cvdemo.saliency.export import saliency_of
from cvdemo.versions import versions
from cvdemo.wording import percent

LIBRARIES = ("torch", "timm", "transformers", "numpy", "pillow")  # what made a result, told with the settings
QUESTION = "What in the model reacts to the point you clicked?"
SCRIPTS = (
    *chart.SCRIPTS, "range", "inside_pictures", "inside_stage", "saliency_curves", "inside_maps_parts",
    *(f"inside_{one.ID}" for one in VIEWS), "inside_controls", "inside_foot", "inside",
)  # fmt: skip
PROPS = {
    "views": [
        {
            "id": one.ID,
            "title": one.TITLE,
            "why_title": getattr(one, "WHY_TITLE", "What does this show?"),
            "depth": getattr(one, "DEPTH", True),
            "opens": getattr(one, "OPENS_AT", 1.0),
        }
        for one in VIEWS
    ],
    "inferno": list(INFERNO),
    "viridis": list(VIRIDIS),
    "starters": [{"id": f"starter:{one.id}", "name": one.name} for one in starters.all()],
}


def _offered() -> list[catalogue.ModelSpec]:
    """Return the models that can be looked into: all but detectors."""
    return [spec for spec in catalogue.offered() if spec.task != "detect"]


def _look_into(asked: Wish, report: Report) -> tuple[ViewInput | None, list[dict[str, Any]], int]:
    """Run each model, then what the open view needs; what cannot be had is told beside the others."""
    seen, missing, before = [], [], activations.network_runs()
    for name in asked.models:
        random = runs.invented(catalogue.get(name), "random" if asked.settings.random else "trained")
        if not random and not is_ready(name) and name != asked.fetch:
            missing.append(offer(name))
            continue
        side = asked.settings.side if name in activations.SIDES else None
        try:
            seen.append(activations.forward_pass(asked.path, name, random, side, report))
        except ModelUnavailable as error:
            missing.append(offer(name, error))
    if not seen:
        return None, missing, before
    given = ViewInput(asked.path, tuple(seen), asked.point_rc, asked.settings)
    view.named(asked.settings.view).work(given, report)
    return given, missing, before


def _found(asked: Wish, result: tuple[ViewInput | None, list[dict[str, Any]], int]) -> dict[str, Any]:
    given, missing, before = result
    if given is None:
        return {**BENCH.waiting(none_answers(missing)), "missing": missing}
    shown = view.Shown(asked.path, asked.size_wh, tuple(one.asked for one in given.seen))
    return {
        **kept(BENCH, asked, shown),
        "run": time.time(),
        "photo_wh": asked.size_wh,
        "missing": missing,
        "versions": versions(LIBRARIES),
        "heads": [view.head(one, asked.path) for one in given.seen],
        "before": before,
        **view.drawn(given),
    }


def _looking(_asked: Wish, step: tuple[Any, ...] | None, elapsed_s: float) -> dict[str, Any]:
    return {"busy": fetching(*step, elapsed_s) if step and len(step) == 2 else busy("Looking into the models")}


BENCH = Bench(
    id="inside",
    question=QUESTION,
    settings=Settings,
    scripts=SCRIPTS,
    css="inside",
    props=PROPS,
    chips=Chips(_offered),
    work={
        "fetch": Work(_look_into, _found, _looking, fetches=True),
        "again": Work(_look_into, _found, _looking, mode="always_last", ends=("fetch",)),
    },
    draw=view.answered,
)  # fmt: skip


def _build(rail: PhotoRail) -> None:
    with gr.Column(elem_classes="inside-tab"):
        lay_out(BENCH, LAB.id, rail)


def _check(photo: Path) -> str:
    found = saliency_of(photo, BUNDLED_PAIR[0], "gradcam", None, None, (), False)
    values = [value for row in found["map"] for value in row]
    insist(all(map(math.isfinite, values)) and max(values) > min(values), "its map is empty")
    share = found["half_share"]
    where = "" if share is None else f"; half of its saliency lies in {percent(share)} of the photo"
    return f"The small ResNet says {found['target']}{where}."


LAB = Lab(
    id="inside",
    title="Look inside",
    group="Look into it",
    brief="What reacts to the point you clicked?",
    question=QUESTION,
    build=_build,
    endpoints=(
        feature_maps,
        patch_similarity,
        saliency,
        attention,
    ),
    check=_check,
    pointed=True,
)
