"""The chart of the page, in a browser: when its script comes, what it shows, and what it does with bad figures."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from app.components import chart
from app.main import appearance, build_demo, routes
from app.serving import launch
from cvdemo import plots
from cvdemo.plots import Chart
from tests.awaited import expect, fits
from tests.charted import LAB, growth
from tests.test_browser import Visit

pytestmark = pytest.mark.browser

MARKUP = "<img src=x onerror=document.title='run'><b>ViT</b> & Co"
DRAWN = "(times) => Number(document.querySelector('.chart').dataset.drawn || 0) >= times"
SHOW = "(value) => { window.charted.show(value); }"


@pytest.fixture(scope="module", name="address")
def served() -> Iterator[str]:
    """Serve a page with one chart."""
    demo = build_demo((LAB,))
    yield launch(demo, block=False, routes=routes(), **appearance()).rstrip("/")
    demo.close()


def _open(address: str, visit: Visit, **options: Any) -> Any:
    tab = visit(f"{address}/?tab=charted", **options)
    tab.wait_for_function(f"() => document.querySelector('.chart') && ({DRAWN})(1)")
    return tab


def _shown(tab: Any, value: Chart) -> None:
    drawn = int(tab.locator(".chart").get_attribute("data-drawn") or 0)
    tab.evaluate(SHOW, value.plain())
    tab.wait_for_function(DRAWN, arg=drawn + 1)


def test_the_script_is_served_compressed_under_the_name_of_its_content(address: str) -> None:
    with httpx.Client(timeout=60) as client:  # the first one waits until it is compressed
        packed, plain = (
            client.get(f"{address}/{chart.address()}", headers={"Accept-Encoding": form}) for form in ("br", "identity")
        )
        stale = client.get(f"{address}/charts-0123456789abcdef.js")
    assert packed.headers["content-encoding"] == "br" and int(packed.headers["content-length"]) < 1_500_000
    assert plain.headers.get("content-encoding") is None
    assert packed.text == plain.text
    assert packed.text.startswith(chart.plotly_js().read_text()) and "window.cvHouse" in packed.text[-8000:]
    assert packed.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert packed.headers["content-type"].startswith("text/javascript")
    assert stale.status_code == 404


def test_the_script_comes_once_and_after_the_answer(page: str, visit: Visit) -> None:
    noted = """new MutationObserver(() => {
      if (document.querySelector('.scene rect')) window.answeredAt ||= performance.now();
    }).observe(document, { childList: true, subtree: true })"""
    tab = visit(f"{page}/?tab=detect", script=noted, service_workers="block")  # a visitor of its own: nothing is cached
    tab.wait_for_selector(".charts .chart[data-drawn]")
    came = tab.evaluate(
        """() => performance.getEntriesByType('resource').filter((one) => one.name.includes('charts-'))
             .map((one) => [one.startTime, one.transferSize])"""
    )
    assert min(start for start, _ in came) > tab.evaluate("window.answeredAt")
    assert sum(size > 1_000_000 for _, size in came) == 1, came


def test_fetched_ahead_it_is_not_fetched_again(page: str, visit: Visit) -> None:
    tab = visit(page, service_workers="block")
    resources = "performance.getEntriesByType('resource')"
    whole = f"{resources}.filter((one) => one.transferSize > 1e6 && one.name.includes('charts-'))"
    tab.wait_for_function(f"{whole}.length === 1")
    assert tab.evaluate("window.Plotly === undefined"), "nobody has looked at a chart yet"
    tab.get_by_role("tab", name="Detect", exact=True).click()
    tab.wait_for_selector(".charts .chart[data-drawn]")
    assert tab.evaluate(f"{whole}.length") == 1


def test_a_chart_says_what_it_shows(address: str, visit: Visit) -> None:
    tab = _open(address, visit)
    expect(tab.locator(".chart-stage")).to_have_attribute("aria-label", "Growth. ViT-S needs twice the time.")
    expect(tab.locator(".chart-plot .xtitle")).to_have_text("side of the photo, px")
    sizes = tab.evaluate(
        "[...document.querySelectorAll('.chart-plot text')].map((one) => parseFloat(getComputedStyle(one).fontSize))"
    )
    assert sizes and min(sizes) >= 13
    button = tab.get_by_role("button", name="Values", exact=True)
    button.focus()
    tab.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(tab.locator(".chart-table th[scope=col]")).to_have_text(["Series", "side of the photo, px", "milliseconds"])
    expect(tab.locator(".chart-table tbody tr")).to_have_count(8)
    expect(tab.locator(".chart-table tbody tr").first).to_have_text(re.compile(r"ResNet-50\s*64\s*8"))


def test_names_are_text(address: str, visit: Visit) -> None:
    tab = _open(address, visit)
    _shown(tab, growth(MARKUP))
    tab.get_by_role("button", name="Values", exact=True).click()
    expect(tab.locator(".chart-plot .annotation-text").last).to_have_text(MARKUP)
    expect(tab.locator(".chart-table tbody tr").last).to_contain_text(MARKUP)
    assert tab.locator(".chart img, .chart b").count() == 0
    assert tab.title() != "run"


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ([], "Nothing to draw yet."),
        ([1.0], None),
        ([1.0, float("nan"), 3.0], "One value is no number: there is a gap."),
        ([float("inf"), float("-inf"), 3.0], "2 values are no numbers: there are gaps."),
        ([float(one % 97) for one in range(10_000)], None),
    ],
    ids=["empty", "one point", "not a number", "infinite", "ten thousand"],
)
def test_bad_input_has_a_word(address: str, visit: Visit, values: list[float], word: str | None) -> None:
    tab = _open(address, visit)
    trace = plots.curve("one", [float(place) for place in range(len(values))], plots.numbers(values), "cnn")
    value = Chart("One", "It is what it is.", (trace,), {"xaxis": plots.axis("x"), "yaxis": plots.axis("y")})
    tab.evaluate(SHOW, value.plain())
    if word is None:
        tab.wait_for_function("document.querySelectorAll('.chart-plot .scatterlayer .trace').length === 1")
        expect(tab.locator(".chart > .sub")).to_be_hidden()
    else:
        expect(tab.locator(".chart > .sub")).to_have_text(word)
    if not values:
        expect(tab.locator(".chart-stage")).to_be_hidden()
        return
    tab.get_by_role("button", name="Values", exact=True).click()
    expect(tab.locator(".chart-table tbody tr")).to_have_count(min(len(values), 500))
    if None in plots.numbers(values):
        expect(tab.locator(".chart-table")).to_contain_text("no number")


def test_of_two_hundred_updates_in_a_second_the_last_one_wins(address: str, visit: Visit) -> None:
    tab = _open(address, visit)
    tab.evaluate(
        """async (value) => {
             for (let step = 1; step <= 200; step += 1) {
               const layout = { ...value.layout, xaxis: { title: { text: `step ${step}` } } };
               window.charted.show({ ...value, layout });
               await new Promise((go) => setTimeout(go, 5));
             }
           }""",
        growth().plain(),
    )
    expect(tab.locator(".chart-plot .xtitle")).to_have_text("step 200")
    assert int(tab.locator(".chart").get_attribute("data-drawn")) <= 202


def test_the_theme_changes_without_a_question(address: str, visit: Visit) -> None:
    tab = _open(address, visit)
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    path = tab.locator(".chart-plot .scatterlayer .js-line").first
    expect(path).to_have_css("stroke", "rgb(11, 95, 224)")
    tab.evaluate("document.body.classList.add('dark')")
    expect(path).to_have_css("stroke", "rgb(91, 155, 255)")
    assert not [url for url in asked if "healthz" not in url]


def _drag(tab: Any) -> list[float]:
    box = tab.locator(".chart-plot .nsewdrag").bounding_box()
    x, y = box["x"] + box["width"] / 3, box["y"] + box["height"] / 3
    tab.mouse.move(x, y)
    tab.mouse.down()
    tab.mouse.move(x + 90, y + 60, steps=5)
    tab.mouse.up()
    expect(tab.get_by_role("button", name="Reset view")).to_be_visible()
    return _range(tab)


def _range(tab: Any) -> list[float]:
    return list(tab.evaluate("document.querySelector('.chart-plot').layout.yaxis.range"))


def test_zoom_stays_while_data_stream_and_goes_when_asked(address: str, visit: Visit) -> None:
    tab = _open(address, visit)
    tab.locator(".chart").scroll_into_view_if_needed()
    zoomed = _drag(tab)
    assert zoomed != [0, 100]
    _shown(tab, growth(count=6))
    assert _range(tab) == zoomed
    tab.get_by_role("button", name="Reset view").click()
    tab.wait_for_function("String(document.querySelector('.chart-plot').layout.yaxis.range) === '0,100'")
    _drag(tab)
    tab.locator(".chart-plot .nsewdrag").dblclick()
    tab.wait_for_function("String(document.querySelector('.chart-plot').layout.yaxis.range) === '0,100'")


def test_a_script_that_does_not_arrive_leaves_the_table(address: str, visit: Visit) -> None:
    tab = visit(f"{address}/?tab=classify", service_workers="block")
    tab.route(re.compile("charts-"), lambda route: route.abort())
    tab.goto(f"{address}/?tab=charted")
    expect(tab.locator(".chart .alert")).to_contain_text("did not arrive")
    expect(tab.locator(".chart-table tbody tr")).to_have_count(8)
    tab.unroute(re.compile("charts-"))
    tab.get_by_role("button", name="Try again").click()
    tab.wait_for_function(DRAWN, arg=1)
    expect(tab.locator(".chart .alert")).to_have_count(0)
    expect(tab.locator(".chart-plot .xtitle")).to_be_visible()


def test_the_picture_to_take_away_has_all_that_belongs_to_it(address: str, visit: Visit) -> None:
    tab = _open(address, visit)
    with tab.expect_download() as file:
        tab.get_by_role("button", name="PNG", exact=True).click()
    assert re.fullmatch(r"cvlab-charted-growth-\d{4}-\d\d-\d\d\.png", file.value.suggested_filename)
    picture = Image.open(io.BytesIO(Path(file.value.path()).read_bytes()))
    assert picture.width == 2 * (900 + 56) and picture.height > 2 * (240 + 130)
    assert len(picture.convert("RGB").getcolors(1 << 20) or []) > 20


def test_on_a_phone_there_is_a_legend_and_the_page_scrolls(address: str, visit: Visit) -> None:
    tab = _open(address, visit, width=390, height=420, has_touch=True, is_mobile=True)
    fits(tab, 390)
    expect(tab.locator(".chart-plot .legendtext")).to_have_text(["ResNet-50", "ViT-S"])
    expect(tab.locator(".chart-plot .annotation-text")).to_have_count(0)
    tab.evaluate("scrollTo(0, document.documentElement.scrollHeight)")  # there is something to scroll back
    before = tab.evaluate("scrollY")
    _swipe(tab, 0, 80)
    tab.wait_for_function("(before) => scrollY < before - 30", arg=before)
    assert _range(tab) == [0, 100]


def _swipe(tab: Any, right: float, down: float) -> None:
    """Drag one finger over the plot, so many pixels."""
    box = tab.locator(".chart-plot .nsewdrag").bounding_box()
    x, y = box["x"] + box["width"] / 3, box["y"] + box["height"] / 3
    touch = tab.context.new_cdp_session(tab)
    for kind, share in [("touchStart", 0.0), *(("touchMove", step / 8) for step in range(1, 9)), ("touchEnd", None)]:
        points = [] if share is None else [{"x": x + share * right, "y": y + share * down}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def test_on_a_phone_one_drag_zooms_when_asked_and_a_double_tap_resets(address: str, visit: Visit) -> None:
    tab = _open(address, visit, width=390, height=700, has_touch=True, is_mobile=True)
    tab.get_by_role("button", name="Zoom", exact=True).tap()
    tab.wait_for_function("document.querySelector('.chart-plot').layout.dragmode === 'zoom'")
    tab.locator(".chart-stage").scroll_into_view_if_needed()
    _swipe(tab, 80, 80)
    tab.wait_for_function("String(document.querySelector('.chart-plot').layout.yaxis.range) !== '0,100'")
    tab.wait_for_function("document.querySelector('.chart-plot').layout.dragmode === false")
    box = tab.locator(".chart-plot .nsewdrag").bounding_box()
    for _ in range(2):
        tab.touchscreen.tap(box["x"] + 60, box["y"] + 60)
    tab.wait_for_function("String(document.querySelector('.chart-plot').layout.yaxis.range) === '0,100'")
