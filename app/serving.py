"""How the page is served: queue and launch settings, the guard, the janitor, /healthz, and an orderly end."""

import asyncio
import contextlib
import hashlib
import json
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from types import FrameType
from typing import Any, TypedDict, Unpack
from urllib.parse import urlsplit

import anyio
import anyio.to_thread
import gradio as gr
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import Scope

from app import connections, line, mcp, memory, unread
from app.disk import LEDGER
from app.doors import doors, on_spaces
from app.gradio_patches import (
    draw_nothing_with_matplotlib,
    keep_what_was_uploaded,
    leave_no_halves,
    refuse_url_fetching,
    say_what_cannot_be_read,
    start_on_a_busy_machine,
    tell_true_differences,
)
from app.guard import Guard
from app.janitor import Janitor
from app.throttle import address_of
from app.upload_door import UploadDoor

LOG = logging.getLogger(__name__)

FILE_LIMIT = "10mb"
BODY_LIMIT = 12 * 1024 * 1024
THREADS = 8
SESSIONS = 200
HEALTH_PATIENCE_S = 1.0
HEALTH_UNKNOWN: Mapping[str, object] = {"device": None, "models_resident": None, "bytes_resident": None}

Health = Callable[[], Mapping[str, object]]


class Appearance(TypedDict, total=False):
    """What `gr.Blocks.launch` takes about looks, handed through as it is."""

    theme: Any
    css: str
    css_paths: Any
    head: str
    head_paths: Any
    js: str
    favicon_path: str | Path


def launch(
    demo: gr.Blocks,
    block: bool = True,
    health: Health | None = None,
    on_start: Callable[[gr.Blocks], None] | None = None,
    routes: Sequence[Route] = (),
    **appearance: Unpack[Appearance],
) -> str:
    """Serve ``demo`` and return its local address; with ``block`` stay until the server is asked to stop.

    Args:
        demo: the page, not yet launched.
        block: wait for Ctrl+C or SIGTERM, then end in order; else return at once (``demo.close()`` ends it).
        health: gives the figures of /healthz: device, models_resident, bytes_resident and whatever else.
        on_start: called with ``demo`` once the page answers, before waiting; the place for work in the background.
        routes: more of the server's own, beside /healthz.
        appearance: theme, css and the like, for Gradio.
    """
    asked_to_stop = stop_requests() if block else None
    _prepare(demo)
    application, address, _ = demo.launch(**_settings(demo, health, routes), **appearance)
    if application is None:  # `make dev` runs app.py again at each save, inside a server that stands already
        return ""
    if mcp.asked() and not demo.mcp_server:
        LOG.warning(mcp.BROKEN if mcp.installed() else mcp.MISSING)
        print(demo.mcp_error or "", file=sys.stderr, flush=True)  # nobody has visited yet
    if on_start is not None:
        on_start(demo)
    if asked_to_stop is not None:
        announce(address, demo.server_name)
        while not asked_to_stop.wait(0.5):  # a wait without end cannot be interrupted on Windows
            pass
        demo.close(verbose=False)
    return address


def _prepare(demo: gr.Blocks) -> None:
    """Put in place what Gradio has no setting for: mended functions, heaps, handles, bounds of line and messages."""
    refuse_url_fetching()
    leave_no_halves()
    keep_what_was_uploaded()
    start_on_a_busy_machine()
    tell_true_differences()
    draw_nothing_with_matplotlib()
    say_what_cannot_be_read()
    memory.share_heaps()
    connections.raise_handles()
    connections.limit(behind_a_proxy=doors().proxied)
    demo.queue(api_open=False, max_size=line.MOST_PLACES, default_concurrency_limit=1)
    unread.bound(demo)
    line.stand(demo, partial(address_of, proxied=doors().proxied))


def _settings(demo: gr.Blocks, health: Health | None, routes: Sequence[Route]) -> dict[str, Any]:
    """Return what `gr.Blocks.launch` is told besides looks."""
    return {
        "server_name": "0.0.0.0" if on_spaces() else None,  # None: GRADIO_SERVER_NAME, else 127.0.0.1
        "share": False,
        "show_error": False,
        "max_file_size": FILE_LIMIT,
        "max_threads": THREADS,
        "pwa": False,
        "state_session_capacity": SESSIONS,
        "enable_monitoring": False,
        "run_history": False,
        "footer_links": ["api"],
        "mcp_server": mcp.asked() and mcp.installed(),
        "ssr_mode": False,
        "strict_cors": True,
        "prevent_thread_lock": True,
        "quiet": True,
        "app_kwargs": {
            "max_body_size": BODY_LIMIT,
            "openapi_url": None,
            "middleware": [
                Middleware(Guard, doors=doors(), in_line=lambda: in_line(demo), knows=partial(knows, demo)),
                Middleware(UploadDoor),
            ],
            "routes": [Route("/healthz", healthz(health, cache(partial(shape, demo)))), *routes],
            "lifespan": _with_janitor(demo),
        },
    }


def _with_janitor(demo: gr.Blocks) -> Callable[[Any], contextlib.AbstractAsyncContextManager[None]]:
    """Return the application's lifespan: a janitor sweeps the temp folder as long as the server stands."""

    @contextlib.asynccontextmanager
    async def lifespan(_application: Any) -> AsyncIterator[None]:
        connections.be_calm_without_handles(asyncio.get_running_loop())
        janitor = Janitor(Path(os.environ["GRADIO_TEMP_DIR"]), keep=lambda: kept_files(demo), ledger=LEDGER).start()
        yield
        janitor.stop()

    return lifespan


def shape(demo: gr.Blocks) -> str:
    """Return a digest of the components and events that a page names when it asks: another shape has other names."""
    components = [(one["id"], one["type"]) for one in demo.config["components"]]
    names = ("id", "targets", "inputs", "outputs", "api_name")
    events = [[one[name] for name in names] for one in demo.config["dependencies"]]
    return hashlib.sha256(json.dumps([components, events]).encode()).hexdigest()[:16]


def healthz(health: Health | None, page: Callable[[], str] = str) -> Callable[[Request], Awaitable[JSONResponse]]:
    """Return the handler of /healthz: it always answers, with null for a figure that is not to be had in a second.

    Args:
        health: gives the figures.
        page: gives the shape of the page, so that one that was opened before it changed knows.
    """
    limiter = anyio.CapacityLimiter(2)  # of its own, so that neither busy jobs nor a stuck `health` delay the answer

    async def answer(_request: Request) -> JSONResponse:
        figures = dict(HEALTH_UNKNOWN)
        if health is not None:
            with anyio.move_on_after(HEALTH_PATIENCE_S):
                try:
                    figures |= await anyio.to_thread.run_sync(health, limiter=limiter, abandon_on_cancel=True)
                except Exception:
                    LOG.exception("The figures of /healthz could not be had")
        return JSONResponse({"status": "ok", "page": page(), **figures}, headers={"Cache-Control": "no-store"})

    return answer


def in_line(demo: gr.Blocks) -> list[Scope]:
    """Return the requests whose work waits in Gradio's queue."""
    queues = list(demo._queue.event_queue_per_concurrency_id.values())
    return [event.request.scope for queue in queues for event in list(queue.queue)]


def knows(demo: gr.Blocks, event: str) -> bool:
    """Return whether a call is under way, or its answer was not read yet."""
    queue = demo._queue
    unread = any(event in events for events in list(queue.pending_event_ids_session.values()))
    return unread or event in queue.event_ids_to_events


def kept_files(demo: gr.Blocks) -> set[str]:
    """Return the cached files that the page itself shows, which no cleaning may take."""
    return {str(path) for block in list(demo.blocks.values()) for path in getattr(block, "keep_in_cache", ())}


def announce(address: str, server_name: str) -> None:
    """Print where the page is, and where others in the room find it."""
    print(f"CV Lab is at {address.rstrip('/')}", flush=True)
    if server_name in ("0.0.0.0", "::") and not on_spaces() and (own := lan_address()):
        print(f"For others on this network: http://{own}:{urlsplit(address).port}", flush=True)
    print("Ctrl+C ends it.", flush=True)


def lan_address() -> str | None:
    """Return this machine's address on the local network, if it is on one. Sends nothing."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # a documentation address: only the route is looked up
        return str(probe.getsockname()[0])
    return None


def stop_requests() -> threading.Event:
    """Return an event that Ctrl+C and SIGTERM set; a second one ends the process at once."""
    asked = threading.Event()

    def note(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        asked.set()

    if threading.current_thread() is threading.main_thread():  # `make dev` runs app.py again in another one
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, note)
    return asked
