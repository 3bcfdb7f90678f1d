"""One opened photo: its file is read and hashed once, and decoded once for each scale that somebody needs."""

import hashlib
import os
import time
from dataclasses import dataclass, field

from cvdemo.errors import PhotoError
from cvdemo.images.containers import Container, unpack
from cvdemo.images.decoding import decode, shrink, turn, upright_wh
from cvdemo.images.door import Photo, PhotoFacts, contents, header
from cvdemo.images.verdicts import GONE
from cvdemo.results import Results

REDUCTIONS = (8, 4, 2, 1)  # by which a JPEG can be decoded smaller; other formats only whole

_digests = Results("digests of files", local=True)
_opened = Results("opened photos", local=True)
_decoded = Results("decoded photos", local=True)


@dataclass(frozen=True)
class OpenedPhoto:
    """A photo that is known to be one; pixels come out of it `at` the size that is needed.

    Args:
        digest: sha256 of the file's bytes, in hex.
        container: the bytes that a decoder needs, so that the file is not read again.
    """

    digest: str
    facts: PhotoFacts
    container: Container = field(repr=False)

    def at(self, side: int) -> Photo:
        """Return the photo with a shorter side of at least ``side`` pixels, where it has that many.

        Whoever needs the same scale shares the pixels; threads that ask at once wait for one of them to decode.

        Raises:
            PhotoError: the file is damaged, ends in the middle, or does not fit into memory.
        """
        reduction = self._reduction(side)
        return _decoded.find((self.digest, reduction), lambda: self.decoded(side))

    def at_hand(self, side: int) -> Photo:
        """Return pixels that are known already, as near to ``side`` as there are, coarser ones first; else as `at`."""
        fitting = REDUCTIONS.index(self._reduction(side))
        order = REDUCTIONS[fitting::-1] + REDUCTIONS[fitting + 1 :]
        found = (_decoded.get((self.digest, reduction)) for reduction in order)
        return next((photo for photo in found if photo is not None), None) or self.at(side)

    def decoded(self, side: int | None = None) -> Photo:
        """Decode now, whatever is known: with a shorter side of at least ``side`` pixels, or with all (None)."""
        container, facts = self.container, self.facts
        image = header(container)
        covers_xyxy = shrink(image, container, side) if side is not None else None
        with turn(image, container, facts.full_size_wh):
            started = time.perf_counter()
            pixels = decode(image, container)
            decode_ms = 1000 * (time.perf_counter() - started)
        return Photo(
            pixels, facts.full_size_wh, self.digest, facts.format, facts.frames, covers_xyxy, decode_ms
        )  # fmt: skip

    def _reduction(self, side: int) -> int:
        if self.facts.format not in ("JPEG", "MPO"):
            return 1
        times = min(self.facts.full_size_wh) // max(1, side)
        return next((reduction for reduction in REDUCTIONS if times >= reduction), 1)


def open(path: str | os.PathLike[str]) -> OpenedPhoto:
    """Open a photo's file; one that is known, and has not changed since, is not read again.

    Copies of one file share what was read: a class that uploads the same photo keeps its bytes once.

    Raises:
        PhotoError: the file is missing, empty, too big, no picture of an allowed format, too large or too thin.
    """
    try:
        facts = os.stat(path)
        place = (os.path.realpath(path), facts.st_mtime_ns, facts.st_size)
    except (OSError, ValueError) as error:  # ValueError: a name with a zero byte
        raise PhotoError(GONE) from error
    digest = _digests.find(place, lambda: _known(judged(contents(path))).digest)
    return _opened.find(digest, lambda: judged(contents(path)))


def _known(photo: OpenedPhoto) -> OpenedPhoto:
    return _opened.find(photo.digest, lambda: photo)


def read(path: str | os.PathLike[str], shortest_side: int | None = None) -> Photo:
    """Read and decode a file now, whatever is known: for those who time it, or want every pixel once.

    Args:
        path: any file; its content decides, not its name.
        shortest_side: pixels that the shorter side must keep. A JPEG may then be decoded at 1/2, 1/4 or 1/8, much
            faster and in less memory. None: every pixel.

    Raises:
        PhotoError: as `open`; or the file is damaged, or ends in the middle.
        ValueError: shortest_side below 1.
    """
    if shortest_side is not None and shortest_side < 1:
        raise ValueError(f"shortest_side must be at least 1, got {shortest_side}")
    return judged(contents(path)).decoded(shortest_side)


def judged(data: bytes) -> OpenedPhoto:
    """Return a file's bytes as a photo; decodes nothing.

    Raises:
        PhotoError: empty, no picture of an allowed format, too large or too thin.
    """
    container = unpack(data)
    facts = PhotoFacts(upright_wh(header(container), container), container.format, container.frames)
    return OpenedPhoto(hashlib.sha256(data).hexdigest(), facts, container)
