"""What happens on Look inside: thin handlers from the visitor's choice to what its component draws."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from app.components.chips import chips, chosen
from app.errors import shows_errors
from app.lab.busy import busy, fetching
from app.lab.streaming import Finished, end, follow
from app.tabs import inside_view as view
from app.tabs.inside_answers import Shown, remember
from app.tabs.inside_asked import DEFAULTS, MODEL_LIMIT, Wish, wish
from app.tabs.inside_view_input import ViewInput
from app.tabs.missing import is_ready, offer
from cvdemo import catalogue, runs
from cvdemo.errors import CvDemoError, ModelUnavailable, Stopped
from cvdemo.inside import activations
from cvdemo.versions import versions

ID = "inside"
LIBRARIES = ("torch", "timm", "transformers", "numpy", "pillow")  # what made a result, told with the settings
QUESTION = "What in the model reacts to the point you clicked?"


def offered() -> list[catalogue.ModelSpec]:
    """Return the models that can be looked into: all but detectors."""
    return [spec for spec in catalogue.offered() if spec.task != "detect"]


def chips_here(names: tuple[str, ...] | None) -> dict[str, Any]:
    """Return the chips' value for this tab; None leaves the choice as it is and brings the states up to date."""
    return chips(names, offered(), MODEL_LIMIT)


@shows_errors
def run(photo: Any, models: Any, picture: Any) -> Iterator[dict[str, Any]]:
    """Run the chosen models on the photo, and what the open view needs besides."""
    yield from _run(photo, models, picture, None)


@shows_errors
def fetch_and_run(photo: Any, models: Any, picture: Any) -> Iterator[tuple[Any, ...]]:
    """Download the weights of the model that ``picture`` names, then run."""
    wanted = _plain(picture).get("fetching")
    for value in _run(photo, models, picture, wanted if isinstance(wanted, str) else None):
        yield value, (chips_here(None) if not value.get("busy") else gr.skip())


@shows_errors
def use_instead(models: Any, picture: Any) -> dict[str, Any]:
    """Put a suggested model in the place of a missing one: ``picture`` names both."""
    asked = _plain(picture).get("use") or {}
    instead = catalogue.get(str(asked.get("instead"))).name
    return chips_here(tuple(dict.fromkeys(instead if name == asked.get("model") else name for name in chosen(models))))


def _run(photo: Any, models: Any, picture: Any, fetch: str | None) -> Iterator[dict[str, Any]]:
    try:
        asked, started = wish(photo, models, picture), time.perf_counter()
        before = activations.network_runs()
        for step in follow(lambda report: _work(asked, fetch, report), ID):
            if isinstance(step, Finished):
                yield _found(photo, asked, before, *step.result)
            else:
                yield {**_plain(picture), "busy": _busy(step, time.perf_counter() - started)}
    except Stopped:
        return
    except CvDemoError as error:
        yield waiting(str(error))


def _plain(picture: Any) -> dict[str, Any]:
    return picture if isinstance(picture, dict) else waiting("")


def waiting(message: str) -> dict[str, Any]:
    """Return the picture's value while nothing is known: a sentence."""
    return {"question": QUESTION, "message": message, "key": None, "busy": None, "settings": DEFAULTS}


def _busy(step: tuple[Any, ...] | None, elapsed_s: float) -> dict[str, Any]:
    return fetching(*step, elapsed_s) if step and len(step) == 2 else busy("Looking into the models")


def _work(asked: Wish, fetch: str | None, report: Callable[..., None]) -> tuple[ViewInput | None, list[dict[str, Any]]]:
    """Run each model, then what the open view needs; what cannot be had is told beside the others."""
    seen, missing = [], []
    for name in asked.models:
        random = runs.invented(catalogue.get(name), "random" if asked.settings.random else "trained")
        if not random and not is_ready(name) and name != fetch:
            missing.append(offer(name))
            continue
        side = asked.settings.side if name in activations.SIDES else None
        try:
            seen.append(activations.forward_pass(asked.path, name, random, side, report))
        except Stopped:
            raise
        except ModelUnavailable as error:
            missing.append(offer(name, error))
    if not seen:
        return None, missing
    given = ViewInput(asked.path, tuple(seen), asked.point_rc, asked.settings.depth, asked.settings.own)
    view.named(asked.settings.view).work(given, report)
    return given, missing


def _found(
    photo: Any, asked: Wish, before: int, given: ViewInput | None, missing: list[dict[str, Any]]
) -> dict[str, Any]:
    if given is None:
        return {**waiting("No chosen model is on this machine yet."), "missing": missing}
    return {
        **waiting(""),
        "key": remember(Shown(asked.path, asked.photo_wh, tuple(one.asked for one in given.seen))),
        "asked": asked.sent,
        "name": str(photo["photo"].get("name") or "Photo")[:80],
        "photo_wh": asked.photo_wh,
        "missing": missing,
        "versions": versions(LIBRARIES),
        "heads": [view.head(one, asked.path) for one in given.seen],
        "look": {"before": before, "runs": activations.network_runs(), **view.shown(given, asked.settings.view)},
    }


def stopped(picture: Any) -> dict[str, Any]:
    """End the work, and show what is known."""
    end(ID)
    known = _plain(picture)
    message = known.get("message") or ("" if known.get("key") else "Stopped. Choose a photo or a model to go on.")
    return {**known, "busy": None, "message": message}
