"""The lesson as a learner takes it, in a real browser."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from app.tabs import LABS
from cvdemo.errors import CvDemoError
from cvdemo.lesson.lessons import FOLDER, OURS, read
from cvdemo.lesson.measures import MEASURES
from tests.awaited import eventually, expect, fits

pytestmark = pytest.mark.browser

STEPS = read(FOLDER / f"{OURS}.toml", [lab.id for lab in LABS]).steps
SLIDE = """([css, to]) => { const one = document.querySelector(css); one.value = to ?? Number(one.value) - 5;
  one.dispatchEvent(new Event('input', { bubbles: true })); }"""
CARD_SEEN = """() => {
  const card = document.querySelector('.lesson-card'), { left, top } = card.getBoundingClientRect();
  return card.contains(document.elementFromPoint(left + 20, top + 8));
}"""
"""Whether the card's first line is on the screen, and nothing lies over it."""
LIT_SEEN = """() => {
  const { bottom: under } = document.querySelector('.lesson-card').getBoundingClientRect();
  const lit = document.querySelector('.lesson-lit'), { top, bottom } = lit.getBoundingClientRect();
  if (top - (lit.dataset.told ? 18 : 0) < under) return false; // its label hangs above it
  return top < innerHeight - 40;
}"""
"""Whether the lit control and its label begin below the card, on the screen."""
WAIT = 150_000  # ms: of a measurement on a busy machine


def slide(css: str, to: float | None) -> Callable[[Any], None]:
    return lambda tab: tab.evaluate(SLIDE, [css, to])


def type_word(tab: Any) -> None:
    tab.locator(".scope input[type=search]").fill("coffee")


def turn_filter(tab: Any) -> None:
    tab.locator(".convolution .kernels select").first.select_option("sobel_y")


def to_first_layer(tab: Any) -> None:
    tab.locator(".growth.lesson-lit").focus()
    tab.keyboard.press("Home")


def open_a_wrong_one(tab: Any) -> None:
    tab.locator(".confused button.wrong:not([disabled])").first.click()


MOVES: dict[str, Callable[[Any], None]] = {
    "agree": type_word,
    "filter": turn_filter,
    "field": to_first_layer,
    "shortcuts": slide(".skips-train .train-controls .ctl input", 15),
    "reach": slide(".inside .in-depth input", 0),
    "photos": open_a_wrong_one,
    "ship": slide(".choosing-frontier .ctl input", None),
}


def step_shown(tab: Any, number: int) -> None:
    expect(tab.locator(".lesson-count")).to_have_text(f"{number} of {len(STEPS)}")
    tab.wait_for_selector(f"html[data-lab={STEPS[number - 1].lab}]", state="attached")


def kept(tab: Any) -> Any:
    return json.loads(tab.evaluate("localStorage.getItem('cvlab-lesson')") or "{}").get(OURS)


@pytest.fixture(name="own")
def photo(tmp_path: Path) -> Path:
    """A photo of the visitor's own: stripes, so that upright edges win."""
    picture = Image.new("RGB", (320, 240), (90, 120, 60))
    for left in range(0, 320, 32):
        picture.paste((220, 210, 40), (left, 0, left + 16, 240))
    picture.save(tmp_path / "stripes.png")
    return tmp_path / "stripes.png"


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)], ids=["wide", "phone"])
def test_the_whole_lesson_with_a_photo_of_ones_own(page: str, visit: Any, own: Path, width: int, height: int) -> None:
    tab = visit(page, width, height, locale="en-GB")  # a browser that has kept nothing yet
    tab.wait_for_selector("html[data-lab]")
    tab.locator("#rail input[type=file]").first.set_input_files(own)
    tab.wait_for_function("() => window.cvPhoto && !window.cvPhoto.startsWith('starter:')")
    if width > 1023:
        tab.locator(".lesson-open").click()
    else:
        tab.locator(".header .labs").click()
        tab.locator(".lab-lesson").click()
    for number, step in enumerate(STEPS, 1):
        step_shown(tab, number)
        tab.wait_for_selector("#shell .lesson-veil", state="attached")
        if step.pick:  # nobody is found on stripes, so there is no box to click: Next goes on
            expect(tab.locator(".lesson-card .notice")).to_contain_text("Nothing can be clicked here")
            tab.locator(".lesson-btns .primary").click()
            expect(tab.locator("#shell .lesson-veil")).to_have_count(0)
            tab.locator(".lesson-btns .primary").click()
        else:
            expect(tab.locator(".lesson-choice")).to_have_count(len(step.choices))
            tab.keyboard.press("1")
            expect(tab.locator(".lesson-choice").first).to_have_attribute("aria-pressed", "true")
            tab.keyboard.press("Enter")
            expect(tab.locator("#shell .lesson-veil")).to_have_count(0)
            tab.wait_for_selector(".lesson-lit", timeout=WAIT)
            tab.wait_for_function(LIT_SEEN)
            fits(tab, width)
            MOVES[step.id](tab)
        came = re.compile(r"You said: .+(You were right|It was|Too close)|could not be measured here \(")
        expect(tab.locator(".lesson-card")).to_contain_text(came, timeout=WAIT)
        told = tab.locator(".lesson-card").inner_text()
        assert "null" not in told and "[object" not in told
        tab.wait_for_function(CARD_SEEN)
        fits(tab, width)
        tab.locator(".lesson-btns .primary").click()
        expect(tab.locator(".lesson-card")).to_contain_text(step.why[:40])
        box = tab.locator(".lesson-card").bounding_box()
        assert box and box["x"] + box["width"] <= width, "a long question is broken into lines"
        tab.locator(".lesson-card .primary").click()
    expect(tab.locator(".lesson-card h3")).to_have_text(re.compile(r"The lesson is done: \d of [5-8] guesses right"))
    guesses = kept(tab)["guesses"]
    assert guesses["filter"]["right"] == "upright", "of stripes, whatever was guessed"
    assert "failed" in guesses["boxes"], "there is nobody on stripes"
    assert set(guesses) == {step.id for step in STEPS}
    with tab.expect_download() as saved:
        tab.get_by_role("button", name="Score card").click()
    assert re.fullmatch(r"cvlab-lesson-card-\d{4}-\d\d-\d\d\.png", saved.value.suggested_filename)
    with Image.open(saved.value.path()) as card:
        assert card.size == (1200, 630)
        assert len(card.convert("RGB").crop((560, 30, 1190, 200)).getcolors(1 << 20)) > 20, "the score stands there"


PICKED = """() => { const one = document.querySelector('.det .box-labels .pinned'); return one && one.textContent; }"""
STICKS_WHOLE = """() => {
  const one = document.querySelector('.det .picture');
  return parseFloat(getComputedStyle(one).top) + one.offsetHeight <= innerHeight;
}"""
"""Whether the picture with its buttons fits on the screen where it sticks; scrolling would not show the rest."""
TOLD = ".det :is(.line.kept, .line.removed)"  # what became of boxes


def test_a_box_is_picked_on_the_photo_before_play_and_play_decides(page: str, visit: Any) -> None:
    number = next(place for place, step in enumerate(STEPS, 1) if step.pick)
    tab = visit(f"{page}/?lesson={number}&presenter=1", 1280, 720, locale="en-GB")
    step_shown(tab, number)
    photo, card = tab.locator(".det .scene").first, tab.locator(".lesson-card")
    expect(tab.locator(".det .line.open")).to_have_count(34)
    assert tab.locator(TOLD).count() == 0, "all boxes look alike before the guess"
    lock = tab.get_by_role("button", name="Lock my guess")
    expect(lock).to_be_disabled()
    wide, high = (photo.bounding_box()[side] for side in ("width", "height"))
    photo.click(position={"x": wide / 2, "y": high / 2})
    expect(card).to_contain_text("Your guess: a box with score 0.75.")
    assert tab.evaluate(PICKED) == "your box"
    photo.focus()  # from here on by keys alone
    for _ in range(4):
        tab.keyboard.press("ArrowLeft")
    expect(card).to_contain_text("Your guess: a box with score 0.99.")
    less = tab.get_by_role("button", name="A less sure box")
    less.focus()
    for _ in range(4):
        tab.keyboard.press("Enter")
    expect(card).to_contain_text("Your guess: a box with score 0.75.")
    expect(less).to_be_focused()
    photo.focus()
    tab.keyboard.press(" ")  # plays nothing yet
    tab.keyboard.press("Enter")
    expect(card).to_contain_text("Now do it: press Play NMS")
    assert tab.locator(TOLD).count() == 0, "nor before Play"
    assert tab.evaluate(STICKS_WHOLE)
    tab.get_by_role("button", name="Play NMS").focus()
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".lesson-measured", timeout=WAIT)
    expect(card).to_contain_text("You said: It keeps this one. It was: A better box removes it.")
    expect(card).to_contain_text("HOG + SVM proposes 34 boxes and NMS keeps 12")
    told = re.search(r"(#\d+) \(score 0\.75\) lost to #1", card.inner_text())
    assert told and tab.evaluate(PICKED).startswith(f"{told[1]} removed, IoU "), "the picture says so, too"
    expect(tab.locator(".det .line.kept")).to_have_count(12)
    tab.locator(".lesson-btns .primary").click()
    expect(card.get_by_text("Measured just now:")).to_have_count(2)
    expect(card).to_contain_text(re.compile(r"Of the 37 crowded cells.+ms for 8,400 boxes \(.+ to .+\)", re.S))


def test_the_teachers_sheet_has_every_step_with_what_comes_out_here(page: str, visit: Any) -> None:
    tab = visit(f"{page}/?lesson=1", locale="en-GB")
    step_shown(tab, 1)
    tab.get_by_role("button", name="Sheet for the teacher").click()
    sheet = tab.get_by_role("dialog", name="Sheet for the teacher")
    sheet.locator("svg.lesson-code").wait_for()
    expect(sheet.locator("h3")).to_have_count(len(STEPS))
    expect(sheet.get_by_text("Not measured here yet.")).to_have_count(len(STEPS))
    sheet.get_by_role("button", name="Measure all steps here").click()
    expect(sheet.get_by_text("Not measured here yet.")).to_have_count(0, timeout=WAIT)
    for step, said in zip(STEPS, sheet.locator(".lesson-sheet-said").all_inner_texts(), strict=True):
        assert re.match(r"Too close to call here\. |Here: |This step could not be measured here \(", said), (
            step.id,
            said,
        )
    tab.emulate_media(media="print")
    expect(sheet.get_by_role("button", name="Print")).to_be_hidden()
    expect(tab.locator("#rail")).to_be_hidden()
    expect(sheet.locator("h3").last).to_be_visible()
    tab.emulate_media(media="screen")
    tab.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    step_shown(tab, 1)


TO_CLASSIFY = """() => new Promise((there) => {
  document.addEventListener('cv:tab', ({ detail }) => { if (detail === 'classify') there(); });
  document.querySelector('#shell [role=tab][data-tab-id=classify]').click();
})"""


@pytest.mark.parametrize("number", [2, 5, 7])
def test_a_link_opens_the_step_it_names_with_its_state(page: str, visit: Any, number: int) -> None:
    tab = visit(f"{page}/?lesson={number}", locale="en-GB")
    step_shown(tab, number)
    if number == 7:  # as Gradio does on a busy machine, long after the lesson has opened its lab
        tab.evaluate(TO_CLASSIFY)
        step_shown(tab, number)
        expect(tab.locator(".lesson-card")).not_to_contain_text("stands in another lab")
    for pair in STEPS[number - 1].state.split("&"):
        name, value = pair.split("=", 1)
        if "{pair}" not in value:
            assert value in tab.evaluate("(name) => new URLSearchParams(location.search).get(name)", name)


def test_what_a_link_cannot_mean_is_told_and_the_lesson_goes_on(page: str, visit: Any) -> None:
    tab = visit(f"{page}/?lesson=99", locale="en-GB")
    step_shown(tab, 1)
    expect(tab.locator(".lesson-card .notice").first).to_contain_text("there is no step 99")
    tab.goto(f"{page}/?lesson=nothing")
    step_shown(tab, 1)
    expect(tab.locator(".lesson-card .notice").first).to_contain_text("There is no lesson 'nothing' here")


def test_back_esc_and_a_browser_that_keeps_nothing(page: str, visit: Any) -> None:
    blocked = "Object.defineProperty(window, 'localStorage', { get() { throw new Error('blocked'); } })"
    tab = visit(f"{page}/?lesson=3", script=blocked, locale="en-GB")
    step_shown(tab, 3)
    tab.locator(".lesson-dot").nth(1).click()
    step_shown(tab, 2)
    tab.go_back()
    step_shown(tab, 3)
    tab.keyboard.press("2")
    tab.keyboard.press("Escape")
    expect(tab.locator(".lesson-bar")).to_be_hidden()
    assert "lesson" not in tab.url
    expect(tab.locator(":is(.lesson-veil, .lesson-dim, .lesson-lit)")).to_have_count(0)
    tab.locator(".lesson-open").click()
    step_shown(tab, 3)


@pytest.mark.parametrize(
    "fault", [CvDemoError("No room for it."), RuntimeError("a fault of ours")], ids=["told", "ours"]
)
def test_a_measurement_that_fails_says_so_and_the_lesson_goes_on(
    page: str, visit: Any, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    taken: list[Any] = []

    def fails(subject: Any) -> Any:
        taken.append(subject)
        raise fault

    number = next(place for place, step in enumerate(STEPS, 1) if step.measure == "edges")
    monkeypatch.setitem(MEASURES, "edges", replace(MEASURES["edges"], take=fails))
    tab = visit(f"{page}/?lesson={number}", locale="en-GB")
    step_shown(tab, number)
    tab.keyboard.press("1")
    tab.keyboard.press("Enter")
    tab.locator(".lesson-btns .primary").click()
    card = tab.locator(".lesson-card")
    expect(card).to_contain_text("This step could not be measured here (")
    expect(card).to_contain_text("It does not count.")
    tab.wait_for_timeout(4000)  # longer than it takes to ask for what was lost on the way
    assert len(taken) == 1, "what has failed is not tried again and again"
    tab.locator(".lesson-btns .primary").click()
    expect(card).to_contain_text(STEPS[number - 1].why[:40])


def test_a_step_by_keys_alone(page: str, visit: Any) -> None:
    tab = visit(page, locale="en-GB")
    tab.wait_for_selector("html[data-lab]")
    tab.locator(".lesson-open").focus()
    tab.keyboard.press("Enter")
    step_shown(tab, 1)
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("2")
    tab.keyboard.press("Enter")
    expect(tab.locator(".lesson-beats [aria-current=step]")).to_have_text("Do")
    tab.wait_for_selector(".lesson-lit", timeout=WAIT)
    for _ in range(60):  # to the lit control, as everybody without a mouse comes there
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.closest('.lesson-lit') !== null"):
            break
    tab.keyboard.type("coffee")
    expect(tab.locator(".lesson-measured")).to_be_visible(timeout=WAIT)
    next_one = tab.locator(".lesson-btns .primary")
    next_one.focus()
    tab.keyboard.press("Enter")
    expect(tab.locator(".lesson-card")).to_be_focused()
    tab.keyboard.press("Tab")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.closest('.lesson-card') !== null"), "the card's links come next"
    next_one.focus()
    tab.keyboard.press("Enter")
    step_shown(tab, 2)


def test_a_picked_box_is_let_go_with_its_photo(page: str, visit: Any, own: Path) -> None:
    number = next(place for place, step in enumerate(STEPS, 1) if step.pick)
    tab = visit(f"{page}/?lesson={number}&presenter=1", 1280, 720, locale="en-GB")
    step_shown(tab, number)
    photo, card = tab.locator(".det .scene").first, tab.locator(".lesson-card")
    expect(tab.locator(".det .line.open")).to_have_count(34)
    wide, high = (photo.bounding_box()[side] for side in ("width", "height"))
    photo.click(position={"x": wide / 2, "y": high / 2})
    expect(card).to_contain_text("Your guess: a box with score 0.75.")
    tab.get_by_role("button", name="Lock my guess").click()
    expect(card).to_contain_text("Now do it: press Play NMS")
    tab.locator("#rail input[type=file]").first.set_input_files(own)
    tab.wait_for_function("() => window.cvPhoto && !window.cvPhoto.startsWith('starter:')")
    expect(tab.locator(".lesson-beats [aria-current=step]")).to_have_text("Predict")
    expect(card).to_contain_text("Nothing can be clicked here")
    assert "choice" not in kept(tab)["guesses"].get("boxes", {})


def test_two_pages_of_a_browser_share_their_guesses_and_keep_their_places(page: str, visit: Any, browser: Any) -> None:
    one = visit(f"{page}/?lesson=1", locale="en-GB")
    step_shown(one, 1)
    other = one.context.new_page()
    other.goto(f"{page}/?lesson=4")
    step_shown(other, 4)
    one.keyboard.press("2")
    one.keyboard.press("Enter")
    eventually(
        lambda: _same(
            other.evaluate("JSON.parse(localStorage.getItem('cvlab-lesson')).cnn_or_vit.guesses.agree?.choice"),
            "different",
        )
    )
    step_shown(other, 4)
    one.evaluate("localStorage.clear()")
    one.locator(".lesson-btns .primary").click()
    one.wait_for_selector(".lesson-measured, .lesson-card .notice", timeout=WAIT)
    assert kept(one)["guesses"]["agree"]["choice"] == "different"


def _same(found: object, wanted: object) -> None:
    assert found == wanted
