"""The Convolution tab's shift lab: models look at 33 positions of the photo, once; the slider acts on that."""

from collections.abc import Iterator
from typing import Any

import gradio as gr

from app.components.photo import photo_path
from app.errors import shows_errors
from app.lab.streaming import Finished, end, follow
from cvdemo import catalogue, images, weights
from cvdemo.catalogue import BUNDLED_PAIR
from cvdemo.convolution import shift_words as words
from cvdemo.convolution.shift import SHIFT_LIMIT, SHIFTS, Moved, move, network_runs
from cvdemo.errors import CvDemoError, SettingError, Stopped

ID = "convolution"
LINE = "shift"
PAIRS: tuple[tuple[str, ...], ...] = (
    BUNDLED_PAIR,
    ("resnet50", "resnetblur50"),
    ("resnet50", "vit_base_patch16_224"),
)
LIGHT_WORK = 2e10  # multiply-adds that just run; more of them wait for a button with the cost
GUESSED_SPEED = 2e10  # multiply-adds a second, until this machine's own is known
SHOWN_HEIGHT = 256


def waiting(message: str, pair: int = 0, speed: float = GUESSED_SPEED) -> dict[str, Any]:
    """Return the view's value while there is no measurement."""
    return {
        "question": words.QUESTION,
        "message": message,
        "busy": None,
        "study": None,
        "pair": pair,
        "speed": speed,
        "pairs": [_offer(names, speed) for names in PAIRS],
    }


def _offer(names: tuple[str, ...], speed: float) -> dict[str, Any]:
    specs = [catalogue.get(name) for name in names]
    random = [spec.title for spec in specs if not weights.is_ready(spec)]
    seconds = _work(names) / speed
    length = f"about {max(1, round(seconds))} s" if seconds < 90 else f"about {round(seconds / 60)} minutes"
    note = f"Not on this machine, so with random weights: {' and '.join(random)}." if random else None
    if note and weights.online():
        note += " Run them on the Classify tab first to fetch them."
    cost = None if _work(names) <= LIGHT_WORK else f"Measure, {length}"
    return {"text": " and ".join(spec.title for spec in specs), "note": note, "cost": cost}


def _work(names: tuple[str, ...]) -> float:
    known = [catalogue.figures(name) for name in names]
    return sum((figures.multiply_adds or 0) if figures else 0 for figures in known) * len(SHIFTS)


@shows_errors
def run(photo: Any, shown: Any) -> Iterator[Any]:
    """Measure the chosen pair on the photo, if this view is open; heavy pairs only when their button was pressed."""
    known = shown if isinstance(shown, dict) else {}
    if not known.get("visible") or (isinstance(photo, dict) and photo.get("tab") not in (None, ID)):
        yield gr.skip()
        return
    try:
        pair, speed = _asked(known)
        path = photo_path(photo)
        same = [photo["photo"]["id"], pair]
        if known.get("shown") == same and known.get("study"):
            yield gr.skip()
            return
        base = {**waiting("", pair, speed), "visible": True}
        if base["pairs"][pair]["cost"] and known.get("go") != pair:
            yield {**base, "message": "These are large: their runs wait for the button."}
            return
        for step in follow(lambda report: move(path, PAIRS[pair], report), LINE):
            if isinstance(step, Finished):
                yield {**base, **_told(step.result), "shown": same}
            else:
                yield {**base, "study": known.get("study"), "busy": _busy(step, PAIRS[pair])}
    except Stopped:
        return
    except CvDemoError as error:
        yield {**waiting(str(error)), "visible": True}


def _asked(known: dict[str, Any]) -> tuple[int, float]:
    pair, speed = known.get("pair", 0), known.get("speed", GUESSED_SPEED)
    if isinstance(pair, bool) or not isinstance(pair, int) or not 0 <= pair < len(PAIRS):
        raise SettingError("This pair of models is not known here. Choose another one.")
    sane = isinstance(speed, int | float) and not isinstance(speed, bool) and 1e6 < speed < 1e16
    return pair, float(speed) if sane else GUESSED_SPEED


def _busy(step: tuple[Any, ...] | None, names: tuple[str, ...]) -> dict[str, Any]:
    """Return how far the runs are."""
    if step is None:
        return {"text": f"Loading {catalogue.get(names[0]).title}", "share": None, "stoppable": True}
    name, done = step
    share = (names.index(name) + done / len(SHIFTS)) / len(names)
    text = f"{catalogue.get(name).title} looks at position {done + 1} of {len(SHIFTS)}"
    return {"text": text, "share": share, "stoppable": True}


def _told(found: tuple[Moved, ...]) -> dict[str, Any]:
    """Return all that the browser draws at any position of the slider."""
    seconds = sum(one.seconds for one in found)
    speed = _work(tuple(one.model for one in found)) / max(seconds, 1e-3)
    trained = [one for one in found if one.weights != "random"]
    study = {
        "pair": PAIRS.index(tuple(one.model for one in found)),
        "models": [_model(one) for one in found],
        "answers": [words.answer(found, shift) for shift in SHIFTS],
        "live": [words.live(found, shift) for shift in SHIFTS],
        "layer_notes": [words.layer_note(found, shift) for shift in SHIFTS],
        "limit": SHIFT_LIMIT,
        "kept": [f"{one.title} keeps its answer at {one.kept} of {SHIFT_LIMIT} shifts." for one in trained],
    }
    ran = f"Each model looked at {len(SHIFTS)} positions once, {seconds:.1f} s in all; the slider runs none."
    pairs = [_offer(names, speed) for names in PAIRS]
    return {"study": study, "speed": speed, "pairs": pairs, "ran": ran, "runs": network_runs()}


def _model(one: Moved) -> dict[str, Any]:
    height, width = one.strip.shape[0], one.strip.shape[1] - 2 * SHIFT_LIMIT
    return {
        "title": one.title,
        "family": one.family,
        "random": one.weights == "random",
        "labels": list(one.labels),
        "probabilities": [round(float(chance), 5) for chance in one.probabilities],
        "layers": list(one.layers),
        "strides": list(one.strides),
        "errors": [[round(float(error), 4) for error in row] for row in one.errors],
        "src": images.data_url(one.strip, format="png" if height <= SHOWN_HEIGHT else "jpeg"),
        "height": height,
        "width": width,
    }


def stopped(shown: Any) -> dict[str, Any]:
    """End the runs, and show what was there before."""
    end(LINE)
    known = shown if isinstance(shown, dict) else {}
    return {**known, "busy": None, "message": "Stopped. Choose a pair of models to go on."}
