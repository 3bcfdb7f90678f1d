"""The Classify tab in a real browser: three real photos offline, choices, sliders, errors, links."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from cvdemo import starters
from cvdemo.pairs import opening_pair
from tests.awaited import at_rest, eventually, expect, fits, is_empty

pytestmark = pytest.mark.browser

Visit = Callable[..., Any]


def _cards(tab: Any) -> list[dict[str, Any]]:
    """Return what each answer card shows: model, and its rows of (label, text)."""
    return tab.evaluate(
        """() => [...document.querySelectorAll('.answers .card')].map((card) => ({
             model: card.dataset.model,
             rows: [...card.querySelectorAll('.rows .row')].map((row) =>
               [row.querySelector('.l').textContent, row.querySelector('.v').textContent])}))"""
    )


def _wait_for_answer(tab: Any, count: int = 2) -> str:
    tab.wait_for_function(f"document.querySelectorAll('.answers .rows').length === {count}")
    tab.wait_for_function("!document.querySelector('.answer.waiting')")
    return tab.locator(".answer").inner_text().replace("\u00a0", " ")


def _choose(tab: Any, path: Path) -> None:
    before = tab.locator(".answers .seen img").first.get_attribute("src")
    tab.locator("#rail input[type=file]").first.set_input_files(str(path))
    tab.wait_for_function(
        "before => document.querySelector('.answers .seen img')?.getAttribute('src') !== before", arg=before
    )


def test_the_page_opens_with_an_answer(page: str, visit: Visit) -> None:
    tab = visit(page)
    sentence = _wait_for_answer(tab)
    assert re.match(r"(Both say|They disagree|Nobody is sure)", sentence), sentence

    def five_lines_each() -> None:
        cards = _cards(tab)
        assert [card["model"] for card in cards] == list(opening_pair().names)
        assert all(len(card["rows"]) == 5 for card in cards)

    eventually(five_lines_each)
    expect(tab.locator("h1")).to_have_count(1)


@pytest.mark.parametrize("name", ["coffee", "portrait", "street"])
def test_a_real_photo_is_classified_by_both_models(page: str, visit: Visit, tmp_path: Path, name: str) -> None:
    photo = tmp_path / f"{name}.jpg"
    Image.open(starters.get(name).path).convert("RGB").save(photo)
    tab = visit(page)
    _wait_for_answer(tab)
    _choose(tab, photo)

    def sentence_and_cards_agree() -> None:
        sentence, cards = _wait_for_answer(tab), _cards(tab)
        tops = [card["rows"][0] for card in cards]
        if "disagree" in sentence:
            assert all(label in sentence for label, _ in tops)
        elif "Both say" in sentence:
            assert tops[0][0] == tops[1][0] and tops[0][0] in sentence
        else:
            assert "Nobody is sure" in sentence
        if name == "coffee":
            assert "espresso" in {label for card in cards for label, _ in card["rows"]}

    eventually(sentence_and_cards_agree)


def test_the_temperature_flattens_without_a_network_run(page: str, visit: Visit) -> None:
    tab = visit(page)
    _wait_for_answer(tab)
    at_rest()  # of pages that earlier tests opened, too: they count together
    before, hits = _cards(tab), _hits(page)
    slider = tab.locator(".ctl input[type=range]").first
    slider.focus()
    for _ in range(3):
        slider.press("PageUp")
    tab.wait_for_function("document.querySelector('.ctl .live').textContent.includes('At 4.0')")

    def flatter() -> None:
        for one, other in zip(before, _cards(tab), strict=True):
            assert [label for label, _ in one["rows"]] == [label for label, _ in other["rows"]]
            assert float(other["rows"][0][1].split()[0]) < float(one["rows"][0][1].split()[0])

    eventually(flatter)
    assert tab.evaluate("document.activeElement.type") == "range"  # focus was not lost by drawing
    assert _hits(page) == hits


def _hits(page: str) -> int:
    """Ask how often a model was found in memory; on a busy machine the figures may be missing once."""
    while "hits" not in (health := httpx.get(f"{page}/healthz", timeout=60).json()):
        pass
    return int(health["hits"])


def test_models_are_removed_and_added_by_keyboard(page: str, visit: Visit) -> None:
    tab = visit(f"{page}/?models=mini_resnet,mini_vit")
    _wait_for_answer(tab)
    tab.get_by_role("button", name="Remove Small ViT").press("Enter")
    _wait_for_answer(tab, 1)
    expect(tab.locator(".answer")).to_have_text(re.compile("The CNN says|Nobody is sure"))
    expect(tab.locator(".chip .x")).to_be_disabled()  # the last one stays
    tab.get_by_role("button", name="+ Add a model").press("Enter")
    tab.keyboard.type("small vit")
    tab.locator(".option:not(:disabled)", has_text="Small ViT").first.press("Enter")
    _wait_for_answer(tab)
    _shows(tab, "mini_resnet", "mini_vit")


def test_offline_a_model_that_is_not_here_stays_listed_but_greyed(page: str, visit: Visit) -> None:
    tab = visit(page)
    _wait_for_answer(tab)
    tab.get_by_role("button", name="+ Add a model").click()
    expect(tab.locator(".option", has_text="ResNet-50").first).to_be_disabled()
    expect(tab.get_by_text("Offline: only models that are ready")).to_be_visible()
    tab.keyboard.press("Escape")
    expect(tab.locator(".menu")).to_be_hidden()


def test_a_link_restores_tab_and_models(page: str, visit: Visit) -> None:
    tab = visit(f"{page}/?tab=classify&models=mini_vit,nonsense")
    _wait_for_answer(tab, 1)
    _shows(tab, "mini_vit")


def _shows(tab: Any, *models: str) -> None:
    """Wait until the answer cards are of these models."""
    now = "wanted => [...document.querySelectorAll('.answers .card')].map((one) => one.dataset.model).join() === wanted"
    tab.wait_for_function(now, arg=",".join(models))


def test_a_linked_model_that_is_not_here_is_a_card_with_a_way_on(page: str, visit: Visit) -> None:
    tab = visit(f"{page}/?models=mini_resnet,resnet50")
    _wait_for_answer(tab, 1)
    card = tab.locator(".answers .card.missing")
    expect(card).to_contain_text("ResNet-50", use_inner_text=True)
    card.get_by_role("button", name="Download").click()
    tab.wait_for_function("document.querySelector('.card.missing')?.textContent.includes('no network')", timeout=20_000)
    assert _cards(tab)[0]["rows"], "the other model's answer is lost"
    tab.locator(".card.missing").get_by_role("button", name="Use ").click()
    tab.wait_for_function("!document.querySelector('.card.missing')")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("garbage.png", b"not a picture at all" * 50),
        ("<img src=x onerror=alert(1)>.png", b"GIF89a<script>alert(1)</script>"),
        ("empty.jpg", b""),
    ],
)
def test_a_bad_file_gets_a_sentence_and_the_old_answer_stays(
    page: str, visit: Visit, tmp_path: Path, name: str, content: bytes
) -> None:
    tab = visit(page)
    tab.on("dialog", lambda dialog: pytest.fail("a script of the visitor ran"))
    sentence = _wait_for_answer(tab)
    tab.locator("#rail input[type=file]").first.set_input_files(
        {"name": name, "mimeType": "image/png", "buffer": content}
    )
    expect(tab.locator("#rail [role=alert]")).to_have_text(re.compile(".{21,}"))
    expect(tab.locator("#rail [role=alert]")).to_be_visible()
    assert tab.locator(".answer").inner_text().replace("\u00a0", " ") == sentence
    assert tab.locator("#rail img[src=x]").count() == 0


@pytest.mark.parametrize("width", [390, 820, 1440, 1920])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_sticks_out_at_any_width(page: str, visit: Visit, width: int, theme: str) -> None:
    tab = visit(f"{page}/?__theme={theme}", width, 900)
    _wait_for_answer(tab)
    fits(tab, width)
    clipped = """() => [...document.querySelectorAll('#shell :is(h2, p, .l, .v, dd, dt, .metrics b)')]
      .filter((node) => node.offsetParent && node.scrollWidth > node.clientWidth + 2)
      .filter((node) => getComputedStyle(node).overflow !== 'visible').map((node) => node.textContent)"""
    is_empty(tab, clipped)


@pytest.mark.parametrize("width", [1440, 1024, 820, 640, 390])
def test_nothing_sticks_out_of_a_card(page: str, visit: Visit, width: int) -> None:
    tab = visit(page, width=width)
    _wait_for_answer(tab)
    beyond = """() => [...document.querySelectorAll('.answers .card')].flatMap((card) => {
      const edge = card.getBoundingClientRect().right;
      return [...card.querySelectorAll('*')].filter((one) => one.getBoundingClientRect().right > edge);
    }).map((one) => one.className)"""
    is_empty(tab, beyond)
