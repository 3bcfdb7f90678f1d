"""The quiz in a real browser, offline: keys, wrong ones that return, the score card, another try, a phone."""

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from app.tabs import choose_quiz
from cvdemo import catalogue, starters
from cvdemo.quiz import subject as subjects
from cvdemo.quiz.quiz import draw
from cvdemo.quiz.settings import QUESTIONS
from cvdemo.quiz.subject import Subject
from tests.awaited import expect, fits
from tests.test_browser import Visit
from tests.test_quiz import MACHINES, racers

pytestmark = pytest.mark.browser
SEED = 7
CAT = starters.get("cat")
WRONG = (0, 5)  # the places of those that are answered wrongly


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time no models, and ask the small CNN: what is tested here is the page."""
    monkeypatch.setattr(subjects, "run", lambda *_, **__: racers(MACHINES["first"]))
    monkeypatch.setattr(subjects, "PACKAGED", catalogue.BUNDLED_PAIR[0])


def _begin(page: str, visit: Visit, query: str = f"&quiz={SEED}&photo=cat", **options: Any) -> Any:
    tab = visit(f"{page}/?tab=choose&view=quiz{query}", **options)
    tab.locator(".qz-start button:enabled").click()
    tab.wait_for_selector(".qz-card")
    return tab


def _quiz() -> Any:
    return draw(Subject(CAT.path, CAT.point_rc), SEED).questions


def _answer(tab: Any, place: int) -> None:
    tab.keyboard.press(str(place + 1))
    tab.keyboard.press("Enter")
    expect(tab.locator(".qz-verdict b")).to_be_visible()


def test_by_keys_alone_wrong_ones_return_and_the_card_is_saved(page: str, visit: Visit, tmp_path: Path) -> None:
    tab, questions = _begin(page, visit), _quiz()
    for number, one in enumerate(questions):
        expect(tab.locator(".qz-kicker b")).to_have_text(f"Question {number + 1} of {QUESTIONS}.")
        expect(tab.locator(".qz-card h3")).to_have_text(one.text)
        right = one.choices.right
        picked = (right + 1) % 4 if number in WRONG else right
        _answer(tab, picked)
        said = tab.locator(".qz-verdict")
        expect(said).to_contain_text("Not quite." if number in WRONG else "Right.", use_inner_text=True)
        expect(said).to_contain_text(one.reason.replace("\u00a0", " "), use_inner_text=True)
        if number in WRONG:
            expect(said).to_contain_text(one.choices.because[picked], use_inner_text=True)
        tab.keyboard.press("Enter")
    for number in range(len(WRONG)):
        expect(tab.locator(".qz-kicker b")).to_have_text(f"Once more, {number + 1} of {len(WRONG)}.")
        right = questions[WRONG[number]].choices
        shown = tab.locator(".qz-choice span").all_inner_texts()
        assert sorted(shown) == sorted(right.texts)
        _answer(
            tab,
            shown.index(right.texts[right.right]) if number == 0 else (shown.index(right.texts[right.right]) + 1) % 4,
        )
        tab.keyboard.press("Enter")
    score = f"{QUESTIONS - 2} of {QUESTIONS} right at the first try, 1 of the other 2 at the second."
    expect(tab.locator("#quiz .answer")).to_have_text(score)
    assert tab.locator(".qz-list li").count() == QUESTIONS
    assert tab.locator(".qz-list .wrong").count() == tab.locator(".qz-list .mended").count() == 1
    for button, size in (("Share card", (1200, 630)), ("PNG", None)):
        with tab.expect_download() as waited:
            tab.locator("#quiz").get_by_role("button", name=button, exact=True).click()
        file = tmp_path / waited.value.suggested_filename
        waited.value.save_as(file)
        assert file.name.startswith("cvlab-choose-quiz")
        with Image.open(file) as picture:
            assert size in (None, picture.size)
    tab.get_by_role("button", name="Try again with other questions").click()
    expect(tab.locator(".qz-kicker b")).to_have_text(f"Question 1 of {QUESTIONS}.")
    expect(tab.locator("#quiz .answer")).to_contain_text("15 questions")


SEEN = """(css) => {
  const one = document.querySelector(css), { left, top, bottom } = one.getBoundingClientRect();
  return [top + 4, bottom - 4].every((y) => one.contains(document.elementFromPoint(left + 8, y)));
}"""
"""Whether its upper and its lower edge are on the screen, and nothing lies over them."""


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1280, 720), (390, 844)])
def test_nothing_is_cut_off_whatever_is_asked(page: str, visit: Visit, width: int, height: int) -> None:
    tab = _begin(page, visit, width=width, height=height)
    for one in _quiz():
        assert tab.evaluate(SEEN, ".qz-card h3")
        fits(tab, width)
        before = tab.locator(".qz-choice").evaluate_all(
            "(nodes) => nodes.map((one) => one.getBoundingClientRect().height)"
        )
        tab.locator(".qz-choice").nth(one.choices.right).click()
        tab.get_by_role("button", name="Answer", exact=True).click()
        expect(tab.locator(".qz-verdict b")).to_have_text("Right.")
        after = tab.locator(".qz-choice").evaluate_all(
            "(nodes) => nodes.map((one) => one.getBoundingClientRect().height)"
        )
        assert after == before, "choices move when they are judged"
        assert tab.evaluate(SEEN, ".qz-verdict b") and tab.evaluate(SEEN, ".qz-after button")
        fits(tab, width)
        tab.locator(".qz-after button").click()
    expect(tab.locator("#quiz .answer")).to_have_text(f"{QUESTIONS} of {QUESTIONS} right at the first try.")
    assert tab.evaluate(SEEN, "#quiz .answer")
    fits(tab, width)


def test_every_link_opens_the_view_that_it_names(page: str, visit: Visit) -> None:
    tab = _begin(page, visit)
    for one in _quiz():
        _answer(tab, one.choices.right)
        address = tab.locator(".qz-after a").get_attribute("href")
        assert f"tab={one.lab}" in address and "photo=cat" in address
        assert all(f"{name}=" in address for name in one.state)
        tab.keyboard.press("Enter")


def test_measure_it_yourself_opens_the_lab_and_back_returns_to_the_question(page: str, visit: Visit) -> None:
    tab, first = _begin(page, visit), _quiz()[0]
    _answer(tab, first.choices.right)
    tab.locator(".qz-after a").click()
    expect(tab.locator(f"#lab-{first.lab}")).to_have_attribute("aria-selected", "true")
    tab.go_back()
    expect(tab.locator("#lab-choose")).to_have_attribute("aria-selected", "true")
    expect(tab.locator(".qz-card h3")).to_have_text(first.text)
    expect(tab.locator(".qz-verdict b")).to_have_text("Right.")


def test_answers_never_leave_the_browser_and_two_pages_differ(page: str, visit: Visit) -> None:
    tab = _begin(page, visit)
    other = _begin(page, visit, f"&quiz={SEED + 1}&photo=cat")
    sent: list[str] = []
    tab.on("request", lambda request: sent.append(request.post_data or ""))
    _answer(tab, 0)
    tab.keyboard.press("Enter")
    expect(tab.locator(".qz-kicker b")).to_have_text(f"Question 2 of {QUESTIONS}.")
    expect(other.locator(".qz-kicker b")).to_have_text(f"Question 1 of {QUESTIONS}.")
    assert tab.locator(".qz-card h3").inner_text() != other.locator(".qz-card h3").inner_text()
    assert not [one for one in sent if "queue/join" in one or '"fn_index"' in one]


def test_six_questions_to_talk_over_are_closed_until_asked(page: str, visit: Visit) -> None:
    tab = visit(f"{page}/?tab=choose&view=quiz")
    talks = tab.locator(".qz-talks details")
    expect(talks).to_have_count(6)
    expect(talks.first.locator("p").first).to_be_hidden()
    talks.first.locator("summary").click()
    expect(talks.first.locator("p").first).to_be_visible()


def test_a_photo_that_cannot_be_read_is_told_where_it_is(
    page: str, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cvdemo.errors import PhotoError

    def broken(*_: object) -> None:
        raise PhotoError("This photo is gone. Choose it again.")

    monkeypatch.setattr(choose_quiz, "draw", broken)
    tab = visit(f"{page}/?tab=choose&view=quiz")
    tab.locator(".qz-start button:enabled").click()
    expect(tab.locator(".qz>.alert")).to_have_text("This photo is gone. Choose it again.")
    expect(tab.locator(".qz-start button:enabled")).to_be_visible()
