"""The frame in a real browser: tabs and links, phone strip, header, both themes, from 360 to 1920 pixels."""

import re

import pytest
from framed import HEALTH, TABS, Frame, Visit, opened, quiet_frame, served_frame  # noqa: F401  (fixtures)

from tests.awaited import expect, fits
from tests.tabbed import open_lab, shown

pytestmark = pytest.mark.browser
GARBAGE = "This file is not a picture we can read. JPEG, PNG and WebP always work."


def test_each_tab_starts_with_the_photo_that_suits_it(visit: Visit, frame: Frame) -> None:
    page = opened(visit, frame)
    frame.next("photo")
    page.get_by_role("tab", name="Detect").click()
    value = frame.next("photo")
    assert (value["photo"]["id"], value["tab"], value["chosen"]) == ("starter:street", "detect", False)
    expect(page).to_have_url(re.compile(r"\?tab=detect$"))
    page.get_by_role("tab", name="Classify").click()
    assert frame.next("photo")["photo"]["id"] == "starter:cat"
    page.get_by_role("button", name="Blood cells").click()
    assert frame.next("photo")["chosen"] is True
    expect(page.locator(".thumbs [aria-pressed=true]")).to_have_attribute("aria-label", "Blood cells")
    page.get_by_role("tab", name="Detect").click()
    expect(page).to_have_url(re.compile("tab=detect.*photo=blood_cells|photo=blood_cells.*tab=detect"))
    page.wait_for_timeout(300)
    assert frame.quiet() and page.locator(".rail .caption b").inner_text() == "Blood cells"


@pytest.mark.parametrize(
    ("query", "photo", "point", "tab"),
    [
        ("?tab=detect", "street", [450, 290], "detect"),
        ("?tab=latency", "cat", [113, 172], "latency"),
        ("?photo=coffee&point=10,20", "coffee", [10, 20], "classify"),
        ("?tab=nonsense&photo=nonsense&point=9e9,x", "cat", [113, 172], "classify"),
        ("?photo=__proto__&point=-1,-1", "cat", [113, 172], "classify"),
    ],
)
def test_a_link_brings_tab_photo_and_point(
    visit: Visit, frame: Frame, query: str, photo: str, point: list[int], tab: str
) -> None:
    page = opened(visit, frame, query)
    value = frame.next("photo")
    assert (value["photo"]["id"], value["point"], value["tab"]) == (f"starter:{photo}", point, tab)
    page.get_by_role("tab", name=TABS[tab], selected=True).wait_for()
    page.wait_for_timeout(300)
    assert frame.quiet()


def test_a_phone_has_a_strip_that_opens_the_rail_in_place(visit: Visit, frame: Frame) -> None:
    page = opened(visit, frame, width=390, height=844, has_touch=True)
    frame.next("photo")
    assert not page.locator(".rail .panel").is_visible()
    assert page.locator(".strip").bounding_box()["height"] == 64
    assert page.locator(".strip p").inner_text() == "Cat\nstarter photo"
    change = page.locator(".strip button")
    assert change.bounding_box()["height"] >= 44
    change.tap()
    expect(change).to_have_attribute("aria-expanded", "true")
    expect(page.locator(".rail .picture")).to_be_visible()
    page.keyboard.press("Escape")
    expect(change).to_have_attribute("aria-expanded", "false")
    expect(page.locator(".rail .picture")).to_be_hidden()
    change.tap()
    page.get_by_role("button", name="Coffee").tap()
    assert frame.next("photo")["photo"]["id"] == "starter:coffee"
    expect(page.locator(".rail .panel")).to_be_hidden()
    expect(page.locator(".strip b")).to_have_text("Coffee")
    page.evaluate("scrollTo(0, 700)")  # the strip stays at the top
    page.wait_for_function("scrollY > 600 && Math.abs(document.querySelector('.strip').getBoundingClientRect().y) < 1")


def test_the_strip_names_the_point_where_the_point_matters(visit: Visit, frame: Frame) -> None:
    page = opened(visit, frame, "?tab=receptive-field", width=390, height=844)
    page.get_by_text("Row 113, column 172", exact=True).wait_for()
    expect(page.locator(".strip span")).to_have_text("Cat, starter photo")


def test_a_refused_file_opens_the_rail_on_a_phone(visit: Visit, frame: Frame) -> None:
    page = opened(visit, frame, width=390, height=844)
    page.set_input_files(
        ".rail input[type=file]", {"name": "x.png", "mimeType": "image/png", "buffer": b"nothing like a picture" * 40}
    )
    page.locator(".rail [role=alert]", has_text=GARBAGE).wait_for()
    assert page.locator(".rail [role=alert]").is_visible()


def test_a_photo_that_a_tab_brought_says_so_and_leads_back(visit: Visit, frame: Frame) -> None:
    page = opened(visit, frame)
    chip, back = page.get_by_text("Photo chosen for this tab"), page.locator(".rail .back")
    expect(chip).to_be_hidden()
    expect(back).to_be_hidden()
    open_lab(page, "Detect")
    expect(page.locator(".rail .caption b")).to_have_text("Street")
    expect(chip).to_be_visible()
    expect(back).to_have_text("Back to Cat")
    back.click()
    expect(page.locator(".rail .caption b")).to_have_text("Cat")
    expect(chip).to_be_hidden()
    open_lab(page, "Classify")
    open_lab(page, "Detect")  # the visitor chose: it stays
    expect(page.locator(".rail .caption b")).to_have_text("Cat")
    expect(chip).to_be_hidden()


def test_presenter_is_larger_with_the_photo_as_a_strip_and_stands_in_the_link(visit: Visit, frame: Frame) -> None:
    page = opened(visit, frame, "?tab=inside", width=1280, height=720)
    shown(page, "inside")
    switch, answer, panel = (
        page.get_by_role("switch", name="Presenter"),
        page.locator(".answer:visible"),
        page.locator(".rail .panel"),
    )
    expect(answer).to_have_css("font-size", "24px")
    page.keyboard.press("p")
    expect(switch).to_have_attribute("aria-checked", "true")
    expect(answer).to_have_css("font-size", "30px")
    expect(panel).to_be_hidden()
    expect(page.locator(".strip b")).to_have_text("Row 113, column 172")
    expect(page).to_have_url(re.compile("presenter=1"))
    row = page.locator("#labs nav").bounding_box()
    assert page.locator(".strip").bounding_box()["y"] == row["y"] + row["height"]
    fits(page, 1280)
    page.locator(".strip button").click()
    expect(panel).to_be_visible()
    page.reload()
    expect(switch).to_have_attribute("aria-checked", "true")
    expect(panel).to_be_hidden()
    switch.click()
    expect(answer).to_have_css("font-size", "24px")
    expect(panel).to_be_visible()
    expect(page).not_to_have_url(re.compile("presenter"))
    page.evaluate(
        "document.body.append(document.createElement('textarea')); document.querySelector('textarea').focus()"
    )
    page.keyboard.press("p")  # a letter of a text
    expect(switch).to_have_attribute("aria-checked", "false")


GROUND = {"light": ("rgb(244, 245, 247)", "rgb(22, 32, 43)"), "dark": ("rgb(14, 18, 23)", "rgb(233, 238, 244)")}


@pytest.mark.parametrize("scheme", GROUND)
def test_nothing_sticks_out_at_any_width(visit: Visit, frame: Frame, scheme: str) -> None:
    page = opened(visit, frame, color_scheme=scheme)
    for width in (1920, 1440, 1024, 820, 720, 390, 360):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(250)
        fits(page, width)
        expect(page.locator("gradio-app")).to_have_css("background-color", GROUND[scheme][0])
        expect(page.locator(".answer").first).to_have_css("color", GROUND[scheme][1])
        expect(page.locator(".answer").first).to_have_css("font-size", "20px" if width < 640 else "24px")
        rail = 296 if width >= 1024 else width
        page.wait_for_function(f"document.querySelector('#rail').getBoundingClientRect().width === {rail}")


def test_the_header_tells_the_machine_and_notices_when_it_is_gone(visit: Visit, frame: Frame) -> None:
    page = opened(visit, frame)
    status = page.locator(".header .status")
    told = "Ready 2 CPU cores 2 models in memory, 14 MB of 4.0 GB Offline: only models that are here"
    expect(status).to_have_text(told, use_inner_text=True)
    frame.health = {**HEALTH, "state": "busy", "detail": "measuring, 12 s left", "models_resident": 1, "online": True,
                    "bytes_resident": 1_240_000_000}  # fmt: skip
    again = "() => document.dispatchEvent(new Event('visibilitychange'))"
    page.evaluate(again)
    page.get_by_text("Busy: measuring, 12 s left").wait_for()
    told = "Busy: measuring, 12 s left 2 CPU cores 1 model in memory, 1.2 GB of 4.0 GB Online"
    expect(status).to_have_text(told, use_inner_text=True)
    page.route("**/healthz", lambda route: route.abort())
    page.evaluate(again)
    page.get_by_text("Not connected").wait_for(timeout=10_000)


def test_a_narrow_header_keeps_state_and_network(visit: Visit, frame: Frame) -> None:
    page = opened(visit, frame, width=390, height=844)
    shown = page.locator(".header .status > *").locator("visible=true")
    expect(shown).to_have_text(["Ready", "Offline"], use_inner_text=True)


def test_the_page_is_walked_in_reading_order(visit: Visit, frame: Frame) -> None:
    page = opened(visit, frame, "?tab=inside")
    page.evaluate("document.activeElement.blur()")
    seen = []
    for _ in range(11):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("(document.activeElement.ariaLabel || document.activeElement.innerText).trim()"))
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
        assert outline == "3px", seen[-1]
    assert seen[0] == "Ready"  # leads to the status page
    assert seen[1:3] == ["Presenter", "Look inside"]  # the row of labs is one stop
    assert seen[3].startswith("Cat, 451 × 300 pixels. Row 113, column 172.")
    assert seen[4:] == [
        "Choose a photo",
        "Use the webcam",
        "Cat",
        "Street",
        "Portrait",
        "Blood cells",
        "Coffee",
    ]
