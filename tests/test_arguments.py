"""Arguments that make no sense get a sentence each, from the endpoints, the page's own events and component servers."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.asked import ask_event, faults, is_sentence, unhurried
from tests.attacked import Crowd, Program

HUGE = "1" + "0" * 399
IMAGE = '{"path": "x", "meta": {"_type": "gradio.FileData"}}'
RAIL = '{"photo": {"id": "starter:cat"}, "point": [1, 1]}'


@pytest.fixture(scope="module")
def crowd(program: Program) -> Iterator[Crowd]:
    """Bring visitors to the page."""
    all_of_them = Crowd(program.address)
    yield all_of_them
    all_of_them.close()


def _join(crowd: Crowd, number: int, data: str, page: str = "odd") -> dict[str, Any]:
    return ask_event(crowd.next(), page, f'{{"fn_index": {number}, "session_hash": "{page}", "data": {data}}}')


ODD = {
    "an integer of 400 digits": f'[{IMAGE}, ["mini_resnet"], {HUGE}]',
    "a number beyond all": f'[{IMAGE}, ["mini_resnet"], 1e400]',
    "no argument": "[]",
    "one argument": f"[{IMAGE}]",
    "an address": '[{"path": "x", "url": "http://127.0.0.1/"}, ["mini_resnet"], 5]',
    "an address that is none": '[{"path": "x", "url": 5}, ["mini_resnet"], 5]',
    "meta that is a text": '[{"path": "x", "meta": "x"}, ["mini_resnet"], 5]',
    "a path elsewhere": '[{"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}, ["mini_resnet"], 5]',
    "names that are lists": f"[{IMAGE}, [[[]]], 5]",
}


@pytest.mark.parametrize("case", ODD)
def test_an_endpoint_says_what_is_wrong(crowd: Crowd, case: str) -> None:
    events = crowd.next().get("/config").json()["dependencies"]
    number = next(one["id"] for one in events if one["api_name"] == "classify")
    before = faults(crowd.next())
    told = _join(crowd, number, ODD[case])
    assert not told["success"] and is_sentence(told["output"]["error"]), told
    assert faults(crowd.next()) == before


PHOTOS = (
    "1000",
    '{"photo": 1000}',
    '{"photo": {"id": []}}',
    f'{{"photo": {{"id": "starter:cat"}}, "point": [{HUGE}, 1]}}',
)
PAGES = 5  # at once: what is taken as it is runs for a moment
VALUES = (
    '{"settings": {"view": []}}', '{"settings": [[]]}', '{"key": []}', '{"key": {}}', '{"fetching": {}}',
    '{"use": {"model": [], "instead": {}}}', f'{{"settings": {{"depth": {HUGE}}}}}', '{"chosen": [[]]}', "5", "[[]]",
)  # fmt: skip


@pytest.mark.parametrize("share", [pytest.param(1, id="all", marks=pytest.mark.soak), pytest.param(3, id="a third")])
def test_an_event_of_the_page_says_what_is_wrong(crowd: Crowd, share: int) -> None:
    """Each event gets odd photos and odd values, more than some take and fewer than others.

    Args:
        share: of how many of them each gets one; its neighbours get the others.
    """
    before, every = faults(crowd.next()), crowd.next().get("/config").json()["dependencies"]
    events = [one for one in every if one["backend_fn"] and one["api_visibility"] != "public"]
    given = [(photo, VALUES[0]) for photo in PHOTOS] + [(RAIL, value) for value in VALUES]
    cases = [(event, odd) for place, event in enumerate(events) for odd in given[place % share :: share]]

    def one_page(number: int) -> None:
        for event, (photo, value) in cases[number::PAGES]:
            told = _join(crowd, event["id"], f"[{photo}, {value}, {value}]", f"odd{number}")
            assert told["success"] or is_sentence(told["output"]["error"]), (event["api_name"], value[:60], told)

    with ThreadPoolExecutor(PAGES) as pages:
        list(pages.map(one_page, range(PAGES)))
    assert faults(crowd.next()) == before


def test_a_component_server_says_what_is_wrong(crowd: Crowd) -> None:
    before = faults(crowd.next())
    for one in crowd.next().get("/config").json()["components"]:
        for name in one["props"].get("server_fns") or ():
            for value in (*PHOTOS, *VALUES):
                body = f'{{"component_id": {one["id"]}, "fn_name": "{name}", "session_hash": "odd", "data": {value}}}'
                answer = unhurried(crowd.next(), "component_server", body)
                told = answer.json()
                assert answer.status_code in (200, 400), (name, value[:60], answer.text[:200])
                wrong = told.get("error") if answer.status_code == 200 else told["detail"]
                assert wrong is None or is_sentence(wrong), (name, value[:60], told)
    assert faults(crowd.next()) == before
