"""A Hub on loopback: serves random weights in the real file formats, and misbehaves on demand."""

import hashlib
import http.server
import re
import socket
import socketserver
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

import pytest

LARGE = (".safetensors", ".bin", ".model")  # kept outside git: named by sha256, served by another host
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one answer.

    Args:
        status: answer this instead of the file.
        cut: close the connection after this share of the body, 0..1.
        stall_s: at ``cut``, wait so many seconds instead of closing, then go on.
        flip: change the byte at this position.
        per_second: bytes a second.
        whole: ignore the wish to resume.
        bare: leave out the Hub's own headers, as a hotel's log-in page does.
    """

    status: int = 0
    cut: float = 1.0
    stall_s: float = 0.0
    flip: int | None = None
    per_second: int = 0
    whole: bool = False
    bare: bool = False


@dataclass
class Hub:
    """The running server: its address, the folder of its repositories, what it was asked, what it shall do wrong.

    ``faults["HEAD"]`` and ``faults["GET"]`` are used up one per request for large files; torchvision's and
    ultralytics' files lie in the folder ``models``.
    """

    url: str
    folder: Path
    asked: list[tuple[str, str, str]] = field(default_factory=list)  # method, path, range
    faults: dict[str, list[Fault]] = field(default_factory=lambda: defaultdict(list))

    def count(self, method: str = "", part: str = "") -> int:
        """Return how many requests came by ``method`` for a path that contains ``part``."""
        return sum(method in asked[0] and part in asked[1] for asked in self.asked)

    def ranges(self) -> list[str]:
        """Return the ranges of all requests that wished to resume."""
        return [asked[2] for asked in self.asked if asked[2]]

    def put(self, repository: str, name: str, content: bytes) -> Path:
        """Put a file into a repository."""
        file = self.folder / repository / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        return file

    def use(self, patch: pytest.MonkeyPatch, cache: Path) -> None:
        """Let this process fetch from here into the empty folder ``cache``, until ``patch`` is undone."""
        patch.setenv("HF_ENDPOINT", self.url)
        patch.setenv("HF_HUB_CACHE", str(cache / "hub"))
        patch.setenv("TORCH_HOME", str(cache / "torch"))
        patch.setenv("CV_LAB_TORCHVISION_URL", f"{self.url}/models")
        patch.setenv("CV_LAB_ULTRALYTICS_URL", f"{self.url}/models")
        patch.delenv("HF_HUB_OFFLINE", raising=False)


class _Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 64
    hub: Hub

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay silent when a client hangs up: tests do that on purpose."""


class _Answers(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self, body: bool) -> None:
        path = unquote(self.path)
        self.server.hub.asked.append((self.command, path, self.headers.get("Range", "")))
        resolve = re.fullmatch(r"/(.+)/resolve/([^/]+)/(.+)", path)
        name = f"{resolve[1]}/{resolve[3]}" if resolve else path.removeprefix("/cdn/").lstrip("/")
        file = self.server.hub.folder / name
        large = name.endswith((*LARGE, ".pth", ".pt"))
        fault = self._fault() if large and body is not bool(resolve) else Fault()
        if fault.status:
            self._plain(fault.status)
        elif not file.is_file():
            self._plain(404, {"X-Error-Code": "EntryNotFound" if file.parent.is_dir() else "RepoNotFound"})
        elif resolve and resolve[2] not in ("main", COMMIT):
            self._plain(404, {"X-Error-Code": "RevisionNotFound"})
        elif resolve and large and not fault.bare:
            self._plain(302, self._facts(file) | {"Location": self._elsewhere(name)})
        else:
            self._file(file, body, fault)

    def _fault(self) -> Fault:
        waiting = self.server.hub.faults[self.command]
        return waiting.pop(0) if waiting else Fault()

    def _elsewhere(self, name: str) -> str:
        """Return the address of a large file: another host, as far as a client can tell."""
        return f"{self.server.hub.url.replace('127.0.0.1', 'localhost')}/cdn/{name}"

    def _facts(self, file: Path) -> dict[str, str]:
        content = file.read_bytes()
        if file.name.endswith(LARGE):
            etag = hashlib.sha256(content).hexdigest()
            return {"X-Repo-Commit": COMMIT, "X-Linked-Etag": f'"{etag}"', "X-Linked-Size": str(len(content))}
        etag = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
        return {"X-Repo-Commit": COMMIT, "ETag": f'"{etag}"'}

    def _plain(self, status: int, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for key, value in (headers or {}).items():
            self.send_header(key, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _file(self, file: Path, body: bool, fault: Fault) -> None:
        content = bytearray(file.read_bytes())
        if fault.flip is not None:
            content[fault.flip] ^= 1
        start = 0 if fault.whole else int(self.headers.get("Range", "bytes=0-")[6:-1])
        if start >= len(content):
            return self._plain(416, {"Content-Range": f"bytes */{len(content)}"})
        self.send_response(206 if start else 200)
        for key, value in ({} if fault.bare else self._facts(file)).items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        if body:
            self._send(bytes(content), start, fault)
        return None

    def _send(self, content: bytes, start: int, fault: Fault) -> None:
        end = max(start, int(len(content) * fault.cut))
        step = max(1, fault.per_second // 20) if fault.per_second else len(content)
        for position in range(start, end, step):
            self.wfile.write(content[position : min(position + step, end)])
            self.wfile.flush()
            time.sleep(0.05 if fault.per_second else 0)
        if end < len(content):
            time.sleep(fault.stall_s)
            if fault.stall_s:
                self.wfile.write(content[end:])
            else:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def fake_hub(folder: Path) -> Iterator[Hub]:
    """Serve the repositories under ``folder`` (``<owner>/<name>/<file>``) on a free port until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    server = _Server(("127.0.0.1", 0), _Answers)
    server.hub = Hub(f"http://127.0.0.1:{server.server_port}", folder)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
