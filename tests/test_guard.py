"""The guard lets Gradio's page, uploads, streams and client through, and nothing else."""

import asyncio
import io
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import gradio as gr
import httpx
import pytest
from gradio_client import Client, handle_file
from starlette.middleware import Middleware
from starlette.types import Message

from app.guard import Guard, _Body
from app.throttle import Limits, Rate

SMALL = Limits(work=Rate(12, 4), sessions=Rate(5, 2), in_flight_per_client=4, in_flight=6, body_deadline_s=1.0)


class Clock:
    """Time that passes only when a test says so."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def _demo() -> gr.Blocks:
    def size(file: str) -> int:
        return len(open(file, "rb").read())

    def count(up_to: int) -> Iterator[int]:
        for number in range(up_to):
            time.sleep(0.05)
            yield number

    with gr.Blocks() as demo:
        number, total = gr.Number(), gr.Number()
        number.submit(count, number, total, api_name="count")
        picture = gr.File()
        picture.upload(size, picture, total, api_name="size")
    return demo


def _serve(**guard: Any) -> Iterator[str]:
    demo = _demo()
    _, address, _ = demo.launch(
        prevent_thread_lock=True,
        quiet=True,
        app_kwargs={"middleware": [Middleware(Guard, **guard)], "max_body_size": 1_000_000},
    )
    yield address.rstrip("/")
    demo.close(verbose=False)


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """Serve a tiny page behind the guard with its real limits."""
    yield from _serve()


@pytest.fixture
def clock() -> Clock:
    """The guard's clock."""
    return Clock()


@pytest.fixture
def tight(clock: Clock) -> Iterator[str]:
    """Serve the same page with limits that a test can reach."""
    yield from _serve(limits=SMALL, clock=clock)


def _join(site: str, session: str | None, **more: Any) -> httpx.Response:
    body = {"data": [1], "fn_index": 0, "session_hash": session} | more
    return httpx.post(f"{site}/gradio_api/queue/join", json=body)


# What must keep working


@pytest.mark.parametrize("path", ["/", "/config", "/gradio_api/info", "/theme.css", "/gradio_api/startup-events"])
def test_the_page_is_served_with_security_headers(site: str, path: str) -> None:
    answer = httpx.get(site + path)
    assert answer.status_code == 200
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors" in answer.headers["content-security-policy"]


def test_gradio_client_uploads_streams_and_reads(site: str, tmp_path: Any) -> None:
    file = tmp_path / "five.bin"
    file.write_bytes(b"12345")
    client = Client(site, verbose=False)
    assert client.predict(handle_file(str(file)), api_name="/size") == 5
    job = client.submit(4, api_name="/count")
    job.result()
    assert job.outputs() == [0, 1, 2, 3]


def test_streams_arrive_piece_by_piece(site: str) -> None:
    event = httpx.post(f"{site}/gradio_api/call/count", json={"data": [6]}).json()["event_id"]
    arrived = []
    with httpx.stream("GET", f"{site}/gradio_api/call/count/{event}", timeout=10) as answer:
        for line in answer.iter_lines():
            if line.startswith("data: ["):
                arrived.append(time.monotonic())
    assert len(arrived) >= 6
    assert arrived[-1] - arrived[0] > 0.1, "the guard held the stream back"


# Hidden endpoints


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/gradio_api/process_recording"),
        ("POST", "/gradio_api/process_recording/"),
        ("GET", "/pwa_icon"),
        ("GET", "/pwa_icon/3000"),
        ("GET", "/monitoring"),
        ("GET", "/monitoring/summary"),
        ("GET", "/gradio_api/deep_link?session_hash=x"),
        ("GET", "/gradio_api/proxy=https://example.org/x"),
        ("GET", "/gradio_api/file=http://example.org/x"),
        ("GET", "/gradio_api/file=https://example.org/x"),
        ("GET", "/gradio_api/file=%68ttp://example.org/x"),
        ("GET", "/gradio_api/file=HTTP://example.org/x"),
        ("GET", "/gradio_api/file/http://example.org/x"),
        ("HEAD", "/gradio_api/file=https://example.org/x"),
        ("GET", "/gradio_api/file=ftp://example.org/x"),
        ("GET", "/gradio_api/run-history/records"),
        ("POST", "/gradio_api/run-history/connect"),
        ("GET", "/gradio_api/runs"),
        ("GET", "/gradio_api/vibe-code"),
        ("POST", "/gradio_api/vibe-edit"),
        ("GET", "/gradio_api/dev/reload"),
        ("GET", "/gradio_api/profiling/traces"),
        ("GET", "/gradio_api/custom_component/a/client/b/c"),
        ("POST", "/login"),
        ("GET", "/logout"),
    ],
)
def test_hidden_endpoints_are_not_there(site: str, method: str, path: str) -> None:
    # The path goes out as it stands here: a client that tidies it would test something else.
    with socket.create_connection((urlsplit(site).hostname or "", urlsplit(site).port or 0), timeout=5) as wire:
        wire.sendall(f"{method} {path} HTTP/1.1\r\nHost: {urlsplit(site).netloc}\r\nConnection: close\r\n\r\n".encode())
        assert wire.recv(100).startswith(b"HTTP/1.1 404")


@pytest.mark.parametrize("path", ["component_server", "stream/nothing"])
def test_what_our_components_need_stays_reachable(site: str, path: str) -> None:
    answer = httpx.post(f"{site}/gradio_api/{path}", json={"data": []})
    assert "Not found." not in answer.text


OPEN = {
    "/", "/assets/{path:path}", "/config", "/favicon.ico", "/manifest.json", "/robots.txt", "/static/{path:path}",
    "/svelte/{path:path}", "/theme.css", "/gradio_api/api/{api_name}", "/gradio_api/app_id",
    "/gradio_api/call/v2/{api_name}", "/gradio_api/call/v2/{api_name}/{event_id}", "/gradio_api/call/{api_name}",
    "/gradio_api/call/{api_name}/{event_id}", "/gradio_api/cancel", "/gradio_api/component_server",
    "/gradio_api/file/{path:path}", "/gradio_api/file={path_or_url:path}", "/gradio_api/heartbeat/{session_hash}",
    "/gradio_api/info", "/gradio_api/login_check", "/gradio_api/openapi.json", "/gradio_api/queue/data",
    "/gradio_api/queue/join", "/gradio_api/queue/status", "/gradio_api/reset", "/gradio_api/run/{api_name}",
    "/gradio_api/startup-events", "/gradio_api/stream/{event_id}", "/gradio_api/stream/{event_id}/close",
    "/gradio_api/stream/{session_hash}/{run}/{component_id}/playlist-file",
    "/gradio_api/stream/{session_hash}/{run}/{component_id}/playlist.m3u8",
    "/gradio_api/stream/{session_hash}/{run}/{component_id}/{segment_id}.{ext}", "/gradio_api/theme.css",
    "/gradio_api/token", "/gradio_api/upload", "/gradio_api/upload_progress", "/gradio_api/user",
}  # fmt: skip
"""Every route of Gradio that a visitor may reach; a new one in the next Gradio needs a decision, here or in HIDDEN."""


def _routes(app: Any, prefix: str = "") -> Iterator[str]:
    for route in app.routes:
        if hasattr(route, "path"):
            yield prefix + route.path
        else:  # an included router
            context = getattr(route, "include_context", None)
            yield from _routes(route.original_router, prefix + getattr(context, "prefix", ""))


def test_every_route_of_gradio_is_either_open_on_purpose_or_hidden() -> None:
    demo = _demo()
    app, _, _ = demo.launch(prevent_thread_lock=True, quiet=True, app_kwargs={"openapi_url": None})
    try:
        paths = set(_routes(app))
    finally:
        demo.close(verbose=False)
    assert len(paths) > 50, "the routes are listed some other way now"
    guard = Guard(app)
    for path in paths:
        scope = {"type": "http", "method": "GET", "path": path, "headers": [(b"host", b"localhost")]}
        hidden = guard._refusal(scope) is not None
        assert hidden != ((path.rstrip("/") or "/") in OPEN), path


# Hosts and origins


def test_foreign_host_and_origin_over_the_wire(site: str) -> None:
    assert httpx.get(site, headers={"Host": "evil.example.org"}).status_code == 400
    file = {"files": ("a.txt", io.BytesIO(b"x"))}
    foreign = httpx.post(f"{site}/gradio_api/upload", files=file, headers={"Origin": "https://evil.example.org"})
    assert foreign.status_code == 403
    file = {"files": ("a.txt", io.BytesIO(b"x"))}
    assert httpx.post(f"{site}/gradio_api/upload", files=file, headers={"Origin": site}).status_code == 200


# Limits


def test_new_sessions_are_limited_and_known_ones_are_not_starved(tight: str, clock: Clock) -> None:
    assert _join(tight, "polite").status_code == 200
    answers = [_join(tight, f"flood{number}") for number in range(8)]
    assert [answer.status_code for answer in answers] == [200] * 4 + [429] * 4
    assert answers[-1].headers["retry-after"] == "1"
    assert answers[-1].json()["detail"].endswith("Try again in 1 s.")
    # Five pieces of work are used up; the refused ones took none.
    assert [_join(tight, "polite").status_code for _ in range(8)] == [200] * 7 + [429]
    clock.now_s += 0.5
    assert [_join(tight, f"later{number}").status_code for number in range(2)] == [200, 429]


def test_calls_without_a_session_count_as_one_each_but_not_when_they_fail(tight: str, clock: Clock) -> None:
    call = f"{tight}/gradio_api/call/count"
    assert [httpx.post(call, json={"wrong": 1}).status_code for _ in range(7)] == [422] * 7
    clock.now_s += 2  # the work comes back; the sessions were full all the time
    assert [httpx.post(call, json={"data": [0]}).status_code for _ in range(6)] == [200] * 5 + [429]


def test_work_is_limited_but_reading_and_cancelling_never_are(tight: str, clock: Clock) -> None:
    assert [_join(tight, "one").status_code for _ in range(14)] == [200] * 12 + [429] * 2
    assert {httpx.get(f"{tight}/theme.css").status_code for _ in range(30)} == {200}
    cancel = {"session_hash": "one", "fn_index": 0, "event_id": "none"}
    assert {httpx.post(f"{tight}/gradio_api/cancel", json=cancel).status_code for _ in range(15)} == {200}
    clock.now_s += 0.5
    assert [_join(tight, "one").status_code for _ in range(3)] == [200, 200, 429], "the bucket refills"


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
    join = f"{tight}/gradio_api/queue/join"
    assert _join(tight, "known").status_code == 200
    headers = {"Content-Type": "application/json"}
    codes = [
        httpx.post(join, content=body.replace("NEW", f"new{number}"), headers=headers).status_code
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
        body = _Body(receive, 5)
        assert await body.whole() == b"abc"
        assert [await body() for _ in range(3)] == messages

    asyncio.run(scenario())


def test_many_clients_at_once_leave_nothing_in_flight(tight: str, clock: Clock) -> None:
    codes: list[int] = []
    threads = [threading.Thread(target=lambda: codes.append(_join(tight, "same").status_code)) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(codes) == 10
    assert set(codes) <= {200, 429}
    clock.now_s += 10
    assert [_join(tight, "same").status_code for _ in range(6)] == [200] * 6
