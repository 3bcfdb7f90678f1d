"""The Convolution tab's shift lab: models look at 33 positions of the photo, once; the slider acts on that."""

from dataclasses import dataclass
from typing import Any

from app.components import chart
from app.components.convolution import ShiftView
from app.lab import Bench, Report, Wish, Work
from app.lab.busy import busy
from app.lab.handlers import first_found
from cvdemo import catalogue, images, weights
from cvdemo.convolution import charts
from cvdemo.convolution import shift_words as words
from cvdemo.convolution.shift import SHIFT_LIMIT, SHIFTS, Moved, Position, move, names_of, pairs
from cvdemo.pairs import differences

LIGHT_WORK = 2e10  # multiply-adds that just run; more of them wait for a button with the cost
GUESSED_SPEED = 2e10  # multiply-adds a second, until this machine's own is known
SHOWN_HEIGHT = 256


@dataclass(frozen=True)
class Shown:
    """What one page shows: the photo's digest and who looked at it, and what each model made of it."""

    asked: tuple[str, tuple[str, ...]]
    found: tuple[Moved, ...]


def _offer(names: tuple[str, ...], speed: float) -> dict[str, Any]:
    specs = [catalogue.get(name) for name in names]
    random = [spec.title for spec in specs if not weights.is_ready(spec)]
    seconds = _work(names) / speed
    length = f"about {max(1, round(seconds))} s" if seconds < 90 else f"about {round(seconds / 60)} minutes"
    note = f"Not on this machine, so with random weights: {' and '.join(random)}." if random else None
    if note and weights.online():
        note += " Run them on the Classify tab first to fetch them."
    note = note or differences(names)
    cost = None if _work(names) <= LIGHT_WORK else f"Measure, {length}"
    return {"text": " and ".join(spec.title for spec in specs), "note": note, "cost": cost}


def _work(names: tuple[str, ...]) -> float:
    known = [catalogue.figures(name) for name in names]
    return sum((figures.multiply_adds or 0) if figures else 0 for figures in known) * len(SHIFTS)


def _offers(speed: float) -> dict[str, Any]:
    return {"speed": speed, "pairs": [_offer(names, speed) for names in pairs()]}


def _measure(asked: Wish, report: Report) -> Shown:
    names = names_of(asked.settings.pair)
    return Shown((images.open(asked.path).digest, names), move(asked.path, names, report))


def _again(asked: Wish, report: Report) -> Shown | None:
    """Measure the chosen pair; a heavy one only when its button was pressed, unless it is what is shown."""
    names = names_of(asked.settings.pair)
    if asked.shown and asked.shown.asked == (images.open(asked.path).digest, names):
        return asked.shown
    return None if _work(names) > LIGHT_WORK else _measure(asked, report)


def _found(asked: Wish, shown: Shown | None) -> dict[str, Any]:
    if shown is not None:
        return first_found(BENCH, asked, shown)
    speed: Any = asked.value.get("speed")
    sane = isinstance(speed, int | float) and not isinstance(speed, bool) and 1e6 < speed < 1e16
    waiting = BENCH.waiting("These are large: their runs wait for the button.")
    return {**waiting, "settings": asked.settings.plain(), **_offers(float(speed) if sane else GUESSED_SPEED)}


def _told(asked: Wish, step: tuple[Any, ...] | None, _elapsed_s: float) -> dict[str, Any]:
    """Return how far the runs are."""
    names = names_of(asked.settings.pair)
    if step is None:
        return {"busy": busy(f"Loading {catalogue.get(names[0]).title}")}
    name, done = step
    share = (names.index(name) + done / len(SHIFTS)) / len(names)
    text = f"{catalogue.get(name).title} looks at position {done + 1} of {len(SHIFTS)}"
    return {"busy": {**busy(text), "share": share}}


def _draw(shown: Shown, settings: Position, _question: dict[str, Any]) -> dict[str, Any]:
    """Return all that the browser draws at any position of the slider."""
    found = shown.found
    seconds = sum(one.seconds for one in found)
    speed = _work(tuple(one.model for one in found)) / max(seconds, 1e-3)
    trained = [one for one in found if one.weights != "random"]
    return {
        "pair": settings.pair,
        "models": [_model(one) for one in found],
        "answers": [words.answer(found, shift) for shift in SHIFTS],
        "live": [words.live(found, shift) for shift in SHIFTS],
        "layer_notes": [words.layer_note(found, shift) for shift in SHIFTS],
        "chances": charts.chances(found).plain() if trained else None,
        "followed": charts.followed(found).plain() if any(one.layers for one in found) else None,
        "kept": [f"{one.title} keeps its answer at {one.kept} of {SHIFT_LIMIT} shifts." for one in trained],
        "ran": f"Each model looked at {len(SHIFTS)} positions once, {seconds:.1f} s in all; the slider runs none.",
        **_offers(speed),
    }


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


BENCH = Bench(
    id="convolution-shift",
    question=words.QUESTION,
    settings=Position,
    view=ShiftView,
    scripts=(*chart.SCRIPTS, "head", "range", "convolution_shift"),
    css="convpane conv-shift",
    props={"why_title": words.WHY_TITLE, "why": words.WHY},
    first=lambda: _offers(GUESSED_SPEED),
    work={
        "measure": Work(_measure, _found, _told),
        "again": Work(_again, _found, _told, mode="always_last", ends=("measure",)),
    },
    draw=_draw,
    own_head=True,
    pointed=False,
    stopped="Stopped. Choose a pair of models to go on.",
)
