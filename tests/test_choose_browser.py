"""Choose in a real browser, offline: the sentence, the limit, what is measured, claims with their figures, links."""

import json
from threading import Event
from typing import Any

import pytest

from cvdemo.choose import measure
from cvdemo.lesson import measured
from cvdemo.lesson.claims_measured import MEASURES
from tests.awaited import at_rest, eventually, expect, fits
from tests.test_browser import Visit

pytestmark = pytest.mark.browser
HERE = ".choosing:not(.claims-list)"
TIMES = {
    "mobilenetv3_large_100": 4.1, "efficientnet_b0": 7.7, "resnet50": 30.9, "convnext_tiny": 36.4,
    "vit_base_patch16_224": 129.0, "swin_base_patch4_window7_224": 132.0,
}  # fmt: skip


@pytest.fixture(autouse=True)
def times(monkeypatch: pytest.MonkeyPatch) -> None:
    """Times as they may be, of this machine; and nothing is measured of the claims yet."""
    monkeypatch.setattr(measure, "times", lambda task: dict(TIMES) if task == "classify" else {})
    monkeypatch.setattr(measured, "_found", measured._Found())


def _open(page: str, visit: Visit, query: str = "", **options: Any) -> Any:
    tab = visit(f"{page}/?tab=choose&{query}", **options)
    tab.wait_for_selector(f"{HERE} .choosing-cards, .claims-list .claim-row", state="attached")
    return tab


def _answer(tab: Any) -> Any:
    return tab.locator(f"{HERE} .answer")


@pytest.mark.parametrize("width", [1440, 390])
def test_the_sentence_asks_and_three_cards_answer(page: str, visit: Visit, width: int) -> None:
    tab = _open(page, visit, "ms=51", width=width)
    expect(_answer(tab)).to_contain_text("ConvNeXt-T: the most accurate of the 4 that stay under 51")
    expect(tab.locator(".choosing-cards li")).to_have_count(3)
    tab.get_by_label("Time limit").first.select_option(label="10\u00a0ms a photo here")
    expect(_answer(tab)).to_contain_text("EfficientNet-B0: the most accurate of the 2 that stay under 10")
    expect(tab.locator(".choosing-said")).to_contain_text("The lesson's rule says a small CNN")
    expect(tab.locator(".choosing-missed")).to_contain_text("ResNet-50 30.9")
    tab.locator(".choosing-missed").get_by_role("button", name="Try it").first.click()
    expect(_answer(tab)).to_contain_text("ResNet-50: the most accurate of the 3")
    fits(tab, width)
    at_rest()


PER_STEP_MS = 30
DRAG = """async ([to, steps]) => {
  const grip = document.querySelector('.chart-grip'), handle = grip.querySelector('.chart-handle');
  const out = document.querySelector('.choosing-frontier output'), box = grip.getBoundingClientRect();
  const from = box.x + box.width / 2, took = [];
  const send = (type, clientX) => grip.dispatchEvent(new PointerEvent(type, { bubbles: true, button: 0, clientX }));
  grip.setPointerCapture = () => {};
  send('pointerdown', from);
  for (let step = 1; step <= steps; step += 1) {
    const begun = performance.now();
    send('pointermove', from + (step / steps) * to);
    while (!handle.textContent.endsWith(out.textContent)) await new Promise(requestAnimationFrame);
    took.push(performance.now() - begun);
  }
  send('pointerup', from + to);
  delete grip.setPointerCapture;
  return took;
}"""


def _lies_on_the_charts_own_line(tab: Any) -> None:
    """Assert that the grip is where plotly.js drew the limit; it draws a line anew when its chart is laid out."""
    grip = tab.locator(".chart-grip").bounding_box()
    mark = tab.locator(".choosing-frontier .chart-plot .shapelayer path").last.bounding_box()
    assert grip and mark
    assert abs(grip["x"] + grip["width"] / 2 - mark["x"] - mark["width"] / 2) < 2


def test_the_limit_is_dragged_on_the_chart(page: str, visit: Visit) -> None:
    tab = _open(page, visit, "ms=51")
    card = tab.locator(".choosing-frontier")
    card.locator(".chart-grip").wait_for()
    tab.wait_for_function("() => document.querySelector('.chart-grip').textContent.includes('51')")
    eventually(lambda: _lies_on_the_charts_own_line(tab))
    line = tab.locator(".chart-grip").bounding_box()
    middle = line["x"] + line["width"] / 2
    tab.mouse.move(middle, line["y"] + 60)
    tab.mouse.down()
    tab.mouse.move(middle - 80, line["y"] + 60, steps=4)
    tab.mouse.up()
    expect(card.locator("output")).not_to_have_text("51\u00a0ms")
    value = float(card.locator("output").inner_text().split()[0])
    assert 5 < value < 51
    assert str(value).removesuffix(".0") in tab.locator(".chart-grip").inner_text()
    expect(_answer(tab)).to_contain_text(f"stay under {value:g}\u00a0ms")
    assert abs(tab.locator(".chart-grip").bounding_box()["x"] + 10 - (middle - 80)) < 6, "it stays under the hand"
    took = tab.evaluate(DRAG, [60, 24])
    assert sorted(took)[len(took) // 2] <= PER_STEP_MS, took
    tab.mouse.move(tab.locator(".chart-grip").bounding_box()["x"] + 10, line["y"] + 60)
    tab.mouse.down()
    tab.mouse.move(line["x"] + 2000, line["y"] + 60, steps=4)
    tab.mouse.up()
    expect(card.locator("output")).to_have_text("any time")
    expect(tab.locator(".chart-grip")).to_contain_text("no limit")
    card.locator("input[type=range]").focus()
    card.locator("input[type=range]").press("PageDown")
    expect(tab.locator(".chart-grip")).not_to_contain_text("no limit")


RESTING = """async () => {
  const middle = () => {
    const { left, width, top, height } = document.querySelector('.chart-handle').getBoundingClientRect();
    return [left + width / 2, top + height / 2];
  };
  const before = middle();
  await new Promise((done) => setTimeout(done, 200));
  const [x, y] = middle();
  return before.join() === [x, y].join() && document.elementFromPoint(x, y)?.closest('.chart-handle') && [x, y];
}"""
"""Where the middle of the handle is, as soon as it stays there and nothing lies above it."""


def test_on_a_touch_screen_only_the_handle_is_grabbed(page: str, visit: Visit) -> None:
    tab = _open(page, visit, width=390, height=844, has_touch=True, is_mobile=True)
    tab.locator(".chart-grip").wait_for()
    tab.locator(".chart-handle").scroll_into_view_if_needed()
    style = tab.evaluate(
        """() => ['.chart-grip', '.chart-handle', '.chart-stage'].map((one) => { const { pointerEvents, touchAction } =
             getComputedStyle(document.querySelector(one)); return [pointerEvents, touchAction]; })"""
    )
    assert [style[0][0], style[1], style[2][1]] == ["none", ["auto", "none"], "pan-y pinch-zoom"]
    touch, limit = tab.context.new_cdp_session(tab), tab.locator(".choosing-frontier output")

    def swipe(points: list[tuple[float, float]]) -> None:
        for place, (across, down) in enumerate(points):
            kind = "touchMove" if place else "touchStart"
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": across, "y": down}]})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    def the_handle_follows() -> None:
        """Once more where the page was still laid out under the finger: on a busy machine that comes late."""
        x, y = tab.wait_for_function(RESTING).json_value()
        before = tab.evaluate("scrollY")
        swipe([(x - 12 * step, y) for step in range(6)])
        expect(limit).not_to_have_text("50\u00a0ms", timeout=2000)
        assert tab.evaluate("scrollY") == before

    eventually(the_handle_follows)
    now, before = limit.inner_text(), tab.evaluate("scrollY")
    plot = tab.locator(".choosing-frontier .chart-stage").bounding_box()
    swipe([(plot["x"] + 60, plot["y"] + 200 - 25 * step) for step in range(7)])
    tab.wait_for_function("(before) => scrollY !== before", arg=before)
    assert limit.inner_text() == now, "the page scrolls, the limit stays"


def test_the_slider_is_the_limit_of_the_sentence(page: str, visit: Visit) -> None:
    tab = _open(page, visit)
    slider = tab.locator(f"{HERE} .choosing-frontier input[type=range]")
    expect(tab.locator(".choosing-frontier output")).to_have_text("50\u00a0ms")
    slider.focus()
    for _ in range(2):
        slider.press("PageDown")
    expect(tab.locator(".choosing-frontier output")).to_have_text("12\u00a0ms")
    expect(_answer(tab)).to_contain_text("under 12")
    expect(tab.get_by_label("Time limit").first).to_have_value("12\u00a0ms a photo here")


def test_where_nothing_is_fast_enough_one_click_sets_what_is(page: str, visit: Visit) -> None:
    tab = _open(page, visit, "ms=3")
    expect(_answer(tab)).to_have_text(
        "Nothing here answers within 3\u00a0ms. MobileNetV3-L comes nearest: 4.10\u00a0ms."
    )
    tab.get_by_role("button", name="Set 4.1\u00a0ms").click()
    expect(_answer(tab)).to_contain_text("MobileNetV3-L: the only one that stays under 4.1")


def test_a_link_brings_the_demand_back(page: str, visit: Visit) -> None:
    tab = _open(page, visit, "task=detect&licence=commercial&mb=60&photos=30&domain=far&ms=0")
    expect(_answer(tab)).to_contain_text("YOLOv8m: the most accurate of 4")
    tab.evaluate("() => { navigator.clipboard.writeText = async (text) => { window.copied = text; }; }")
    tab.locator(f"{HERE} .foot").get_by_role("button", name="Copy link").click()
    link = tab.wait_for_function("() => window.copied").json_value()
    for part in ("tab=choose", "task=detect", "licence=commercial", "mb=60", "photos=30", "domain=far", "ms=0"):
        assert part in link, json.dumps(link)


def test_the_recommendation_can_be_taken_away(page: str, visit: Visit) -> None:
    tab = _open(page, visit)
    for button, start in (("Markdown", "# Which network would you ship?"), ("CSV", "model,milliseconds,published")):
        with tab.expect_download() as download:
            tab.locator(f"{HERE} .foot").get_by_role("button", name=button).click()
        assert download.value.path().read_text().startswith(start)
    with tab.expect_download() as download:
        tab.locator(f"{HERE} .foot").get_by_role("button", name="PNG").click()
    assert download.value.path().read_bytes().startswith(b"\x89PNG")


def test_networks_are_measured_and_named(page: str, visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setitem(measure.EIGHT, "classify", ("tf_efficientnet_lite0", "mini_vit"))
    monkeypatch.setitem(measure.ROUNDS, "classify", 2)
    tab = _open(page, visit, "ms=100000")
    tab.locator(".choosing-acts .btn").first.click()
    expect(tab.locator(f"{HERE} .foot")).to_contain_text("2 models timed just now, 2 rounds each")
    expect(_answer(tab)).to_contain_text("under 100000")
    at_rest()


@pytest.mark.parametrize("width", [1440, 390])
def test_a_claim_is_measured_where_it_stands(
    page: str, visit: Visit, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick, go = MEASURES["bottleneck"], Event()
    monkeypatch.setitem(MEASURES, "bottleneck", lambda report: quick(report) if go.wait(60) else None)
    tab = _open(page, visit, "view=claims", width=width)
    row = tab.locator("#claim-bottleneck")
    row.get_by_role("button").click()
    expect(row.get_by_role("button")).to_have_text("Measuring")
    go.set()
    expect(row).to_contain_text("16.9 times fewer")
    expect(row).to_contain_text("does not hold as worded")
    expect(tab.locator(".claims-list .answer")).to_contain_text("Measured so far: 1; 0 held as worded, 1 did not.")
    eventually(lambda: _focused(tab, "claim-bottleneck"))
    expect(row.get_by_role("button")).to_have_text("Measure again")
    for one in tab.locator(".claim-row").all():
        assert one.locator(".claim-state").inner_text() and "Source:" in one.inner_text()
    fits(tab, width)
    at_rest()


def _focused(tab: Any, row: str) -> None:
    assert tab.evaluate("document.activeElement.closest('.claim-row')?.id") == row
