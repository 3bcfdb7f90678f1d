"""No letter on the page is smaller than 13 px, in any tab, unfolded, on a desk and on a phone."""

from typing import Any

import pytest

from app.tabs import LABS
from tests.awaited import is_empty
from tests.tabbed import open_lab
from tests.test_axe_browser import ANSWERED, AT_REST, OTHER_VIEWS, UNFOLD
from tests.test_browser import Visit

pytestmark = pytest.mark.browser

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


@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_is_smaller_than_13_px(page: str, visit: Visit, width: int) -> None:
    shown = visit(page, width=width)
    for lab in LABS:
        open_lab(shown, lab.title)
        _is_large(shown)


@pytest.mark.soak
@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize(("tab", "view"), [(tab, view) for tab, views in OTHER_VIEWS.items() for view in views])
def test_nothing_is_smaller_in_any_view(page: str, visit: Visit, tab: str, view: str, width: int) -> None:
    _is_large(visit(f"{page}/?tab={tab}&view={view}", width=width))


def _is_large(shown: Any) -> None:
    shown.wait_for_function(ANSWERED)
    shown.wait_for_timeout(500)
    shown.wait_for_function(AT_REST)
    shown.evaluate(UNFOLD)
    is_empty(shown, SMALL)
