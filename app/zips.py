"""The one way in for a file larger than a photo: a zip of labelled photos, as a request's body, straight to disk."""

import contextlib
import hashlib
import os
import secrets
import tempfile
from pathlib import Path
from typing import Any, Final

import anyio
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from cvdemo.photo_sets import MAX_ZIP_BYTES

PATH: Final = "/zips"
TOO_LARGE: Final = f"This zip is larger than {MAX_ZIP_BYTES // 10**6} MB. Leave some photos out, or make them smaller."
EMPTY: Final = "Nothing came. Send the zip itself as the body of the request."


def routes() -> list[Route]:
    """Return the route; it counts the bytes itself, so that what is too large hears it in a sentence."""
    return [Route(PATH, _take_in, methods=["POST"], max_body_size=2**40)]


async def _take_in(request: Request) -> JSONResponse:
    """Write the body into the upload cache and answer ``[path]``, as Gradio does for a photo.

    The door for uploads around it charges the client for the bytes as they arrive.
    """
    said = request.headers.get("content-length", "0")
    if said.isdecimal() and int(said) > MAX_ZIP_BYTES:
        return JSONResponse({"detail": TOO_LARGE}, 413)
    cache = Path(os.environ["GRADIO_TEMP_DIR"])
    cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=cache)  # under a name that the janitor takes where a crash leaves it
    try:
        async with await anyio.open_file(handle, "wb") as file:
            digest = await _written(request, file)
        if not isinstance(digest, str):
            return digest
        target = cache / digest / f"{secrets.token_hex(8)}.zip"  # of this visitor alone, who lets it go once it is read
        target.parent.mkdir(exist_ok=True)
        os.replace(draft, target)
        return JSONResponse([str(target)])
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(draft)


async def _written(request: Request, file: Any) -> str | JSONResponse:
    """Write the body as it arrives; return its sha256 in hex, or the refusal."""
    count, digest = 0, hashlib.sha256()
    async for piece in request.stream():
        count += len(piece)
        if count > MAX_ZIP_BYTES:
            return JSONResponse({"detail": TOO_LARGE}, 413)
        digest.update(piece)
        await file.write(piece)
    return digest.hexdigest() if count else JSONResponse({"detail": EMPTY}, 400)
