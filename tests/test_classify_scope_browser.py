"""What a model can say at all, in a real browser: its list is searched, and the starter photos are told apart."""

import pytest

from cvdemo import weights
from cvdemo.catalogue import get
from cvdemo.classify.scope import LESSON_PAIR
from tests.awaited import expect, fits
from tests.test_browser import Visit, _hits, _wait_for_answer

pytestmark = pytest.mark.browser

SMALL = "?models=mini_resnet,mini_vit"


@pytest.mark.parametrize("width", [1440, 390])
def test_the_list_is_searched_without_a_network_run(page: str, visit: Visit, width: int) -> None:
    tab = visit(f"{page}/{SMALL}", width=width)
    assert "Of the 100 everyday things they know." in _wait_for_answer(tab)
    hits, field = _hits(page), tab.get_by_label("Is it in the list?")
    told = tab.locator(".scope .told")
    field.fill("toucan")
    expect(told).to_contain_text("toucan is not among the 100")
    field.fill("espresso")
    expect(told).to_have_text("Small ResNet and Small ViT: yes, espresso is one of the 100.")
    field.fill("")
    expect(told).to_have_text("")
    assert _hits(page) == hits
    fits(tab, width)


def test_an_open_card_says_why_a_softmax_cannot_say_none_of_these(page: str, visit: Visit) -> None:
    tab = visit(f"{page}/{SMALL}&photo=cat")
    assert "It may be something else." in _wait_for_answer(tab)
    expect(tab.locator(".scope .more > p")).to_be_hidden()
    tab.locator(".scope summary").click()
    expect(tab.locator(".scope .more > p")).to_contain_text("There is no score for anything else")
    expect(tab.locator(".scope .more li")).to_have_count(2)
    expect(tab.locator(".scope .more li").first).to_contain_text("of 58 photos of other things: a hint, no proof.")


@pytest.mark.skipif(
    not all(weights.is_ready(get(name)) for name in LESSON_PAIR), reason="the packaged CNN is not installed"
)
def test_the_starter_photos_are_told_apart_for_the_pair_that_it_is_true_of(page: str, visit: Visit) -> None:
    tab = visit(f"{page}/?models={','.join(LESSON_PAIR)}")
    _wait_for_answer(tab)
    note = tab.locator("#rail .lessons")
    expect(note).to_have_text("Cat: they split. Blood cells: in neither list. Coffee: both know it.")
    tab.get_by_role("tab", name="Latency").click()
    expect(note).to_be_hidden()
    other = visit(f"{page}/{SMALL}")
    _wait_for_answer(other)
    expect(other.locator("#rail .lessons")).to_be_hidden()
