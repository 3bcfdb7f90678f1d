"""The page is built once and compressed once for everybody, and who asks for it over and over is slowed down."""

import asyncio
import gzip
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import brotli
import gradio
import httpx
import pytest
from gradio import routes
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from app import pages, reading
from app.buckets import Buckets
from app.doors import Doors
from app.throttle import Limits, Rate
from tests.guarded import Clock, serve

ASSETS = Path(gradio.__file__).parent / "templates" / "frontend" / "assets"
SCRIPT = max(ASSETS.glob("Index-*.js"), key=lambda file: file.stat().st_size)
FORMS = {"br": brotli.decompress, "gzip": gzip.decompress, "identity": bytes}


@pytest.fixture
def tight(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Serve the same page; its visitors may read little. Gradio's launch asks for it once."""
    monkeypatch.setattr(reading, "PAUSE_S", 0.05)
    yield from serve(limits=Limits(pages=Rate(4, 1), reads=Rate(9, 4)), clock=clock)


def _got(address: str, encoding: str = "identity", **headers: str) -> tuple[httpx.Response, bytes]:
    """Return an answer and its body as it came over the wire."""
    with httpx.stream("GET", address, headers={"Accept-Encoding": encoding, **headers}) as answer:
        return answer, b"".join(answer.iter_raw())


@pytest.mark.parametrize("path", ["/", "/config", "/gradio_api/info", "/theme.css", f"/assets/{SCRIPT.name}"])
@pytest.mark.parametrize("encoding", FORMS)
def test_what_all_visitors_get_comes_in_the_form_they_take_and_once(site: str, path: str, encoding: str) -> None:
    plain = _got(site + path)[1]
    answer, body = _got(site + path, encoding)
    assert answer.status_code == 200 and FORMS[encoding](body) == plain
    assert answer.headers.get("content-encoding", "identity") == encoding
    assert int(answer.headers["content-length"]) == len(body)
    if encoding != "identity":
        assert len(body) < 0.5 * len(plain)
    again, nothing = _got(site + path, encoding, **{"If-None-Match": f'"other", {answer.headers["etag"]}'})
    assert (again.status_code, nothing) == (304, b"") and again.headers["etag"] == answer.headers["etag"]
    assert httpx.head(site + path, headers={"Accept-Encoding": encoding}).headers["etag"] == answer.headers["etag"]


def test_a_script_is_the_file_of_the_package(site: str) -> None:
    assert _got(f"{site}/assets/{SCRIPT.name}")[1] == SCRIPT.read_bytes()
    assert "immutable" in _got(f"{site}/assets/{SCRIPT.name}", "br")[0].headers["cache-control"]
    assert _got(f"{site}/", "br")[0].headers["cache-control"] == "no-cache"


def test_the_page_is_built_once_whatever_its_link_asks_and_whoever_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    built = []
    whole = routes.templates.TemplateResponse

    def counted(*arguments: Any, **named: Any) -> Any:
        built.append(1)
        time.sleep(0.1)
        return whole(*arguments, **named)

    monkeypatch.setattr(routes.templates, "TemplateResponse", counted)
    served = serve()
    address = next(served)
    with ThreadPoolExecutor(8) as crowd:
        links = [f"{address}/?tab={number}&deep_link=x{number}" for number in range(16)]
        answers = list(crowd.map(lambda link: httpx.get(link, headers={"Cookie": link[-9:]}), links))
    next(served, None)
    assert {answer.status_code for answer in answers} == {200} and len({answer.text for answer in answers}) == 1
    assert len(built) == 1


def test_a_page_speaks_of_the_address_it_was_asked_under(site: str) -> None:
    port = site.rpartition(":")[2]
    for host in (f"127.0.0.1:{port}", f"localhost:{port}", f"127.0.0.1:{port}"):
        assert f'"root":"http://{host}"' in httpx.get(site, headers={"Host": host}).text
    forwarded = httpx.get(site, headers={"X-Forwarded-Host": "lab.example", "X-Forwarded-Proto": "https"}).text
    assert '"root":"https://lab.example"' in forwarded and "lab.example" not in httpx.get(site).text


def test_nothing_is_kept_of_errors_parts_and_what_reloads(site: str) -> None:
    for _ in range(2):
        assert httpx.get(f"{site}/assets/none.js").status_code == 404
    part = httpx.get(f"{site}/assets/{SCRIPT.name}", headers={"Range": "bytes=0-9"})
    assert (part.status_code, part.content) == (206, SCRIPT.read_bytes()[:10])
    served = serve(doors=Doors(reloader=True))
    assert "etag" not in httpx.get(next(served)).headers
    next(served, None)


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "KEPT_BYTES", 1_000_000)
    asked: list[str] = []

    async def files(scope: Scope, receive: Receive, send: Send) -> None:
        asked.append(scope["path"])
        await PlainTextResponse("x" * 300_000)(scope, receive, send)

    async def scenario() -> pages.Pages:
        kept = pages.Pages(files)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(kept), base_url="http://localhost") as client:
            for number in (0, 1, 2, 0, 3, 0, 1):
                assert len((await client.get(f"/assets/{number}", headers={"Accept-Encoding": ""})).content) == 300_000
        return kept

    with ThreadPoolExecutor(1) as pool:  # the browser tests leave an event loop running in this thread
        kept = pool.submit(asyncio.run, scenario()).result()
    assert [path[-1] for path in asked] == list("01231"), "the one that nobody asked for goes first"
    assert kept._bytes == sum(len(one.body) for one in kept._kept.values()) == 900_000 and not kept._building


def test_an_uploaded_file_is_sent_as_it_is(site: str) -> None:
    """Gradio compresses whatever ends in .json, on the event loop, for each who asks."""
    text = b"[" + b"1," * 200_000 + b"1]"
    path = httpx.post(f"{site}/gradio_api/upload", files={"files": ("a.json", text)}).json()[0]
    answer, body = _got(f"{site}/gradio_api/file={path}", "br, gzip")
    assert answer.headers["content-encoding"] == "identity" and body == text
    assert httpx.get(f"{site}/gradio_api/file={path}").content == text


def test_the_page_has_a_bucket_of_its_own(tight: str, clock: Clock) -> None:
    paths = ["/", "/config", "/gradio_api/info", "/?tab=detect", "/config?page=x", "/gradio_api/openapi.json"]
    assert [httpx.get(tight + path).status_code for path in paths] == [200, 200, 200, 429, 429, 429]
    refused = httpx.get(tight)
    assert refused.headers["retry-after"] == "1" and refused.json()["detail"].endswith("then try again.")
    assert [httpx.get(f"{tight}/theme.css").status_code for _ in range(9)] == [200] * 8 + [429]
    assert {httpx.get(f"{tight}/healthz").status_code for _ in range(12)} == {404}, "monitors are never refused"
    clock.now_s += 1
    assert [httpx.get(tight).status_code for _ in range(2)] == [200, 429]


def test_who_floods_is_answered_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PAUSE_S", 0.5)
    served = serve(limits=Limits(pages=Rate(4, 0.1)))
    address, until_s, asked = next(served), time.monotonic() + 2, []

    def flood(_: int) -> None:
        with httpx.Client() as one:
            while time.monotonic() < until_s:
                asked.append(one.get(address).status_code)

    with ThreadPoolExecutor(12) as crowd:
        list(crowd.map(flood, range(12)))
    next(served, None)
    assert asked.count(200) == 3 and asked.count(429) == len(asked) - 3
    assert len(asked) <= 3 + 12 * 5, "each connection asks again only after the pause"


def test_a_bucket_refills_and_its_table_is_bounded() -> None:
    clock = Clock()
    buckets = Buckets(Rate(2, 0.5), clock, table_size=2)
    assert [buckets.take("a") for _ in range(3)] == [0, 0, 2]
    clock.now_s += 1
    assert buckets.take("a") == 1 and buckets.take("b") == 0
    clock.now_s += 100
    assert [buckets.take("a") for _ in range(3)] == [0, 0, 2]
    assert [buckets.take(one) for one in "cd"] == [0, 0] and len(buckets._left) == 2
