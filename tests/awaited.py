"""Waiting for what comes a moment later, however busy the machine is."""

import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from cvdemo import compute

__all__ = ["PATIENCE_S", "at_rest", "eventually", "expect", "fits", "is_empty", "on_one_screen"]

PATIENCE_S = 90.0
"""Only what is broken exhausts it; clicks of the browser tests have the same."""
expect.set_options(timeout=1000 * PATIENCE_S)  # what a page shows


def eventually(check: Callable[[], None], patience_s: float = PATIENCE_S) -> None:
    """Call ``check`` until its assertions hold.

    Raises:
        AssertionError: the one that failed last, ``patience_s`` seconds after the first.
    """
    latest_s = time.monotonic() + patience_s
    while True:
        try:
            return check()
        except AssertionError:
            if time.monotonic() > latest_s:
                raise
        time.sleep(0.05)


def at_rest(quiet_s: float = 1.0) -> None:
    """Wait until nobody has held the device for ``quiet_s`` seconds: what pages asked for is computed."""
    quiet_since_s = time.monotonic()
    latest_s = quiet_since_s + PATIENCE_S
    while time.monotonic() < min(quiet_since_s + quiet_s, latest_s):
        time.sleep(0.02)
        if compute.held():
            quiet_since_s = time.monotonic()


def fits(tab: Any, width: int) -> None:
    """Wait until nothing of the page sticks out of a window ``width`` pixels wide."""
    tab.wait_for_function("(width) => document.documentElement.scrollWidth <= width", arg=width)


def on_one_screen(tab: Any, *places: str) -> None:
    """Wait until all that these selectors find is seen whole, without any scrolling: a slider and what it changes."""

    def seen() -> None:
        for place in places:
            boxes = [one.bounding_box() for one in tab.locator(place).locator("visible=true").all()]
            assert boxes, place
            for box in boxes:
                assert box and box["y"] >= 0, place
                assert box["y"] + box["height"] <= tab.viewport_size["height"], (place, box)

    tab.evaluate("scrollTo(0, 0)")
    eventually(seen)


def is_empty(tab: Any, found: str) -> None:
    """Wait until a JavaScript function finds nothing: what sticks out, what is cut off."""

    def nothing() -> None:
        left = tab.evaluate(found)
        assert left == [], left

    eventually(nothing)
