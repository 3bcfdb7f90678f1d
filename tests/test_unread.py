"""What nobody reads is bounded in bytes and sessions, those who listen keep theirs, and the line goes on."""

import asyncio
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import gradio as gr
import httpx
import pytest
from gradio.server_messages import ProcessCompletedMessage, ProcessStartsMessage

from app import unread
from app.serving import launch
from app.unread import Messages, UnreadMessages
from tests.attacked import PATIENCE_S, wait_until

SIZE = 10_000


def answer(size: int = SIZE) -> ProcessCompletedMessage:
    """Return a message whose answer is so many bytes as JSON, less a few."""
    return ProcessCompletedMessage(output={"data": ["x" * size]}, success=True)


def kept(most_sessions: int = 100, most_bytes: int = 10 * (SIZE + 2000)) -> tuple[UnreadMessages, Any]:
    """Return messages with room for ten answers, and the queue that they belong to."""
    queue = SimpleNamespace(pending_event_ids_session={}, event_ids_to_events={})
    return UnreadMessages(queue, most_sessions, most_bytes), queue


def one_each(messages: UnreadMessages, count: int) -> None:
    for number in range(count):
        messages[f"s{number}"].put_nowait(answer())


def steady(messages: UnreadMessages, count: int) -> None:
    for _ in range(count):
        messages["steady"].put_nowait(answer())


@pytest.mark.parametrize("flood", [one_each, steady])
@pytest.mark.parametrize("count", [9, 10, 11, 500])
def test_bytes_are_bounded_however_they_come(flood: Callable[[UnreadMessages, int], None], count: int) -> None:
    """Each answer counts as its JSON; the sum that is told is the sum that lies there, at every moment."""
    messages, _ = kept()
    flood(messages, count)
    left = sum(held.qsize() for held in messages.values())
    assert SIZE * left <= messages.bytes <= (SIZE + 1000) * left
    assert left <= 11 and (left == count or count > 9)
    for session in messages:
        while not messages[session].empty():
            messages[session].get_nowait()
    assert messages.bytes == 0


def test_the_one_that_is_the_farthest_behind_goes_first() -> None:
    messages, queue = kept()
    names = queue.pending_event_ids_session
    names |= {f"s{number}": {f"over{number}"} for number in range(20)}
    names["s0"].add("still works")
    queue.event_ids_to_events["still works"] = object()
    one_each(messages, 6)
    messages["s0"].get_nowait()  # reads
    messages["s0"].put_nowait(answer())
    one_each(messages, 0)
    for number in range(6, 20):
        messages[f"s{number}"].put_nowait(answer())
    there = list(messages)
    assert "s1" not in there and "s19" in there
    assert there == sorted(there, key=lambda name: int(name[1:])), "the oldest unread went, the newest stayed"
    assert "s1" not in names, "nobody can ask for an answer that is gone"
    assert names["s0"] == {"still works"}
    messages["s0"].put_nowait(answer())
    assert messages["s0"].qsize() == 1, "what still works finds its session anew"


def test_whoever_listens_stays_while_others_come_and_go() -> None:
    """An open stream waits for its next message; nothing that it reads at once is weighed."""

    async def listen() -> list[Any]:
        messages, _ = kept(most_sessions=5)
        reader = asyncio.create_task(messages["training"].get())
        await asyncio.sleep(0)
        one_each(messages, 50)
        assert len(messages) == 5 and "training" in messages
        weight = messages.bytes
        messages["training"].put_nowait(answer())
        assert messages.bytes == weight
        return [await reader, messages["training"].listeners]

    with ThreadPoolExecutor(1) as pool:  # the browser tests leave an event loop running in this thread
        read, listeners = pool.submit(asyncio.run, listen()).result()
    assert read.success and listeners == 0


def test_names_of_calls_that_were_left_go_too() -> None:
    """Gradio keeps the names of a call that was left while it ran; in all they are few."""
    messages, queue = kept(most_sessions=10)
    for number in range(1000):
        queue.pending_event_ids_session[f"s{number}"] = {"x"}
        messages[f"s{number}"] = asyncio.Queue()
        del messages[f"s{number}"]  # its stream broke
        messages[f"t{number}"] = asyncio.Queue()
    assert len(queue.pending_event_ids_session) <= 20
    del messages["never there"]


def test_threads_may_put_theirs_at_once() -> None:
    """`gr.Info` does, from a worker's thread: the count stays true."""
    messages, _ = kept(most_sessions=20)

    def put(thread: int) -> None:
        for number in range(300):
            messages[f"s{(number + thread) % 40}"].put_nowait(answer(number))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(put, range(8)))
    assert messages.bytes == sum(held.bytes for held in messages.values()) <= 10 * (SIZE + 2000)
    assert len(messages) <= 20


def test_a_message_without_an_answer_weighs_little() -> None:
    messages, _ = kept()
    messages["s"].put_nowait(ProcessStartsMessage())
    assert isinstance(messages["s"], Messages) and 0 < messages.bytes < 1000
    assert messages.get("another") is None and "another" not in messages


def test_the_line_goes_on_after_a_session_that_waits_was_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """With Gradio's own mapping the next place in line ended the loop that hands out work: nobody was served again."""
    monkeypatch.setattr(unread, "MOST_SESSIONS", 3)
    goes_on = threading.Event()

    def work(number: float) -> float:
        goes_on.wait(PATIENCE_S)
        return number + 1

    with gr.Blocks(analytics_enabled=False) as page:
        number, button = gr.Number(), gr.Button()
        button.click(work, number, number, api_name="work", concurrency_limit=1)
    address = launch(page, block=False)

    def join(session: str) -> None:
        body = {"data": [1], "fn_index": 0, "session_hash": session}
        assert httpx.post(f"{address}gradio_api/queue/join", json=body).status_code == 200

    try:
        for session in ("runs", "waits", "waits too", *"abcdef"):
            join(session)
        goes_on.set()
        wait_until(lambda: not page._queue.event_ids_to_events, "work stays undone", patience_s=60)
        with httpx.stream("GET", f"{address}gradio_api/queue/data", params={"session_hash": "f"}, timeout=60) as stream:
            told = [json.loads(line[5:]) for line in stream.iter_lines() if line.startswith("data:")]
        assert [one["output"]["data"] for one in told if one["msg"] == "process_completed"] == [[2]]
        assert len(page._queue.pending_messages_per_session) <= 3
    finally:
        page.close()
