"""The guard lets Gradio's page, uploads, streams and client through, and keeps hidden and foreign things out."""

import io
import socket
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from gradio_client import Client, handle_file

from app.guard import Guard
from tests.guarded import tiny_page

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
    "/gradio_api/token", "/gradio_api/upload", "/gradio_api/user",
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
    demo = tiny_page()
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
