"""How much one client may start: token buckets for work and for new sessions, and a cap on requests in flight."""

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import Scope

Clock = Callable[[], float]  # seconds, never going back


@dataclass(frozen=True)
class Rate:
    """At most ``burst`` at once, refilled at ``per_second``."""

    burst: int
    per_second: float


@dataclass(frozen=True)
class Limits:
    """What one client may do, and what all may do together."""

    work: Rate = Rate(burst=200, per_second=50)
    sessions: Rate = Rate(burst=60, per_second=5)
    pages: Rate = Rate(burst=60, per_second=5)  # of the page itself: as many as sessions
    reads: Rate = Rate(burst=4000, per_second=300)  # of all else: a class behind one address opens the page at once
    in_flight_per_client: int = 64
    in_flight: int = 128
    in_line: int = 24  # of one client in Gradio's queue; how long its work may take, `Line` says
    body_deadline_s: float = 180.0


KNOWN_SESSIONS = 2000  # as many as Gradio keeps message queues for
LONGEST_SESSION_NAME = 128


@dataclass
class _Client:
    work: float
    sessions: float
    updated_s: float
    in_flight: int = 0


class Throttle:
    """Counts what each client starts; single-threaded, as the event loop that asks it is."""

    def __init__(self, limits: Limits, clock: Clock = time.monotonic, table_size: int = 4096) -> None:
        self.limits = limits
        self.in_flight = 0
        self._clock = clock
        self._table_size = table_size
        self._clients: OrderedDict[str, _Client] = OrderedDict()
        self._sessions: OrderedDict[str, None] = OrderedDict()

    def take(self, address: str, session: bool = False) -> float:
        """Count a piece of work (and a new ``session``) and return 0.0; or count nothing, return the seconds to wait.

        A refused new session takes no work from its client: a flood of sessions cannot silence those that stand.
        """
        client = self._refilled(address)
        wait_s = max(0.0, (1 - client.work) / self.limits.work.per_second)
        if session:
            wait_s = max(wait_s, (1 - client.sessions) / self.limits.sessions.per_second)
        if wait_s > 0:
            return wait_s
        client.work -= 1
        client.sessions -= session
        return 0.0

    def give_back_session(self, address: str) -> None:
        """Undo the session part of a ``take`` whose request opened no session after all."""
        client = self._refilled(address)
        client.sessions = min(client.sessions + 1, self.limits.sessions.burst)

    def knows_session(self, name: str | None) -> bool:
        """Whether this session was counted before."""
        return name in self._sessions

    def remember_session(self, name: str) -> None:
        """Count requests of this session as work only, until 2000 others were more recent."""
        if len(name) <= LONGEST_SESSION_NAME:
            self._sessions[name] = None
            self._sessions.move_to_end(name)
        if len(self._sessions) > KNOWN_SESSIONS:
            self._sessions.popitem(last=False)

    def enter(self, address: str) -> bool:
        """Count one request in flight; False, and nothing counted, when there are too many already."""
        client = self._refilled(address)
        if self.in_flight >= self.limits.in_flight or client.in_flight >= self.limits.in_flight_per_client:
            return False
        self.in_flight += 1
        client.in_flight += 1
        return True

    def leave(self, address: str) -> None:
        """Count one request out again."""
        self.in_flight -= 1
        self._clients[address].in_flight -= 1

    def _refilled(self, address: str) -> _Client:
        now_s = self._clock()
        client = self._clients.get(address)
        if client is None:
            client = _Client(self.limits.work.burst, self.limits.sessions.burst, now_s)
            self._clients[address] = client
        self._clients.move_to_end(address)
        self._forget_idle()
        passed_s = now_s - client.updated_s
        client.work = min(client.work + passed_s * self.limits.work.per_second, self.limits.work.burst)
        client.sessions = min(client.sessions + passed_s * self.limits.sessions.per_second, self.limits.sessions.burst)
        client.updated_s = now_s
        return client

    def _forget_idle(self) -> None:
        """Keep the table bounded; a client with a request in flight is never forgotten."""
        for _ in range(len(self._clients) - self._table_size):
            address, client = self._clients.popitem(last=False)
            if client.in_flight:
                self._clients[address] = client  # now the newest; the next request looks at the next one


def address_of(scope: Scope, proxied: bool = False) -> str:
    """Return the name under which the client of a request is counted; ``proxied``: X-Forwarded-For tells them apart."""
    forwarded = Headers(scope=scope).get("x-forwarded-for", "") if proxied else ""
    return client_address((scope.get("client") or ("unknown",))[0], forwarded)


def client_address(peer: str, forwarded: str = "") -> str:
    """Return the name under which a client is counted: IPv4 as it is, IPv6 by its /64, which one household shares.

    ``forwarded`` is the X-Forwarded-For header of a proxy that is trusted, else "". Its last public hop counts,
    because a visitor can write anything before that.
    """
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    public = [hop for hop in hops if _is_public(hop)]
    chosen = (public or hops or [peer])[-1]
    try:
        address = ipaddress.ip_address(chosen)
    except ValueError:
        return chosen[:64]
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(address), 64), strict=False))


def _is_public(hop: str) -> bool:
    try:
        return ipaddress.ip_address(hop).is_global
    except ValueError:
        return False
