"""The Convolution tab in a real browser, offline: the written sum is right, grids are linked, settings change both."""

import re
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from PIL import Image

from app.tabs import convolution, convolution_shift
from tests.awaited import at_rest, eventually, expect, fits, is_empty, on_one_screen
from tests.tabbed import late
from tests.test_browser import Visit

pytestmark = pytest.mark.browser

SUM = ".convolution .sum"


def _open(page: str, visit: Visit, query: str = "", **options: Any) -> Any:
    tab = visit(f"{page}/?tab=convolution{query}", **options)
    tab.wait_for_selector(f"{SUM} b")
    return tab


@pytest.mark.parametrize("kernel", ["sobel_y", "own"])
def test_a_kernel_can_be_chosen_before_anything_stands(page: str, visit: Visit, kernel: str) -> None:
    tab = visit(f"{page}/?tab=convolution", script=late("/queue/join"))
    menu = tab.locator(".convolution .kernels select").first
    menu.select_option(kernel)
    assert tab.locator(f"{SUM} b").count() == 0
    tab.wait_for_selector(f"{SUM} b")
    expect(menu).to_have_value(kernel)


def _sum(tab: Any) -> tuple[list[tuple[float, float]], float]:
    """Return the terms (cell, kernel number) that the page writes out, and the result that it names."""
    text = tab.locator(SUM).inner_text().replace("\u2212", "-").replace(",", "")
    left, right = text.split("=")
    terms = re.findall(r"([+-])?\s*(\d+(?:\.\d+)?)×\(?(-?\d+(?:\.\d+)?)\)?", left)
    return [((-1 if sign == "-" else 1) * float(cell), float(number)) for sign, cell, number in terms], float(right)


def _says(tab: Any, where: str, text: str) -> None:
    """Wait until the element says ``text``, and perhaps more."""
    expect(tab.locator(where)).to_contain_text(text, use_inner_text=True)


def _result(tab: Any) -> Any:
    return tab.locator(".bench .cells").last


def _points_at(tab: Any, place: str) -> None:
    """Wait until the result's marked cell is the one at ``place``."""
    expect(_result(tab)).to_have_attribute("aria-label", re.compile(f"{place}:"))


def _changed(tab: Any, before: str) -> None:
    expect(tab.locator(SUM)).not_to_have_text(before, use_inner_text=True)


def test_the_cat_opens_with_one_sum_written_out_and_it_is_right(page: str, visit: Visit) -> None:
    tab = _open(page, visit)
    terms, result = _sum(tab)
    assert len(terms) == 9
    assert sum(cell * number for cell, number in terms) == result != 0
    answer = re.compile(r"^Sobel x answers to upright edges: \d+\.\d.% of the photo reacts\.")
    expect(tab.locator(".convolution .answer")).to_have_text(answer, use_inner_text=True)
    expect(tab.locator(".formula")).to_have_text("floor((32 + 2*1 - 1*(3-1) - 1)/1) + 1 = 32")


def test_pointing_at_the_result_shows_its_window_and_a_click_keeps_it(page: str, visit: Visit) -> None:
    tab = _open(page, visit)
    opened = tab.locator(SUM).inner_text()
    box = tab.locator(".bench .cells").last.bounding_box()
    cell = box["width"] / 32
    tab.mouse.move(box["x"] + 4.5 * cell, box["y"] + 6.5 * cell)  # row 7, column 5
    _points_at(tab, "Row 7, column 5")
    lit = tab.locator(".bench .cells").first.locator("rect.line.lit")
    for name, value in (("x", "4"), ("y", "6"), ("width", "3")):  # in padded cells
        expect(lit).to_have_attribute(name, value)
    terms, result = _sum(tab)
    assert sum(a * b for a, b in terms) == result
    tab.mouse.move(5, 5)
    expect(tab.locator(SUM)).to_have_text(opened, use_inner_text=True)
    tab.mouse.click(box["x"] + 4.5 * cell, box["y"] + 6.5 * cell)
    tab.mouse.move(5, 5)
    expect(tab.locator(".bench .cells.pinned").last).to_have_attribute("aria-label", re.compile("Row 7, column 5:"))


def test_pointing_at_the_photo_lights_the_result_there(page: str, visit: Visit) -> None:
    tab = _open(page, visit)
    box = tab.locator(".bench .cells").first.bounding_box()
    cell = box["width"] / 34
    tab.mouse.move(box["x"] + 11.5 * cell, box["y"] + 3.5 * cell)  # padded cell (3, 11) is the middle of (2, 10)
    _points_at(tab, "Row 3, column 11")


def test_the_player_steps_and_plays(page: str, visit: Visit) -> None:
    tab = _open(page, visit)
    where = tab.locator(".slidecard .stepper output")
    first = int(where.inner_text().split()[0].replace(",", ""))
    tab.get_by_role("button", name="One place on").click()
    expect(where).to_have_text(re.compile(f"^{first + 1} "))
    tab.get_by_role("button", name="One place back").click()
    expect(where).to_have_text(re.compile(f"^{first} "))
    tab.get_by_role("button", name="Play", exact=True).click()
    tab.wait_for_function(
        "first => parseInt(document.querySelector('.slidecard .stepper output').textContent) >= first + 2", arg=first
    )
    tab.get_by_role("button", name="Stop", exact=True).click()
    _result(tab).press("ArrowDown")
    stopped = where.inner_text()
    tab.wait_for_timeout(800)
    assert where.inner_text() == stopped


def test_an_edited_number_becomes_the_visitor_s_own_kernel(page: str, visit: Visit) -> None:
    tab = _open(page, visit)
    before = tab.locator(SUM).inner_text()
    tab.get_by_label("Row 2, column 2", exact=True).fill("10")
    _changed(tab, before)
    expect(tab.locator(".controls select").first).to_have_value("own")

    def ten_in_the_middle() -> None:
        terms, result = _sum(tab)
        assert terms[4][1] == 10 and sum(a * b for a, b in terms) == result

    eventually(ten_in_the_middle)
    tab.get_by_label("Row 1, column 1", exact=True).fill("")
    expect(tab.get_by_label("Row 1, column 1", exact=True)).to_have_attribute("aria-invalid", "true")


def test_stride_and_padding_change_the_formula_and_the_grid(page: str, visit: Visit) -> None:
    tab = _open(page, visit, "&stride=2&padding=none&kernel=blur")
    expect(tab.locator(".formula")).to_have_text("floor((32 + 2*0 - 1*(3-1) - 1)/2) + 1 = 15")
    expect(tab.locator(".bench figcaption").last).to_contain_text("15 × 15 cells")
    _says(tab, ".convolution .answer", "less")


def test_an_even_kernel_is_refused_with_a_way_out(page: str, visit: Visit) -> None:
    tab = _open(page, visit, "&kernel=own&own=1,-1;1,-1")
    tab.wait_for_selector(".fault")
    _says(tab, ".fault", "An even kernel has no middle")
    tab.get_by_role("button", name="Use no padding").click()
    tab.wait_for_function("document.querySelector('.formula').textContent.endsWith('= 31')")
    expect(tab.locator(".fault")).to_be_hidden()

    def four_terms() -> None:
        terms, result = _sum(tab)
        assert len(terms) == 4 and sum(a * b for a, b in terms) == result

    eventually(four_terms)


def test_cells_that_come_late_do_not_bring_an_old_refusal_back(
    page: str, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab = _open(page, visit, "&kernel=own&own=1,-1;1,-1")
    tab.wait_for_selector(".fault")
    started, go_on, reduce_photo = Event(), Event(), convolution.reduce_photo

    def slow(path: Any) -> Any:
        started.set()
        go_on.wait(60)
        return reduce_photo(path)

    monkeypatch.setattr(convolution, "reduce_photo", slow)
    tab.locator("#rail .picture").press("ArrowDown")
    assert started.wait(60)
    tab.get_by_role("button", name="Use no padding").click()
    tab.wait_for_function("document.querySelector('.formula').textContent.endsWith('= 31')")
    before = tab.locator(SUM).inner_text()
    tab.evaluate(
        "() => { window.faults = 0; new MutationObserver(() => { faults += !document.querySelector('.fault').hidden; })"
        ".observe(document.querySelector('.fault'), { attributes: true, childList: true }); }"
    )
    go_on.set()
    _changed(tab, before)
    expect(tab.locator(".formula")).to_have_text(re.compile("= 31$"))
    assert tab.evaluate("faults") == 0


def test_a_learned_filter_sums_three_colours(page: str, visit: Visit) -> None:
    tab = _open(page, visit, "&kernel=learned&model=mini_resnet&filter=2")
    tab.wait_for_selector(".filters button[aria-pressed=true]")
    expect(tab.locator(".convolution .answer")).to_have_text(re.compile("^Filter 3 of Small ResNet"))
    _says(tab, SUM, "blue")
    text = tab.locator(SUM).inner_text().replace("\u2212", "-")
    parts = [float(number) for number in re.findall(r"-? ?\d+(?:\.\d+)?", text.replace("+ ", "").replace("- ", "-"))]
    assert sum(parts[:-1]) == pytest.approx(parts[-1], abs=0.01)
    expect(tab.locator(".filters button")).to_have_count(16)


def test_the_point_of_the_photo_chooses_the_cells(page: str, visit: Visit) -> None:
    tab = _open(page, visit)
    source = ".bench .cells img"
    before = tab.locator(source).first.get_attribute("src")
    photo = tab.locator("#rail .picture")
    photo.focus()
    photo.press("ArrowDown")
    tab.wait_for_function("([where, before]) => document.querySelector(where).src !== before", arg=[source, before])


def _view(page: str, visit: Visit, name: str, query: str = "", **options: Any) -> Any:
    tab = visit(f"{page}/?tab=convolution&view={name}{query}", **options)
    tab.wait_for_selector(f".conv-{name} .answer:not(:empty)")
    return tab


def test_the_views_are_chosen_and_the_address_follows(page: str, visit: Visit) -> None:
    tab = _open(page, visit)
    for title, name in (("Costs", "costs"), ("Pool or stride", "pool"), ("Slide a kernel", "slide")):
        tab.get_by_role("button", name=title).click()
        tab.wait_for_function("name => new URL(location).searchParams.get('view') === name", arg=name)
        expect(tab.locator(".convpane").locator("visible=true")).to_have_count(1)
    expect(tab.locator(SUM)).to_be_visible()


def test_costs_follow_their_sliders(page: str, visit: Visit) -> None:
    tab = _view(page, visit, "costs", "&inputs=3&outputs=64")
    tab.wait_for_function("document.querySelector('.costbar small').textContent === '3*3*3*64 = 1,728'")
    tab.get_by_label("Kernel numbers a side").press("ArrowRight")
    tab.wait_for_function("document.querySelector('.costbar small').textContent === '5*5*3*64 = 4,800'")

    def second_is_its_share_of_the_first() -> None:
        widths = tab.evaluate("[...document.querySelectorAll('.costbar i')].slice(0, 3).map((bar) => bar.offsetWidth)")
        assert widths[1] / widths[0] == pytest.approx((75 + 192) / 4800, abs=0.01)

    eventually(second_is_its_share_of_the_first)


def test_pooled_pictures_change_while_the_photo_moves(page: str, visit: Visit) -> None:
    tab = _view(page, visit, "pool")
    tab.wait_for_selector(".pools figure:nth-child(4) img")
    before = tab.locator(".pools img").nth(2).get_attribute("src")
    tab.get_by_label("Move it pixels to the right").press("ArrowRight")
    tab.wait_for_function("before => document.querySelectorAll('.pools img')[2].src !== before", arg=before)
    _says(tab, ".conv-pool .answer", "Moved by one pixel")


def test_the_shift_slider_moves_through_what_was_measured(page: str, visit: Visit) -> None:
    from cvdemo.convolution.shift import network_runs

    tab = _view(page, visit, "shift", "&shift=0")
    tab.set_default_timeout(90_000)
    tab.wait_for_selector(".conv-shift .crop img")
    at_rest()
    runs = network_runs()
    tab.get_by_label("Shift pixels of the model").press("PageUp")
    answer = r"^Moving the photo by 10\spx changed the CNN's answer by [\d.]+\spoints and the ViT's by [\d.]+\."
    expect(tab.locator(".conv-shift .answer")).to_have_text(re.compile(answer), use_inner_text=True)
    expect(tab.locator(".conv-shift .live")).to_have_text(re.compile(r"^At 10\spx"), use_inner_text=True)
    assert network_runs() == runs


def test_a_view_runs_nothing_until_it_is_opened_and_reads_no_other_view_s_link(
    page: str, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved: list[Path] = []
    move = convolution_shift.move
    monkeypatch.setattr(convolution_shift, "move", lambda path, *more: moved.append(path) or move(path, *more))
    tab = _view(page, visit, "pool", "&times=3&shift=5")
    tab.wait_for_selector(".pools figure:nth-child(4) img")
    tab.locator("#rail .picture").press("ArrowDown")
    tab.wait_for_timeout(1000)
    assert moved == []
    tab.get_by_role("button", name="Shift lab").click()
    tab.wait_for_selector(".conv-shift .crop img")
    assert len(moved) == 1
    assert tab.get_by_label("Shift pixels of the model").input_value() == "3"  # not the other view's 5


def test_a_link_opens_the_shift_lab_at_its_position(page: str, visit: Visit) -> None:
    tab = _view(page, visit, "shift", "&shift=7")
    tab.wait_for_selector(".conv-shift .crop img")
    expect(tab.locator(".conv-shift .live")).to_have_text(re.compile(r"^At 7\spx"), use_inner_text=True)


def test_a_heavy_pair_waits_for_its_button(page: str, visit: Visit) -> None:
    tab = _view(page, visit, "shift")
    tab.set_default_timeout(90_000)
    tab.wait_for_selector(".conv-shift .crop img")
    tab.locator(".conv-shift select").select_option(label="ResNet-50 and ViT-B/16")
    tab.wait_for_function("document.querySelector('.conv-shift .btn.primary').textContent.startsWith('Measure, about')")
    _says(tab, ".conv-shift .notice", "random weights")


def test_what_is_on_screen_can_be_taken_away(page: str, visit: Visit) -> None:
    tab = _open(page, visit, "&kernel=sharpen&stride=3&dilation=2&padding=mirror")
    tab.wait_for_function("document.querySelector('.convolution .answer').textContent.startsWith('Sharpen')")
    with tab.expect_download() as table:
        tab.get_by_role("button", name="CSV", exact=True).locator("visible=true").click()
    lines = Path(table.value.path()).read_text().splitlines()
    assert (
        lines[0]
        == '# nn.Conv2d(1, 1, kernel_size=3, stride=3, padding=2, dilation=2, padding_mode="reflect", bias=False)'
    )
    assert len(lines) == 3 + 11 * 11
    with tab.expect_download() as poster:
        tab.get_by_role("button", name="PNG", exact=True).locator("visible=true").click()
    assert Image.open(poster.value.path()).size[0] > 1000
    tab.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    tab.get_by_role("button", name="Copy link").locator("visible=true").click()
    tab.wait_for_function("window.copied")
    link = tab.evaluate("window.copied")
    assert all(
        part in link for part in ("tab=convolution", "view=slide", "kernel=sharpen", "stride=3", "padding=mirror")
    )


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1440, 900)])
@pytest.mark.parametrize(
    ("name", "pictures"),
    [("slide", ".bench .cells"), ("pool", ".pools img"), ("shift", ".crop"), ("costs", ".costbars")],
)
def test_sliders_and_what_they_change_share_a_screen(
    page: str, visit: Visit, name: str, pictures: str, width: int, height: int
) -> None:
    tab = visit(f"{page}/?tab=convolution&view={name}", width=width, height=height)
    tab.wait_for_selector(f"#{name} {pictures}")
    on_one_screen(tab, f"#{name} .controls input[type=range]", f"#{name} {pictures}")


def test_pooling_opens_on_stripes_and_older_links_on_the_photo(page: str, visit: Visit) -> None:
    chosen = ".conv-pool .seg button[aria-pressed=true]"
    expect(_view(page, visit, "pool").locator(chosen)).to_have_text("Stripes")
    tab = _view(page, visit, "pool", "&times=1")
    expect(tab.locator(chosen)).to_have_text("Your photo")
    before = tab.locator(".pools img").nth(2).get_attribute("src")
    tab.get_by_role("button", name="Stripes").click()
    tab.wait_for_function("before => document.querySelectorAll('.pools img')[2].src !== before", arg=before)


def test_dilation_is_told_above_the_grids(page: str, visit: Visit) -> None:
    tab = _open(page, visit)
    expect(tab.locator(".dilated")).to_have_text("Dilation 1: side by side, no gap.")
    tab.get_by_label("Dilation pixels from number to number").press("ArrowRight")
    expect(tab.locator(".dilated")).to_have_text("Dilation 2: the nine numbers sit 2 pixels apart and span 5 × 5.")
    expect(tab.locator(".bench .cells").first.locator("rect.line.lit")).to_have_attribute("width", "5")


@pytest.mark.parametrize("name", ["costs", "pool", "shift"])
def test_no_view_sticks_out_of_a_phone(page: str, visit: Visit, name: str) -> None:
    tab = _view(page, visit, name, width=390)
    fits(tab, 390)


@pytest.mark.parametrize("width", [390, 820, 1440])
def test_nothing_sticks_out(page: str, visit: Visit, width: int) -> None:
    tab = _open(page, visit, width=width)
    fits(tab, width)

    def square() -> None:
        boxes = [tab.locator(".bench .cells").nth(index).bounding_box() for index in (0, 1)]
        assert all(box["width"] == pytest.approx(box["height"], rel=0.02) for box in boxes)

    eventually(square)
    clipped = "[...document.querySelectorAll('.numbers>*')].filter((cell) => cell.scrollWidth > cell.clientWidth + 1)"
    is_empty(tab, f"{clipped}.map((cell) => cell.textContent)")
