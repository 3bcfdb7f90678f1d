"""The only door for file arguments: what a visitor or an API caller names must be a file in the upload cache."""

import os
from pathlib import Path

from app.disk import LEDGER
from cvdemo.errors import PhotoError

NOT_UPLOADED = "This is not an uploaded photo. Upload the file first, then send the path that the upload gave you."
GONE = "This photo is no longer here. Choose it again."


def uploaded(value: object) -> Path:
    """Return the real path of an uploaded file.

    Gradio checks such paths only when the client asks for it, so ``"/etc/passwd"`` would reach a function unchecked.
    Links are followed before the check, and a file outside the cache is refused in the same words whether it
    exists or not.

    Raises:
        PhotoError: ``value`` is no text, lies outside the upload cache, or is no longer there.
    """
    if not isinstance(value, str):
        raise PhotoError(NOT_UPLOADED)
    try:
        cache = Path(os.path.realpath(os.environ["GRADIO_TEMP_DIR"]))
        path = Path(os.path.realpath(value))
    except (OSError, ValueError) as error:  # a NUL in the name, or a name too long
        raise PhotoError(NOT_UPLOADED) from error
    if cache not in path.parents:
        raise PhotoError(NOT_UPLOADED)
    if not os.path.isfile(path):  # unlike Path.is_file, it takes a name that is too long for a missing file
        raise PhotoError(GONE)
    LEDGER.use(path)
    return path
