"""What visitors' pages show, by a key that takes the photo to know: slider steps act on it and run no network."""

import hashlib
import secrets
from typing import Any

from cvdemo.results import Results


class ShownByKey:
    """What a bench's pages show. Asked twice, it is one and the same: its key comes from what was asked."""

    def __init__(self) -> None:
        self._kept = Results("pages")

    def keep(self, shown: Any) -> str:
        """Keep what a page shows and return its key: of ``shown.asked`` where it has that, else one of its own."""
        asked = getattr(shown, "asked", None)
        key = secrets.token_hex(16) if asked is None else hashlib.sha256(repr(asked).encode()).hexdigest()
        self._kept.put(key, shown)
        return key

    def get(self, key: object) -> Any | None:
        """Return what stands under a key that the browser sent; None when it is not known any more."""
        return self._kept.get(key) if isinstance(key, str) else None


class ShownFromTheStart(ShownByKey):
    """What pages show where there is something to see before any work: ``nothing`` stands under the key ``FIRST``."""

    FIRST = "first"

    def __init__(self, nothing: Any) -> None:
        super().__init__()
        self._nothing = nothing

    def get(self, key: object) -> Any | None:
        """Return what is shown; None where it is not known any more."""
        return self._nothing if key == self.FIRST else super().get(key)
