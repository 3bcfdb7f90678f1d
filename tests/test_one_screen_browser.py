"""At 1280 x 720 and 1440 x 900 a slider and the picture that it changes are on one screen, in each view of each lab."""

import json
from typing import Any

import pytest

from app.tabs import LABS
from tests.awaited import eventually
from tests.test_axe_browser import AT_REST
from tests.test_browser import Visit

pytestmark = pytest.mark.browser

SCREENS = [(1280, 720), (1440, 900)]
ROLLOUT = f"attention&inside={json.dumps({'attention': {'mode': 'rollout'}})}"
# Lab, view (empty: the lab has no others), and the pictures that its sliders change.
PICTURES = [
    ("classify", "", ".answers .rows"),
    ("detect", "", ".scene"),
    ("inside", "overview", ".in-place"),
    ("inside", "maps", ".in-stage, .in-grid"),
    ("inside", "attention", ".in-stage"),
    ("inside", ROLLOUT, ".in-stage"),
    ("inside", "saliency", ".in-stage"),
    ("inside", "similarity", ".in-stage"),
    ("convolution", "slide", ".slidecard"),
    ("convolution", "costs", ".costbar"),
    ("convolution", "pool", ".pools img"),
    ("convolution", "shift", ".shifted figure"),
    ("receptive-field", "field-photo", ".eye .stage"),
    ("skips", "train", ".race .chart-plot"),
    ("skips", "order", ".costbar"),
    ("skips", "surface", ".picture .chart-stage"),
    ("teach", "", ".teach .classes"),
    ("teach", "&photos=own", ".teach .classes"),
    ("latency", "", ".strip-plot"),
    ("teach", "", ".answer"),
    ("choose", "", ".choosing-frontier .chart-plot"),
]
WITHOUT_SLIDERS = [("receptive-field", "field-stack", ".cone")]
# Settings that are closed are opened, and each place to which the page can be scrolled is tried. Of each slider: its
# name, and by how many pixels it and the pictures do not fit under the row of labs where they fit best.
OVER = """(picture) => {
  const seen = (selector) => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility());
  for (const one of seen('#main details:has(input[type=range])')) one.open = true;
  for (const one of seen('#main .in-more[aria-expanded=false]')) one.click();
  const pictures = seen(`#main :is(${picture})`), best = new Map(seen('#main :is(input[type=range], [role=slider])').map((one) => [one, Infinity]));
  if (!pictures.length) throw new Error('no picture is seen');
  for (let at = 0; at <= document.documentElement.scrollHeight - innerHeight + 10; at += 10) {
    scrollTo({ top: at, behavior: 'instant' });
    const under = document.querySelector('#labs nav').getBoundingClientRect().bottom;
    for (const [slider, least] of best) {
      const all = [slider, ...pictures].map((one) => one.getBoundingClientRect());
      const over = Math.max(under - Math.min(...all.map((one) => one.top)), Math.max(...all.map((one) => one.bottom)) - innerHeight);
      best.set(slider, Math.min(least, over));
    }
  }
  scrollTo({ top: 0, behavior: 'instant' });
  return [...best].map(([slider, over]) => [slider.labels?.[0]?.textContent || slider.ariaLabel, Math.round(over)]);
}"""  # noqa: E501 - a line of a program each

WIDTHS = """() => [...document.querySelectorAll('#main input[type=range]')].filter((one) => one.checkVisibility())
  .map((one) => [one.labels?.[0]?.textContent || one.ariaLabel, Math.round(one.getBoundingClientRect().width)])"""


def test_every_lab_is_measured() -> None:
    assert {tab for tab, *_ in PICTURES + WITHOUT_SLIDERS} == {lab.id for lab in LABS}


@pytest.mark.parametrize(("tab", "view", "picture"), PICTURES)
def test_a_slider_and_its_picture_are_on_one_screen(page: str, visit: Visit, tab: str, view: str, picture: str) -> None:
    width, height = SCREENS[0]
    shown = visit(f"{page}/?tab={tab}&view={view}", width=width, height=height)
    shown.locator(f"#main :is({picture})").locator("visible=true").first.wait_for()
    shown.wait_for_function(AT_REST)

    def together() -> None:
        found = shown.evaluate(OVER, picture)
        assert found, "no slider is seen"
        assert [one for one in found if one[1] > 0] == []

    for width, height in SCREENS:
        shown.set_viewport_size({"width": width, "height": height})
        eventually(together, patience_s=20)
    shown.set_viewport_size({"width": 390, "height": 844})
    eventually(lambda: _wide_enough(shown), patience_s=20)


def _wide_enough(shown: Any) -> None:
    """Assert that a phone leaves each slider some room: the narrowest has Play and two menus beside it."""
    assert [one for one in shown.evaluate(WIDTHS) if one[1] < 80] == []


@pytest.mark.parametrize(("tab", "view", "picture"), WITHOUT_SLIDERS)
def test_a_view_that_is_not_measured_has_no_slider(page: str, visit: Visit, tab: str, view: str, picture: str) -> None:
    shown = visit(f"{page}/?tab={tab}&view={view}")
    shown.locator(f"#main {picture}").locator("visible=true").first.wait_for()
    shown.wait_for_function(AT_REST)
    assert shown.evaluate(OVER, picture) == []


# How many pixels of the question's letters lie under the buttons of the views.
COVERED = """() => {
  const seen = (selector) => [...document.querySelectorAll(selector)].find((one) => one.checkVisibility());
  const letters = document.createRange(), buttons = seen('.view-switch .seg').getBoundingClientRect();
  letters.selectNodeContents(seen('.viewed .headline .ask'));
  const wide = (one) => Math.min(one.right, buttons.right) - Math.max(one.left, buttons.left);
  const high = (one) => Math.min(one.bottom, buttons.bottom) - Math.max(one.top, buttons.top);
  return Math.max(...[...letters.getClientRects()].map((one) => Math.min(wide(one), high(one))));
}"""


@pytest.mark.parametrize("tab", ["convolution", "skips", "choose"])
def test_in_presenter_no_question_lies_under_the_row_of_views(page: str, visit: Visit, tab: str) -> None:
    shown = visit(f"{page}/?tab={tab}&presenter=1", width=1280, height=720)
    views = shown.locator(f"#tab-{tab} .view-switch button")
    views.first.wait_for()
    assert views.count() > 1
    for view in views.all():
        view.click()
        shown.wait_for_function(f"({COVERED})() <= 0")
