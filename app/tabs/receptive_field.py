"""Receptive field: how far does one unit see, in theory and measured?"""

import secrets
from pathlib import Path
from typing import Any

import gradio as gr

from app.api.receptive_field import effective_receptive_field, receptive_field
from app.components.photo import PhotoRail
from app.components.receptive_field import SCRIPTS, TEXTS, FieldView
from app.lab import Bench, Chips, Lab, Missing, Report, Wish, Work, insist, lay_out_views
from app.lab.busy import busy, fetching
from app.lab.handlers import first_found
from app.tabs import receptive_field_stack
from app.tabs import receptive_field_view as view
from app.tabs.receptive_field_view import Shown
from cvdemo import catalogue
from cvdemo.catalogue import BUNDLED_PAIR
from cvdemo.errors import CvDemoError, SettingError
from cvdemo.receptive_field import study, words
from cvdemo.receptive_field.export import as_csv, effective_field
from cvdemo.receptive_field.settings import Settings
from cvdemo.receptive_field.sizes import SIZES
from cvdemo.receptive_field.translations import COPIES


def _offered() -> list[catalogue.ModelSpec]:
    """Return all models but detectors, since architecture alone is enough."""
    return [spec for spec in catalogue.offered() if spec.task != "detect"]


def _measure(asked: Wish, report: Report) -> tuple[Shown, list[dict[str, Any]]]:
    """Measure one layer of each model, the one at the chosen depth."""
    found, missing = [], Missing(asked.models)
    for name in asked.models:
        with missing.where_it_fails(name):
            fetch, settings = name == asked.fetch, asked.settings
            question, square = study.asked_for(asked.path, name, settings.random, settings.side, asked.point_rc, fetch)
            stop = study.stop_at(study.table(name, question.side).stops, settings.depth)
            study.measure(question, square, 0, stop, report)
            found.append((question, square))
    return Shown(tuple(one for one, _ in found), tuple(square for _, square in found), asked.point_rc), missing.notes


def _measured(asked: Wish, result: tuple[Shown, list[dict[str, Any]]]) -> dict[str, Any]:
    shown, missing = result
    square = shown.squares[0]
    _, cut_off = square.crop.to_picture(asked.point_rc, square.pixels.shape[:2])
    return {
        **first_found(BENCH, asked, shown),
        "from": "run",
        "run": secrets.token_hex(8),
        "missing": missing,
        "note": words.CUT_OFF if cut_off else None,
        "crop": vars(square.crop),
        **_progress(asked, shown),
    }


def _measuring(_asked: Wish, step: tuple[Any, ...] | None, elapsed_s: float) -> dict[str, Any]:
    return {"busy": fetching(step[0], step[1], elapsed_s) if step else busy("Looking for what moves this unit")}


def _refine(asked: Wish, report: Report) -> Shown:
    """Measure every layer, then average over shifted copies."""
    for copy in range(COPIES):
        for one, square in zip(asked.shown.asked, asked.shown.squares, strict=True):
            study.measure(one, square, copy)
            report(copy)
    return asked.shown


def _refined(asked: Wish, _shown: Shown) -> dict[str, Any]:
    return {"from": "refine", "busy": None, **_progress(asked, asked.shown)}


def _refining(asked: Wish, step: tuple[Any, ...] | None, _elapsed_s: float) -> dict[str, Any] | None:
    return _refined(asked, asked.shown) if step else None


def _progress(asked: Wish, shown: Shown) -> dict[str, Any]:
    return {
        "curves": view.curves(shown, asked.settings.log),
        "refined": view.refined(shown),
        "ran": view.ran(shown),
    }


def _sweep(asked: Wish, report: Report) -> None:
    """Measure the layer at the chosen depth at several input sizes, one after the other."""
    for side in SIZES:
        for one in asked.shown.asked:
            report(side)
            try:
                question, square = study.asked_for(
                    asked.path, one.model, one.random, side, asked.point_rc, not one.random
                )
                stops = study.table(one.model, question.side).stops
                study.measure(question, square, 0, study.stop_at(stops, asked.settings.depth))
            except SettingError:
                continue  # too small for this model


def _swept(asked: Wish, step: tuple[Any, ...] | None, _elapsed_s: float = 0.0) -> dict[str, Any]:
    text = busy(f"Measuring at {step[0]} px") if step else None
    return {"from": "sweep", "sizes": view.by_size(asked.shown, asked.settings), "busy": text}


def _refused(error: CvDemoError) -> dict[str, Any]:
    return {"error": str(error)}


def _draw(shown: Shown, settings: Settings, question: dict[str, Any]) -> dict[str, Any]:
    if question.get("csv"):
        return {"csv": as_csv([known for one in shown.asked if (known := study.known(one))])}
    curves = {"curves": view.curves(shown, settings.log)} if question.get("curves") else {}
    return {**curves, **view.at_depth(shown, settings)}


BENCH = Bench(
    id="receptive-field",
    question=words.QUESTION,
    settings=Settings,
    view=FieldView,
    scripts=SCRIPTS,
    css="field",
    props=TEXTS,
    chips=Chips(_offered, random_will_do=True),
    work={
        "refine": Work(_refine, _refined, _refining, continues=True, refused=_refused),
        "sweep": Work(
            _sweep, lambda asked, _: _swept(asked, None), _swept, continues=True, refused=_refused, ends=("refine",)
        ),
        "fetch": Work(_measure, _measured, _measuring, fetches=True, ends=("refine", "sweep")),
        "again": Work(_measure, _measured, _measuring, mode="always_last", ends=("refine", "sweep", "fetch")),
    },
    draw=_draw,
    known=lambda shown: all(study.known(one) is not None for one in shown.asked),
)  # fmt: skip
VIEWS = (
    ("field-photo", "On your photo", BENCH),
    ("field-stack", "Build a stack", receptive_field_stack.BENCH),
)


def _build(rail: PhotoRail) -> None:
    with gr.Column(elem_classes="viewed field-tab"):
        lay_out_views(VIEWS, LAB.id, rail)


def _check(photo: Path) -> str:
    found = effective_field(photo, BUNDLED_PAIR[0], "layer3", (4, 4), 128)
    half = found["side_for_mass"]["0.5"]
    insist(0 < half <= 128, "the field has no size")
    could = words.pixels(found["theoretical_size"])
    return f"A unit of layer3 could see {could}; half of its influence comes from {words.pixels(half)}."


LAB = Lab(
    id="receptive-field",
    title="Receptive field",
    group="Take it apart",
    brief="How far does one unit see?",
    question=words.QUESTION,
    build=_build,
    endpoints=(receptive_field, effective_receptive_field),
    check=_check,
    pointed=True,
)
