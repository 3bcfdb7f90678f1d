"""Teach, use it: the rail's photo and frames of the webcam are named by the new heads."""

from collections.abc import Sequence
from typing import Any

from app.components.live import LiveTaught
from app.components.teach_after import AFTER, AfterTeaching
from app.lab import Bench, Report, Wish, Work
from app.lab.busy import busy, fetching
from app.live_frames import one_at_a_time, pixels, says_why
from app.tabs.teach_shown import FIRST, lesson_of
from cvdemo import models
from cvdemo.transfer import use_words as words
from cvdemo.transfer.use import Said, name_frame, name_photo

QUESTION = "What does it call your photo?"
SHOWN = 5  # classes of each head; with a sixth one, all others together


def _use(asked: Wish, report: Report) -> tuple[Said, ...]:
    lesson = lesson_of((asked.value.get("asked") or {}).get("key"))
    report()
    return name_photo(asked.path, lesson, report)


def _using(_asked: Wish, step: tuple[Any, ...] | None, elapsed_s: float) -> dict[str, Any]:
    return {"busy": fetching(step[0], step[1], elapsed_s) if step else busy("The new heads look at your photo")}


def _used(asked: Wish, said: tuple[Said, ...]) -> dict[str, Any]:
    classes = lesson_of(asked.value["asked"]["key"]).photos.classes
    sheet = {"answer": words.named(said, classes), "must": words.must(classes), "rows": rows(said, classes)}
    return {"done": asked.value["asked"], "message": "", "sheet": {**sheet, "photo": asked.name}}


def rows(said: Sequence[Said], classes: Sequence[str]) -> list[dict[str, Any]]:
    """Return what each backbone says, for the browser: the likeliest classes, and last what is left for all others."""
    return [
        {
            "model": one.model,
            "title": one.title,
            "family": one.family,
            "says": _likeliest(one, classes),
        }
        for one in said
    ]


def _likeliest(one: Said, classes: Sequence[str]) -> list[list[Any]]:
    order = (-one.shares).argsort(kind="stable")
    told = [[classes[label], float(one.shares[label])] for label in order[:SHOWN]]
    rest = order[SHOWN:]
    return told if not len(rest) else [*told, [words.others(len(rest)), float(one.shares[rest].sum())]]


BENCH = Bench(
    id="teach-use",
    question=QUESTION,
    view=AfterTeaching,
    scripts=(*AFTER, "teach_use"),
    css="teach-after",
    props={"title": words.USE_TITLE, "hint": words.USE_HINT},
    own_head=True,
    pointed=False,
    stays=True,
    work={"again": Work(_use, _used, _using, refused=lambda error: {"message": str(error)})},
    draw=lambda *_: {},
)


def component() -> LiveTaught:
    """Return the webcam that the new heads name, wired."""
    return LiveTaught({"key": FIRST}, look=one_at_a_time(prepare, answer))


@says_why
def prepare(asked: Any) -> None:
    """Load the backbones of the lesson that a frame names."""
    for one in lesson_of(asked.get("key")).taught:
        models.make_resident(one.model)


@says_why
def answer(asked: Any) -> dict[str, Any]:
    """Answer one frame, for the browser: a row a backbone."""
    lesson = lesson_of(asked.get("key"))
    return {"models": rows(name_frame(pixels(asked), lesson), lesson.photos.classes)}
