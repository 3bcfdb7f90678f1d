"""The shared photo: a rail beside the tabs (a strip on phones) with photo, point, upload, webcam and starter photos."""

import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.events import EventListener

from app import request_log
from app.components.drawn import Drawn
from app.components.photo_copies import scene_rows, starter_rows, upload_copy
from app.doors import on_spaces
from app.uploads import uploaded
from cvdemo import images, starters
from cvdemo.errors import CvDemoError, PhotoError, SettingError

LOG = logging.getLogger(__name__)
SCRIPTS = ("photo_parts", "photo_point", "photo_intake", "photo_webcam", "photo")

# Gradio selects the first tab before the one that the address asks for; that first time is no choice of the visitor.
OPENED = """() => {
  const tab = TAB, url = new URL(location.href), asked = url.searchParams.get('tab');
  if (!window.cvTab && asked !== tab && TABS.includes(asked)) { window.cvTab = asked; return; }
  const chosen = window.cvTab && asked !== tab; // else the address knows it already: a link, Back or Forward
  window.cvTab = document.documentElement.dataset.lab = tab;
  url.searchParams.set('tab', tab);
  const view = window.cvViews?.[tab]; // which is open there, so that Back comes to the same one
  if (chosen) url.searchParams[view ? 'set' : 'delete']('view', view);
  history[chosen ? 'pushState' : 'replaceState'](null, '', url);
  document.dispatchEvent(new CustomEvent('cv:tab', { detail: tab }));
}"""


class PhotoRail(Drawn):
    """The shared photo.

    Events: ``photo`` when the page stands and after each accepted photo, ``point`` after the point came to rest.
    Value: ``{"photo": {"id", "src", "name", "width", "height", "starter", "frames"}, "point": [row, column] in pixels
    of the upright photo, "error": sentence or None, "chosen": whether the visitor chose it, "tab": the open one}``.
    The browser sends it, so it is untrusted: read it through `photo_path` and `photo_point`.
    """

    EVENTS = [EventListener("photo"), EventListener("point")]

    def __init__(
        self,
        value: dict[str, Any] | None = None,
        suits: Mapping[str, str] | None = None,
        pointed: Sequence[str] = (),
        elem_id: str = "rail",
        **kwargs: Any,
    ) -> None:
        """Args:
        suits: which starter photo, by its id, each tab shows until the visitor chooses; else the first one.
        pointed: the tabs in which the point matters; in others it is not shown and a click does nothing.
        """
        suiting = {"": "", **(suits or {})}
        super().__init__(
            value or start(next(iter(suits.values())) if suits else ""),
            names=SCRIPTS,
            class_name="rail",
            elem_id=elem_id,
            server_functions=[accept],
            starters=starter_rows(),
            scenes=scene_rows(),
            suits={tab: f"starter:{starters.best(wanted)}" for tab, wanted in suiting.items()},
            tabs=[],
            pointed=list(pointed),
            limit_bytes=images.MAX_BYTES,
            privacy="It goes to this server only and is deleted within an hour."
            if on_spaces()
            else "It stays on this machine.",
            **kwargs,
        )


def start(suiting: str) -> dict[str, Any]:
    """Return the rail's value before the visitor chose anything: the starter photo ``suiting``, or the first one."""
    wanted = f"starter:{starters.best(suiting)}"
    row = next(row for row in starter_rows() if row["id"] == wanted)
    photo = {key: row[key] for key in ("id", "name", "src", "width", "height")} | {"starter": True, "frames": 1}
    return {"photo": photo, "point": row["point"], "error": None, "chosen": False, "tab": None}


def connect(rail: PhotoRail, tabs: Mapping[str, gr.Tab] | None = None) -> None:
    """Tell the rail which tab is open, and keep it in the address as ``?tab=``; upload and point need no wiring.

    Each tab is an entry of the browser's history: Back and Forward change the tab and leave the photo as it is.

    Until the visitor chooses a photo, each tab then shows the starter photo that suits it.
    """
    names = list(tabs or {})
    rail.props["tabs"] = names
    for name, tab in (tabs or {}).items():
        script = OPENED.replace("TABS", json.dumps(names)).replace("TAB", json.dumps(name))
        tab.select(None, js=script, api_visibility="private")


def accept(sent: object) -> dict[str, Any]:
    """Judge an upload, for the browser: ``{"photo": {...}}``, or ``{"error": sentence}`` if it cannot be used."""
    with request_log.noted("photo.accept", quick=True) as note:
        try:
            path = uploaded(sent.get("path") if isinstance(sent, dict) else None)
            frames = images.open(path).facts.frames
            src, (width, height) = upload_copy(path)
        except CvDemoError as error:
            note.refused(error)
            return {"error": str(error)}
        except OSError:
            note.outcome = "refused"
            LOG.exception("The copy of an upload could not be written")
            return {"error": "There is no room for another photo here right now. Try again in a few minutes."}
    return {
        "photo": {
            "id": str(path), "src": src, "width": width, "height": height, "starter": False, "frames": frames,
        }
    }  # fmt: skip


def photo_path(value: object) -> Path:
    """Return the file behind the rail's value.

    Raises:
        PhotoError: it names no starter photo, and no file in the upload cache.
    """
    photo = value.get("photo") if isinstance(value, dict) else None
    name = photo.get("id") if isinstance(photo, dict) else None
    if not isinstance(name, str):
        raise PhotoError("There is no photo yet. Choose one first.")
    if not name.startswith("starter:"):
        return uploaded(name)
    try:
        return starters.get(name.removeprefix("starter:")).path
    except KeyError:
        raise PhotoError("This starter photo is not here. Choose another one.") from None


def photo_point(value: object, size_wh: tuple[int, int]) -> tuple[int, int]:
    """Return (row, column) of the rail's point, in pixels of the upright photo of size (width, height).

    Raises:
        SettingError: it is no pair of whole numbers inside the photo.
    """
    point = value.get("point") if isinstance(value, dict) else None
    whole = isinstance(point, list) and len(point) == 2 and all(type(number) is int for number in point)
    if not isinstance(point, list) or not whole:
        raise SettingError("The point must be a row and a column. Click the photo to set it.")
    row, column = point
    if not (0 <= row < size_wh[1] and 0 <= column < size_wh[0]):
        raise SettingError(f"The point must lie inside the photo, {size_wh[0]:,} x {size_wh[1]:,} pixels.")
    return row, column
