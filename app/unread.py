"""What was answered and not read yet: Gradio keeps it for each session, and here so many bytes of it at most.

Gradio's own mapping knows no bytes, lets the session go that is oldest by birth, whoever listens to it, and raises at
the next message for one that is gone; where that is a place in the line, it ends the loop that hands out all work.
"""

import asyncio
import json
import threading
from collections import OrderedDict
from collections.abc import Iterator, MutableMapping
from typing import Any, Final

import gradio as gr

from app.gradio_patches import instead

MOST_SESSIONS: Final = 2000
MOST_BYTES: Final = 24 * 1024 * 1024  # as JSON; Python's objects take about three times as much
OWN_BYTES: Final = 500  # of a message beside what it brings


class Messages(asyncio.Queue[Any]):
    """The messages of one session, which weighs what nobody waits for."""

    def __init__(self, owner: "UnreadMessages", session: str) -> None:
        """``owner`` keeps these messages as those of ``session``."""
        super().__init__()
        self.listeners = 0
        self.bytes = 0
        self._owner = owner
        self._session = session

    async def get(self) -> Any:
        """Wait for a message: whoever does so reads it at once."""
        self.listeners += 1
        try:
            return await super().get()
        finally:
            self.listeners -= 1

    def _put(self, item: Any) -> None:
        size = 0 if self.listeners else OWN_BYTES + len(json.dumps(getattr(item, "output", None), default=str))
        super()._put((item, size))
        self._owner.weigh(self._session, self, size)

    def _get(self) -> Any:
        item, size = super()._get()
        self._owner.weigh(self._session, self, -size)
        return item


class UnreadMessages(MutableMapping[str, Messages]):
    """The messages of each session, in place of Gradio's ``pending_messages_per_session``.

    Over the bound the session whose reader is the farthest behind goes first; over the number of sessions the one that
    nobody has touched for the longest time, and that nobody listens to. What still works for a session that is gone
    finds it anew.
    """

    def __init__(self, queue: Any, most_sessions: int, most_bytes: int) -> None:
        """``queue``: Gradio's, for the names of what waits and works."""
        self.bytes = 0
        self._queue = queue
        self._most_sessions = most_sessions
        self._most_bytes = most_bytes
        self._sessions = OrderedDict[str, Messages]()  # the one touched last at the end
        self._behind = OrderedDict[str, None]()  # those with something unread, the oldest of it first
        self._lock = threading.RLock()  # `gr.Info` puts its message from a worker's thread

    def __getitem__(self, session: str) -> Messages:
        with self._lock:
            if session not in self._sessions:
                self._begin(session)
            self._sessions.move_to_end(session)
            return self._sessions[session]

    def __setitem__(self, session: str, _empty: object) -> None:
        with self._lock:
            self._begin(session)

    def __delitem__(self, session: str) -> None:
        with self._lock:
            messages = self._sessions.pop(session, None)  # one that is left after it went is no fault
            if messages is not None:
                self.bytes -= messages.bytes
                self._behind.pop(session, None)

    def __contains__(self, session: object) -> bool:
        return session in self._sessions

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._sessions))

    def __len__(self) -> int:
        return len(self._sessions)

    def get(self, session: str, default: Any = None) -> Any:
        """Return the messages of a session that is there, without touching it."""
        return self._sessions.get(session, default)

    def weigh(self, session: str, messages: Messages, more: int) -> None:
        """Count what came or went, and let go what is too much."""
        with self._lock:
            if self._sessions.get(session) is not messages:  # went, while a stream still reads it
                return
            messages.bytes += more
            self.bytes += more
            if messages.empty():
                self._behind.pop(session, None)
            else:
                self._behind.setdefault(session)
            while self.bytes > self._most_bytes and self._behind:
                self._forget(next(iter(self._behind)))

    def _begin(self, session: str) -> None:
        del self[session]
        while len(self._sessions) >= self._most_sessions:
            oldest = next(iter(self._sessions))
            self._forget(next((one for one, held in self._sessions.items() if not held.listeners), oldest))
        self._sessions[session] = Messages(self, session)

    def _forget(self, session: str) -> None:
        """Let a session go, and the names of its calls that are over: nobody can ask for their answers any more."""
        del self[session]
        names = self._queue.pending_event_ids_session
        gone = [session] if len(names) < 2 * self._most_sessions else [name for name in list(names) if name not in self]
        for one in gone:  # all, now and then: calls that were left while they ran stay there too
            under_way = names.get(one, set()) & self._queue.event_ids_to_events.keys()
            names.pop(one, None)
            if under_way:
                names[one] = under_way


def bound(demo: gr.Blocks) -> UnreadMessages:
    """Bound what the page's queue, which ``demo.queue`` has made, keeps for those who do not read."""
    unread = UnreadMessages(demo._queue, MOST_SESSIONS, MOST_BYTES)
    instead(demo._queue, "pending_messages_per_session", unread)
    return unread
