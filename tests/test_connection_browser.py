"""While the server does not answer the page says so within five seconds, keeps what it shows, and then goes on."""

import contextlib
import os
import re
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.components.drawn import script
from cvdemo import starters
from tests.attacked import started
from tests.awaited import eventually, expect, fits

pytestmark = pytest.mark.browser

Visit = Callable[..., Any]
SENTENCE = "The server does not answer. What you see is kept; it goes on by itself."
PULLED = """() => {
  const whole = window.fetch;
  window.fetch = async (asked, ...more) => {
    const answer = await whole(asked, ...more);
    if (!String(asked.url || asked).includes('/queue/data')) return answer;
    const reader = answer.body.getReader();
    return new Response(new ReadableStream({
      start(to) { window.pullTheCable = () => { reader.cancel(); to.error(new TypeError('network error')); }; },
      async pull(to) { const { done, value } = await reader.read(); if (done) to.close(); else to.enqueue(value); },
      cancel: (reason) => reader.cancel(reason),
    }), answer);
  };
}"""  # the stream of what is under way can be cut off
SHOWN = "() => JSON.stringify([...document.querySelectorAll('.answers .rows')].map((rows) => rows.textContent))"


def _uploads() -> set[Path]:
    """Return the folders of uploaded files; Gradio names each by the hash of its content."""
    return {file for file in Path(os.environ["GRADIO_TEMP_DIR"]).iterdir() if len(file.name) == 64}


def _answered(tab: Any) -> str:
    tab.wait_for_function("document.querySelectorAll('.answers .rows').length === 2")
    tab.wait_for_function("!document.querySelector('.answer.waiting')")
    return tab.evaluate(SHOWN)


def _choose(tab: Any, file: Path) -> None:
    before = tab.evaluate(SHOWN)
    tab.locator("#rail input[type=file]").first.set_input_files(str(file))
    tab.wait_for_function(f"(before) => ({SHOWN})() !== before", arg=before)
    _answered(tab)


@pytest.fixture(name="cat")
def own_photo(tmp_path: Path) -> Path:
    """A photo of the visitor's, of content that nobody else uploads."""
    file = tmp_path / "cat.jpg"
    file.write_bytes(starters.get("cat").path.read_bytes() + os.urandom(16))
    return file


def test_five_seconds_are_enough_to_notice() -> None:
    waits = re.search(r"LOOK_MS = (\d+), PATIENCE_MS = (\d+), AGAIN_MS = (\d+)", script("connection"))
    assert waits is not None
    look, patience, again = map(int, waits.groups())
    assert look + patience + again + patience < 5000


@pytest.mark.parametrize("how", ["refuses", "is silent"])
def test_a_banner_comes_and_goes_and_nothing_moves(page: str, visit: Visit, how: str) -> None:
    tab = visit(page)
    shown, place = _answered(tab), tab.locator(".answer").first.bounding_box()
    banner = tab.locator(".header .lost")
    expect(banner).to_be_hidden()
    silent: list[Any] = []
    tab.route("**/healthz", lambda route: silent.append(route) if how == "is silent" else route.abort())
    expect(banner).to_have_text(SENTENCE)
    expect(banner).to_be_visible()
    expect(tab.locator(".header .status")).to_contain_text("Not connected")
    assert tab.evaluate(SHOWN) == shown and tab.locator(".answer").first.bounding_box() == place
    tab.unroute("**/healthz")
    for one in silent:
        with contextlib.suppress(Exception):
            one.abort()
    expect(banner).to_be_hidden()
    expect(tab.locator(".header .status")).to_contain_text("Ready")
    assert _answered(tab) == shown


def test_a_page_that_is_older_than_its_server_says_so_and_asks_no_more(page: str, visit: Visit) -> None:
    tab = visit(page, width=390)
    shown, asked = _answered(tab), []
    tab.route("**/healthz", lambda route: route.abort())
    expect(tab.locator(".lost")).to_be_visible()
    tab.on("request", lambda request: asked.append(request.url))
    tab.unroute("**/healthz")
    other = httpx.get(f"{page}/healthz").json() | {"page": "another shape"}
    tab.route("**/healthz", lambda route: route.fulfill(json=other))
    newer = tab.locator(".header .renewed")
    expect(newer).to_be_visible()
    fits(tab, 390)
    tab.wait_for_timeout(1000)
    assert tab.evaluate(SHOWN) == shown and [url for url in asked if "healthz" not in url] == []
    tab.evaluate("window.cvSamePage = true")
    newer.get_by_role("button", name="Load the new one").click()
    tab.unroute("**/healthz")  # not before: the old page would hear that it is no older than its server
    tab.wait_for_function("!window.cvSamePage")
    _answered(tab)
    expect(newer).to_be_hidden()


@pytest.mark.parametrize("width", [390, 1440])
def test_the_banner_is_read_whole(page: str, visit: Visit, width: int) -> None:
    tab = visit(page, width=width)
    _answered(tab)
    tab.route("**/healthz", lambda route: route.abort())
    banner = tab.locator(".header .lost")
    expect(banner).to_be_visible()
    box = banner.bounding_box()
    assert box["x"] >= 8 and box["x"] + box["width"] <= width - 8 and box["y"] + box["height"] <= 900
    assert tab.evaluate("() => { const b = document.querySelector('.lost'); return b.scrollWidth <= b.clientWidth }")
    assert float(banner.evaluate("(node) => parseFloat(getComputedStyle(node).fontSize)")) >= 13


def _forget(tab: Any, known: set[Path]) -> None:
    """Let the server forget what was uploaded since, during a break; after it the same is there again."""
    mine = _uploads() - known
    assert len(mine) == 1
    tab.route("**/*", lambda route: route.abort())
    expect(tab.locator(".lost")).to_be_visible()
    for folder in mine:
        shutil.rmtree(folder)
    tab.unroute("**/*")
    expect(tab.locator(".lost")).to_be_hidden()

    def here_again() -> None:
        assert _uploads() - known == mine

    eventually(here_again)


def test_a_photo_that_the_server_forgot_is_sent_again(page: str, visit: Visit, cat: Path) -> None:
    tab, known = visit(page), _uploads()
    _answered(tab)
    _choose(tab, cat)
    shown = tab.evaluate(SHOWN)
    _forget(tab, known)
    assert _answered(tab) == shown and not tab.locator("#rail .alert").is_visible()


def test_labels_that_the_server_forgot_are_sent_again(page: str, visit: Visit) -> None:
    labels = f"0 0.14 0.61 0.2 0.48\n0 0.9 0.2 0.1 0.1{secrets.randbelow(10**9):09d}\n"
    tab, known = visit(f"{page}/?tab=detect&photo=street"), _uploads()
    tab.wait_for_selector(".scene rect.line.kept", state="attached")
    tab.locator(".detect .more > summary").click()
    file = {"name": "mine.txt", "mimeType": "text/plain", "buffer": labels.encode()}
    tab.get_by_label("Label file").set_input_files(file)
    tab.wait_for_selector(".scene rect.line.missed", state="attached")
    _forget(tab, known)
    tab.get_by_label("Cut into tiles").select_option("3")  # a new run, which reads the file
    tab.wait_for_selector(".scene .tile", state="attached")
    tab.wait_for_selector(".scene rect.line.missed", state="attached")
    expect(tab.locator(".detect .alert")).to_be_hidden()


def test_a_second_photo_that_the_server_forgot_is_sent_again(page: str, visit: Visit, cat: Path) -> None:
    tab, known = visit(f"{page}/?tab=inside&view=similarity"), _uploads()
    tab.wait_for_selector(".in-stage rect.line.best", state="attached")
    tab.get_by_label("Your second photo").set_input_files(cat)
    tab.wait_for_function("document.querySelectorAll('.apart').length === 2")
    _forget(tab, known)
    slider = tab.locator(".in-depth input[type=range]")
    slider.evaluate("(r) => { r.value = r.min; r.dispatchEvent(new Event('input', { bubbles: true })); }")
    tab.wait_for_function("document.querySelectorAll('.apart').length === 2")
    expect(tab.get_by_label("Second photo", exact=True)).not_to_have_value("")
    expect(tab.locator(".in-notices .alert")).to_be_hidden()


def test_a_photo_that_did_not_arrive_is_sent_when_the_server_is_back(page: str, visit: Visit, cat: Path) -> None:
    tab = visit(page)
    before = _answered(tab)
    tab.route("**/*", lambda route: route.abort())
    expect(tab.locator(".lost")).to_be_visible()
    tab.locator("#rail input[type=file]").first.set_input_files(str(cat))
    expect(tab.locator("#rail .alert")).to_contain_text("did not reach the server")
    tab.unroute("**/*")
    tab.wait_for_function(f"(before) => ({SHOWN})() !== before", arg=before)
    expect(tab.locator("#rail .alert")).to_be_hidden()
    expect(tab.locator("#rail .caption b")).to_have_text("cat.jpg")


def test_a_slider_that_moved_meanwhile_is_heard_then(page: str, visit: Visit) -> None:
    tab = visit(page)
    before = _answered(tab)
    tab.route("**/*", lambda route: route.abort())
    expect(tab.locator(".lost")).to_be_visible()
    slider = tab.locator(".answers ~ * input[type=range], input[type=range]").first
    slider.evaluate("(r) => { r.value = r.max; r.dispatchEvent(new Event('input', { bubbles: true })); }")
    tab.wait_for_timeout(300)
    assert tab.evaluate(SHOWN) == before
    tab.unroute("**/*")
    tab.wait_for_function(f"(before) => ({SHOWN})() !== before", arg=before)


@pytest.mark.parametrize("lost", [True, False], ids=["long enough for the banner", "shorter"])
def test_work_that_a_break_cut_off_ends_and_the_page_hears_what_is_pressed_next(
    page: str, visit: Visit, lost: bool
) -> None:
    tab = visit(f"{page}/?tab=skips&layers=110&steps=240", script=f"({PULLED})()")
    train, cancel = tab.locator(".train-bar .primary"), tab.locator(".train-now").get_by_role("button", name="Cancel")
    train.click()
    expect(cancel).to_be_visible()
    if lost:
        tab.route("**/healthz", lambda route: route.abort())
    tab.evaluate("window.pullTheCable()")
    if lost:
        expect(tab.locator(".lost")).to_be_visible()
        tab.unroute("**/healthz")
    expect(cancel).to_be_hidden()
    expect(train).to_be_enabled()
    expect(tab.locator(".toast-body")).to_have_count(0)
    train.click()
    expect(cancel).to_be_visible()
    tab.wait_for_timeout(4000)  # longer than what is silent is waited for
    expect(cancel).to_be_visible()
    cancel.click()
    expect(train).to_be_enabled()


@pytest.mark.soak
def test_a_server_that_is_started_anew_in_the_middle_of_work_is_asked_again(
    visit: Visit, cat: Path, tmp_path: Path
) -> None:
    with started(tmp_path) as first:
        port = first.address.rpartition(":")[2]
        tab = visit(first.address)
        before = _answered(tab)
        tab.evaluate("window.cvSamePage = true")
        first.process.suspend()  # so that the photo is under way when it ends
        tab.locator("#rail input[type=file]").first.set_input_files(str(cat))
        tab.wait_for_timeout(500)
    expect(tab.locator(".lost")).to_be_visible()
    shutil.rmtree(tmp_path / "uploads", ignore_errors=True)
    with started(tmp_path, port=int(port)):
        tab.wait_for_function(f"(before) => ({SHOWN})() !== before", arg=before)
        expect(tab.locator("#rail .caption b")).to_have_text("cat.jpg")
        expect(tab.locator(".toast-body")).to_have_count(0)
        assert tab.evaluate("window.cvSamePage"), "the page was loaded anew"
        expect(tab.locator(".header .renewed")).to_be_hidden()
