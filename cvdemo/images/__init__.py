"""The only door for pixels: from an untrusted file to RGB uint8, and back to a data URL."""

from cvdemo.images.door import (
    MAX_ASPECT,
    MAX_BYTES,
    MAX_PIXELS,
    MAX_SIDE,
    Photo,
    PhotoFacts,
    read_frame,
)
from cvdemo.images.encoding import data_url
from cvdemo.images.opened import OpenedPhoto, open, read

__all__ = [
    "MAX_ASPECT",
    "MAX_BYTES",
    "MAX_PIXELS",
    "MAX_SIDE",
    "OpenedPhoto",
    "Photo",
    "PhotoFacts",
    "data_url",
    "open",
    "read",
    "read_frame",
]
