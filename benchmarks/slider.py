"""Row slider: from a move of the IoU slider to the new picture, in a real browser."""

from typing import Any

import numpy as np

from benchmarks.rows import Absent, Counts, Delays, Outcome
from benchmarks.start import OURS, served
from benchmarks.timing import OtherWork
from tests.chromium import find

PATIENCE_MS = 60_000
LOST_MS = 10_000
STORM_PAUSE_MS = 10
SCENE = "people in the street, HOG + SVM"

Moves = tuple[list[tuple[float, float]], list[tuple[float, float]]]
"""What was asked for and what was painted: (value, milliseconds) each."""
STEPS = [round(0.05 + 0.01 * step, 2) for step in range(91)]  # every value of the slider
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
NO_BROWSER = "needs playwright (requirements-dev.txt) and a Chromium"

# Moves the slider and notes when the browser has painted the boxes for which value: the sentence beside the slider
# names it. A pause of null waits for each picture before the next move.
MOVE = """async ({ values, pauseMs, patienceMs }) => {
  const range = document.querySelector('.detect input[type=range]');
  const sentence = range.closest('.ctl').querySelector('.live');
  const asked = [], painted = [];
  const observer = new MutationObserver(() => {
    const value = Number(sentence.textContent.match(/At ([0-9.]+[0-9])/)?.[1]);
    requestAnimationFrame(() => setTimeout(() => painted.push([value, performance.now()]), 0));
  });
  observer.observe(sentence, { childList: true, characterData: true, subtree: true });
  const until = async (done) => {
    const ends = performance.now() + patienceMs;
    while (!done() && performance.now() < ends) await new Promise((go) => setTimeout(go, 4));
  };
  range.focus();
  for (const value of values) {
    range.value = value;
    asked.push([value, performance.now()]);
    range.dispatchEvent(new Event('input', { bubbles: true }));
    if (pauseMs === null) await until(() => painted.some(([seen]) => seen === value));
    else await until(() => performance.now() >= asked[0][1] + asked.length * pauseMs);
  }
  await until(() => painted.some(([seen]) => seen === values.at(-1)));
  observer.disconnect();
  return { asked, painted };
}"""


def moves() -> Outcome:
    """Move the slider step by step, then a hundred times a second; the slower of the two counts."""
    browser = find()
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return Absent(NO_BROWSER)
    if browser is None:
        return Absent(NO_BROWSER)
    with served(OURS) as address, sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=browser, args=FLAGS)
        try:
            tab = chrome.new_page(viewport={"width": 1440, "height": 900})
            tab.set_default_timeout(PATIENCE_MS)
            tab.goto(f"{address}?tab=detect")
            tab.wait_for_selector(".scene rect.kept")
            with OtherWork() as others:
                calm = [_moved(tab, STEPS, None)]
                storms = [_moved(tab, values, STORM_PAUSE_MS) for values in (STEPS[::-1], STEPS, STEPS[::-1])]
        finally:
            chrome.close()
    return outcome(calm, storms, others.share)


def _moved(tab: Any, values: list[float], pause_ms: float | None) -> Moves:
    told = tab.evaluate(MOVE, {"values": values, "pauseMs": pause_ms, "patienceMs": LOST_MS})
    return told["asked"], told["painted"]


def outcome(calm: list[Moves], storms: list[Moves], others: float) -> Outcome:
    """Return what the moves promise: nothing, if a last value was never shown; else the delays of the slower kind."""
    told = [[delays(*moves) for moves in kind] for kind in (calm, storms)]
    if any(each is None for kind in told for each in kind):
        return Counts("the last value of the slider was not shown", passed=False)
    single, storm = (tuple(delay for each in kind if each for delay in each) for kind in told)
    medians = f"single steps {np.median(single):.0f} ms, at 100 events a second {np.median(storm):.0f} ms"
    slower = max(single, storm, key=lambda each: float(np.median(each)))
    return Delays(slower, others, f"{medians}; the last value was shown each time; {SCENE}")


def delays(asked: list[tuple[float, float]], painted: list[tuple[float, float]]) -> list[float] | None:
    """Return for each move how long it took until its picture, or that of a later move, was painted; None if never.

    Args:
        asked, painted: (value, milliseconds) in the order of time; no value is asked for twice.
    """
    place = {value: number for number, (value, _) in enumerate(asked)}
    found = []
    for number, (_, moved_ms) in enumerate(asked):
        times = [seen_ms for value, seen_ms in painted if place.get(value, -1) >= number and seen_ms >= moved_ms]
        if not times:
            return None
        found.append(min(times) - moved_ms)
    return found
