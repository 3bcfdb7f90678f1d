"""The line in front of Gradio's queue: as long as what waits will soon be over, not a number of places.

Thirty-two calls of a millisecond are no wait at all, and thirty-two latency runs are half an hour. So work is let in
while what is before it needs twenty seconds at most, as measured by what such work took lately; beyond that it is
refused in a sentence.
What a page has replaced while it waited, an older photo or position of a slider, leaves the line.
"""

import math
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import gradio as gr
from gradio import route_utils
from gradio.block_function import BlockFunction
from gradio.queueing import Event, EventQueue
from gradio.server_messages import ProcessCompletedMessage
from starlette.types import Scope

from app.gradio_patches import instead
from app.throttle import Clock

MOST_WAIT_S = 20.0
ONE_CLIENTS_SHARE = 0.5  # of that wait
ALWAYS_PLACES = 8  # a line that short is never full, however slow its work
MOST_PLACES = 256  # each holds a request's body
FIRST_GUESS_S = 0.25
NEWEST = 0.3  # how much the newest run of a function counts

Pushed = tuple[bool, Any, str]


class Line:
    """Lets work into the queue of one page, and learns how long it takes; asked on the event loop alone."""

    def __init__(self, queue: Any, client: Callable[[Scope], str], clock: Clock = time.monotonic) -> None:
        """``client``: whose request it is."""
        self._queue = queue
        self._client = client
        self._clock = clock
        self._took_s: defaultdict[int, float] = defaultdict(lambda: FIRST_GUESS_S)
        self._running: dict[str, tuple[str, int, float]] = {}  # event: its line, its function, when it began
        self._push, self._process = queue.push, queue.process_events

    async def push(self, body: Any, request: Any, username: Any) -> Pushed:
        """Let a piece of work in, or refuse it: what Gradio's own ``push`` returns."""
        fn = route_utils.get_fn(self._queue.blocks, None, body)
        refusal = self._refusal(fn, request.scope)
        if refusal is not None:
            return False, refusal, "queue_full"
        replaced = self._replaced(fn, body.session_hash)
        answer: Pushed = await self._push(body=body, request=request, username=username)
        if answer[0]:
            for event in replaced:
                await self._leave(event)
        return answer

    async def process_events(self, events: list[Event], batch: bool, begin_time: float, fn: BlockFunction) -> None:
        """Run work whose turn it is, and learn from it."""
        began_s = self._clock()
        for event in events:
            self._running[event._id] = (fn.concurrency_id, fn._id, began_s)
        try:
            await self._process(events, batch, begin_time, fn)
        finally:
            for event in events:
                self._running.pop(event._id, None)
            if fn.connection != "stream":  # live video runs as long as somebody looks
                self._took_s[fn._id] += NEWEST * (self._clock() - began_s - self._took_s[fn._id])

    def wait_s(self, line: EventQueue) -> float:
        """Return the seconds that work which comes now would wait in ``line``."""
        limit = line.concurrency_limit
        if limit is None or (line.current_concurrency < limit and not line.queue):
            return 0.0
        now_s = self._clock()
        left_s = (
            max(0.0, self._took_s[fn] - (now_s - began_s))
            for name, fn, began_s in self._running.values()
            if name == line.concurrency_id
        )
        return (self._needs_s(line.queue) + sum(left_s)) / limit

    def _needs_s(self, events: Iterable[Event]) -> float:
        return sum(self._took_s[event.fn._id] for event in events)

    def _refusal(self, fn: BlockFunction, scope: Scope) -> str | None:
        line = self._queue.event_queue_per_concurrency_id.get(fn.concurrency_id)
        if line is None or len(line.queue) < ALWAYS_PLACES:
            return None
        wait_s = self.wait_s(line)
        if wait_s > MOST_WAIT_S:
            return f"The line is full: what waits takes {math.ceil(wait_s)} s. Try again in {math.ceil(wait_s / 2)} s."
        address = self._client(scope)
        own_s = self._needs_s(event for event in line.queue if self._client(event.request.scope) == address)
        if own_s / (line.concurrency_limit or 1) > ONE_CLIENTS_SHARE * MOST_WAIT_S:
            return "Your part of the line is full. Let what waits finish, then try again."
        return None

    def _replaced(self, fn: BlockFunction, session: str | None) -> list[Event]:
        """Return what waits for the same component of the same page: its wish is older. Calls of the API never are."""
        shown = {component for component, _ in fn.targets}
        if session is None or fn.api_visibility == "public" or not shown:
            return []
        lines = list(self._queue.event_queue_per_concurrency_id.values())
        return [
            event
            for line in lines
            for event in line.queue
            if event.session_hash == session
            and event.fn.api_visibility != "public"
            and shown & {component for component, _ in event.fn.targets}
        ]

    async def _leave(self, event: Event) -> None:
        await self._queue.remove_from_queue(event._id)
        nothing = {"data": [gr.skip()] * len(event.fn.outputs), "is_generating": False, "duration": 0.0}
        self._queue.send_message(event, ProcessCompletedMessage(output=nothing, success=True))


def stand(demo: gr.Blocks, client: Callable[[Scope], str]) -> Line:
    """Put a line in front of the page's queue, which ``demo.queue`` has made."""
    queue: Any = demo._queue
    line = Line(queue, client)
    instead(queue, "push", line.push)
    instead(queue, "process_events", line.process_events)
    return line
