"""What the browser shows of a photo: an upright JPEG copy of moderate size without metadata, and small thumbnails."""

import os
import tempfile
from functools import cache
from pathlib import Path
from urllib.parse import quote

import numpy as np
from PIL import Image, ImageOps

from cvdemo import images, starters

SHOWN_SIDE = 1200
THUMB_WH = (160, 120)


def address(path: Path) -> str:
    """Return where the page finds a file of the upload cache, relative to the page: it may live under any root."""
    return f"gradio_api/file={quote(path.as_posix())}"


def shown_copy(path: Path, target: Path) -> tuple[int, int]:
    """Write a JPEG of the photo to ``target``, its longer side at most 1200 pixels; return the photo's own (w, h).

    Decoding everything is also the test that the file is whole.

    Raises:
        PhotoError: the file is no picture that we can read.
        OSError: the copy could not be written, for one because the disk is full.
    """
    photo = images.open(path).at(SHOWN_SIDE * 3 // 4)
    picture = Image.fromarray(photo.pixels)
    picture.thumbnail((SHOWN_SIDE, SHOWN_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Whole or not at all: two visitors may bring the same file at once.
    handle, draft = tempfile.mkstemp(dir=target.parent, suffix=".jpg")
    try:
        with os.fdopen(handle, "wb") as file:
            picture.save(file, "JPEG", quality=88)
        os.replace(draft, target)
    except OSError:
        os.unlink(draft)
        raise
    return photo.full_size_wh


def upload_copy(path: Path) -> tuple[str, tuple[int, int]]:
    """Return the address of the copy of an upload, and the photo's (w, h); the copy lies and ends with the upload."""
    target = path.parent / "shown" / "photo.jpg"
    full_size_wh = shown_copy(path, target)
    return address(target), full_size_wh


@cache
def starter_rows() -> list[dict[str, object]]:
    """Return what the rail needs of every starter photo: id, name, src, thumb, width, height, point, name of its file.

    The copies stay in the upload cache under a name that no cleaning takes, from one start to the next.
    """
    return [_starter_row(starter) for starter in starters.all()]


@cache
def scene_rows() -> list[dict[str, object]]:
    """Return the same rows for the scenes whose boxes are known."""
    return [_starter_row(scene) for scene in starters.scenes()]


def _starter_row(starter: starters.Starter) -> dict[str, object]:
    copy = Path(os.environ["GRADIO_TEMP_DIR"]) / "starters" / f"{starter.id}.jpg"
    if not copy.exists() or copy.stat().st_mtime < starter.path.stat().st_mtime:
        shown_copy(starter.path, copy)
    row, column = starter.point_rc
    around = (column / starter.width, row / starter.height)  # the thumbnail shows what the point stands on
    whole = Image.fromarray(images.read(copy, shortest_side=THUMB_WH[1]).pixels)
    small = ImageOps.fit(whole, THUMB_WH, centering=around)
    return {
        "id": f"starter:{starter.id}",
        "name": starter.name,
        "src": address(copy),
        "thumb": images.data_url(np.asarray(small), quality=72),
        "width": starter.width,
        "height": starter.height,
        "point": list(starter.point_rc),
    }
