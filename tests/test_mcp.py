"""MCP: the endpoints as tools, called by a real client, where it is asked for; and nowhere else is it there."""

import base64
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app import mcp
from app.api.classify import models
from app.doors import Doors, doors
from app.guard import Guard
from app.tabs import ENDPOINTS
from cvdemo import starters
from tests.attacked import PATIENCE_S, ROOT, Program, Visitor, raw_get, started
from tests.guarded import SMALL, serve

COFFEE = starters.get("coffee").path.read_bytes()
AS_TEXT = f"data:image/png;base64,{base64.b64encode(COFFEE).decode()}"
NAMES = {"models", *ENDPOINTS}


@pytest.fixture(name="python", scope="module")
def python_with_mcp() -> Path:
    """The environment beside ours, whose versions MCP needs; `make test` makes it."""
    found = Path(sys.prefix) / "mcp" / "bin" / "python"
    if not found.exists():
        pytest.fail("the environment with MCP is missing: make .venv/mcp.stamp")
    return found


@pytest.fixture(name="server", scope="module")
def served(python: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    with started(tmp_path_factory.mktemp("mcp"), python=python, CV_LAB_MCP="1") as running:
        yield running


Talk = Callable[..., dict[str, Any]]


@pytest.fixture(name="talk")
def talking(python: Path, server: Program) -> Talk:
    """Let a client of its own ask for the tools and call some."""

    def talk(*calls: tuple[str, dict[str, Any]]) -> dict[str, Any]:
        wanted = json.dumps({"address": f"{server.address}/gradio_api/mcp/", "calls": calls})
        client = [str(python), str(ROOT / "tests" / "mcp_client.py")]
        done = subprocess.run(client, input=wanted, capture_output=True, text=True, timeout=PATIENCE_S)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return talk


def test_every_endpoint_is_a_tool_that_says_what_it_does(talk: Talk) -> None:
    tools = talk()["tools"]
    assert set(tools) == NAMES
    for name, tool in tools.items():
        first = {**ENDPOINTS, "models": models}[name].__doc__.splitlines()[0]
        assert tool["description"].startswith(first.removesuffix(".")), name
        for argument, schema in tool["schema"]["properties"].items():
            assert schema["description"], f"{name}: {argument}"
    assert "data: URL" in tools["classify"]["schema"]["properties"]["image"]["description"]


def test_a_client_lists_classifies_and_is_refused_in_sentences(talk: Talk, server: Program) -> None:
    with Visitor(server.address) as visitor:  # as Gradio's own upload tool does
        address = f"{server.address}/gradio_api/file={visitor.uploaded(COFFEE)}"
    answers = talk(
        ("models", {}),
        ("classify", {"image": AS_TEXT, "top_k": 3}),
        ("classify", {"image": address, "models": ["mini_resnet"]}),
        ("receptive_field", {"model": "resnet18"}),
        ("classify", {"image": "/etc/passwd"}),
        ("classify", {"image": f"{server.address}/gradio_api/file=/etc/passwd"}),
        ("classify", {"image": "http://192.0.2.1/photo.png"}),
        ("classify", {"image": AS_TEXT, "top_k": 99}),
        ("classify", {"image": "data:image/png;base64,bm8gcGljdHVyZQ=="}),
    )["answers"]
    failed, texts = zip(*answers, strict=True)
    assert failed == (False,) * 4 + (True,) * 5
    assert "mini_resnet" in texts[0] and "'agree'" in texts[1] and "conv1" in texts[3]
    assert all("espresso" in text for text in texts[1:3])
    assert "root:" not in str(texts)
    for sentence, text in zip(("url", "not fetched", "not fetched", "top_k must", "picture"), texts[4:], strict=True):
        assert sentence in text


def test_only_what_mcp_needs_is_open(server: Program) -> None:
    post = {"headers": {"Accept": "application/json, text/event-stream"}, "timeout": PATIENCE_S}
    hello = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    root = f"{server.address}/gradio_api/mcp"
    assert httpx.get(f"{root}/schema", timeout=PATIENCE_S).status_code == 200
    assert httpx.post(f"{root}/", json=hello, **post).status_code == 200
    assert httpx.get(f"{root}/", **post).status_code == 405
    for path in ("sse", "messages/", "messages/x", "http", "SSE", "x/../sse"):
        assert b" 404 " in raw_get(server.address, f"/gradio_api/mcp/{path}").splitlines()[0], path
        assert httpx.post(f"{root}/{path}", json=hello, **post).status_code == 404, path
    foreign = {"Host": "evil.example"}, {"Origin": "https://evil.example"}
    codes = [httpx.post(f"{root}/", json=hello, headers=one | post["headers"]).status_code for one in foreign]
    assert codes == [400, 403]


def test_calls_count_as_work() -> None:
    for site in serve(doors=Doors(mcp=True), limits=SMALL):
        codes = [httpx.post(f"{site}/gradio_api/mcp/", json={}).status_code for _ in range(2 * SMALL.work.burst)]
    assert codes[0] != 429 and 429 in codes


def test_without_being_asked_for_it_is_not_there(page: str) -> None:
    for path in ("mcp", "mcp/", "mcp/schema", "mcp/sse", "mcp/http"):
        assert httpx.get(f"{page}/gradio_api/{path}").status_code == 404
        assert httpx.post(f"{page}/gradio_api/{path}", json={}).status_code == 404
    assert not mcp.asked({}) and not mcp.asked({"CV_LAB_MCP": "0"}) and not doors({}).mcp
    assert mcp.asked({"CV_LAB_MCP": "1"}) and doors({"CV_LAB_MCP": "1"}).mcp
    assert mcp.own_upload("http://127.0.0.1/gradio_api/file=/tmp/x") is None
    assert Guard(lambda *_: None).doors.mcp is False  # type: ignore[arg-type, return-value]


def test_without_its_package_the_page_starts_and_says_so(tmp_path: Path) -> None:
    with started(tmp_path, CV_LAB_MCP="1") as running:  # in our own environment, which does not have it
        assert running.is_well()
        said = running.log.read_text()
    assert mcp.MISSING in said and "Traceback" not in said
