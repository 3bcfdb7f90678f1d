"""Detect: what did the detector find, and what did NMS throw away?"""

import secrets
from functools import partial
from pathlib import Path
from typing import Any

from app.api.detect import detect as endpoint
from app.components.detect import QUESTION, SCRIPTS, DetectView
from app.components.photo import PhotoRail
from app.lab import Bench, Lab, Report, Wish, Work, insist, lay_out
from app.lab.busy import busy, working
from app.lab.handlers import first_found
from app.tabs import detect_live, detect_why
from app.tabs import detect_menu as menu
from app.tabs import detect_view as view
from app.tabs.detect_view import Pane, Request, Shown
from app.tabs.missing import is_ready, offer
from cvdemo import catalogue, images
from cvdemo.detect import Settings, scope, suppress_ranked, words
from cvdemo.detect.find import find
from cvdemo.detect.settings import FIRST_DETECTOR, Wanted
from cvdemo.errors import CvDemoError, ModelUnavailable, SettingError


class NoDetector(ModelUnavailable):
    """None of the chosen detectors can be had; ``offers`` says of each what there is to do."""

    def __init__(self, offers: list[dict[str, Any]]) -> None:
        super().__init__(offers[-1]["text"])
        self.offers = offers


def _look(asked: Wish, report: Report, fetch: bool = False) -> tuple[Shown, list[dict[str, Any]]]:
    """Run the chosen detectors, if not known; return what they found, and an offer for each that did not run.

    Args:
        fetch: run all, downloading what is missing; else those that are ready, or the first detector.
    """
    wanted: Wanted = asked.settings
    offers = _offers(wanted, fetch)
    names = wanted.models if fetch else tuple(filter(is_ready, wanted.models)) or (FIRST_DETECTOR,)
    digest, labels = images.open(asked.path).digest, wanted.labels
    path = labels["path"] if labels and labels["photo"] == digest else None
    request = Request(digest, names, wanted.tiles, path)
    if asked.shown is not None and asked.shown.request == request:
        return asked.shown, offers
    panes, starter = [], scope.starter_of(asked.path)
    for name in names:
        report(name, None)
        try:
            found, known = find(asked.path, name, partial(report, name), wanted.tiles)
        except ModelUnavailable as gone:
            offers.append(offer(name, gone))
        else:
            panes.append(Pane(found, 0 if known else found.runs, outside=scope.is_outside(starter, name)))
    if not panes:
        raise NoDetector(offers)
    return Shown(request, asked.path, tuple(panes)), offers


def _offers(wanted: Wanted, fetch: bool) -> list[dict[str, Any]]:
    return [] if fetch else [offer(name) for name in wanted.models if not is_ready(name)]


def _looking(asked: Wish, step: tuple[Any, ...] | None, elapsed_s: float, fetch: bool = False) -> dict[str, Any]:
    name, progress = step or (asked.settings.models[0], None)
    told = working(name, progress, elapsed_s) if progress else busy(f"{catalogue.get(name).title} looks at the photo")
    return {"offers": _offers(asked.settings, fetch), "detectors": menu.detectors(), "busy": told}


def _found(asked: Wish, result: tuple[Shown, list[dict[str, Any]]]) -> dict[str, Any]:
    shown, offers = result
    choice = {"offers": offers, "detectors": menu.detectors()}
    if shown is asked.shown:
        return choice
    shown, error = view.with_truth(shown, shown.request.labels)
    width, height = asked.size_wh
    photo = {"src": asked.src, "name": asked.name, "width": width, "height": height, "digest": shown.request.digest}
    return {
        **first_found(BENCH, asked, shown),
        **choice,
        "run": secrets.token_hex(8),
        "classic": menu.classic(shown.request.models[0]),
        "labels_error": str(error) if error else None,
        "photo": photo,
    }


def _refused(error: CvDemoError) -> dict[str, Any] | None:
    return {"offers": error.offers} if isinstance(error, NoDetector) else None


def _draw(shown: Shown, wanted: Wanted, question: dict[str, Any]) -> dict[str, Any]:
    """Run NMS on known candidates; take away what a pane shows; or compare with an uploaded file from now on."""
    if "format" in question:
        return view.taken_away(shown, wanted, question.get("pane"), question["format"])
    if "check" not in question:
        return view.drawn(shown, wanted)
    checked, error = view.with_truth(shown, question["check"] or "")
    if error is not None:
        raise error
    return {"key": BENCH.shown.keep(checked), **view.drawn(checked, wanted)}


BENCH = Bench(
    id="detect",
    question=QUESTION,
    settings=Wanted,
    view=DetectView,
    scripts=SCRIPTS,
    css="detect",
    props={"suiting": menu.suiting(), "first_detector": FIRST_DETECTOR},
    own_head=True,
    pointed=False,
    boxed=(SettingError,),
    stopped="Stopped. Choose a detector or a photo to go on.",
    first=lambda: {"detectors": menu.detectors(), "ways_on": menu.ways_on(), "offers": [], "classic": None},
    work={
        "fetch": Work(partial(_look, fetch=True), _found, partial(_looking, fetch=True), refused=_refused),
        "again": Work(_look, _found, _looking, refused=_refused, mode="always_last", ends=("fetch",)),
    },
    draw=_draw,
    shown=view.SHOWN,
)


def _build(rail: PhotoRail) -> None:
    lay_out(BENCH, LAB.id, rail)
    lay_out(detect_why.BENCH, LAB.id, rail)
    detect_live.component(FIRST_DETECTOR, Wanted().plain())


def _check(photo: Path) -> str:
    found, known = find(photo, "hog_people")
    ledger = suppress_ranked(found.ranked, Settings())
    insist(not known and len(ledger.kept) > 0, "nobody was found in the street")
    return words.answer(found, ledger, Settings())


LAB = Lab(
    id="detect",
    title="Detect",
    group="Ask it",
    brief="What did the detector find and throw away?",
    question=QUESTION,
    build=_build,
    endpoints=(endpoint,),
    check=_check,
    starter="street",
)
