"""The whole program as a process of its own, and visitors with addresses of their own, for the tests that attack it."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil

ROOT = Path(__file__).parent.parent
PATIENCE_S = 600.0
IDLE_S = 2.0  # uvicorn ends a connection that was idle for five seconds: a request sent in that moment would be lost


@dataclass(frozen=True)
class Program:
    """``python app.py`` under attack: where it answers, its process, its temp folder and what it logged."""

    address: str
    process: psutil.Process
    uploads: Path
    log: Path

    def megabytes(self) -> float:
        """Return its resident memory."""
        return float(self.process.memory_info().rss) / 1e6

    def handles(self) -> int:
        """Return how many files and sockets it has open."""
        return int(self.process.num_fds())

    def threads(self) -> int:
        """Return how many threads it has."""
        return int(self.process.num_threads())

    def entries(self) -> int:
        """Return how many files and folders lie in its temp folder."""
        return sum(1 for _ in self.uploads.rglob("*"))

    def is_well(self) -> bool:
        """Whether it answers monitors."""
        return bool(httpx.get(f"{self.address}/healthz", timeout=PATIENCE_S).json()["status"] == "ok")


@contextlib.contextmanager
def started(
    folder: Path, *arguments: str, python: str | Path = sys.executable, port: int = 0, **environ: str
) -> Iterator[Program]:
    """Run app.py (or Python with other arguments), offline, with its temp folder inside ``folder``, for the body."""
    port = port or _free_port()
    settings = {"GRADIO_SERVER_PORT": str(port), "GRADIO_TEMP_DIR": str(folder / "uploads"), "HF_HUB_OFFLINE": "1"}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [str(python), *(arguments or ["app.py"])],
            cwd=ROOT,
            env=os.environ | settings | environ,
            stdout=log,
            stderr=log,
        )
        program = Program(f"http://127.0.0.1:{port}", psutil.Process(process.pid), folder / "uploads", folder / "log")
        try:
            wait_until(lambda: _ready(program.address) or process.poll() is not None, "the page did not start")
            assert process.poll() is None, program.log.read_text()
            yield program
        finally:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _ready(address: str) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return bool(httpx.get(f"{address}/healthz").json().get("state") == "ready")
    return False


def wait_until(condition: Callable[[], bool], otherwise: str, patience_s: float = PATIENCE_S) -> None:
    """Wait for a condition, with a patience that only a broken program exhausts."""
    ends_s = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < ends_s, otherwise
        time.sleep(0.05)


class Visitor(httpx.Client):
    """A client with a loopback address of its own, 127.0.0.<number>, which the guard counts apart."""

    def __init__(self, address: str, number: int = 1) -> None:
        local = f"127.0.0.{number}" if sys.platform == "linux" else None
        source = httpx.HTTPTransport(local_address=local, limits=httpx.Limits(keepalive_expiry=IDLE_S))
        super().__init__(base_url=address, timeout=PATIENCE_S, transport=source)

    def join(self, body: dict[str, Any]) -> httpx.Response:
        """Put one piece of work into the queue."""
        return self.post("/gradio_api/queue/join", json=body)

    def uploaded(self, content: bytes, name: str = "photo.jpg") -> str:
        """Upload a file and return the path that the server gave it."""
        answer = self.post("/gradio_api/upload", files={"files": (name, content)})
        assert answer.status_code == 200, answer.text
        return str(answer.json()[0])

    def ask(self, endpoint: str, arguments: dict[str, Any] | str) -> str:
        """Call a public endpoint with raw JSON, as anyone can; return the end of its event stream, or the refusal."""
        content = arguments if isinstance(arguments, str) else json.dumps(arguments)
        headers = {"Content-Type": "application/json"}
        started = self.post(f"/gradio_api/call/v2/{endpoint}", content=content, headers=headers)
        if started.status_code != 200:
            return started.text
        return self.get(f"/gradio_api/call/{endpoint}/{started.json()['event_id']}").text


class Crowd:
    """Visitors with addresses of their own, in turn: so many calls of one would be refused."""

    def __init__(self, address: str) -> None:
        self._visitors = [Visitor(address, 100 + number) for number in range(40)]
        self.calls = 0

    def next(self) -> Visitor:
        """Return the next one."""
        self.calls += 1
        return self._visitors[self.calls % len(self._visitors)]

    def close(self) -> None:
        """Send them home."""
        for one in self._visitors:
            one.close()


def raw(address: str, request: bytes, at_most: int = 1_000_000) -> bytes:
    """Send bytes as they stand here, since a client that tidies a path would test something else; return the answer."""
    host, _, port = address.removeprefix("http://").partition(":")
    answer = b""
    with socket.create_connection((host, int(port)), timeout=PATIENCE_S) as wire:
        wire.sendall(request)
        with contextlib.suppress(ConnectionResetError):
            while len(answer) < at_most and (part := wire.recv(65536)):
                answer += part
    return answer


def raw_get(address: str, path: str) -> bytes:
    """GET a path exactly as it is written."""
    host = address.removeprefix("http://")
    return raw(address, f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
