"""Uploads on their way to the disk: counted while they arrive, refused in a sentence where there is no room."""

import errno
import json
import logging
from pathlib import Path

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.disk import LEDGER, Ledger, NoRoom

LOG = logging.getLogger(__name__)

CLIENT = "cv_lab.client"  # where the guard tells whose request it is
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
LONGEST_ANSWER = 256 * 1024  # of paths
NO_ROOM = "There is no room for another photo here right now. Try again in a few minutes, or with a smaller picture."
NO_ROOM_FOR_ZIP = "There is no room for this zip here right now. Try again in a few minutes, or with a smaller one."
ZIPS = "/zips"


class UploadDoor:
    """ASGI middleware between the guard and Gradio."""

    def __init__(self, app: ASGIApp, ledger: Ledger = LEDGER) -> None:
        self.app = app
        self._ledger = ledger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        client, answer = scope.get(CLIENT, ""), _Answer(send)
        try:
            if scope["path"].rstrip("/").endswith(("/upload", ZIPS)):
                await self._uploaded(client, scope, receive, answer)
            else:
                await self.app(scope, receive, answer)
        except (NoRoom, OSError) as error:
            if answer.begun or not (isinstance(error, NoRoom) or error.errno in FULL):
                raise
            if isinstance(error, OSError):
                LOG.warning("The disk is full", exc_info=True)
                self._ledger.give_way(client)
            sentence = NO_ROOM_FOR_ZIP if scope["path"].rstrip("/").endswith(ZIPS) else NO_ROOM
            await JSONResponse({"detail": sentence}, 507, {"Retry-After": "60"})(scope, receive, send)

    async def _uploaded(self, client: str, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        with self._ledger.upload(client) as more:

            async def counted() -> Message:
                message = await receive()
                more(len(message.get("body", b"")))
                return message

            answer.keeps = True
            # Its one parameter asks Gradio to keep how far the upload is, for ever where nobody asks for that.
            await self.app({**scope, "query_string": b""}, counted, answer)
            self._ledger.keep(client, answer.paths())


class _Answer:
    """The ``send`` of one request, remembering that it was used, and for uploads what it said."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.begun = False
        self.keeps = False
        self._said = b""

    async def __call__(self, message: Message) -> None:
        self.begun = True
        if self.keeps and len(self._said) < LONGEST_ANSWER:
            self._said += message.get("body", b"")
        await self._send(message)

    def paths(self) -> list[Path]:
        """Return the paths that the server gave the files."""
        try:
            found = json.loads(self._said)
        except ValueError:  # a refusal
            return []
        return [Path(path) for path in found if isinstance(path, str)] if isinstance(found, list) else []
