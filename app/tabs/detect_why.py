"""Detect, why this box: what in the photo holds up one box's score, and how far that map can be trusted."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.components.box_why import SCRIPTS, TEXTS, BoxWhy
from app.lab import Bench, Report, Wish, Work
from app.lab.busy import busy
from app.tabs.detect_view import SHOWN
from app.tabs.inside_view_input import npy_file, packed, small
from app.tabs.saliency_curves import curves
from cvdemo import images
from cvdemo.catalogue import get
from cvdemo.errors import CvDemoError, SettingError
from cvdemo.saliency import box_words
from cvdemo.saliency.box import METHODS, BoxAsked, BoxEvidence, box_map, explain_box, known_box, over_photo
from cvdemo.saliency.box_checks import BOX_FILL, check_box, hidden_in_the_end, known_box_checks
from cvdemo.settings import Settings
from cvdemo.versions import versions

GONE = "This box is no longer known here. Choose the photo again."
SIDE = 160  # rows of the map that is sent


@dataclass(frozen=True)
class Explained:
    """A box that was asked about, the method of its map, and the photo's file."""

    box: BoxAsked
    method: str
    path: Path

    @property
    def asked(self) -> tuple[BoxAsked, str]:
        """What the card's key is made of."""
        return self.box, self.method

    def evidence(self) -> BoxEvidence:
        """Return what is known of the box, run if need be."""
        return explain_box(self.path, self.box.model, self.box.box_xyxy, self.box.kind)


def _explain(asked: Wish, report: Report) -> Explained:
    """Make the map of the box that the value names."""
    one = _asked(asked.value.get("asked"))
    one.evidence()
    return one


def _asked(asked: Any) -> Explained:
    """Return the photo, the box and the method that the browser names.

    Raises:
        SettingError: the box is not known any more, or cannot be.
    """
    asked = asked if isinstance(asked, dict) else {}
    shown, index, method = SHOWN.get(asked.get("key")), asked.get("index"), asked.get("method")
    if shown is None:
        raise SettingError(GONE)
    found = next((one.found for one in shown.panes if one.found.model == asked.get("model")), None)
    right = found is not None and found.tile is None and type(index) is int and 0 <= index < len(found.scores)
    if found is None or not right or method not in METHODS:
        raise SettingError("There is no such box or method. Reload the page.")
    x0, y0, x1, y1 = found.boxes_xyxy[index].tolist()
    digest, kind = images.open(shown.path).digest, int(found.class_ids[index])
    return Explained(BoxAsked(digest, get(found.model).name, (x0, y0, x1, y1), kind), method, shown.path)


def _check(asked: Wish, report: Report) -> Explained:
    """Hide and show pixels in the order of the map, and compare with random weights."""
    check_box(asked.shown.evidence(), asked.shown.method, report)
    return asked.shown


def _found(_asked: Wish, one: Explained) -> dict[str, Any]:
    return {"key": BENCH.shown.keep(one), "message": "", **_draw(one, Settings(), {})}


def _looking(_asked: Wish, _step: Any, _elapsed_s: float) -> dict[str, Any]:
    return {"busy": busy("Looking back through the detector"), "message": ""}


def _checking(_asked: Wish, step: tuple[Any, ...] | None, _elapsed_s: float) -> dict[str, Any]:
    return {"busy": busy(f"Checking the map: {step[0]} of {step[1]} runs" if step else "Checking the map")}


def _refused(error: CvDemoError) -> dict[str, Any]:
    return {"message": str(error), "key": None}


def _known(one: Explained) -> bool:
    return known_box(one.box) is not None


def _draw(one: Explained, _settings: Settings, question: dict[str, Any]) -> dict[str, Any]:
    """Return answer, map and checks; or the map over the photo as an NPY file."""
    found, method = one.evidence(), one.method
    values, made = box_map(found, method), known_box_checks(found, method)
    if question.get("npy"):
        return npy_file(f"{one.box.model}-{method}", over_photo(found, values))
    return {
        "answer": box_words.answer(found, values),
        "box": list(found.box_xyxy),
        "facts": {
            "model": found.asked.model,
            "weights": found.weights,
            "label": found.labels[found.kind],
            "box_xyxy": [round(side, 1) for side in found.box_xyxy],
            "method": method,
            "logit": found.logit,
            "versions": versions(("torch", "ultralytics")),
        },
        "map": packed(small(over_photo(found, values), SIDE), 0.0, 1.0),
        "notes": [box_words.WHAT[method], box_words.origin(found)],
        "told": box_words.checked(found, made) if made else [],
        "checks": {**curves(made, BOX_FILL), "share": hidden_in_the_end(found)} if made else None,
    }


BENCH = Bench(
    id="why-this-box",
    question="Why this box?",
    view=BoxWhy,
    scripts=SCRIPTS,
    css="box-why",
    props=TEXTS,
    own_head=True,
    pointed=False,
    stopped="Stopped. Choose a box to go on.",
    stays=True,
    work={
        "check": Work(_check, _found, _checking, continues=True, refused=_refused, mode="always_last"),
        "again": Work(_explain, _found, _looking, refused=_refused, mode="always_last", ends=("check",)),
    },
    draw=_draw,
    known=_known,
)
