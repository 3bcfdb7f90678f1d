"""A visitor who moves everything that stands there before the first answer: no script fails, and the answer comes."""

from collections.abc import Callable
from typing import Any

import pytest

from app.tabs import LABS
from tests.awaited import expect
from tests.tabbed import late
from tests.test_axe_browser import OTHER_VIEWS

pytestmark = pytest.mark.browser

LATE_MS = 1500
SLOW = late("/queue/join", LATE_MS) + late("/component_server", LATE_MS).replace("own", "soon")
POKE = """() => {
  const apart = '#rail, .header, [role=tablist], .foot';
  const there = (one) => one.checkVisibility() && !one.disabled && !one.closest(apart);
  const all = (css) => [...document.querySelectorAll(`#shell :is(${css})`)].filter(there), tell = (one, ...kinds) =>
    kinds.forEach((kind) => one.dispatchEvent(new Event(kind, { bubbles: true })));
  for (const one of all('input[type=range], input[type=number]')) {
    one.value = (Number(one.min) + Number(one.max)) / 2;
    tell(one, 'input', 'change');
  }
  for (const one of all('select').filter(({ options }) => options.length > 1)) {
    one.selectedIndex = (one.selectedIndex + 1) % one.options.length;
    tell(one, 'change');
  }
  for (const one of all('input[type=checkbox], [aria-pressed]')) one.click();
  for (const one of all('[role=slider], [role=application]')) {
    for (const key of ['ArrowRight', 'Home'])
      one.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  }
}"""


@pytest.mark.parametrize("lab", [lab.id for lab in LABS])
def test_what_is_moved_before_the_first_answer_breaks_nothing(page: str, visit: Callable[..., Any], lab: str) -> None:
    for view in ("", *OTHER_VIEWS.get(lab, ())):
        tab = visit(f"{page}/?tab={lab}" + (f"&view={view}" if view else ""), script=SLOW)
        tab.wait_for_selector(f"html[data-lab={lab}]", state="attached")
        tab.evaluate(POKE)
        expect(tab.locator(".answer").locator("visible=true").first).not_to_be_empty()
        tab.wait_for_timeout(LATE_MS)  # what was moved is answered, too
        tab.close()
