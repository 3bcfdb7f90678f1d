"""The line is as long as what waits will soon be over; what a page has replaced leaves it."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import gradio as gr
import httpx
import pytest

from app.line import ALWAYS_PLACES, MOST_WAIT_S, Line
from app.serving import launch
from app.throttle import address_of
from tests.attacked import Program
from tests.awaited import eventually
from tests.crowd import crowd, told
from tests.guarded import Clock

LIMIT = 4


def _scope(address: str) -> dict[str, Any]:
    return {"type": "http", "client": (address, 1), "headers": []}


class Fake:
    """A queue of one function that takes as long as the clock says."""

    def __init__(self) -> None:
        self.clock, self.line = Clock(), SimpleNamespace(concurrency_id="compute", concurrency_limit=LIMIT, queue=[])
        self.line.current_concurrency = LIMIT
        self.fn = SimpleNamespace(
            _id=7, concurrency_id="compute", connection="sse", targets=[], api_visibility="public"
        )
        self.blocks = SimpleNamespace(fns={7: self.fn})
        self.event_queue_per_concurrency_id = {"compute": self.line}
        self.lasts_s = 0.0

    async def push(self, body: Any, request: Any, username: Any) -> Any:
        event = SimpleNamespace(_id=str(len(self.line.queue)), fn=self.fn, request=request, session_hash="s")
        self.line.queue.append(event)
        return True, event._id, "success"

    async def process_events(self, *_: Any) -> None:
        self.clock.now_s += self.lasts_s

    def runs(self, line: Line, lasts_s: float, times: int = 40) -> None:
        """Let the function run so often, each taking so long."""
        self.lasts_s = lasts_s
        for _ in range(times):
            _done(line.process_events([SimpleNamespace(_id="x")], False, 0.0, self.fn))  # type: ignore[list-item, arg-type]


def _done(coroutine: Any) -> Any:
    with ThreadPoolExecutor(1) as pool:  # the browser tests leave an event loop running in this thread
        return pool.submit(asyncio.run, coroutine).result()


def _let_in(fake: Fake, line: Line, count: int, addresses: int = 10_000, block: int = 0) -> tuple[int, str]:
    """Push until one is refused; return how many were let in, and the refusal."""
    for number in range(count):
        request = SimpleNamespace(scope=_scope(f"10.{block}.{number % addresses // 250}.{number % addresses % 250}"))
        body = SimpleNamespace(fn_index=7, session_hash="s")
        done, what, _ = _done(line.push(body=body, request=request, username=None))
        if not done:
            return number, what
    return count, ""


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Fake:
    made = Fake()
    monkeypatch.setattr("app.line.route_utils.get_fn", lambda *_: made.fn)
    return made


@pytest.mark.parametrize(("lasts_s", "places"), [(0.5, 161), (1.0, 81), (4.0, 21), (60.0, ALWAYS_PLACES)])
def test_its_length_follows_the_expected_wait(fake: Fake, lasts_s: float, places: int) -> None:
    """Where each takes t seconds and four run at once, n wait n * t / 4 seconds."""
    line = Line(fake, address_of, fake.clock)
    fake.runs(line, lasts_s)
    let_in, refusal = _let_in(fake, line, 300)
    assert abs(let_in - places) <= 1, "n * t / 4 reaches 20 s there"
    assert refusal.startswith("The line is full: what waits takes ") and "Try again in" in refusal
    assert line.wait_s(fake.line) >= min(MOST_WAIT_S, ALWAYS_PLACES * lasts_s / LIMIT)


def test_where_a_place_is_free_nobody_waits(fake: Fake) -> None:
    line = Line(fake, address_of, fake.clock)
    fake.runs(line, 600.0)
    fake.line.current_concurrency = LIMIT - 1
    assert line.wait_s(fake.line) == 0.0


def test_one_client_has_half_of_it(fake: Fake) -> None:
    line = Line(fake, address_of, fake.clock)
    fake.runs(line, 1.0)
    let_in, refusal = _let_in(fake, line, 300, addresses=1)
    assert abs(let_in - 41) <= 1 and refusal == "Your part of the line is full. Let what waits finish, then try again."
    others, _ = _let_in(fake, line, 300, block=1)
    assert others >= 38


def test_it_learns_quickly_from_slow_first_runs(fake: Fake) -> None:
    line = Line(fake, address_of, fake.clock)
    fake.runs(line, 30.0, times=1)  # a model is loaded
    fake.runs(line, 0.1, times=12)
    assert _let_in(fake, line, 200)[0] >= 150


@pytest.fixture(scope="module")
def site() -> Iterator[tuple[str, list[Any], threading.Event]]:
    """A page whose one component asks for work, one at a time, until the event is set."""
    ran: list[Any] = []
    goes_on = threading.Event()

    def work(value: Any) -> Any:
        ran.append(value)
        goes_on.wait(30)
        return value

    with gr.Blocks(analytics_enabled=False) as demo:
        first, other, out = gr.Textbox(), gr.Textbox(), gr.Textbox()
        line = {"concurrency_id": "compute", "concurrency_limit": 1}
        first.submit(work, first, out, api_visibility="private", **line)
        other.submit(work, other, out, api_visibility="private", **line)
        gr.api(work, api_name="work", **line)
    yield launch(demo, block=False).rstrip("/"), ran, goes_on
    demo.close(verbose=False)


def test_what_the_same_page_has_replaced_leaves_and_nothing_else(site: tuple[str, list[Any], threading.Event]) -> None:
    address, ran, goes_on = site

    def join(session: str, function: int, value: str) -> str:
        body = {"data": [value], "fn_index": function, "session_hash": session}
        return str(httpx.post(f"{address}/gradio_api/queue/join", json=body).raise_for_status().json()["event_id"])

    running = join("mine", 0, "running")

    def runs() -> None:
        assert ran == ["running"]

    eventually(runs)
    older, beside = join("mine", 0, "older"), join("mine", 1, "another component")
    join("theirs", 0, "another page")
    calls = [join("mine", 2, f"call {number}") for number in range(2)]
    newest = join("mine", 0, "newest")
    ended = []
    with httpx.stream("GET", f"{address}/gradio_api/queue/data?session_hash=mine", timeout=30) as stream:
        for text in stream.iter_lines():
            message = json.loads(text.removeprefix("data: ")) if text.startswith("data: ") else {}
            if message.get("msg") == "process_completed":
                ended.append((message["event_id"], message["success"], message["output"]["data"]))
                goes_on.set()
            if len(ended) == 6:
                break
    assert ended[0] == (older, True, [{"__type__": "update"}])
    assert {one for one, _, _ in ended} == {running, older, beside, *calls, newest}

    def all_ran() -> None:
        assert sorted(ran) == ["another component", "another page", "call 0", "call 1", "newest", "running"]

    eventually(all_ran)


# Crowds


def _returns(program: Program, before: float) -> None:
    ends_s = time.monotonic() + 120
    while program.megabytes() > 1.15 * before:
        assert time.monotonic() < ends_s, f"{before:.0f} MB before, {program.megabytes():.0f} MB after"
        time.sleep(1)


def test_a_crowd_that_thinks_is_served(program: Program) -> None:
    """12 visitors for eight seconds, in the place of 60 for a minute."""
    crowd(program.address, range(20, 26), 8, 0.2)  # after that everything is loaded, as in the long ones
    calls = crowd(program.address, range(60, 72), 8, 0.5)
    assert len(calls) >= 24 and not any(call.refused for call in calls), told(calls)
    assert program.is_well()


@pytest.mark.soak
def test_sixty_visitors_who_think_for_two_seconds_are_served(program: Program) -> None:
    crowd(program.address, range(20, 26), 10, 0.2)  # after that everything is loaded
    before = program.megabytes()
    calls = crowd(program.address, range(60, 120), 70, 2.0)
    waits = sorted(call.seconds for call in calls if not call.refused)
    assert sum(call.refused for call in calls) <= 0.05 * len(calls), told(calls)
    assert waits[len(waits) // 2] <= 10 and waits[int(0.95 * len(waits))] <= 25, told(calls)
    _returns(program, before)
    assert program.is_well()


@pytest.mark.soak
def test_sixty_visitors_who_never_rest_leave_no_memory(program: Program) -> None:
    crowd(program.address, range(20, 26), 10, 0.2)
    before = program.megabytes()
    calls = crowd(program.address, range(60, 120), 70, 0.0)
    assert sum(not call.refused for call in calls) >= 200, told(calls)
    _returns(program, before)
