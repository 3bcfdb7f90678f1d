"""The starter photos, so that no tab is ever empty: five for every tab, and scenes with known boxes that we drew."""

import importlib.util
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image

ASSETS = Path(__file__).parent.parent / "assets" / "starters"


@dataclass(frozen=True)
class Starter:
    """One starter photo.

    ``path`` is the file, ``width`` and ``height`` its upright size in pixels, ``point_rc`` the row and column in
    pixels where the shared point starts, ``credit`` one line for the credits page.
    """

    id: str
    name: str
    path: Path
    width: int
    height: int
    point_rc: tuple[int, int]
    credit: str


Row = tuple[str, str, str | None, str, tuple[int, int], str]
# id, name, package (None: our own assets), file inside it, starting point (row, column), credit
ROWS: tuple[Row, ...] = (
    ("cat", "Cat", "skimage", "data/chelsea.png", (113, 172), "Chelsea the cat, by Stéfan van der Walt (CC0)"),
    ("street", "Street", "ultralytics", "assets/bus.jpg", (450, 290), "bus.jpg of the ultralytics package (AGPL-3.0)"),
    ("portrait", "Portrait", "skimage", "data/astronaut.png", (105, 225), "Eileen Collins, by NASA (public domain)"),
    ("blood_cells", "Blood cells", None, "blood_cells.png", (168, 196), "Drawn for this project"),
    ("coffee", "Coffee", "skimage", "data/coffee.png", (150, 290), "Pikolo espresso, by Rachel Michetti (CC0)"),
)
# Not among the five: only a tab that compares with known boxes offers them.
DRAWN: tuple[Row, ...] = (
    ("cells_crowded", "Crowded cells", None, "cells_crowded.png", (180, 195), "Drawn for this project"),
    ("cells_platelets", "Platelets", None, "cells_platelets.png", (255, 160), "Drawn for this project"),
)


def package_folder(package: str | None) -> Path | None:
    """Return where ``package`` keeps its files, without importing it: these packages take seconds to import."""
    if package is None:
        return ASSETS
    found = importlib.util.find_spec(package)
    return Path(found.origin).parent if found and found.origin else None


@cache
def all() -> tuple[Starter, ...]:
    """Return the starter photos that exist on this machine, the cat first; what is missing is left out."""
    return tuple(_existing(ROWS))


@cache
def scenes() -> tuple[Starter, ...]:
    """Return the scenes that we drew with the true box of everything in them, in a JSON file beside the picture."""
    drawn = [one for one in all() if one.path.parent == ASSETS] + _existing(DRAWN)
    return tuple(one for one in drawn if one.path.with_suffix(".json").is_file())


def _existing(rows: tuple[Row, ...]) -> list[Starter]:
    found = []
    for id_, name, package, file, point_rc, credit in rows:
        folder = package_folder(package)
        if folder is None or not (folder / file).is_file():
            continue
        with Image.open(folder / file) as picture:  # reads the header only
            width, height = picture.size
        found.append(Starter(id_, name, folder / file, width, height, point_rc, credit))
    return found


def get(id: str) -> Starter:
    """Return the starter photo or the drawn scene called ``id``.

    Raises:
        KeyError: there is no such starter photo here.
    """
    for starter in (*all(), *scenes()):
        if starter.id == id:
            return starter
    raise KeyError(id)


def best(wanted: str) -> str:
    """Return ``wanted``, the id of a starter, or that of the first one where this one is not here."""
    ids = [starter.id for starter in all()]
    return wanted if wanted in ids else ids[0]


@contextmanager
def unseen(wanted: str) -> Iterator[Path]:
    """Lend a copy of the starter ``wanted``, one pixel apart from it, so that no cache knows its results."""
    with Image.open(get(best(wanted)).path) as picture:
        copy = picture.convert("RGB")
    copy.putpixel((0, 0), tuple(secrets.token_bytes(3)))
    with tempfile.TemporaryDirectory(prefix="unseen-") as folder:
        path = Path(folder) / "unseen.png"
        copy.save(path, compress_level=1)
        yield path
