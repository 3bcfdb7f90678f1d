"""The guard bounds sessions, work, bodies and requests in flight, and answers nonsense with a sentence."""

import asyncio
import io
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.types import Message

from app.bodies import Body
from tests.guarded import SMALL, Clock, join, serve


@pytest.fixture
def tight(clock: Clock) -> Iterator[str]:
    """Serve the same page with limits that a test can reach."""
    yield from serve(limits=SMALL, clock=clock)


def test_new_sessions_are_limited_and_known_ones_are_not_starved(tight: str, clock: Clock) -> None:
    assert join(tight, "polite").status_code == 200
    answers = [join(tight, f"flood{number}") for number in range(8)]
    assert [answer.status_code for answer in answers] == [200] * 4 + [429] * 4
    assert answers[-1].headers["retry-after"] == "1"
    assert answers[-1].json()["detail"].endswith("Try again in 1 s.")
    # Five pieces of work are used up; the refused ones took none.
    assert [join(tight, "polite").status_code for _ in range(8)] == [200] * 7 + [429]
    clock.now_s += 0.5
    assert [join(tight, f"later{number}").status_code for number in range(2)] == [200, 429]


def test_calls_without_a_session_count_as_one_each_but_not_when_they_fail(tight: str, clock: Clock) -> None:
    call = f"{tight}/gradio_api/call/count"
    assert [httpx.post(call, json={"wrong": 1}).status_code for _ in range(7)] == [422] * 7
    clock.now_s += 2  # the work comes back; the sessions were full all the time
    assert [httpx.post(call, json={"data": [0]}).status_code for _ in range(6)] == [200] * 5 + [429]


def test_work_is_limited_but_reading_and_cancelling_never_are(tight: str, clock: Clock) -> None:
    assert [join(tight, "one").status_code for _ in range(14)] == [200] * 12 + [429] * 2
    assert {httpx.get(f"{tight}/theme.css").status_code for _ in range(30)} == {200}
    cancel = {"session_hash": "one", "fn_index": 0, "event_id": "none"}
    assert {httpx.post(f"{tight}/gradio_api/cancel", json=cancel).status_code for _ in range(15)} == {200}
    clock.now_s += 0.5
    assert [join(tight, "one").status_code for _ in range(3)] == [200, 200, 429], "the bucket refills"


@pytest.mark.parametrize(
    "body",
    [
        '{"data": [1], "fn_index": 0, "session_hash": "NEW", "x": {"session_hash": "known"}}',
        '{"data": [1], "fn_index": 0, "session\\u005fhash": "NEW", "x": {"session_hash": "known"}}',
        '{"data": [1], "fn_index": 0, "session_hash": "known", "session_hash": "NEW"}',
        '{"data": ["\\"session_hash\\": \\"known\\""], "fn_index": 0, "session_hash": "NEW"}',
    ],
)
def test_a_decoy_does_not_pass_for_a_known_session(tight: str, body: str) -> None:
    address = f"{tight}/gradio_api/queue/join"
    assert join(tight, "known").status_code == 200
    headers = {"Content-Type": "application/json"}
    codes = [
        httpx.post(address, content=body.replace("NEW", f"new{number}"), headers=headers).status_code
        for number in range(6)
    ]
    assert codes == [200] * 4 + [429] * 2


def test_a_slow_body_is_ended_and_leaves_its_place(tight: str) -> None:
    host, port = urlsplit(tight).hostname or "", urlsplit(tight).port or 0
    head = (
        f"POST /gradio_api/upload HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: 1000\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n"
    )
    wires = [socket.create_connection((host, port), timeout=5) for _ in range(6)]
    for wire in wires:
        wire.sendall(head.encode())
    answers = [wire.recv(200).split(b" ")[1] for wire in wires]
    assert answers.count(b"429") == 2, "four uploads at once are one client's share"
    assert answers.count(b"408") == 4
    for wire in wires:
        wire.close()
    file = {"files": ("a.txt", io.BytesIO(b"x"))}
    assert httpx.post(f"{tight}/gradio_api/upload", files=file).status_code == 200


@pytest.mark.parametrize("kind", ["json", "chunked json", "file", "nameless field"])
def test_a_body_over_the_limit_is_refused(site: str, kind: str) -> None:
    megabytes = b"x" * 2_000_000
    join, upload = f"{site}/gradio_api/queue/join", f"{site}/gradio_api/upload"
    match kind:
        case "json":
            answer = httpx.post(join, content=b'{"data":["' + megabytes + b'"]}')
        case "chunked json":
            answer = httpx.post(join, content=iter([b'{"data":["', megabytes, b'"]}']))
        case "file":
            answer = httpx.post(upload, files={"files": ("a.txt", megabytes)})
        case _:
            answer = httpx.post(upload, files={"files": (None, megabytes)})
    assert answer.status_code == 413


@pytest.mark.parametrize("body", [b"", b"[1]", b"null", b"\xff\xfe", b"[" * 20_000, b'{"session_hash": 5}'])
def test_a_malformed_body_is_a_client_error(site: str, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = httpx.post(f"{site}/gradio_api/queue/join", content=body, headers=headers)
    assert 400 <= answer.status_code < 500
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("call/nothing", {"data": [1]}),
        ("call/v2/nothing", {"data": 1}),
        ("call/v2/count", {}),
        ("call/v2/count", {"wrong": 1}),
        ("run/nothing", {"data": [1]}),
        ("run/predict", {"data": [1], "fn_index": 9999}),
        ("queue/join", {"data": [1], "fn_index": 9999, "session_hash": "a"}),
        ("queue/join", {"data": [1], "fn_index": -1, "session_hash": "a"}),
        ("component_server", {"data": 1, "component_id": 9999, "session_hash": "a", "fn_name": "x"}),
        ("component_server", {"data": 1, "component_id": 1, "session_hash": "a", "fn_name": "__init__"}),
    ],
)
def test_a_request_for_nothing_is_a_client_error_with_a_sentence(site: str, path: str, body: dict[str, Any]) -> None:
    answer = httpx.post(f"{site}/gradio_api/{path}", json=body)
    assert 400 <= answer.status_code < 500
    assert answer.json()["detail"]


def test_an_upload_without_a_file_is_a_client_error(site: str) -> None:
    answer = httpx.post(f"{site}/gradio_api/upload", files={"files": (None, b"x")})
    assert answer.status_code == 400


# The parts


def test_a_body_read_ahead_is_replayed_whole() -> None:
    messages: list[Message] = [
        {"type": "http.request", "body": b"ab", "more_body": True},
        {"type": "http.request", "body": b"c", "more_body": False},
        {"type": "http.disconnect"},
    ]
    sent = list(messages)

    async def receive() -> Message:
        return sent.pop(0)

    async def scenario() -> None:
        body = Body(receive, 5)
        assert await body.whole(3) == b"abc"
        assert [await body() for _ in range(3)] == messages

    with ThreadPoolExecutor(1) as pool:  # the browser tests leave an event loop running in this thread
        pool.submit(asyncio.run, scenario()).result()


def test_many_clients_at_once_leave_nothing_in_flight(tight: str, clock: Clock) -> None:
    codes: list[int] = []
    threads = [threading.Thread(target=lambda: codes.append(join(tight, "same").status_code)) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(codes) == 10
    assert set(codes) <= {200, 429}
    clock.now_s += 10
    assert [join(tight, "same").status_code for _ in range(6)] == [200] * 6
