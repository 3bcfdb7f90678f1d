"""The door of the web server: hidden endpoints, strange hosts and origins, floods, slow bodies, security headers."""

import json
import logging
import math
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from gradio.route_utils import FnIndexInferError
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import bodies, mcp, request_log
from app.bodies import Body, NoSuchNumber, TooMuch
from app.doors import Doors
from app.pages import Pages
from app.reading import Reading
from app.throttle import Clock, Limits, Throttle, address_of
from app.upload_door import CLIENT

LOG = logging.getLogger(__name__)

# Live in Gradio by default and needed by nothing here: ffmpeg for anyone, an open proxy, usage figures, file writers.
HIDDEN = re.compile(
    r"/(gradio_api/)?(process_recording|proxy=.*|custom_component|profiling|runs|run-history|vibe-edit|undo-vibe-edit"
    r"|vibe-code|vibe-starter-queries|monitoring|deep_link|upload_progress|pwa_icon|login|logout)(/.*)?",
    re.IGNORECASE | re.DOTALL,
)
RELOADER = re.compile(r"/gradio_api/dev(/.*)?", re.IGNORECASE)  # `make dev` needs it
FILE_BY_URL = re.compile(r"/(gradio_api/)?file[=/]\s*[a-z][a-z0-9+.-]+:/.*", re.IGNORECASE | re.DOTALL)
WORK = re.compile(
    r"/(gradio_api/)?(?P<kind>queue/join|call/.+|run/.+|api/.+|component_server|upload|zips|mcp|stream/[^/]+|status/[^/]+)/?"
)
ANSWER = re.compile(r"/(gradio_api/)?call/(v2/)?[^/]+/(?P<event>[^/]+)/?")
FILES = ("upload", "zips")  # may be large: these go on to the disk piece by piece
SESSIONLESS_WORK = re.compile(r"upload|zips|mcp|stream/.*|status/.*")

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    # Spaces are shown in a frame of huggingface.co, so framing cannot be forbidden altogether.
    "Content-Security-Policy": "frame-ancestors 'self' https://huggingface.co https://*.hf.space",
}


@dataclass(frozen=True)
class Refusal:
    """An answer that ends a request, in the form that Gradio's page and client both show."""

    status: int
    sentence: str
    retry_after_s: float | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_log.turned_away(self.status)
        headers = {} if self.retry_after_s is None else {"Retry-After": str(math.ceil(self.retry_after_s))}
        await JSONResponse({"detail": self.sentence}, self.status, headers)(scope, receive, send)


NOT_FOUND = Refusal(404, "Not found.")
UNKNOWN_CALL = Refusal(404, "This call is not known: its answer was read already, or it never was. Call again.")
FOREIGN_HOST = Refusal(400, "This server does not answer under that name. CV_LAB_HOSTS can allow it.")
FOREIGN_PAGE = Refusal(403, "Only this server's own page may send this. CV_LAB_HOSTS can allow another.")
CROWDED = Refusal(429, "Too many requests are under way at once. Wait a second, then try again.", 1)
WAITING = Refusal(429, "Much of your work waits in line already. Let it finish, then try again.", 2)
READING = "That is asked for faster than this machine can share out. Wait a second, then try again."
CALLS_ONLY = Refusal(405, "MCP is spoken here by POST, one call at a time.")
UNREADABLE = Refusal(400, "This request could not be read. /gradio_api/info lists the endpoints and their arguments.")
TOO_SLOW = Refusal(408, "The upload took too long. Try a smaller picture or a faster connection.")
TOO_MUCH = Refusal(413, "This request holds more than any page or call needs. Photos go to /gradio_api/upload.")
HUGE = Refusal(400, "A number in this request has more digits than any that is asked for here. Send a smaller one.")


class Guard:
    """ASGI middleware in front of Gradio's routes; it never buffers an answer, so streams keep streaming."""

    def __init__(
        self,
        app: ASGIApp,
        doors: Doors | None = None,
        limits: Limits | None = None,
        clock: Clock = time.monotonic,
        in_line: Callable[[], Iterable[Scope]] = tuple,
        knows: Callable[[str], bool] = bool,
    ) -> None:
        """Stand in front of ``app``.

        Args:
            in_line: tells whose work waits in Gradio's queue: the requests that brought it.
            knows: whether the answer of a call, by its event id, is still to be had; for others Gradio breaks off.
        """
        self._in_line, self._knows = in_line, knows
        self.doors = doors or Doors()
        self.app = app
        self.pages = Pages(app, lasting=not self.doors.reloader)
        self.throttle = Throttle(limits or Limits(), clock)
        self.reading = Reading(self.throttle.limits, clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        send = _with_security_headers(send)
        work = WORK.fullmatch(scope["path"]) if scope["method"] == "POST" else None
        if refusal := self._refusal(scope):
            await refusal(scope, receive, send)
        elif scope["method"] == "POST":
            await self._posted(scope, receive, send, work["kind"] if work else None)
        elif wait_s := await self.reading.wait_s(self._address(scope), scope["path"]):
            await Refusal(429, READING, wait_s)(scope, receive, send)
        else:
            await self.pages(scope, receive, send)

    def _refusal(self, scope: Scope) -> Refusal | None:
        headers, path = Headers(scope=scope), scope["path"]
        hosts = headers.getlist("host")
        if not self.doors.everyone and (len(hosts) != 1 or not self.doors.admits(hosts[0])):
            return FOREIGN_HOST
        if HIDDEN.fullmatch(path) or FILE_BY_URL.fullmatch(path):
            return NOT_FOUND
        if RELOADER.fullmatch(path) and not self.doors.reloader:
            return NOT_FOUND
        if mcp.PATHS.fullmatch(path) and not (self.doors.mcp and mcp.serves(scope["method"], path)):
            return CALLS_ONLY if self.doors.mcp and path in mcp.CALLS else NOT_FOUND
        asked = ANSWER.fullmatch(path) if scope["method"] == "GET" else None
        if asked and not self._knows(asked["event"]):
            return UNKNOWN_CALL
        changes = scope["method"] not in ("GET", "HEAD", "OPTIONS")
        if changes and "origin" in headers and not self.doors.trusts(headers["origin"], headers.get("host", "")):
            return FOREIGN_PAGE
        return None

    async def _posted(self, scope: Scope, receive: Receive, send: Send, kind: str | None) -> None:
        """Take in a request with a body; ``kind``: the work it starts, None for what only ends or asks something."""
        address = scope[CLIENT] = self._address(scope)
        new_session = kind is not None and not SESSIONLESS_WORK.fullmatch(kind)
        if new_session and self._fills_the_line(address):
            await WAITING(scope, receive, send)
            return
        if kind is not None and not self.throttle.enter(address):
            await CROWDED(scope, receive, send)
            return
        body, answer = Body(receive, self.throttle.limits.body_deadline_s), _Answer(send)
        try:
            content = b"" if kind in FILES else await body.whole(_limit(kind))
            bodies.check(content)
            if kind is None:
                await self._answered(scope, body, answer)
            else:
                name = _session_name(content) if new_session else None
                await self._admitted(address, scope, body, answer, new_session, name)
        except TooMuch:
            await TOO_MUCH(scope, receive, send)
        except NoSuchNumber:
            await HUGE(scope, receive, send)
        except TimeoutError:
            if answer.status is not None or not body.late:
                raise
            await TOO_SLOW(scope, receive, send)
        finally:
            if kind is not None:
                self.throttle.leave(address)

    def _address(self, scope: Scope) -> str:
        return address_of(scope, self.doors.proxied)

    def _fills_the_line(self, address: str) -> bool:
        """Whether so much work of this client waits that others would find the queue full."""
        return sum(self._address(scope) == address for scope in self._in_line()) >= self.throttle.limits.in_line

    async def _admitted(
        self, address: str, scope: Scope, body: Body, answer: "_Answer", new_session: bool, name: str | None
    ) -> None:
        charged = new_session and not self.throttle.knows_session(name)
        wait_s = self.throttle.take(address, session=charged)
        if wait_s:
            sentence = f"That is faster than this machine can share out. Try again in {math.ceil(wait_s)} s."
            await Refusal(429, sentence, wait_s)(scope, body, answer)
            return
        if name is not None:
            self.throttle.remember_session(name)
        await self._answered(scope, body, answer)
        if charged and name is None and (answer.status or 500) >= 400:
            self.throttle.give_back_session(address)  # a call without a session that failed has opened none

    async def _answered(self, scope: Scope, body: Receive, answer: "_Answer") -> None:
        """Let Gradio answer; where it stumbles over an unknown endpoint or a missing field, say so in its place."""
        try:
            await self.app(scope, body, answer)
            if answer.status is not None and answer.status >= 400:  # "Queue is full", for one
                request_log.turned_away(answer.status)
        except ClientDisconnect:
            LOG.info("A client went away in the middle of %s", scope["path"])
        except (FnIndexInferError, LookupError, TypeError, ValueError, AttributeError):
            if answer.status is not None:
                raise
            LOG.warning("Unreadable request to %s", scope["path"], exc_info=True)
            await UNREADABLE(scope, body, answer)


def _limit(kind: str | None) -> int:
    """Return how many bytes a body may have: a live frame is one text of a camera, a tool's call may hold a photo."""
    if kind == "mcp":
        return bodies.PHOTO_BYTES
    return bodies.FRAME_BYTES if kind == "component_server" else bodies.JSON_BYTES


def _session_name(body: bytes) -> str | None:
    """Return the ``session_hash`` of a request; None when Gradio will make a session for this request alone."""
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        return None
    name = fields.get("session_hash") if isinstance(fields, dict) else None
    return name if isinstance(name, str) and name else None


class _Answer:
    """The ``send`` of one request, remembering the status."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status: int | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        await self._send(message)


def _with_security_headers(send: Send) -> Send:
    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return wrapped
