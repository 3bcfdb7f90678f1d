"""The nets that pages trained, as long as those pages stand: bounded in number, in memory only."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from cvdemo.residual.side_by_side import Nets

MOST_RACES: Final = 16  # of all pages; each has 25 MB at most
OF_A_PAGE: Final = 2  # the newest, and what it shows until that has made a step
IDLE_S: Final = 3600.0


class Kept(NamedTuple):
    """One race: whose page it is, the nets, and when somebody last asked for them."""

    page: str
    nets: "Nets"
    used_s: float


class NetsByPage:
    """Nets by key; any thread may ask. What nobody has asked for longest goes first."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def keep(self, page: str, key: str, nets: "Nets") -> None:
        """Keep a page's nets; of its older ones only the last."""
        with self._lock:
            before_s = self._clock() - IDLE_S
            self._drop([one for one, kept in self._kept.items() if kept.used_s < before_s])
            self._kept[key] = Kept(page, nets, self._clock())
            self._drop([one for one, kept in self._kept.items() if kept.page == page][:-OF_A_PAGE])
            self._drop(list(self._kept)[:-MOST_RACES])

    def get(self, key: object) -> "Nets | None":
        """Return what stands under a key that the browser sent; None where it is not known any more."""
        with self._lock:
            if not isinstance(key, str) or key not in self._kept:
                return None
            page, nets, _ = self._kept.pop(key)
            self._kept[key] = Kept(page, nets, self._clock())
            return nets

    def forget(self, page: str) -> None:
        """Let go of all nets of a page."""
        with self._lock:
            self._drop([one for one, kept in self._kept.items() if kept.page == page])

    def _drop(self, keys: list[str]) -> None:
        for key in keys:
            self._kept.pop(key, None)
