"""A photo far higher than wide, or far wider than high, in a browser: no picture is a tower, and none a speck."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests import bad_files as files
from tests.awaited import expect, fits

pytestmark = pytest.mark.browser

VIEWS = ("classify", "detect", "inside", "convolution", "convolution&view=pool&picture=photo", "receptive-field")
HIGHEST = """() => Math.max(...[...document.querySelectorAll('#shell :is(img, canvas, svg)')]
  .filter((one) => one.checkVisibility()).map((one) => {
    let { height } = one.getBoundingClientRect();
    for (let box = one.parentElement; box; box = box.parentElement)
      if (getComputedStyle(box).overflowY !== 'visible') height = Math.min(height, box.getBoundingClientRect().height);
    return height;
  }))"""  # what is seen of each
SEEN = """() => [...document.querySelectorAll('.crop-frame')].map((one) => {
  const { width, height } = one.getBoundingClientRect();
  return Math.min(width, height);
})"""


def own(folder: Path, width: int, height: int) -> Path:
    """Return a photo of that size, of the visitor's own."""
    path = folder / "long.png"
    path.write_bytes(files.encode(files.scene(width, height), "PNG"))
    return path


def choose(tab: Any, photo: Path) -> None:
    """Take a photo to the page, and wait until it is there."""
    tab.wait_for_selector("html[data-lab]")
    tab.locator("#rail input[type=file]").first.set_input_files(photo)
    tab.wait_for_function("() => window.cvPhoto && !window.cvPhoto.startsWith('starter:')")


@pytest.mark.parametrize("view", VIEWS)
def test_no_picture_of_a_long_photo_is_higher_than_the_screen(
    page: str, visit: Callable[..., Any], tmp_path: Path, view: str
) -> None:
    tab = visit(f"{page}/?tab={view}", 1440, 900)
    choose(tab, own(tmp_path, 100, 1600))
    tab.wait_for_function("() => !document.querySelector('#shell .stale')")
    tab.wait_for_timeout(1000)  # the pictures of the answer
    assert 0 < tab.evaluate(HIGHEST) < 900
    fits(tab, 1440)


@pytest.mark.parametrize("size", [(100, 1600), (1600, 100)], ids=["high", "wide"])
def test_what_was_seen_of_an_odd_photo_is_no_speck(
    page: str, visit: Callable[..., Any], tmp_path: Path, size: tuple[int, int]
) -> None:
    tab = visit(page, 1440, 900)
    choose(tab, own(tmp_path, *size))
    expect(tab.locator(".saw figcaption.warn", has_text="Most of your photo was cut off")).to_have_count(2)
    seen = tab.evaluate(SEEN)
    assert len(seen) == 2 and min(seen) > 40, seen
