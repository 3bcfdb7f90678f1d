"""What happens on the Receptive field tab: thin handlers from the visitor's choice to what its component draws."""

import hashlib
import secrets
import time
from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from app.components.chips import chips
from app.errors import shows_errors
from app.streaming import Finished, end, follow
from app.tabs import receptive_field_view as view
from app.tabs.busy import busy, fetching
from app.tabs.receptive_field_asked import DEFAULTS, MODEL_LIMIT, Wish, settings_from, wish
from app.tabs.receptive_field_chips import offered_here
from app.tabs.receptive_field_view import Shown
from cvdemo import catalogue
from cvdemo.errors import CvDemoError, ModelUnavailable, SettingError, Stopped
from cvdemo.receptive_field import study, words
from cvdemo.receptive_field.export import as_csv
from cvdemo.receptive_field.sizes import SIZES
from cvdemo.receptive_field.translations import COPIES
from cvdemo.results import Results

ID = "receptive-field"

_shown = Results("receptive fields shown")  # by a key that takes the photo to know: what slider steps act on


def offered() -> list[catalogue.ModelSpec]:
    """Return the models of this tab: all but detectors, since architecture alone is enough."""
    return [spec for spec in catalogue.offered() if spec.task != "detect"]


@shows_errors
def run(photo: Any, models: Any, picture: Any) -> Iterator[dict[str, Any]]:
    """Measure the chosen models at the point, for the layer at the chosen depth."""
    yield from _run(photo, models, picture, None)


@shows_errors
def fetch_and_run(photo: Any, models: Any, picture: Any) -> Iterator[tuple[Any, ...]]:
    """Download the trained weights of the model that ``picture`` names, then measure."""
    wanted = _plain(picture).get("fetching")
    for value in _run(photo, models, picture, wanted if isinstance(wanted, str) else None):
        yield value, (chips_here(None) if value.get("key") else gr.skip())


def chips_here(names: tuple[str, ...] | None) -> dict[str, Any]:
    """Return the chips' value for this tab; None leaves the choice as it is and brings the states up to date."""
    return offered_here(chips(names, offered(), MODEL_LIMIT))


def _run(photo: Any, models: Any, picture: Any, fetching_one: str | None) -> Iterator[dict[str, Any]]:
    end(ID)  # what refines an older picture
    try:
        asked, started = wish(photo, models, picture), time.perf_counter()
        for step in follow(lambda report: _first(asked, fetching_one, report), ID):
            if isinstance(step, Finished):
                yield _found(photo, asked, *step.result)
            else:
                yield {**_plain(picture), "busy": _busy(step, time.perf_counter() - started)}
    except Stopped:
        raise
    except CvDemoError as error:
        yield waiting(str(error))


def _plain(picture: Any) -> dict[str, Any]:
    return picture if isinstance(picture, dict) else waiting("")


def waiting(message: str) -> dict[str, Any]:
    """Return the picture's value while nothing is measured: a sentence."""
    return {"question": words.QUESTION, "message": message, "key": None, "busy": None, "settings": DEFAULTS}


def _busy(step: tuple[Any, ...] | None, elapsed_s: float) -> dict[str, Any]:
    if not step:
        return busy("Looking for what moves this unit")
    model, progress = step
    return fetching(model, progress, elapsed_s)


def _first(asked: Wish, fetching_one: str | None, report: Callable[..., None]) -> tuple[Shown, list[dict[str, Any]]]:
    """Measure one layer of each model; what cannot be had is told beside the others."""
    found, missing = [], []
    for name in asked.models:
        try:
            question, square = study.asked_for(
                asked.path, name, asked.settings.random, asked.settings.side, asked.point_rc, name == fetching_one
            )
            stop = study.stop_at(study.table(name, question.side).stops, asked.settings.depth)
            study.measure(question, square, 0, stop, report)
            found.append((question, square))
        except Stopped:
            raise
        except CvDemoError as error:
            suggestion = error.suggestion if isinstance(error, ModelUnavailable) else None
            missing.append({"model": name, "title": catalogue.get(name).title, "text": str(error), "use": suggestion})
            if len(missing) == len(asked.models):
                raise
    return Shown(tuple(one for one, _ in found), tuple(square for _, square in found), asked.point_rc), missing


def _found(photo: Any, asked: Wish, shown: Shown, missing: list[dict[str, Any]]) -> dict[str, Any]:
    key = hashlib.sha256(repr(shown.asked).encode()).hexdigest()  # asked twice, it is one and the same picture
    _shown.put(key, shown)
    _, cut_off = shown.squares[0].crop.to_picture(asked.point_rc, shown.squares[0].pixels.shape[:2])
    return {
        **waiting(""),
        "from": "run",
        "run": secrets.token_hex(8),
        "key": key,
        "settings": vars(asked.settings),
        "name": str(photo["photo"].get("name") or "Photo")[:80],
        "missing": missing,
        "note": words.CUT_OFF if cut_off else None,
        "curves": view.curves(shown, asked.settings.log),
        "refined": view.refined(shown),
        "ran": view.ran(shown),
        "crop": vars(shown.squares[0].crop),
        **view.look(shown, asked.settings),
    }


@shows_errors
def refine(picture: Any) -> Iterator[dict[str, Any]]:
    """Measure every layer, then average over shifted copies; yields what is new until all copies are in."""
    shown = _shown.get(picture.get("key")) if isinstance(picture, dict) and picture.get("key") else None
    if shown is None:
        yield gr.skip()
        return
    settings = settings_from(picture.get("settings") or {})
    for step in follow(lambda report: _average(shown, report), ID):
        if step is not None:
            yield {
                **picture,
                "from": "refine",
                "curves": view.curves(shown, settings.log),
                "refined": view.refined(shown),
                "ran": view.ran(shown),
                "busy": None,
            }


def _average(shown: Shown, report: Callable[..., None]) -> None:
    for copy in range(COPIES):
        for asked, square in zip(shown.asked, shown.squares, strict=True):
            study.measure(asked, square, copy)
            report(copy)


@shows_errors
def sweep(photo: Any, models: Any, picture: Any) -> Iterator[dict[str, Any]]:
    """Measure the layer at the chosen depth at several input sizes, one after the other."""
    shown = _shown.get(picture.get("key")) if isinstance(picture, dict) and picture.get("key") else None
    if shown is None:
        yield gr.skip()
        return
    end(ID)  # refining goes on afterwards
    asked = wish(photo, models, picture)
    for step in follow(lambda report: _at_sizes(asked, shown, report), ID):
        text = None if isinstance(step, Finished) or not step else busy(f"Measuring at {step[0]} px")
        yield {**picture, "from": "sweep", "sizes": view.by_size(shown, asked.settings), "busy": text}


def _at_sizes(asked: Wish, shown: Shown, report: Callable[..., None]) -> None:
    for side in SIZES:
        for one in shown.asked:
            report(side)
            try:
                question, square = study.asked_for(
                    asked.path, one.model, one.random, side, asked.point_rc, not one.random
                )
                stops = study.table(one.model, question.side).stops
                study.measure(question, square, 0, study.stop_at(stops, asked.settings.depth))
            except SettingError:
                continue  # too small for this model


def look(asked: Any) -> dict[str, Any]:
    """Answer one slider step, for the browser; ``{"gone": True}`` when what it shows is not known any more."""
    if not isinstance(asked, dict) or not isinstance(asked.get("key"), str):
        return {"gone": True}
    shown = _shown.get(asked["key"])
    if shown is None or any(study.known(one) is None for one in shown.asked):
        return {"gone": True}
    try:
        settings = settings_from(asked.get("settings"))
        if asked.get("csv"):
            return {"key": asked["key"], "csv": as_csv([study.known(one) for one in shown.asked])}
        curves = {"curves": view.curves(shown, settings.log)} if asked.get("curves") else {}
        return {"key": asked["key"], **curves, **view.look(shown, settings)}
    except CvDemoError as error:
        return {"key": asked["key"], "error": str(error)}


def stopped(picture: Any) -> dict[str, Any]:
    """End the work, and show what is known."""
    end(ID)
    known = _plain(picture)
    message = known.get("message") or ("" if known.get("key") else "Stopped. Choose a photo or a model to go on.")
    return {**known, "busy": None, "stopped": True, "message": message}
