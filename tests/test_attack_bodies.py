"""Bodies that are too large, too strange or cut off: a 4xx in a sentence, no memory, nothing left behind."""

import random
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.bodies import FRAME_BYTES, JSON_BYTES
from app.janitor import Rules, sweep
from tests import bad_files as files
from tests.attacked import Program, Visitor, raw, wait_until

MB = 1024 * 1024
FILE_LIMIT, BODY_LIMIT = 10 * 1000 * 1000, 12 * MB
PHOTO = files.encode_scene("PNG")
BOUNDARY = '--x\r\nContent-Disposition: form-data; name="files"'
PART = BOUNDARY + '; filename="a{0}.bin"\r\nContent-Type: application/octet-stream\r\n\r\n'
FORM, JSON = "multipart/form-data; boundary=x", "application/json"


def _parts(count: int, size: int) -> Iterator[bytes]:
    for number in range(count):
        yield PART.format(number).encode()
        yield from _filling(size // count)
        yield b"\r\n"
    yield b"--x--\r\n"


def _filling(size: int) -> Iterator[bytes]:
    for start in range(0, size, MB):
        yield b"x" * min(MB, size - start)


def _around(before: str, size: int, after: str) -> Iterator[bytes]:
    yield before.encode()
    yield from _filling(size)
    yield after.encode()


def _values(size: int) -> Iterator[bytes]:
    yield b'{"data":["'
    for _ in range(0, size, 200):
        yield b'","' * 66 + b"xx"
    yield b'"]}'


Body = Callable[[int], Iterator[bytes]]
# Where it goes, what it says it is, whether its length is said before, its limit, and the body of a given size.
SHAPES: dict[str, tuple[str, str, bool, int, Body]] = {
    "a file": ("upload", FORM, True, FILE_LIMIT, lambda size: _parts(1, size)),
    "a file of unknown length": ("upload", FORM, False, FILE_LIMIT, lambda size: _parts(1, size)),
    "two files": ("upload", FORM, True, BODY_LIMIT, lambda size: _parts(2, size)),
    "900 files": ("upload", FORM, True, BODY_LIMIT, lambda size: _parts(900, size)),
    "a field without a name": (
        "upload", FORM, True, BODY_LIMIT, lambda size: _around(BOUNDARY + "\r\n\r\n", size, "\r\n--x--\r\n")
    ),
    "JSON": ("call/models", JSON, True, JSON_BYTES, lambda size: _around('{"data":["', size, '"]}')),
    "JSON of unknown length": ("queue/join", JSON, False, JSON_BYTES, lambda size: _around('{"data":["', size, '"]}')),
    "JSON of many values": ("queue/join", JSON, True, 50_000, _values),
    "a live frame": ("component_server", JSON, True, FRAME_BYTES, lambda size: _around('{"data":["', size, '"]}')),
    "what ends work": ("cancel", JSON, True, JSON_BYTES, lambda size: _around('{"data":["', size, '"]}')),
}  # fmt: skip
SIZES: dict[str, Callable[[int], int]] = {
    "just under": lambda limit: int(limit * 0.98),
    "just over": lambda limit: int(limit * 1.02) + MB,
    "100 times": lambda limit: limit * 100,
}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("shape", SHAPES)
def test_an_oversize_body_is_refused_and_leaves_nothing(program: Program, shape: str, size: str) -> None:
    """10 shapes in 3 sizes. What is over the limit gets 413 and costs neither memory nor a file."""
    path, kind, said, limit, build = SHAPES[shape]
    wanted = SIZES[size](limit)
    before_mb, before = program.megabytes(), program.entries()
    status = _sent(program.address, path, kind, wanted if said else None, build(wanted))
    if size == "just under":
        assert status in (200, 400, 404, 422)
        return
    assert status == 413
    wait_until(lambda: program.megabytes() - before_mb < 20, "it costs memory", patience_s=20)
    wait_until(lambda: program.entries() == before, "it leaves files", patience_s=20)
    assert program.is_well()


def _sent(address: str, path: str, kind: str, length: int | None, body: Iterator[bytes]) -> int:
    """Send a body piece by piece until the server answers; return the status."""
    host, _, port = address.removeprefix("http://").partition(":")
    parts = list(body) if length is not None and length < 2 * BODY_LIMIT else body
    if isinstance(parts, list):
        length = sum(map(len, parts))
    framing = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
    with socket.create_connection((host, int(port)), timeout=120) as wire:
        head = f"POST /gradio_api/{path} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: {kind}\r\n{framing}\r\n"
        wire.sendall(head.encode() + b"Connection: close\r\n\r\n")
        try:
            for part in parts:
                wire.sendall(part if length is not None else b"%x\r\n%s\r\n" % (len(part), part))
            if length is None:
                wire.sendall(b"0\r\n\r\n")
        except (BrokenPipeError, ConnectionResetError):
            pass  # the refusal came before the end: it can still be read
        return int(wire.recv(100).split(b" ")[1])


BOMBS: dict[str, bytes] = {
    "empty lists": b'{"fn_index":1,"session_hash":"%d","data":[[' + b"[]," * 4_000_000 + b'[]],["mini_resnet"],1]}',
    "numbers": b'{"fn_index":1,"session_hash":"%d","data":[[' + b"1," * 6_000_000 + b"1]]}",
    "names": b'{"fn_index":1,"session_hash":"%d","data":[{' + b'"":[],' * 2_000_000 + b'"a":1}]}',
    "what still fits": b'{"fn_index":1,"session_hash":"%d","data":[[' + b"[]," * 19_900 + b"[]]]}",
}


@pytest.mark.parametrize("kind", BOMBS)
def test_fifty_bodies_that_unpack_to_gigabytes_keep_nothing(program: Program, kind: str) -> None:
    """12 MB of empty lists kept 0.4 GB each, and the page answered monitors after 10 s."""
    before_mb, slowest_s, bomb = program.megabytes(), 0.0, BOMBS[kind]
    with Visitor(program.address, 5) as visitor, Visitor(program.address, 6) as monitor:
        for number in range(50):
            body = bomb.replace(b"%d", b"bomb%d" % number)
            answer = _unhurried(visitor, "/gradio_api/queue/join", body)
            assert answer.status_code == 413 or kind == "what still fits"
            begun_s = time.monotonic()
            assert monitor.get("/healthz").status_code == 200
            slowest_s = max(slowest_s, time.monotonic() - begun_s)
    assert program.megabytes() - before_mb < 100
    assert slowest_s < 1


def test_uploads_that_are_cut_off_are_gone_after_the_next_sweep(program: Program) -> None:
    host, _, port = program.address.removeprefix("http://").partition(":")
    before = program.entries()
    for number in range(20):
        with socket.create_connection((host, int(port)), timeout=60) as wire:
            head = f"POST /gradio_api/upload HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: {FORM}\r\n"
            wire.sendall(f"{head}Content-Length: 2000000\r\n\r\n{PART.format(number)}".encode() + bytes(400_000))
    assert program.is_well()

    def as_before() -> bool:
        sweep(program.uploads, Rules(file_age_s=-1, empty_folder_age_s=-1), keep=_ours(program.uploads))
        return program.entries() <= before

    wait_until(as_before, "pieces are left", patience_s=20)  # the server may still be taking in the last ones


def _ours(uploads: Path) -> set[str]:
    return {str(path) for path in uploads.rglob("*") if path.parent.name == "starters"}


# Nonsense

VALUES: tuple[str, ...] = (
    "null", "true", "false", "0", "-1", "1e999", "NaN", "Infinity", '""', '"a"', '"\\u0000"', "[]", "{}", "[[]]",
    '{"path": 5}', '{"path": null}', '{"path": "/etc/passwd"}', '{"url": "x"}', '["mini_resnet"]', "[null]",
    '"' + "a" * 5000 + '"', "1" * 400, '{"a": {"b": {"c": 1}}}', '"<script>alert(1)</script>"', '"../../x"',
)  # fmt: skip
FRAMES = (
    "{0}", '{{"data": {0}}}', '{{"data": [{0}]}}', '{{"data": [{0}, {0}, {0}]}}', '{{"image": {0}, "model": {0}}}',
    '{{"data": [{0}], "fn_index": {0}, "session_hash": {0}}}', '{{"image": {{"path": {0}}}, "top_k": {0}}}',
    '{{"data": {0}, "fn_index": 9999, "session_hash": "s"}}', '{{"session_hash": {0}, "event_id": {0}}}',
    '{{"data": {0}, "component_id": {0}, "fn_name": {0}, "session_hash": "s"}}', "[" * 10_000 + "{0}" + "]" * 10_000,
    '{{"data": [{0}]', "{0}{0}",
)  # fmt: skip
DOORS = (
    "queue/join", "call/classify", "call/v2/classify", "call/v2/detect", "call/v2/receptive_field", "call/nothing",
    "run/classify", "component_server", "cancel", "reset", "upload", "stream/x",
)  # fmt: skip


def test_three_hundred_strange_bodies_get_a_client_error_or_a_sentence(program: Program) -> None:
    chance = random.Random("strange bodies")
    with Visitor(program.address, 3) as visitor:
        for number in range(300):
            door, body = DOORS[number % len(DOORS)], chance.choice(FRAMES).format(chance.choice(VALUES))
            answer = _unhurried(visitor, f"/gradio_api/{door}", body)
            assert answer.status_code < 500 or answer.status_code == 503, (door, body[:200], answer.text[:300])
            assert "Traceback" not in answer.text and 'File "' not in answer.text
            if answer.status_code == 200 and door.startswith("call/") and "event_id" in answer.text:
                name = door.rpartition("/")[2]
                told = visitor.get(f"/gradio_api/call/{name}/{answer.json()['event_id']}").text
                assert "event: error" in told or "event: complete" in told
                assert "Traceback" not in told and 'File "' not in told and "root:x" not in told
    assert program.is_well()


def _unhurried(visitor: Visitor, path: str, body: str | bytes) -> httpx.Response:
    """Post, and again a little later when that was faster than the guard allows."""
    while True:
        answer = visitor.post(path, content=body, headers={"Content-Type": JSON})
        if answer.status_code != 429:
            return answer
        time.sleep(float(answer.headers["retry-after"]))


STRANGE_LINES = (
    b"GET", b"GET / HTTP/9.9", bytes(3), b"GET " + b"a" * 100_000 + b" HTTP/1.1",
    b"POST / HTTP/1.1\r\nContent-Length: -1",
)  # fmt: skip


@pytest.mark.parametrize("line", STRANGE_LINES, ids=lambda line: repr(line[:24]))
def test_what_is_no_request_ends_with_its_connection(program: Program, line: bytes) -> None:
    answer = raw(program.address, line + b"\r\n\r\n")
    assert answer == b"" or answer.startswith((b"HTTP/1.1 4", b"HTTP/1.1 3"))
    assert program.is_well()


# Faults of ours

SECRET = "/secret/path/of/ours"
FAULTS: tuple[Exception, ...] = (
    RuntimeError(SECRET), FileNotFoundError(2, "No such file", SECRET), KeyError(SECRET), MemoryError(SECRET),
    ValueError(f"<b>{SECRET}</b>"),
)  # fmt: skip
UNIT = {"model": "resnet50", "layer": "layer3", "row": 0, "col": 0}
WORK: dict[str, tuple[str, str, dict[str, Any]]] = {
    "classify": ("app.api.classify", "classify_photo", {}),
    "detect": ("app.api.detect", "find", {"model": "hog_people"}),
    "receptive_field": ("app.api.receptive_field", "table", {"model": "resnet50"}),
    "effective_receptive_field": ("app.api.receptive_field", "effective_field", UNIT),
}


@pytest.mark.parametrize("endpoint", WORK)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_a_fault_of_ours_tells_nothing_of_this_machine(
    page: str, endpoint: str, fault: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    """5 kinds of exceptions in 4 endpoints: the visitor hears that it failed, the log hears why."""
    tried: list[str] = []

    def fail(*_: Any, **__: Any) -> None:
        tried.append(endpoint)
        raise type(fault)(*fault.args)

    module, name, arguments = WORK[endpoint]
    monkeypatch.setattr(sys.modules[module], name, fail)  # app.api itself has functions of the modules' names
    with Visitor(page, 4) as visitor:
        photo = {} if endpoint == "receptive_field" else {"image": {"path": visitor.uploaded(PHOTO)}}
        told = visitor.ask(endpoint, photo | arguments)
    assert tried and "event: error" in told, told
    assert "secret" not in told and "Traceback" not in told and ".py" not in told
