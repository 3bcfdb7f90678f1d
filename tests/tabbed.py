"""Opening a lab as a visitor does: by the row where it is wide enough, else by the menu or by the sheet of all labs."""

import re
from collections.abc import Callable
from typing import Any

from app.tabs import LABS

IDS = {lab.title: lab.id for lab in LABS}


def open_lab(page: Any, title: str) -> None:
    """Open the lab called ``title`` and wait until it is open."""
    page.wait_for_selector("html[data-lab]")  # a click before that would be undone
    name = re.compile(f"^{re.escape(title)}")
    if page.locator(".header .labs").is_visible():
        page.locator(".header .labs").click()
        page.get_by_role("dialog").get_by_role("button", name=name).click()
    elif page.get_by_role("tab", name=title, exact=True).is_visible():
        page.get_by_role("tab", name=title, exact=True).click()
    else:
        page.locator(".lab-more").click()
        page.locator(".lab-menu").get_by_role("button", name=name).click()
    shown(page, IDS[title])


def shown(page: Any, lab: str) -> None:
    """Wait until the lab with the id ``lab`` is open."""
    page.wait_for_selector(f"html[data-lab={lab}]", state="attached")


def late(path: str, ms: int = 2500) -> str:
    """Return a script for `visit`: what the page sends to addresses with ``path`` in them leaves so much later."""
    return f"""const own = window.fetch;
window.fetch = async (...asked) => {{
  if (String(asked[0]?.url ?? asked[0]).includes('{path}')) await new Promise((done) => setTimeout(done, {ms}));
  return own(...asked);
}};"""


def skips(page: str, visit: Callable[..., Any], view: str, until: str, query: str = "", **options: Any) -> Any:
    """Open a view of the Skips tab and wait until ``until`` is there."""
    tab = visit(f"{page}/?tab=skips&view={view}{query}", **options)
    tab.wait_for_selector(until)
    return tab
