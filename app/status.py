"""/status: a page of its own that tells whether each tab works, by trying it when somebody asks."""

from dataclasses import asdict
from html import escape
from pathlib import Path

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route

from app import smoke
from app.theme import token_sheet

PAGE = Path(__file__).parent / "status.html"
PATIENCE_S = 90.0

_threads = anyio.CapacityLimiter(2)


def routes() -> list[Route]:
    """Return the page, and the check of one tab that its button asks for."""
    return [Route("/status", _page), Route("/status/{tab}", _check, methods=["POST"])]


async def _page(_request: Request) -> HTMLResponse:
    rows = "".join(f'<tr data-tab="{tab}"><th scope="row">{escape(title)}</th>' + CELLS for tab, title in ROWS)
    text = PAGE.read_text(encoding="utf-8").replace("/* tokens */", token_sheet()).replace("<!-- rows -->", rows)
    return HTMLResponse(text, headers={"Cache-Control": "no-store"})


ROWS = tuple((tab, smoke.TITLES[tab]) for tab in smoke.CHECKS)
CELLS = '<td class="mark"></td><td class="told">Not checked yet.</td><td class="time"></td></tr>'


async def _check(request: Request) -> JSONResponse:
    tab = request.path_params["tab"]
    if tab not in smoke.CHECKS:
        return JSONResponse({"detail": "There is no such tab."}, 404)
    outcome = smoke.Outcome(tab, False, 1000 * PATIENCE_S, f"No answer within {PATIENCE_S:.0f} s: the machine is busy.")
    with anyio.move_on_after(PATIENCE_S):
        outcome = await anyio.to_thread.run_sync(smoke.check, tab, limiter=_threads, abandon_on_cancel=True)
    return JSONResponse(asdict(outcome), headers={"Cache-Control": "no-store"})
