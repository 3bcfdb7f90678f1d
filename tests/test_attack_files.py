"""No request reads a file outside the upload cache, another visitor's photo, or an address that a visitor names."""

import http.server
import json
import os
import secrets
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests import bad_files as files
from tests.attacked import ROOT, Visitor, raw_get

CANARY = "canary-of-" + secrets.token_hex(8)
UP = "../" * 12
# Each with {0} for an absolute path without its first slash.
SPELLINGS = (
    "/{0}", "//{0}", "///{0}", UP + "{0}", "%2f{0}", "%2F%2F{0}", "..%2f" * 12 + "{0}", "%2e%2e/" * 12 + "{0}",
    "%2e%2e%2f" * 12 + "{0}", "..%5c" * 12 + "{0}", "..\\" * 12 + "{0}", "....//" * 12 + "{0}", "..;/" * 12 + "{0}",
    "..%00/" * 12 + "{0}", "/{0}%00.png", "/{0}?", "/./{0}", "/proc/self/root/{0}", "/proc/self/cwd/README.md",
    "/dev/fd/../../{0}", "file:///{0}", "C:/{0}", "%252e%252e%252f" * 12 + "{0}", "//localhost/{0}",
)  # fmt: skip
ROUTES = ("/gradio_api/file=", "/gradio_api/file/", "/static/", "/assets/", "/svelte/")


@pytest.fixture(scope="module")
def canaries(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Path]]:
    """Secrets that no request may read: in a temp folder, in the home folder, and our own source."""
    made = [tmp_path_factory.mktemp("canary") / "secret.txt", Path.home() / f".cv-lab-{os.getpid()}"]
    for path in made:
        path.write_text(CANARY)
    yield [*made, ROOT / "README.md"]
    for path in made:
        path.unlink()


def tells(answer: bytes | str) -> bool:
    """Whether an answer holds a secret."""
    text = answer if isinstance(answer, str) else answer.decode(errors="replace")
    return CANARY in text or "# CV Lab" in text or "root:x:" in text


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_spelling_of_a_path_leads_out(page: str, canaries: list[Path], route: str, spelling: str) -> None:
    """24 spellings on 5 routes."""
    for secret in canaries:
        answer = raw_get(page, route + spelling.format(secret.as_posix().lstrip("/")))
        assert not tells(answer) and not answer.startswith(b"HTTP/1.1 200"), answer[:300]


def with_photos(page: str) -> list[str]:
    """Return the public endpoints that take a photo."""
    with Visitor(page) as visitor:
        described = visitor.get("/gradio_api/info").json()["named_endpoints"]
    names = [
        name for name, about in described.items() if "image" in [one["parameter_name"] for one in about["parameters"]]
    ]
    return [name.lstrip("/") for name in names]


def test_no_endpoint_reads_a_file_that_was_not_uploaded(page: str, canaries: list[Path]) -> None:
    """Gradio lets both forms through to the function when the request says nothing of its kind."""
    endpoints = with_photos(page)
    assert {"classify", "detect", "effective_receptive_field"} <= set(endpoints)
    with Visitor(page) as visitor:
        for endpoint in endpoints:
            for secret in (*canaries, Path("/etc/passwd")):
                forms: tuple[Any, ...] = (str(secret), {"path": str(secret)}, {"path": str(secret), "meta": {}})
                for form in forms:
                    answer = visitor.ask(endpoint, {"image": form})
                    assert not tells(answer) and "event: complete" not in answer, (endpoint, form)


def test_guessed_names_of_uploads_are_refused(page: str) -> None:
    cache = os.environ["GRADIO_TEMP_DIR"]
    with Visitor(page) as visitor:
        mine = visitor.uploaded(files.encode_scene("JPEG"))
        assert visitor.get(f"/gradio_api/file={mine}").status_code == 200
        codes = {
            visitor.get(f"/gradio_api/file={cache}/{secrets.token_hex(32)}/photo.jpg").status_code for _ in range(200)
        }
        folders = {visitor.get(f"/gradio_api/file={path}").status_code for path in (cache, Path(mine).parent)}
    assert codes <= {403, 404} and folders <= {403, 404}


def test_one_visitor_is_told_nothing_of_another(page: str) -> None:
    with Visitor(page) as one, Visitor(page, 2) as other:
        theirs = one.uploaded(files.encode(files.scene(91, 63), "PNG"))
        assert "event: complete" in one.ask("classify", {"image": {"path": theirs}})
        seen = [other.get(path).text for path in ("/", "/config", "/gradio_api/info", "/healthz")]
        seen.append(other.ask("models", {}))
        seen.append(other.ask("classify", {"image": {"path": other.uploaded(files.encode_scene("PNG"))}}))
    assert not [text for text in seen if Path(theirs).parent.name in text]


# Addresses


class Canary(http.server.BaseHTTPRequestHandler):
    """Counts whoever comes."""

    visits: tuple[str, ...] = ()

    def do_GET(self) -> None:
        Canary.visits += (self.path,)
        self.send_error(404)

    do_HEAD = do_POST = do_GET

    def log_message(self, *_: Any) -> None:
        """Keep the tests' output clean."""


@pytest.fixture(scope="module")
def canary_port() -> Iterator[int]:
    """Listen on loopback for a request that must never come."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Canary)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


HOSTS = (
    "http://127.0.0.1:{0}", "http://127.1:{0}", "http://2130706433:{0}", "http://0x7f000001:{0}",
    "http://017700000001:{0}", "http://[::1]:{0}", "http://[::ffff:127.0.0.1]:{0}", "http://0.0.0.0:{0}",
    "http://localhost:{0}", "http://user@127.0.0.1:{0}", "https://127.0.0.1:{0}", "http://169.254.169.254",
    "http://100.100.100.200", "http://metadata.google.internal", "http://192.88.99.1", "gopher://127.0.0.1:{0}",
    "ftp://127.0.0.1:{0}", "file://127.0.0.1:{0}", "HTTP://127.0.0.1:{0}", "//127.0.0.1:{0}",
)  # fmt: skip


@pytest.mark.parametrize("host", HOSTS)
def test_no_door_fetches_an_address(page: str, canary_port: int, host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """20 spellings through five doors: the file route in two forms, a path, an address, and our own upload function."""
    monkeypatch.setattr("safehttpx.is_public_ip", lambda _ip: True)  # Gradio's own refusal shall not help
    dialled: list[Any] = []
    connect, ours = socket.socket.connect, int(page.rpartition(":")[2])
    monkeypatch.setattr(
        socket.socket, "connect", lambda self, to: (dialled.append(to) if to[1] != ours else None, connect(self, to))[1]
    )
    url = host.format(canary_port) + "/cat.jpg"
    Canary.visits = ()
    with Visitor(page) as visitor:
        for route in ("/gradio_api/file=", "/gradio_api/file/"):
            assert not raw_get(page, route + url).startswith(b"HTTP/1.1 200")
        kind = {"_type": "gradio.FileData"}
        forms: tuple[Any, ...] = (
            url,
            {"path": url},
            {"url": url},
            {"path": url, "meta": kind},
            {"url": url, "meta": kind},
        )
        for form in forms:
            assert "event: complete" not in visitor.ask("classify", {"image": form})
        rail = {"fn_name": "accept", "component_id": rail_id(visitor), "session_hash": "s", "data": {"path": url}}
        answer = visitor.post("/gradio_api/component_server", json=rail)
        assert answer.status_code != 200 or "error" in answer.json()
    assert Canary.visits == () and dialled == []


def rail_id(visitor: Visitor) -> int:
    """Return the number of the component that takes the photos."""
    components = visitor.get("/config").json()["components"]
    return next(one["id"] for one in components if one["props"].get("elem_id") == "rail")


# Pictures inside JSON, and what is written in them


def data_urls() -> dict[str, str]:
    """Return pictures, bombs and nonsense as ``data:`` addresses."""
    import base64

    contents = {name: build() for name, (build, _) in list(files.BOMBS.items())[:8]}
    contents |= {format: files.encode_scene(format) for format in files.FORMATS}
    contents |= {mode: files.encode(Image.new(mode, (9, 9)), "PNG") for mode in ("1", "L", "LA", "P", "RGBA", "I;16")}
    return {
        name: "data:image/png;base64," + base64.b64encode(content[:200_000]).decode()
        for name, content in contents.items()
    }


@pytest.mark.parametrize("name", data_urls())
def test_a_picture_inside_json_gets_past_no_check(page: str, name: str) -> None:
    url = data_urls()[name]
    with Visitor(page) as visitor:
        for form in ({"url": url}, {"path": url}, {"url": url, "meta": {"_type": "gradio.FileData"}}, url):
            answer = visitor.ask("classify", {"image": form})
            assert "event: complete" not in answer and "Traceback" not in answer


def test_nothing_that_is_written_in_a_photo_comes_back(page: str) -> None:
    exif = Image.Exif()
    exif[0x010E], exif[0x8825] = CANARY, {1: "N", 2: (48.0, 51.0, 29.6)}
    jpeg = files.encode(files.scene(96, 64), "JPEG", exif=exif, comment=CANARY.encode())
    with Visitor(page) as visitor:
        path = visitor.uploaded(jpeg)
        rail = {"fn_name": "accept", "component_id": rail_id(visitor), "session_hash": "s", "data": {"path": path}}
        shown = visitor.post("/gradio_api/component_server", json=rail).json()
        copy = visitor.get("/" + shown["photo"]["src"])
        assert copy.status_code == 200 and copy.content.startswith(b"\xff\xd8")
        answers = [copy.text, json.dumps(shown)]
        answers += [visitor.ask(endpoint, {"image": {"path": path}}) for endpoint in with_photos(page)]
    assert not [text for text in answers if CANARY in text or "Exif" in text]
