"""Connections, before any request: how many one address may hold, how long a request's head may take to arrive.

A half-open connection costs a file handle and reaches no middleware. So uvicorn's protocol counts them here, and
asyncio, once the handles of the process run out, tries again a second later instead of thousands of times at once.
"""

import asyncio
import errno
import sys
import weakref
from collections import Counter
from typing import Any, Final

import uvicorn.protocols.http.auto as http

from app import request_log
from app.throttle import client_address

PER_ADDRESS: Final = 512
ALL: Final = 8192
HEAD_S: Final = 30.0
HANDLES: Final = 65_536  # of this process, where the system lets it have so many
FULL: Final = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 5\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"

_uvicorns: Any = http.AutoHTTPProtocol
_open: "weakref.WeakKeyDictionary[Any, Counter[str]]" = weakref.WeakKeyDictionary()  # server -> address -> how many


def limit(behind_a_proxy: bool) -> None:
    """Bound connections of all servers that start from now on; behind a proxy all come from the proxy's address."""

    class Limited(_Counted, _uvicorns):
        proxied = behind_a_proxy

    http.AutoHTTPProtocol = Limited


def handles() -> int:
    """Return how many files and sockets this process may have open."""
    if sys.platform == "win32":
        return HANDLES
    import resource  # noqa: PLC0415 - Unix only

    return int(min(resource.getrlimit(resource.RLIMIT_NOFILE)[0], HANDLES))


def raise_handles() -> None:
    """Let this process open as many files as the system allows; macOS begins with 256."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - Unix only

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        most = HANDLES if hard == resource.RLIM_INFINITY else min(hard, HANDLES)
        if soft != resource.RLIM_INFINITY and soft < most:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


class _Counted(asyncio.Protocol):
    """What is put before uvicorn's protocol."""

    proxied = False
    _address: str | None = None
    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        mine: Any = self
        counts = _open.setdefault(mine.server_state, Counter())
        address = client_address((mine.client or ("unknown",))[0])
        quarter = handles() // 4
        if counts.total() >= min(ALL, 2 * quarter) or (
            not self.proxied and counts[address] >= min(PER_ADDRESS, quarter)
        ):
            request_log.turned_away(429)
            transport.write(FULL)
            transport.close()
            return
        self._address = address
        counts[address] += 1
        self._expect_a_head()

    def data_received(self, data: bytes) -> None:
        mine: Any = self
        before = mine.cycle
        super().data_received(data)
        if mine.cycle is not before:
            self._stop_waiting()
        elif self._late is None and (mine.cycle is None or mine.cycle.response_complete):
            self._expect_a_head()

    def connection_lost(self, exc: Exception | None) -> None:
        mine: Any = self
        self._stop_waiting()
        if self._address is not None:
            counts = _open[mine.server_state]
            counts[self._address] -= 1
            if not counts[self._address]:
                del counts[self._address]
        super().connection_lost(exc)

    def _should_upgrade_to_ws(self) -> bool:
        return False  # nothing here speaks it, and such a connection would leave this count

    def _expect_a_head(self) -> None:
        mine: Any = self
        self._late = mine.loop.call_later(HEAD_S, self._too_late)

    def _too_late(self) -> None:
        mine: Any = self
        self._late = None
        if mine.cycle is None or mine.cycle.response_complete:
            mine.transport.close()

    def _stop_waiting(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None


def be_calm_without_handles(loop: Any) -> None:
    """Let the running loop accept once, not thousands of times, when there are no handles left.

    After such an error CPython's selector loop goes on with its whole backlog; each attempt is logged, and each starts
    a timer that does the same again. Other loops are left alone.
    """
    accept = getattr(loop, "_accept_connection", None)
    if accept is None:
        return

    def accept_until_full(factory: Any, sock: Any, *rest: Any) -> None:
        accept(factory, _UntilFull(getattr(sock, "sock", sock)), *rest)

    loop._accept_connection = accept_until_full


class _UntilFull:
    """A listening socket that has nobody waiting any more once the handles ran out."""

    def __init__(self, sock: Any) -> None:
        self.sock = sock
        self._full = False

    def accept(self) -> Any:
        if self._full:
            raise BlockingIOError(errno.EAGAIN, "full")
        try:
            return self.sock.accept()
        except OSError as error:
            self._full = error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
            raise

    def __getattr__(self, name: str) -> Any:
        return getattr(self.sock, name)
