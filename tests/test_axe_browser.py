"""On any tab, light and dark, on a desk and on a phone, axe-core finds nothing and no letter is smaller than 13 px."""

from typing import Any

import pytest
from axe_core_python.base import AXE_SCRIPT

from app.tabs import LABS
from app.tabs.inside_views import VIEWS
from tests.awaited import is_empty
from tests.test_browser import Visit

pytestmark = pytest.mark.browser

OTHER_VIEWS = {
    "inside": [view.ID for view in VIEWS],
    "receptive-field": ["field-stack"],
    "convolution": ["costs", "pool", "shift"],
    "skips": ["surgery", "block", "order", "surface"],
    "choose": ["claims", "quiz"],
    "latency": ["batch", "accuracy", "layers"],
}
# (rule, selector): why Gradio's own markup may break the rule there. It breaks none today.
KNOWN: dict[tuple[str, str], str] = {}

FOUND = """async (some) => (await axe.run(document, { resultTypes: ['violations'], ...some })).violations
  .flatMap((rule) => rule.nodes.map((node) =>
    [rule.id, node.target.join(' '), node.any[0]?.message, node.html.slice(0, 200)]))"""
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}  # what a theme decides
SMALL = """() => {
  const small = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode.textContent.trim(), node = walk.currentNode.parentElement;
    if (!text || !node.checkVisibility({ visibilityProperty: true })) continue;
    if (node.closest('.sr, .sr-only, script, style')) continue;
    const drawn = node.closest('svg') && node.getScreenCTM?.(); // an svg may be scaled
    const size = parseFloat(getComputedStyle(node).fontSize) * (drawn ? Math.hypot(drawn.a, drawn.b) : 1);
    if (size < 12.99 && size > 0) small.push([size, text.slice(0, 40), node.outerHTML.slice(0, 120)]);
  }
  return small;
}"""
UNFOLD = "() => document.querySelectorAll('details').forEach((one) => { one.open = true; })"
DARKEN = "dark => document.body.classList.toggle('dark', dark)"
AT_REST = """() => ![...document.querySelectorAll('.answer.waiting, .stale, .updating, .pending, .busy')]
  .some((one) => one.offsetParent) && document.getAnimations().every((one) => one.playState !== 'running')
  && document.querySelector('.rail .picture img')?.naturalWidth > 0"""

ANSWERED = """() => {
  const answers = [...document.querySelectorAll('.answer')].filter((one) => one.offsetParent);
  return answers.length && answers.every((one) => one.textContent && one.textContent !== 'One moment.');
}"""


@pytest.mark.parametrize("lab", [lab.id for lab in LABS])
@pytest.mark.parametrize("width", [1440, 390])
def test_any_tab(page: str, visit: Visit, width: int, lab: str) -> None:
    shown = visit(f"{page}/?tab={lab}&__theme=light", width=width, reduced_motion="reduce")
    shown.set_default_timeout(120_000)
    shown.wait_for_function(ANSWERED)
    shown.wait_for_timeout(500)  # work of a second step, such as checks, begins a moment after the first one's end
    shown.wait_for_function(AT_REST)
    shown.evaluate(UNFOLD)
    is_empty(shown, SMALL)
    shown.evaluate(AXE_SCRIPT)
    assert _judged(shown) == []


@pytest.mark.soak
@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize(("tab", "view"), [(tab, view) for tab, views in OTHER_VIEWS.items() for view in views])
def test_any_view(page: str, visit: Visit, tab: str, view: str, width: int) -> None:
    shown = visit(f"{page}/?tab={tab}&view={view}&__theme=light", width=width, reduced_motion="reduce")
    shown.wait_for_function(ANSWERED)
    shown.wait_for_timeout(2000)
    shown.wait_for_function(AT_REST)
    shown.evaluate(UNFOLD)
    is_empty(shown, SMALL)
    shown.evaluate(AXE_SCRIPT)
    assert _judged(shown) == []


def _judged(page: Any) -> list[list[str]]:
    """Return what axe finds, in light and in dark, with everything unfolded."""
    light = _found(page)
    page.evaluate(DARKEN, True)
    page.wait_for_function(AT_REST)
    dark = _found(page, COLOURS)
    page.evaluate(DARKEN, False)
    return light + dark


def _found(page: Any, some: dict[str, Any] | None = None) -> list[list[str]]:
    return [one for one in page.evaluate(FOUND, some or {}) if (one[0], one[1]) not in KNOWN]


def test_dark_colours_are_judged(page: str, visit: Visit) -> None:
    shown = visit(f"{page}/?__theme=light", reduced_motion="reduce")
    shown.wait_for_selector(".answers .rows")
    shown.evaluate(AXE_SCRIPT)
    shown.evaluate(DARKEN, True)
    shown.wait_for_function(AT_REST)
    shown.add_style_tag(content=".dark h1 { color: #333 }")
    assert "color-contrast" in {rule for rule, *_ in _found(shown, COLOURS)}
    shown.evaluate(DARKEN, False)
    shown.wait_for_function(AT_REST)
    assert not _found(shown, COLOURS)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_the_status_page(page: str, visit: Visit, theme: str) -> None:
    shown = visit(f"{page}/status?__theme={theme}", width=390)
    shown.evaluate(AXE_SCRIPT)
    assert _found(shown) == []
