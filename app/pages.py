"""What is the same for every visitor is built once and compressed once: the page, its settings, Gradio's own files.

Gradio builds 900 KB of page for each request, sends them as they are, and compresses each script anew for everybody.
Here each is kept in the form that the browser takes (br, gzip or plain), with an ETag, so that who has it gets a 304.
"""

import asyncio
import gzip
import hashlib
import re
from collections import OrderedDict
from dataclasses import dataclass

import anyio.to_thread
import brotli
from gradio.route_utils import get_root_url
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.reading import PAGES

FILES = re.compile(r"/(assets|static|svelte)/[^?]+|(/gradio_api)?/theme\.css|/favicon\.ico|/charts-\w{16}\.js")
UPLOADED = re.compile(
    r"/(gradio_api/)?file[=/].+"
)  # Gradio would compress ten megabytes on the event loop, for each GET
FOREVER = re.compile(r"/assets/.+-[\w-]{8}\.(js|css)|/charts-\w{16}\.js")  # its name has the hash of its content
COMPRESSIBLE = re.compile(r"text/|application/(javascript|json|manifest)|image/svg")
KEPT_BYTES = 48 * 2**20
LARGEST = 8 * 2**20
SMALLEST_TO_COMPRESS = 400
QUALITY = 9  # of brotli: 976 KB in 0.1 s, a fifth smaller than Gradio's 4
LARGE, QUALITY_OF_LARGE = 2 * 2**20, 6  # plotly.js in 0.14 s instead of 0.6, 3 % larger: somebody waits for it
ENCODINGS = ("br", "gzip", "identity")

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Kept:
    """One answer, ready to be sent."""

    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    tag: str


class Pages:
    """ASGI middleware that keeps what Gradio answers to a GET for the page and its parts; all else goes through."""

    def __init__(self, app: ASGIApp, lasting: bool = True) -> None:
        """``lasting``: the page stays as it is while the server stands; not so in `make dev`."""
        self.app = app
        self._lasting = lasting
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._bytes = 0
        self._building: dict[Key, asyncio.Lock] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = _key(scope) if self._lasting else None
        if key is None:
            await self.app(scope, receive, _as_it_is(send) if UPLOADED.fullmatch(scope["path"]) else send)
            return
        kept = await self._found(key, scope, receive)
        if isinstance(kept, Kept):
            await _answer(kept, scope, send)
        else:
            for message in kept:  # not what can be kept: an error, a redirect, something very large
                await send(message)

    async def _found(self, key: Key, scope: Scope, receive: Receive) -> "Kept | list[Message]":
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        lock = self._building.setdefault(key, asyncio.Lock())
        try:
            async with lock:  # who asks meanwhile waits for the first one
                if key in self._kept:
                    return self._kept[key]
                messages = await _collected(self.app, scope, receive)
                built = await _built(messages, key)
                if built is None:
                    return messages
                self._keep(key, built)
                return built
        finally:
            if not lock.locked():
                self._building.pop(key, None)

    def _keep(self, key: Key, built: Kept) -> None:
        self._kept[key] = built
        self._bytes += len(built.body)
        while self._bytes > KEPT_BYTES:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= len(oldest.body)


def _key(scope: Scope) -> Key | None:
    """Return what the answer depends on: path, address of the site, encoding. None: it is not kept at all."""
    headers = Headers(scope=scope)
    is_page = PAGES.fullmatch(scope["path"]) and not (scope["path"] != "/" and scope["query_string"])
    if scope["method"] not in ("GET", "HEAD") or not (is_page or FILES.fullmatch(scope["path"])) or "range" in headers:
        return None
    root = get_root_url(Request(scope), scope["path"], scope.get("root_path")) if is_page else ""
    accepted = {part.partition(";")[0].strip() for part in headers.get("accept-encoding", "").lower().split(",")}
    return scope["path"], root, next(one for one in ENCODINGS if one in accepted or one == "identity")


async def _collected(app: ASGIApp, scope: Scope, receive: Receive) -> list[Message]:
    """Let Gradio answer a GET in plain form, without what the visitor's link asks: only scripts read that."""
    messages: list[Message] = []

    async def collect(message: Message) -> None:
        messages.append(message)

    unasked = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"cookie")
    headers = [(name, value) for name, value in scope["headers"] if name not in unasked]
    query = b"" if scope["path"] == "/" else scope["query_string"]
    await app({**scope, "method": "GET", "headers": headers, "query_string": query}, receive, collect)
    return messages


async def _built(messages: list[Message], key: Key) -> Kept | None:
    start, path, encoding = messages[0], key[0], key[2]
    body = b"".join(message.get("body", b"") for message in messages[1:])
    headers = MutableHeaders(raw=list(start.get("headers", [])))
    if start.get("status") != 200 or len(body) > LARGEST or "set-cookie" in headers:
        return None
    worth = len(body) >= SMALLEST_TO_COMPRESS and COMPRESSIBLE.match(headers.get("content-type", "")) is not None
    if worth and encoding != "identity":
        body = await anyio.to_thread.run_sync(_compressed, body, encoding)
        headers["Content-Encoding"] = encoding
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers["ETag"] = tag
    headers["Content-Length"] = str(len(body))
    headers["Vary"] = "Accept-Encoding"
    headers["Cache-Control"] = "public, max-age=31536000, immutable" if FOREVER.fullmatch(path) else "no-cache"
    return Kept(tuple(headers.raw), body, tag)


def _compressed(body: bytes, encoding: str) -> bytes:
    if encoding == "gzip":
        return gzip.compress(body, 6, mtime=0)
    return brotli.compress(body, quality=QUALITY if len(body) < LARGE else QUALITY_OF_LARGE)


def _as_it_is(send: Send) -> Send:
    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).setdefault("Content-Encoding", "identity")
        await send(message)

    return wrapped


async def _answer(kept: Kept, scope: Scope, send: Send) -> None:
    asked = Headers(scope=scope).get("if-none-match", "")
    known = kept.tag in [tag.strip().removeprefix("W/") for tag in asked.split(",")]
    headers = [one for one in kept.headers if not (known and one[0] in (b"content-length", b"content-encoding"))]
    await send({"type": "http.response.start", "status": 304 if known else 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if known or scope["method"] == "HEAD" else kept.body})
