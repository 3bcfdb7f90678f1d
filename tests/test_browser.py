"""The Classify tab in a real browser: three real photos offline, choices, sliders, errors, links."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from cvdemo import starters

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
    cards = _cards(tab)
    assert [card["model"] for card in cards] == ["mini_resnet", "mini_vit"]
    assert all(len(card["rows"]) == 5 for card in cards)
    assert tab.locator("h1").count() == 1


@pytest.mark.parametrize("name", ["coffee", "portrait", "street"])
def test_a_real_photo_is_classified_by_both_models(page: str, visit: Visit, tmp_path: Path, name: str) -> None:
    photo = tmp_path / f"{name}.jpg"
    Image.open(starters.get(name).path).convert("RGB").save(photo)
    tab = visit(page)
    _wait_for_answer(tab)
    _choose(tab, photo)
    sentence = _wait_for_answer(tab)
    tops = [card["rows"][0] for card in _cards(tab)]
    if "disagree" in sentence:
        assert all(label in sentence for label, _ in tops)
    elif "Both say" in sentence:
        assert tops[0][0] == tops[1][0] and tops[0][0] in sentence
    else:
        assert "Nobody is sure" in sentence
    if name == "coffee":
        assert "espresso" in {label for card in _cards(tab) for label, _ in card["rows"]}


def test_the_temperature_flattens_without_a_network_run(page: str, visit: Visit) -> None:
    tab = visit(page)
    _wait_for_answer(tab)
    before = _cards(tab)
    resident = httpx.get(f"{page}/healthz").json()["hits"]
    slider = tab.locator(".ctl input[type=range]").first
    slider.focus()
    for _ in range(3):
        slider.press("PageUp")
    tab.wait_for_function("document.querySelector('.ctl .live').textContent.includes('At 4.0')")
    after = _cards(tab)
    for one, other in zip(before, after, strict=True):
        assert [label for label, _ in one["rows"]] == [label for label, _ in other["rows"]]
        assert float(other["rows"][0][1].split()[0]) < float(one["rows"][0][1].split()[0])
    assert tab.evaluate("document.activeElement.type") == "range"  # focus was not lost by drawing
    assert httpx.get(f"{page}/healthz").json()["hits"] == resident


def test_models_are_removed_and_added_by_keyboard(page: str, visit: Visit) -> None:
    tab = visit(page)
    _wait_for_answer(tab)
    tab.get_by_role("button", name="Remove Small ViT").press("Enter")
    assert "The CNN says" in _wait_for_answer(tab, 1) or "Nobody is sure" in tab.locator(".answer").inner_text()
    assert tab.locator(".chip .x").is_disabled()  # the last one stays
    tab.get_by_role("button", name="+ Add a model").press("Enter")
    tab.keyboard.type("small vit")
    tab.locator(".option:not(:disabled)", has_text="Small ViT").first.press("Enter")
    _wait_for_answer(tab)
    assert [card["model"] for card in _cards(tab)] == ["mini_resnet", "mini_vit"]


def test_offline_a_model_that_is_not_here_stays_listed_but_greyed(page: str, visit: Visit) -> None:
    tab = visit(page)
    _wait_for_answer(tab)
    tab.get_by_role("button", name="+ Add a model").click()
    assert tab.locator(".option", has_text="ResNet-50").first.is_disabled()
    assert tab.get_by_text("Offline: only models that are ready").is_visible()
    tab.keyboard.press("Escape")
    assert not tab.locator(".menu").is_visible()


def test_a_link_restores_tab_and_models(page: str, visit: Visit) -> None:
    tab = visit(f"{page}/?tab=classify&models=mini_vit,nonsense")
    _wait_for_answer(tab, 1)
    assert [card["model"] for card in _cards(tab)] == ["mini_vit"]


def test_a_linked_model_that_is_not_here_is_a_card_with_a_way_on(page: str, visit: Visit) -> None:
    tab = visit(f"{page}/?models=mini_resnet,resnet50")
    _wait_for_answer(tab, 1)
    card = tab.locator(".answers .card.missing")
    assert "ResNet-50" in card.inner_text()
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
    tab.wait_for_selector("#rail [role=alert]:not([hidden])")
    assert len(tab.locator("#rail [role=alert]").inner_text()) > 20
    assert tab.locator(".answer").inner_text().replace("\u00a0", " ") == sentence
    assert tab.locator("#rail img[src=x]").count() == 0


@pytest.mark.parametrize("width", [390, 820, 1440, 1920])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_sticks_out_at_any_width(page: str, visit: Visit, width: int, theme: str) -> None:
    tab = visit(f"{page}/?__theme={theme}", width, 900)
    _wait_for_answer(tab)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    clipped = tab.evaluate(
        """() => [...document.querySelectorAll('#shell :is(h2, p, .l, .v, dd, dt, .metrics b)')]
             .filter((node) => node.offsetParent && node.scrollWidth > node.clientWidth + 2)
             .filter((node) => getComputedStyle(node).overflow !== 'visible').map((node) => node.textContent)"""
    )
    assert clipped == []


@pytest.mark.parametrize("width", [1440, 1024, 820, 640, 390])
def test_nothing_sticks_out_of_a_card(page: str, visit: Visit, width: int) -> None:
    tab = visit(page, width=width)
    _wait_for_answer(tab)
    beyond = """() => [...document.querySelectorAll('.answers .card')].flatMap((card) => {
      const edge = card.getBoundingClientRect().right;
      return [...card.querySelectorAll('*')].filter((one) => one.getBoundingClientRect().right > edge);
    }).length"""
    assert tab.evaluate(beyond) == 0
