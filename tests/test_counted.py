"""Whatever is refused, wherever, is counted in /healthz and stands in the journal."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr
import pytest

from app import line, request_log, serving
from app.request_log import statuses, totals
from tests.attacked import Program, Visitor
from tests.awaited import eventually


def _ask(visitor: Visitor, component: int, name: str, data: Any) -> Any:
    body = {"component_id": component, "fn_name": name, "session_hash": "counted", "data": data}
    return visitor.post("/gradio_api/component_server", json=body)


def _component(visitor: Visitor, function: str) -> int:
    components = visitor.get("/config").json()["components"]
    return next(one["id"] for one in components if function in (one["props"].get("server_fns") or ()))


def _event(visitor: Visitor, name: str) -> int:
    return next(one["id"] for one in visitor.get("/config").json()["dependencies"] if one["api_name"] == name)


def _call(visitor: Visitor, name: str, data: Any) -> None:
    told = visitor.post(f"/gradio_api/call/{name}", json={"data": data})
    if told.status_code == 200:
        assert "event: error" in visitor.get(f"/gradio_api/call/{name}/{told.json()['event_id']}").text


ASKED: dict[str, tuple[str, Callable[[Visitor], Any]]] = {
    "a photo that is none": ("refused", lambda one: _ask(one, _component(one, "accept"), "accept", {"path": "/x"})),
    "no photo at all": ("refused", lambda one: _ask(one, _component(one, "accept"), "accept", [])),
    "an estimate of nothing": ("refused", lambda one: _ask(one, _component(one, "estimate"), "estimate", 5)),
    "an argument of the wrong kind": ("refused", lambda one: _call(one, "receptive_field", ["resnet18", "wide"])),
    "too few arguments": ("refused", lambda one: _call(one, "classify", [])),
    "a server function that is none": ("404", lambda one: _ask(one, _component(one, "accept"), "nothing", {})),
    "a component that is none": ("400", lambda one: _ask(one, 99_999, "look", {})),
    "no JSON": (
        "422",
        lambda one: one.post("/gradio_api/queue/join", content=b"{", headers={"Content-Type": "text/plain"}),
    ),
    "a number of 400 digits": ("400", lambda one: one.post("/gradio_api/queue/join", content=b"1" * 400)),
    "a file that is none": ("400", lambda one: one.post("/gradio_api/upload", content=b"x")),
}


def _counts(visitor: Visitor) -> dict[str, int]:
    told = visitor.get("/healthz").json()
    return {**told["requests"], **told["turned_away"]}


@pytest.mark.parametrize("case", ASKED)
def test_what_is_refused_is_counted_and_written(program: Program, case: str) -> None:
    kind, ask = ASKED[case]
    with Visitor(program.address, 80) as visitor:
        before = _counts(visitor)
        ask(visitor)

        def counted() -> None:
            assert _counts(visitor).get(kind, 0) - before.get(kind, 0) == 1

        eventually(counted)  # the answer is out before it is counted
    if kind == "refused":
        written = [json.loads(one) for one in program.log.read_text().splitlines() if one.startswith("{")]
        assert any(one.get("outcome") == "refused" for one in written)


@pytest.fixture
def short_queue(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Serve slow work, of which one may wait."""
    monkeypatch.setattr(line, "MOST_PLACES", 1)

    def slow() -> int:
        time.sleep(1)
        return 1

    with gr.Blocks(analytics_enabled=False) as demo:
        number = gr.Number()
        gr.Button().click(slow, None, number, api_name="slow")
    yield serving.launch(demo, block=False).rstrip("/")
    demo.close(verbose=False)


def test_a_full_queue_is_counted(short_queue: str, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[dict[str, Any]] = []
    monkeypatch.setattr(request_log, "_told_s", float("-inf"))
    monkeypatch.setattr(request_log, "_write", lambda event, facts: written.append({"event": event, **facts}))
    before = statuses().get("503", 0)
    with Visitor(short_queue, 81) as visitor:
        codes = [visitor.join({"data": [], "fn_index": 0, "session_hash": f"q{n}"}).status_code for n in range(6)]

    def counted() -> None:
        assert statuses().get("503", 0) - before == codes.count(503) >= 3

    eventually(counted)
    assert "503" in written[0]["statuses"] and totals()["turned away"] >= codes.count(503)
