"""Teach, look at the mistakes: classes apart, all photos on a map, and where a new head looked on a wrong photo."""

from dataclasses import dataclass
from typing import Any

from app.components.chart import SCRIPTS as CHART
from app.components.teach_after import AFTER, AfterTeaching
from app.lab import Bench, Report, Wish, Work
from app.lab.busy import busy
from app.tabs.inside_view_input import packed
from app.tabs.teach_shown import lesson_of
from app.tabs.teach_view import thumbnail
from cvdemo import catalogue, images
from cvdemo.errors import SettingError
from cvdemo.inside.palettes import INFERNO, VIRIDIS
from cvdemo.probes import features
from cvdemo.settings import Settings
from cvdemo.transfer import Lesson, mistakes_charts
from cvdemo.transfer import mistakes_words as words
from cvdemo.transfer.mistakes import HOWS, cover, heat, spread_out, wrong

SHOWN = 12  # wrong photos
LARGE = 224  # px


@dataclass(frozen=True)
class Looked:
    """A lesson, one of its backbones, a way to lay photos out, and one photo that is looked at, if any."""

    lesson: Lesson
    place: int
    how: str
    photo: int | None


def _asked(asked: Any) -> Looked:
    """Return what the browser asks for.

    Raises:
        SettingError: it is not known any more, or cannot be.
    """
    wanted = asked if isinstance(asked, dict) else {}
    lesson, place, how, photo = (
        lesson_of(wanted.get("key")),
        wanted.get("place"),
        wanted.get("how"),
        wanted.get("photo"),
    )
    if type(place) is not int or not 0 <= place < len(lesson.taught) or how not in HOWS:
        raise SettingError("There is no such network. Reload the page.")
    if photo is not None and (type(photo) is not int or photo not in wrong(lesson, place).tolist()):
        raise SettingError("This photo is not one that was named wrongly. Reload the page.")
    return Looked(lesson, place, str(how), photo)


def _look(asked: Wish, report: Report) -> Looked:
    """Compute all that is drawn; what is known runs nothing."""
    one = _asked(asked.value.get("asked"))
    report()
    spread_out(one.lesson, one.place, one.how, report)
    if one.photo is not None:
        _heat(one)
    return one


def _looking(asked: Wish, step: tuple[Any, ...] | None, _elapsed_s: float) -> dict[str, Any]:
    if not step:
        return {"busy": busy("Looking at the mistakes")}
    return {"busy": busy(f"The network looks at photo {step[0] + 1} of {step[1]}")}


def _looked(asked: Wish, one: Looked) -> dict[str, Any]:
    laid = spread_out(one.lesson, one.place, one.how)
    photos = one.lesson.photos.photos
    mistaken = wrong(one.lesson, one.place).tolist()
    sheet = {
        "classes": mistakes_charts.by_class(one.lesson, one.place).plain(),
        "map": mistakes_charts.photo_map(one.lesson, one.place, laid, one.how).plain(),
        "about": words.PCA if one.how == "pca" else words.TSNE,
        "wrong": [{"at": at, "src": thumbnail(photos[at]), "said": _said(one, at)} for at in mistaken[:SHOWN]],
        "more": len(mistaken) - SHOWN,
        "heat": None if one.photo is None else _heat(one),
    }
    key = BENCH.shown.keep(one)
    return {"done": asked.value["asked"], "message": "", "key": key, "sheet": sheet}


def _said(one: Looked, at: int) -> str:
    lesson, taught = one.lesson, one.lesson.taught[one.place]
    found = features(lesson.photos, catalogue.get(taught.model))[at]
    shares = taught.probe.probabilities(found[None])[0]
    photo, says = lesson.photos.photos[at], int(shares.argmax())
    return words.taken(photo.name, lesson.photos.classes[photo.label], lesson.photos.classes[says], shares[says])


def _heat(one: Looked) -> dict[str, Any]:
    """Return the wrong photo with the map of its answer, and how much of such maps lies at the rim in both classes."""
    assert one.photo is not None
    lesson, at = one.lesson, one.photo
    number = wrong(lesson, one.place).tolist().index(at)
    predicted = lesson.taught[one.place].way("probe").predicted
    says, is_ = int(predicted[predicted != lesson.labels][number]), int(lesson.photos.labels[at])
    found = heat(lesson, one.place, at, says)
    classes = lesson.photos.classes
    pair = (classes[is_], classes[says])
    return {
        "at": at,
        "src": images.data_url(found.seen, format="png"),
        "size": list(found.seen.shape[:2]),
        "map": packed(found.values, 0.0, float(found.values.max()) or 1.0),
        "said": _said(one, at),
        "rim": words.looked(found.at_the_rim),
        "cover": words.covered(pair, [cover(lesson, one.place, label) for label in (is_, says)]),
    }


def _draw(one: Looked, _settings: Settings, question: dict[str, Any]) -> dict[str, Any]:
    """Return a photo that is pointed at."""
    at, photos = question.get("photo"), one.lesson.photos
    if type(at) is not int or not 0 <= at < len(photos.photos):
        return {"photo": None}
    photo = photos.photos[at]
    told = {"at": at, "src": thumbnail(photo, LARGE // 2), "name": photo.name, "is": photos.classes[photo.label]}
    return {"photo": {**told, "out": bool(one.lesson.out[at])}}


BENCH = Bench(
    id="teach-mistakes",
    question=words.MISTAKES_TITLE,
    view=AfterTeaching,
    scripts=(*CHART, "inside_pictures", "inside_stage", *AFTER, "teach_mistakes"),
    css="teach-after",
    props={
        "title": words.MISTAKES_TITLE,
        "hint": words.MISTAKES_HINT,
        "inferno": list(INFERNO),
        "viridis": list(VIRIDIS),
    },
    own_head=True,
    pointed=False,
    stays=True,
    work={"again": Work(_look, _looked, _looking, refused=lambda error: {"message": str(error)})},
    draw=_draw,
)
