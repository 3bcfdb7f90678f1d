"""Fixtures that all tests share: no network but loopback, one live page, one real browser."""

import os
import socket
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from gradio import http_server

import app.environment  # noqa: F401  (must come before the rest of the page)
from app.main import appearance, build_demo, routes
from app.serving import launch
from app.warmup import begin, health
from tests.attacked import Program, started
from tests.awaited import PATIENCE_S, at_rest
from tests.chromium import find
from tests.guarded import Clock, serve

# Two files at a time look for ports in ranges of their own: both may find the same one free, and one would fail.
http_server.INITIAL_PORT_VALUE += 200 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
os.environ.setdefault("CV_LAB_ENGINE", "torch")  # a conversion takes seconds; tests of engines ask for it

LOOPBACK = ("127.0.0.1", "::1", "localhost")
OURS = str(Path(__file__).parent.parent)
_connect = socket.socket.connect
_TABS = pytest.StashKey[list[Any]]()  # the pages that a browser test opened


def _loopback_only(self: socket.socket, address: object) -> None:
    if isinstance(address, tuple) and address[0] not in LOOPBACK:
        raise ConnectionRefusedError(f"tests stay offline: {address[0]}")
    _connect(self, address)  # type: ignore[arg-type]


@pytest.fixture(autouse=True, scope="session")
def offline() -> Iterator[None]:
    """Refuse every connection that would leave this machine."""
    socket.socket.connect = _loopback_only  # type: ignore[method-assign, assignment]
    yield
    socket.socket.connect = _connect  # type: ignore[method-assign]


@pytest.fixture(scope="module")
def idle() -> None:
    """Wait until the pages that earlier files left compute nothing any more; for tests of work that never waits."""
    at_rest()


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """Serve a tiny page behind the guard with its real limits."""
    yield from serve()


@pytest.fixture
def clock() -> Clock:
    """The guard's clock."""
    return Clock()


@pytest.fixture(scope="session")
def page() -> Iterator[str]:
    """Serve the real page on a free port and return its address."""
    demo = build_demo()
    yield launch(demo, block=False, health=health, on_start=begin, routes=routes(), **appearance()).rstrip("/")
    demo.close()


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """Run the whole program in a process of its own, whose memory and files can be watched."""
    with started(tmp_path_factory.mktemp("program")) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Start Chromium or Chrome once."""
    from playwright.sync_api import sync_playwright

    chromium = find()
    if chromium is None:
        pytest.fail("no Chromium or Chrome is here: python -m tests.chromium fetches one")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    fakes = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=chromium, args=flags + fakes)
        yield chrome
        chrome.close()


@pytest.fixture(scope="session")
def visitor(browser: Any) -> Iterator[Any]:
    """A visitor who comes again and again: the browser keeps scripts that it has compiled. Our pages store nothing."""
    context = browser.new_context()
    yield context
    context.close()


@pytest.fixture
def visit(browser: Any, visitor: Any, request: pytest.FixtureRequest) -> Iterator[Callable[..., Any]]:
    """Open pages as a visitor; afterwards no script may have failed and no request may have left this machine."""
    faults: list[str] = []
    opened = []

    def open_page(address: str, width: int = 1440, height: int = 900, script: str = "", **context: Any) -> Any:
        """Open a page that wide and high, in pixels; ``context``: what another kind of visitor has.

        Args:
            script: runs before the page's own.
        """
        own = browser.new_context(**context) if context else visitor
        tab = own.new_page()
        opened.append(own if context else tab)
        request.node.stash.setdefault(_TABS, []).append(tab)
        tab.add_init_script(script)
        tab.set_viewport_size({"width": width, "height": height})
        tab.set_default_timeout(1000 * PATIENCE_S)  # patient where the machine is busy
        tab.on("pageerror", lambda error: faults.append(f"script failed: {error}"))
        tab.on("console", lambda said: faults.extend(_swallowed(said.text)))
        tab.on("request", lambda request: faults.extend(_stranger(request.url)))
        tab.goto(address)
        return tab

    yield open_page
    for one in opened:
        one.close()
    assert faults == []


def _swallowed(said: str) -> list[str]:
    """Return the fault of a script of ours that Gradio caught and only wrote to the console."""
    return [f"script failed: {said}"] if "Error in watch callback" in said else []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Add what the pages showed and what the server's threads did to the report of a browser test that failed."""
    report = yield
    if call.when == "call" and report.failed and "visit" in getattr(item, "funcargs", {}):
        report.sections.append(("what the pages showed", "\n\n".join(map(_shown, item.stash.get(_TABS, [])))))
        report.sections.append(("what the threads did", "\n\n".join(_threads())))
    return report


def _shown(tab: Any) -> str:
    try:
        return f"{tab.url}\n{tab.locator('body').inner_text(timeout=5000)}"
    except Exception as gone:  # noqa: BLE001 - a page that broke must not hide the failure
        return str(gone)


def _threads() -> Iterator[str]:
    """Yield the stack of every thread that is in our own code."""
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    for number, frame in sys._current_frames().items():
        stack = traceback.extract_stack(frame)
        if number != threading.get_ident() and any(
            one.filename.startswith(OURS) and ".venv" not in one.filename for one in stack
        ):
            yield f"{names.get(number)}\n{''.join(traceback.format_list(stack[-12:]))}"


def _stranger(url: str) -> list[str]:
    host = urlsplit(url).hostname
    return [] if host in (None, *LOOPBACK) else [f"request to {url}"]
