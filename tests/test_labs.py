"""What every lab must have, asked of the registry: the next one too, which is written as a test (tests/next_lab)."""

import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client, handle_file

from app import request_log
from app.lab import GROUPS, Lab
from app.lab.questions import answers_questions
from app.main import appearance, build_demo
from app.serving import launch
from app.tabs import LABS
from cvdemo import starters
from cvdemo.errors import SettingError
from tests.awaited import expect, fits
from tests.next_lab import tab

EVERY = (*LABS, tab.LAB)
BENCHES = [lab.bench for lab in EVERY if lab.bench is not None]
CAT = starters.get("cat").path


@pytest.fixture(scope="module", name="address")
def served() -> Iterator[str]:
    """Serve the page with the next lab on it."""
    demo = build_demo(EVERY)
    yield launch(demo, block=False, **appearance()).rstrip("/")
    demo.close()


@pytest.mark.parametrize("lab", EVERY, ids=lambda lab: lab.id)
def test_a_lab_has_all_that_belongs_to_it(lab: Lab) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", lab.id)
    assert lab.title and lab.question.endswith("?") and lab.brief.endswith("?")
    assert lab.group in GROUPS
    assert (lab.bench is None) != (lab.build is None)
    assert lab.starter in [starter.id for starter in starters.all()]
    with starters.unseen(lab.starter) as photo:
        assert lab.check(photo).endswith(".")
    for endpoint in lab.endpoints:
        assert inspect.getdoc(endpoint)


def test_the_next_lab_is_small_and_stands_in_the_readme() -> None:
    folder = Path(tab.__file__).parent
    files = [file for file in folder.iterdir() if file.suffix in (".py", ".js") and file.name != "__init__.py"]
    lines = [line for file in files for line in file.read_text().splitlines() if line.strip()]
    assert len(files) == 3 and len(lines) <= 60
    readme = (folder.parent.parent / "README.md").read_text()
    assert f"is {len(lines)} lines: [`tests/next_lab/`](tests/next_lab)" in readme


def test_labs_of_a_group_stand_together_in_the_order_of_the_groups() -> None:
    places = [GROUPS.index(lab.group) for lab in LABS]
    assert places == sorted(places)


def test_names_are_unique() -> None:
    for names in ([lab.id for lab in EVERY], [lab.title for lab in EVERY]):
        assert len(set(names)) == len(names)
    endpoints = [endpoint.__name__ for lab in EVERY for endpoint in lab.endpoints]
    assert len(set(endpoints)) == len(endpoints)


@pytest.mark.parametrize("bench", BENCHES, ids=lambda bench: bench.id)
def test_settings_come_back_from_what_the_browser_keeps(bench: Any) -> None:
    first = bench.settings()
    assert bench.settings.of(first.plain()) == first == bench.settings.of({})
    assert [one["name"] for one in bench.settings.described()] == list(first.plain())
    for wrong in ({"no such setting": 1}, [], "x", {name: [[]] for name in first.plain()} or {"x": 1}):
        with pytest.raises(SettingError):
            bench.settings.of(wrong)


@pytest.mark.parametrize("bench", BENCHES, ids=lambda bench: bench.id)
def test_a_question_about_nothing_known_asks_for_a_new_run(bench: Any) -> None:
    ask = answers_questions(bench)
    for asked in (None, [], {}, {"key": 5}, {"key": "unknown", "settings": {}}):
        assert ask(asked) == {"gone": True}


def test_a_refused_question_is_counted_as_refused() -> None:
    key = tab.BENCH.shown.keep(tab.pixels(CAT))
    before = request_log.totals().get("refused", 0)
    answer = answers_questions(tab.BENCH)({"key": key, "settings": {"percent": 7}})
    assert answer == {"key": key, "error": "The share must be a multiple of 5 from 5 to 100."}
    assert request_log.totals()["refused"] == before + 1


# The next lab, in the page


def test_it_is_called_by_anyone(address: str) -> None:
    client = Client(address, verbose=False)
    told = client.predict(handle_file(str(CAT)), 50, api_name="/mean_colour_of")
    assert told == {"rgb": list(tab.mean_colour(tab.pixels(CAT), tab.Middle()))}
    with pytest.raises(Exception, match="multiple of 5"):
        client.predict(handle_file(str(CAT)), 52, api_name="/mean_colour_of")


@pytest.mark.browser
@pytest.mark.parametrize("width", [1440, 390])
def test_it_works_in_the_page(address: str, visit: Callable[..., Any], width: int) -> None:
    """A link's setting, the slider, an answer without a run, the JSON, the link back, and nothing that sticks out."""
    page = visit(
        f"{address}/?tab=mean-colour&percent=20", width=width, permissions=["clipboard-read", "clipboard-write"]
    )
    page.wait_for_function(
        "[...document.querySelectorAll('#main .answer')].some((one) => one.textContent.startsWith('The middle 20 %'))"
    )
    slider = page.locator(".plain-lab input[type=range]")
    expect(slider).to_have_value("20")
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.plain-lab .swatch').ariaLabel.startsWith('The middle 25 %')")
    page.wait_for_function("document.querySelector('.plain-lab .ran').textContent.startsWith('Slider moves since: 1;')")
    fits(page, width)
    page.get_by_role("button", name="Copy link").locator("visible=true").click()
    page.wait_for_function("navigator.clipboard.readText().then((text) => text.includes('percent=25'))")
    page.get_by_role("button", name="JSON").locator("visible=true").click()
    page.wait_for_function("navigator.clipboard.readText().then((text) => text.includes('\"percent\": 25'))")
    assert httpx.get(f"{address}/healthz").status_code == 200
