"""Connections are bounded for each address before any request, and a request's head has a deadline."""

import asyncio
import socket
import sys
from collections.abc import Iterator

import gradio as gr
import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from app import connections
from app.serving import launch
from tests.attacked import wait_until

MINE, OTHER = "127.0.0.51", "127.0.0.52"
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="visitors need loopback addresses of their own")


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Serve an empty page with three connections for an address, whose heads have a second."""
    monkeypatch.setattr(connections, "PER_ADDRESS", 3)
    monkeypatch.setattr(connections, "HEAD_S", 1.0)
    with gr.Blocks() as demo:
        gr.Markdown("Here.")
    yield launch(demo, block=False, routes=[Route("/slow", _slow)]).rstrip("/")
    demo.close(verbose=False)


async def _slow(_request: Request) -> PlainTextResponse:
    await asyncio.sleep(1.5)
    return PlainTextResponse("done")


def _half_open(site: str, address: str) -> socket.socket:
    host, _, port = site.removeprefix("http://").partition(":")
    wire = socket.create_connection((host, int(port)), timeout=60, source_address=(address, 0))
    wire.sendall(b"GET / HTTP/1.1\r\n")
    return wire


def test_an_address_has_its_share_and_others_are_served(site: str) -> None:
    held = [_half_open(site, MINE) for _ in range(3)]
    assert _half_open(site, MINE).recv(100).startswith(b"HTTP/1.1 429")
    with httpx.Client(transport=httpx.HTTPTransport(local_address=OTHER)) as other:
        assert other.get(f"{site}/healthz").status_code == 200
    assert [wire.recv(100) for wire in held] == [b""] * 3, "a head has a second"
    with httpx.Client(transport=httpx.HTTPTransport(local_address=MINE)) as mine:
        assert mine.get(f"{site}/healthz").status_code == 200


@pytest.mark.parametrize(
    "ending",
    ["", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==\r\n"],
)
def test_each_connection_leaves_the_count(site: str, ending: str) -> None:
    for _ in range(8):
        with _half_open(site, OTHER) as wire:
            wire.sendall(f"Host: {site[7:]}\r\nConnection: close\r\n{ending}\r\n".encode())
            assert wire.recv(12) == b"HTTP/1.1 200"
    wait_until(lambda: not any(counts[OTHER] for counts in connections._open.values()), "they stay counted", 20)


def test_a_slow_answer_is_not_cut_off(site: str) -> None:
    """The head's second is long over when the answer comes; the connection then takes another request."""
    with httpx.Client(timeout=60) as mine:
        for _ in range(2):
            assert mine.get(f"{site}/slow").text == "done"
