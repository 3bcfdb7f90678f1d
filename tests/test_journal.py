"""The journal tells kinds and places, never a visitor's words, and no attack fills it."""

import contextlib
import json
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tests.attacked import Program, Visitor, raw, started, wait_until

SECRET = "SECRETofADA"
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="visitors need loopback addresses of their own")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """Run the whole program, whose output is a file."""
    with started(tmp_path_factory.mktemp("journal")) as running:
        yield running


def _numbers(visitor: Visitor) -> list[int]:
    return [one["id"] for one in visitor.get("/config").json()["dependencies"] if one["backend_fn"]]


def _secrets(visitor: Visitor, long: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Return requests with a secret wherever there is room for one: every event of the page, names, paths, files."""
    file, short = {"path": f"/home/x/{long}.jpg", "meta": {"_type": "gradio.FileData"}}, long[:60]
    for number in _numbers(visitor)[:: 1 if long is short else 8]:
        for value in (file, long, [long], {"photo": {"id": [long]}}):
            yield "POST", "queue/join", {"json": {"fn_index": number, "data": [value] * 3, "session_hash": "ada"}}
    for name in (short, f"classify%0a{short}", "classify"):
        yield "POST", f"call/{name}", {"json": {"data": [file, long]}}
        yield "POST", f"call/v2/{name}", {"json": {"image": file, "models": [long], "top_k": long}}
        yield "GET", f"call/{name}/{short}", {}
        yield "GET", f"file={short}", {}
    for door in ("component_server", "cancel", "reset", "queue/join"):
        body = {"data": file, "fn_name": long, "component_id": 1, "session_hash": long}
        yield "POST", door, {"json": body}
        yield "POST", door, {"content": long, "headers": {"Content-Type": "application/json"}}
    yield "POST", "upload", {"files": {short: (f"{short}.png", long.encode())}}


@pytest.mark.parametrize("times", [1, 5_000], ids=["short", "long"])
def test_no_word_of_a_visitor_is_written_and_no_line_is_long(written: Program, times: int) -> None:
    time.sleep(1.1)  # each kind is told once a second, and another test may just have had it told
    before = written.log.stat().st_size
    with Visitor(written.address, 30 if times == 1 else 33) as visitor:  # each with a visitor's whole share
        for method, path, what in _secrets(visitor, SECRET * times):
            with contextlib.suppress(httpx.TransportError):  # some bodies are refused before they are read
                visitor.request(method, f"/gradio_api/{path}", **what)
        raw(written.address, f"GET /{SECRET} HTTP/9.{SECRET}\r\n\r\n".encode())
    wait_until(lambda: written.log.stat().st_size > before, "an attack is not passed over in silence")
    lines = written.log.read_text()[before:].splitlines()
    assert not [line[:400] for line in lines if SECRET in line or "Traceback" in line]
    for line in lines:
        assert len(line) <= 2000 and "event" in json.loads(line)
    assert written.is_well()


def test_more_connections_than_handles_fill_no_log_and_hold_nobody_up(tmp_path: Path) -> None:
    """90 half-open connections of one address meet 64 file handles: its share is a quarter of them."""
    with started(tmp_path) as program, contextlib.ExitStack() as stack:
        used = program.handles()
        _leave_handles(program, used + 24)
        before = program.log.stat().st_size
        host, _, port = program.address.removeprefix("http://").partition(":")
        for number in range(90):
            address = f"127.0.0.{31 + number % 3}"
            wire = socket.create_connection((host, int(port)), timeout=60, source_address=(address, 0))
            stack.enter_context(wire)
            wire.sendall(b"GET / HTTP/1.1\r\n")
        time.sleep(2.5)  # asyncio tries again after a second
        assert program.log.stat().st_size - before < 10_000, "one line a second is enough"
        stack.close()
        with Visitor(program.address, 34) as polite:
            wait_until(lambda: _answers(polite), "others are not served any more", patience_s=60)


def _answers(visitor: Visitor) -> bool:
    with contextlib.suppress(Exception):
        return bool(visitor.get("/healthz", timeout=5).status_code == 200)
    return False


def _leave_handles(program: Program, count: int) -> None:
    program.process.rlimit(psutil.RLIMIT_NOFILE, (count, count))
