"""Whatever is asked, by whichever way in: a sentence or an answer, and never a fault of ours."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests import bad_files
from tests.asked import ask_event, faults, is_sentence, unhurried
from tests.attacked import Crowd, Program, Visitor
from tests.fuzz import Door, doors

FEW, MANY = 3, 340  # of each way in; many: 20,000 calls in all
PARTS = 4  # of the ways in, which can be tried side by side or one after the other
EXAMPLES = [
    pytest.param(FEW, slice(None), id="few"),
    *(
        pytest.param(MANY, slice(part, None, PARTS), id=f"{MANY}-part-{part + 1}-of-{PARTS}", marks=pytest.mark.soak)
        for part in range(PARTS)
    ),
]


@pytest.fixture
def crowd(program: Program) -> Iterator[Crowd]:
    """Bring visitors to the page."""
    all_of_them = Crowd(program.address)
    yield all_of_them
    all_of_them.close()


def ask(crowd: Crowd, door: Door, body: dict[str, Any]) -> None:
    """Ask once, and insist on an answer or a sentence, and on no fault."""
    visitor, session = crowd.next(), f"fuzz{crowd.calls % 40}"
    content, before = json.dumps({**body, "session_hash": session}), faults(visitor)
    if door.kind == "event":
        done = ask_event(visitor, session, content)
        assert done["success"] or is_sentence(done["output"]["error"]), done
    else:
        answer = unhurried(visitor, "component_server", content)
        assert answer.status_code in (200, 400, 413), (answer.status_code, answer.text[:300])
        told = answer.json()
        wrong = told.get("error") if answer.status_code == 200 else told["detail"]
        assert wrong is None or is_sentence(wrong), told
    assert faults(visitor) == before, "a fault of ours"


def explore(crowd: Crowd, door: Door, examples: int) -> None:
    """Ask through one door, again and again."""

    @settings(
        max_examples=examples,
        derandomize=examples == FEW,  # the same ones every time; other ones in each soak
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(body=door.body)
    def one(body: dict[str, Any]) -> None:
        ask(crowd, door, body)

    one()


def shown(crowd: Crowd, config: dict[str, Any]) -> dict[int, str]:
    """Run each lab once on a starter photo; return the key under which each component shows something."""
    values = {one["id"]: one["props"].get("value") for one in config["components"]}
    keys = {}
    for event in config["dependencies"]:
        inputs = event["inputs"]
        works = any(name in ("again", "measure") for _, name in event["targets"])
        if event["backend_fn"] and works and len(inputs) > 1:
            data = [values[number] for number in inputs]
            content = json.dumps({"fn_index": event["id"], "data": data, "session_hash": "shown"})
            told = ask_event(crowd.next(), "shown", content)["output"].get("data") or []
            for number, value in zip(event["outputs"], told, strict=False):
                if isinstance(value, dict) and isinstance(value.get("key"), str):
                    keys[number] = value["key"]
    return keys


@pytest.mark.parametrize(("examples", "part"), EXAMPLES)
def test_every_way_in_answers_or_says_why_not(crowd: Crowd, examples: int, part: slice) -> None:
    """Each component server, page event and endpoint, with arguments of which some are odd."""
    visitor = crowd.next()
    photo = visitor.uploaded(bad_files.encode_scene("PNG"))
    config, info = visitor.get("/config").json(), visitor.get("/gradio_api/info").json()
    every = list(doors(config, info, photo, shown(crowd, config)))
    asked = every[part]
    found: dict[str, BaseException] = {}
    for door in asked:
        try:
            explore(crowd, door, examples)
        except Exception as fault:  # noqa: BLE001 - told together at the end
            found[door.name] = fault
    assert not found, "\n".join(
        f"{name}: {fault!r:.600} {getattr(fault, '__notes__', '')}" for name, fault in found.items()
    )
    assert len(every) >= 50 and crowd.calls >= 0.9 * examples * len(asked)


def test_nothing_that_can_be_called_is_left_out(program: Program) -> None:
    """Every event with a function of ours, every server function, every named endpoint is a door."""
    with Visitor(program.address) as visitor:
        config, info = visitor.get("/config").json(), visitor.get("/gradio_api/info").json()
    names = [door.name for door in doors(config, info, "x", {})]
    events = [one for one in config["dependencies"] if one["backend_fn"]]
    servers = [name for one in config["components"] for name in one["props"].get("server_fns") or ()]
    assert len(names) == len(set(names)) == len(events) + len(servers)
    assert {name.removeprefix("/") for name in info["named_endpoints"]} <= {name.split(" ")[1] for name in names}
