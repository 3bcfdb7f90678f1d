"""The status page tries every tab when asked, tells what does not work, and cannot be used to keep the machine busy."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from app import smoke
from app.tabs import LABS, detect
from cvdemo import images, starters
from cvdemo.errors import Busy
from tests.awaited import eventually, expect
from tests.tabbed import shown


@pytest.fixture(autouse=True)
def forgotten(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let no test meet the outcomes of another."""
    monkeypatch.setattr(smoke, "_known", {})
    yield


def test_every_tab_has_its_check() -> None:
    assert list(smoke.CHECKS) == [lab.id for lab in LABS]


@pytest.mark.parametrize("tab", list(smoke.CHECKS))
def test_every_tab_works_here(tab: str) -> None:
    outcome = smoke.check(tab)
    assert outcome.works, outcome.sentence
    assert outcome.sentence.endswith(".")
    assert outcome.ms > 0


def _broken(_photo: Path) -> str:
    raise ZeroDivisionError("/secret/path")


def _busy(_photo: Path) -> str:
    raise Busy("Others use the machine. Try again in a minute.")


@pytest.mark.parametrize(
    ("work", "sentence"),
    [
        (_broken, "Something broke on our side. The log tells what."),
        (_busy, "Others use the machine. Try again in a minute."),
    ],
)
def test_what_does_not_work_is_told(
    monkeypatch: pytest.MonkeyPatch, work: Callable[[Path], str], sentence: str
) -> None:
    monkeypatch.setitem(smoke.CHECKS, "convolution", work)
    outcome = smoke.check("convolution")
    assert (outcome.works, outcome.sentence) == (False, sentence)


def test_an_answer_that_cannot_be_right_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    real = detect.find

    def blind(photo: Path, model: str) -> Any:
        found, known = real(photo, model)
        return type(found)(**{**vars(found), "scores": 0 * found.scores}), known

    monkeypatch.setattr(detect, "find", blind)
    outcome = smoke.check("detect")
    assert (outcome.works, outcome.sentence) == (False, "An answer came, but nobody was found in the street.")


def test_many_who_ask_at_once_cost_one_run(monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[Path] = []
    monkeypatch.setitem(smoke.CHECKS, "convolution", lambda photo: runs.append(photo) or "Fine.")
    threads = [threading.Thread(target=smoke.check, args=("convolution",)) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(runs) == 1
    monkeypatch.setattr(smoke, "FRESH_S", 0.0)
    smoke.check("convolution")
    assert len(runs) == 2


def test_a_check_sees_a_photo_that_no_cache_knows() -> None:
    seen = []
    for _ in range(2):
        with starters.unseen("detect") as path:
            seen.append(images.read(path))
        assert not path.exists()
    original = images.read(starters.get("street").path)
    assert len({photo.digest for photo in (*seen, original)}) == 3
    assert np.count_nonzero((seen[0].pixels != seen[1].pixels).any(axis=2)) <= 1


def test_the_door_of_the_checks(page: str) -> None:
    assert httpx.get(f"{page}/status").status_code == 200
    assert httpx.get(f"{page}/status/classify").status_code == 405
    assert httpx.post(f"{page}/status/nothing").json() == {"detail": "There is no such tab."}
    assert httpx.post(f"{page}/status/convolution", headers={"Origin": "http://elsewhere.example"}).status_code == 403
    answer = httpx.post(f"{page}/status/convolution", timeout=120)
    assert answer.json()["works"] is True
    assert answer.headers["cache-control"] == "no-store"


def test_readiness_and_the_ends_of_work_are_told_to_monitors(page: str) -> None:
    httpx.post(f"{page}/status/classify", timeout=120)  # warm by now

    def told() -> None:
        health = httpx.get(f"{page}/healthz").json()
        assert health.get("ready") is True  # a busy machine may have no figures within a second
        assert all(isinstance(count, int) for count in health["requests"].values())

    eventually(told)


@pytest.mark.browser
@pytest.mark.parametrize("width", [1440, 390])
def test_a_click_checks_every_tab(page: str, visit: Callable[..., Any], width: int) -> None:
    tab = visit(f"{page}/status", width=width)
    tab.get_by_role("button", name="Check every tab").click()
    tab.get_by_role("heading", name=f"All {len(LABS)} tabs work.").wait_for()
    expect(tab.locator("tr .mark")).to_have_text(["Works"] * len(LABS))
    assert tab.evaluate("document.documentElement.scrollWidth") == width
    tab.get_by_role("link", name="Back to CV Lab").click()
    shown(tab, "classify")


@pytest.mark.browser
def test_a_server_that_is_gone_is_a_sentence_and_the_others_are_still_checked(
    page: str, visit: Callable[..., Any]
) -> None:
    tab = visit(f"{page}/status")
    tab.route("**/status/detect", lambda route: route.abort())
    tab.get_by_role("button", name="Check every tab").click()
    tab.get_by_role("heading", name=f"{len(LABS) - 1} of {len(LABS)} tabs work.").wait_for()
    expect(tab.locator("[data-tab=detect] .mark")).to_have_text("No answer")
    expect(tab.locator("[data-tab=detect] .told")).to_have_text("The server cannot be reached. Try again in a minute.")


@pytest.mark.browser
def test_the_header_leads_to_the_status_page(page: str, visit: Callable[..., Any]) -> None:
    tab = visit(page)
    with tab.context.expect_page() as opened:
        tab.locator(".header a").click()
    opened.value.get_by_role("button", name="Check every tab").wait_for()
