"""Skips, Surgery over many photos: what the folder's card asks; the photos stay with the page and go with it."""

from typing import Any, Final

import gradio as gr

from app.lab.questions import say_what_is_wrong
from app.tabs.given_photos import UNREADABLE, Ask, answered, files
from cvdemo.errors import SettingError
from cvdemo.photo_sets import FOLDERS, PhotoSet, edits
from cvdemo.surgery.many import MOST

FOLDER: Final = "the folder"


async def folder(asked: Any, request: gr.Request) -> dict[str, Any]:
    """Do what the card asks, ``asked["do"]``: ``add``, ``forget`` or ``show``.

    Returns:
        ``count`` of all photos, and of files that brought none ``skipped``, each with ``name`` and ``why``.
    """
    return await answered(_answer, asked, request)


@say_what_is_wrong
def _answer(asked: Ask) -> dict[str, Any]:
    do, skipped = asked.get("do"), []
    if do == "add":
        skipped = _add(asked)
    elif do == "forget":
        FOLDERS.forget(asked["session"])
    elif do != "show":
        raise SettingError(UNREADABLE)
    return {"count": len(FOLDERS.photos(asked["session"]).photos), "skipped": skipped}


def _add(asked: Ask) -> list[dict[str, str]]:
    """Add photos; return which files were left out, and why."""
    given: list[edits.Given] = []
    brought_in = files(asked)

    def add(own: PhotoSet) -> PhotoSet:
        named = own if own.classes else edits.with_class(own, FOLDER)
        given[:] = [edits.with_photos(named, FOLDER, brought_in, MOST)]
        return given[0].photos

    FOLDERS.change(asked["session"], add)
    return [{"name": one.name, "why": one.why} for one in given[0].skipped]
