"""Teach: how few photos teach a network your own things?"""

from pathlib import Path
from typing import Any

from app.api.transfer import linear_probe
from app.components.photo import PhotoRail
from app.components.teach import SCRIPTS, TEXTS, TeachView
from app.lab import Bench, Chips, Lab, Report, Wish, Work, insist
from app.lab.busy import busy, fetching
from app.lab.mount import lay_out
from app.lab.streaming import session
from app.tabs import teach_augment, teach_helped, teach_mistakes, teach_take, teach_use
from app.tabs.teach_photos import photos
from app.tabs.teach_shown import TAUGHT
from app.tabs.teach_stored import stored
from app.tabs.teach_view import cell, drawn, live
from cvdemo import catalogue
from cvdemo.catalogue import ModelSpec
from cvdemo.errors import CvDemoError
from cvdemo.photo_sets import VISITORS, PhotoSet, ready
from cvdemo.probes import has_features
from cvdemo.transfer import Budget, Lesson, probe, words
from cvdemo.transfer.more import train_more
from cvdemo.transfer.settings import OWN, Teaching
from cvdemo.weights import Progress

CHECKED = 8  # photos a class
BUDGET = Budget()  # of each way on each network
FRESH = {"fault": None, "stored": None, "live": None}


def _offered() -> list[ModelSpec]:
    return [spec for spec in catalogue.offered() if has_features(spec)]


def _photos(asked: Wish) -> PhotoSet:
    if asked.settings.photos != OWN:
        return ready(asked.settings.photos)
    return VISITORS.split(session(), asked.settings.held_out, taught=True)


def _teach(asked: Wish, report: Report) -> Lesson:
    """Look at every photo once with each backbone, then teach and test the last layer."""

    def told(spec: ModelSpec, done: int, of: int) -> None:
        report("photos", spec.name, done, of)

    def progress(model: str, how_far: Progress) -> None:
        report("model", model, how_far)

    share = asked.settings.held_out
    return probe(_photos(asked), asked.models, share=share, with_curve=True, told=told, progress=progress)


def _train(asked: Wish, report: Report) -> Lesson:
    """Train more layers of private copies, after what the last layer alone can do."""
    return train_more(_teach(asked, report), BUDGET, lambda now: report("ways", now))


def _teaching(_wish: Wish, step: tuple[Any, ...] | None, elapsed_s: float) -> dict[str, Any]:
    if not step:
        return {"busy": busy("Reading the photos")}
    if step[0] == "model":
        return {"busy": fetching(step[1], step[2], elapsed_s)}
    if step[0] == "ways":
        return live(step[1])
    _, model, done, of = step
    text = f"{catalogue.get(model).title} looks at photo {done + 1} of {of}. No verdict before the end."
    return {"busy": {"text": text, "share": done / of, "stoppable": True}}


def _refused(error: CvDemoError) -> dict[str, Any]:
    return {"fault": str(error)}


def _draw(lesson: Lesson, _settings: Teaching, question: dict[str, Any]) -> dict[str, Any]:
    return cell(lesson, question["cell"]) if "cell" in question else {**FRESH, **drawn(lesson)}


BENCH = Bench(
    id="teach",
    question=words.QUESTION,
    settings=Teaching,
    view=TeachView,
    scripts=SCRIPTS,
    css="teach",
    props={**TEXTS, "seconds": BUDGET.seconds},
    chips=Chips(_offered, most=4),
    stays=True,
    work={
        "again": Work(_teach, told=_teaching, refused=_refused, mode="once", fetches=False),
        "more": Work(_train, told=_teaching, refused=_refused, mode="once", fetches=False),
    },
    draw=_draw,
    first=stored,
    answers=(photos,),
    pointed=False,
    stopped="Stopped. Nothing is taught yet; what the networks have seen is kept.",
    shown=TAUGHT,
)


def _build(rail: PhotoRail) -> None:
    lay_out(BENCH, LAB.id, rail)
    lay_out(teach_use.BENCH, LAB.id, rail)
    teach_use.component()
    lay_out(teach_mistakes.BENCH, LAB.id, rail)
    lay_out(teach_augment.BENCH, LAB.id, rail)
    lay_out(teach_helped.BENCH, LAB.id, rail)
    lay_out(teach_take.BENCH, LAB.id, rail)


def _check(_photo: Path) -> str:
    digits = ready("digits")
    few = [photo for label in range(2) for photo in [one for one in digits.photos if one.label == label][:CHECKED]]
    lesson = probe(PhotoSet("two digits", digits.classes[:2], tuple(few), digits.source), ("mini_resnet",))
    insist(lesson.taught[0].way("probe").score.of == lesson.out.sum() > 0, "nothing was tested")
    return words.answer(lesson)


LAB = Lab(
    id="teach",
    title="Teach",
    group="Make it yours",
    brief="How few photos teach it your own things?",
    question=words.QUESTION,
    build=_build,
    endpoints=(linear_probe,),
    left=VISITORS.forget,
    check=_check,
)
