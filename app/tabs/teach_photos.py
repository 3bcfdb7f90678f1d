"""A visitor's own classes: what the page's card of photos asks, photo by photo, and what it shows then."""

from collections.abc import Callable, Iterator
from typing import Any, Final

import gradio as gr

from app.components.photo import photo_path
from app.lab.questions import say_what_is_wrong
from app.live_frames import jpeg
from app.tabs.given_photos import UNREADABLE, Ask, answered, files, let_go, rows, text
from app.tabs.teach_view import thumbnail
from app.uploads import uploaded
from cvdemo.errors import SettingError
from cvdemo.images.door import contents
from cvdemo.photo_sets import VISITORS, Given, PhotoSet, edits, near_duplicates, too_few, unzipped
from cvdemo.photo_sets.words import brought
from cvdemo.photo_sets.words import split as split_of
from cvdemo.transfer.settings import Teaching

NAMED: Final = 16  # letters of a photo's digest


async def photos(asked: Any, request: gr.Request) -> dict[str, Any]:
    """Do what the card of photos asks, ``asked["do"]``, and return what it shows then."""
    return await answered(_answer, asked, request)


@say_what_is_wrong
def _answer(asked: Ask) -> dict[str, Any]:
    do = asked.get("do")
    if do == "thumbs":
        return _thumbs(asked)
    if not isinstance(do, str) or do not in EDITS:
        raise SettingError(UNREADABLE)
    more = EDITS[do](asked)
    return {**state(asked["session"], Teaching.of({"held_out": asked.get("held_out", 0.25)}).held_out), **more}


def state(session: str, share: float) -> dict[str, Any]:
    """Return what the card shows: classes with their photos and sides, the split in words, and what still lacks.

    A photo is named by the first letters of its digest, and its picture is asked for once.
    """
    own = VISITORS.split(session, share)
    out = own.test
    if out is None or not own.photos:
        return {"classes": [_card(own, label, []) for label in range(len(own.classes))], "split": "", "lacks": None}
    sides = out.tolist()
    return {
        "classes": [_card(own, label, sides) for label in range(len(own.classes))],
        "split": split_of(out, near_duplicates(own)),
        "lacks": _lacking(own),
    }


def _card(own: PhotoSet, label: int, sides: list[bool]) -> dict[str, Any]:
    mine = [[one.digest[:NAMED], int(out)] for one, out in zip(own.photos, sides, strict=False) if one.label == label]
    return {"name": own.classes[label], "photos": mine}


def _lacking(own: PhotoSet) -> str | None:
    try:
        own.check()
    except SettingError as error:
        return str(error)
    return None if own.test is None else too_few(own, own.test)


def _changed(edit: Callable[[PhotoSet, Ask], PhotoSet]) -> Callable[[Ask], dict[str, Any]]:
    def change(asked: Ask) -> dict[str, Any]:
        VISITORS.change(asked["session"], lambda own: edit(own, asked))
        return {}

    return change


def _begun(own: PhotoSet, _asked: Ask) -> PhotoSet:
    """Return two empty classes where there is none: something to drop photos on."""
    return edits.with_class(edits.with_class(own)) if not own.classes else own


def _given(asked: Ask, brought_in: Iterator[tuple[str, bytes]]) -> dict[str, Any]:
    """Add photos to a class; say what came of those that were left out."""
    given: list[Given] = []

    def add(own: PhotoSet) -> PhotoSet:
        given[:] = [edits.with_photos(own, text(asked, "class"), brought_in)]
        return given[0].photos

    VISITORS.change(asked["session"], add)
    return {"count": given[0].count, "said": brought(given[0]) if given[0].skipped else ""}


def _added(asked: Ask) -> dict[str, Any]:
    return _given(asked, files(asked))


def _recorded(asked: Ask) -> dict[str, Any]:
    frames = [jpeg(one) for one in rows(asked, "frames") if isinstance(one, str)]
    return _given(asked, (("webcam photo", frame) for frame in frames))


def _shared(asked: Ask) -> dict[str, Any]:
    path = photo_path({"photo": {"id": text(asked, "id")}})
    return _given(asked, iter([(str(asked.get("name") or "Photo"), contents(path))]))


def _unpacked(asked: Ask) -> dict[str, Any]:
    path = uploaded(text(asked, "path"))
    try:
        given = unzipped(path)
    finally:
        let_go(path)
    VISITORS.change(asked["session"], lambda own: edits.joined(own, given.photos))
    return {"count": given.count, "said": brought(given)}


def _renamed(asked: Ask) -> dict[str, Any]:
    name, to = text(asked, "class"), text(asked, "to")
    before = VISITORS.photos(asked["session"])
    after = VISITORS.change(asked["session"], lambda own: edits.renamed(own, name, to))
    return {"name": after.classes[edits.place_of(before, name)]}


def _forgotten(asked: Ask) -> dict[str, Any]:
    VISITORS.forget(asked["session"])
    return {"said": ""}


def _thumbs(asked: Ask) -> dict[str, Any]:
    wanted = set(filter(lambda one: isinstance(one, str), rows(asked, "photos")))
    found = (one for one in VISITORS.photos(asked["session"]).photos if one.digest[:NAMED] in wanted)
    return {"thumbs": {one.digest[:NAMED]: thumbnail(one) for one in found}}


EDITS: Final[dict[Any, Callable[[Ask], dict[str, Any]]]] = {
    "show": lambda _asked: {},
    "begin": _changed(_begun),
    "class": _changed(lambda own, asked: edits.with_class(own, str(asked.get("to") or ""))),
    "rename": _renamed,
    "remove": _changed(lambda own, asked: edits.without_class(own, text(asked, "class"))),
    "take out": _changed(lambda own, asked: edits.without_photo(own, text(asked, "class"), text(asked, "photo"))),
    "add": _added,
    "record": _recorded,
    "shared": _shared,
    "zip": _unpacked,
    "forget": _forgotten,
}
