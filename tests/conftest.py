"""Fixtures that all tests share: no network but loopback, and one live page."""

import app.environment  # noqa: F401, I001  (must come first)

import socket
from collections.abc import Iterator

import pytest

from app.main import build_demo
from app.serving import launch

_connect = socket.socket.connect


def _loopback_only(self: socket.socket, address: object) -> None:
    host = address[0] if isinstance(address, tuple) else ""
    if isinstance(address, tuple) and host not in ("127.0.0.1", "::1", "localhost"):
        raise ConnectionRefusedError(f"tests stay offline: {host}")
    _connect(self, address)  # type: ignore[arg-type]


@pytest.fixture(autouse=True, scope="session")
def offline() -> Iterator[None]:
    """Refuse every connection that would leave this machine."""
    socket.socket.connect = _loopback_only  # type: ignore[method-assign, assignment]
    yield
    socket.socket.connect = _connect  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def page() -> Iterator[str]:
    """Serve the real page on a free port and return its address."""
    demo = build_demo()
    yield launch(demo, block=False).rstrip("/")
    demo.close()
