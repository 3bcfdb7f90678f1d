"""The Receptive field tab in a real browser, offline: both fields, the depth slider, settings, and the built stack."""

import re
from pathlib import Path
from typing import Any

import pytest

from cvdemo.receptive_field import study
from tests.awaited import at_rest, eventually, expect, fits, is_empty, on_one_screen
from tests.test_browser import Visit

pytestmark = pytest.mark.browser
READY = "document.querySelectorAll('.field .eye').length > 0 && !document.querySelector('.field-body').hidden"


SMALL = "&models=mini_resnet,mini_vit"  # quick: what these tests try does not depend on the models


def _open(page: str, visit: Visit, query: str = "", **options: Any) -> Any:
    chosen = "" if "models=" in query else SMALL
    tab = visit(f"{page}/?tab=receptive-field&side=64{query}{chosen}", **options)
    tab.wait_for_function(READY)
    return tab


def _figures(tab: Any, card: int = 0) -> list[str]:
    return tab.locator(".eye").nth(card).locator(".sight dd").all_inner_texts()


def _number(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def _measured(tab: Any) -> None:
    """Wait until every layer of both models has been measured once."""
    tab.wait_for_function("document.querySelectorAll('.growth path.effective').length === 2 && "
                          "[...document.querySelectorAll('.growth path.effective')].every((path) => "
                          "path.getAttribute('d').split('L').length >= 8)")  # fmt: skip


def _rested() -> int:
    """Wait until the run that was under way has ended, and return how many networks have run."""
    seen = -1
    while seen != study.network_runs():
        seen = study.network_runs()
        at_rest()
    return seen


def test_both_fields_are_shown_at_first(page: str, visit: Visit) -> None:
    tab = _open(page, visit)
    expect(tab.locator(".eye")).to_have_count(2)

    def both_fields() -> None:
        theory, effective, ratio = _figures(tab)
        assert _number(theory) == 111  # layer3.1 of the small ResNet
        assert 0 < _number(effective) < 111
        assert float(ratio) == pytest.approx(_number(effective) / 111, abs=0.006)
        assert _figures(tab, 1)[0] == "whole photo"

    eventually(both_fields)
    for words in ("could see 111", "Small ViT unit can see the whole photo"):
        expect(tab.locator("#field-photo .answer")).to_contain_text(words)


def test_playing_the_depth_makes_both_fields_grow_without_a_network_run(page: str, visit: Visit) -> None:
    tab = _open(page, visit)
    _measured(tab)
    tab.evaluate("document.querySelector('.copies button:not([hidden])')?.click()")  # stop refining, if it goes on
    tab.wait_for_function("/Stopped|over \\d+ shifted/.test(document.querySelector('.copies').textContent)")
    runs, slider = _rested(), tab.locator(".growth")
    slider.focus()
    slider.press("Home")
    tab.wait_for_function("document.querySelector('.eye .rest').textContent.endsWith('conv1.0')")
    seen: list[tuple[int, int]] = []
    for _ in range(30):
        tab.wait_for_timeout(100)
        theory, effective, _ = _figures(tab)
        if not seen or (_number(theory), _number(effective)) != seen[-1]:
            seen.append((_number(theory), _number(effective)))
        slider.press("ArrowRight")
    tab.wait_for_function("document.querySelector('.eye .sight dd').textContent.includes('223')")
    seen.append((_number(_figures(tab)[0]), _number(_figures(tab)[1])))
    assert seen[0] == (3, 3)
    assert [theory for theory, _ in seen] == sorted(theory for theory, _ in seen)
    assert seen[-1][0] == 223
    assert seen[-1][1] > seen[0][1]
    assert study.network_runs() == runs
    slider.press("Home")
    slider.press(" ")
    tab.wait_for_function("Number(document.querySelector('.growth').getAttribute('aria-valuenow')) > 5")
    slider.press(" ")


SOLID = """() => [document.querySelectorAll('.eye .sight dd')[1].textContent,
  document.querySelector('.eye rect.line.effective').getAttribute('width')]"""  # at once: it is still being refined


def test_the_share_changes_the_solid_square(page: str, visit: Visit) -> None:
    tab = _open(page, visit)
    sides = []
    for share in ("20 %", "50 %", "95 %"):
        tab.locator(".held .seg button", has_text=share.replace(" ", "\u00a0")).click()
        words = {"20 %": "a fifth", "50 %": "half", "95 %": "95\u00a0%"}[share]
        tab.wait_for_function(f"document.querySelector('.eye .sight').textContent.includes('{words}')")
        side, drawn = tab.evaluate(SOLID)
        sides.append(_number(side))
        assert float(drawn) == pytest.approx(sides[-1])
    assert sides == sorted(sides) and sides[0] < sides[2]


def test_a_tap_on_the_picture_moves_the_shared_point(page: str, visit: Visit) -> None:
    tab = _open(page, visit)
    before = tab.locator(".eye rect.line.theory").first.get_attribute("x")
    box = tab.locator(".eye .stage").first.bounding_box()
    tab.mouse.click(box["x"] + 0.6 * box["width"], box["y"] + 0.6 * box["height"])
    tab.wait_for_function(f"document.querySelector('.eye rect.line.theory').getAttribute('x') !== '{before}'")
    expect(tab).to_have_url(re.compile("point="))


def test_a_random_resnet50_and_vit_say_so_and_grow(page: str, visit: Visit) -> None:
    tab = _open(page, visit, "&models=resnet50,vit_base_patch16_224&depth=1")
    tab.wait_for_function("document.querySelector('.eye .rest').textContent.includes('ResNet-50')", timeout=120_000)
    told = [re.compile(r"^64\spx, not its own 224$"), "random weights"]
    expect(tab.locator(".eye .state.warn")).to_have_text([*told, *told])
    expect(tab.locator(".field-why")).to_contain_text("network's shape, not what it learned", use_inner_text=True)
    tab.wait_for_function("document.querySelector('.eye .sight dd').textContent.startsWith('427')")
    expect(tab.locator(".eye").nth(1).locator(".sight dd").first).to_have_text("whole photo")
    expect(tab.locator(".beyonds")).to_contain_text("layers look farther than the photo", use_inner_text=True)


def test_the_link_brings_everything_back(page: str, visit: Visit) -> None:
    tab = _open(page, visit, "&depth=0.5&share=0.95&field=log,shortest&models=mini_resnet")
    tab.wait_for_function("document.querySelectorAll('.eye').length === 1")
    tab.wait_for_function("document.querySelector('.eye .sight').textContent.includes('log-scaled')")
    expect(tab.locator(".eye .sight")).to_contain_text("shortest path")
    expect(tab.locator(".growth")).to_have_attribute("aria-valuenow", "50")


def test_what_is_on_screen_can_be_taken_away(page: str, visit: Visit) -> None:
    tab = _open(page, visit)
    for name, begins in (("CSV", b"model,weights,"), ("PNG", b"\x89PNG")):
        with tab.expect_download() as caught:
            tab.locator(".field .foot").get_by_role("button", name=name).click()
        assert Path(caught.value.path()).read_bytes().startswith(begins)


def test_build_the_vgg_preset_and_read_212(page: str, visit: Visit) -> None:
    tab = _open(page, visit)
    tab.get_by_role("button", name="Build a stack").click()
    tab.locator(".stacker .seg button", has_text="Dilated").click()
    tab.wait_for_function("document.querySelector('.stacker .answer').textContent.includes('sees 65')")
    tab.locator(".stacker .seg button", has_text="VGG").click()
    tab.wait_for_function("document.querySelector('.stacker .answer').textContent.includes('sees 212')")
    expect(tab.locator(".stack-row")).to_have_count(18)
    stride = tab.get_by_label("Row 3, stride")
    stride.fill("0")
    tab.wait_for_function("document.querySelector('.stacker .alert')?.textContent.startsWith('Row 3: the stride')")
    stride.fill("1")
    tab.wait_for_function("document.querySelector('.stacker .answer').textContent.includes('sees 109')")
    expect(tab.locator(".stacker .alert")).to_be_hidden()
    expect(tab.locator(".stacker pre")).to_contain_text("nn.Conv2d(3, 64, kernel_size=3")


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1440, 900)])
def test_the_depth_slider_stands_beside_the_pictures(page: str, visit: Visit, width: int, height: int) -> None:
    tab = _open(page, visit, "&models=tf_efficientnet_lite0,mini_vit", width=width, height=height)
    on_one_screen(tab, ".growth", ".eye .stage", "#field-photo .chip")
    expect(tab.locator("#field-photo")).not_to_contain_text("Gaussian")


def test_what_few_ask_for_stands_behind_an_i(page: str, visit: Visit) -> None:
    tab = _open(page, visit)
    tab.wait_for_selector(".eye .info")
    about = tab.locator(".eye .info p").first
    expect(about).to_be_hidden()
    tab.locator(".eye .info summary").first.click()
    expect(about).to_have_text(re.compile(r"^Over \d+ shifted copies of the photo this side varies by \d+\spx"))


def test_a_stack_on_a_phone_is_a_few_closed_rows(page: str, visit: Visit) -> None:
    tab = _open(page, visit, "&view=field-stack", width=390, height=844)
    rows, fields = tab.locator(".stack-row:visible"), tab.locator(".stack-row input:visible")
    expect(rows).to_have_count(4)
    expect(fields).to_have_count(0)
    expect(rows.nth(2)).to_contain_text("Max-pool 2 × 2, stride 2")
    assert tab.evaluate("document.documentElement.scrollHeight") < 2000
    rows.nth(2).locator(".brief").click()
    expect(fields).to_have_count(6)
    tab.get_by_label("Row 3, stride").fill("1")
    expect(rows.nth(2)).to_contain_text(re.compile("Max-pool 2 × 2sees"))
    tab.wait_for_function("document.querySelector('.stacker .answer').textContent.includes('sees 109')")
    tab.get_by_role("button", name="Show all 18 rows").click()
    expect(rows).to_have_count(18)
    rows.nth(2).locator(".brief").click()
    expect(fields).to_have_count(0)


def test_a_refused_row_of_a_phone_s_stack_opens(page: str, visit: Visit) -> None:
    tab = _open(page, visit, "&view=field-stack&stack=8_c-3-1-1-1-1-8_c-3-1-1-1-1-8_c-3-1-1-1-1-8_c-3-1-1-1-1-8"
                "_m-9-2-0-1-1-8", width=390, height=844)  # fmt: skip
    expect(tab.locator(".stacker .alert")).to_contain_text("Row 5")
    expect(tab.locator(".stack-row.bad input:visible")).to_have_count(6)
    expect(tab.locator(".stack-row:visible")).to_have_count(18)


def test_chips_stay_on_a_phone(page: str, visit: Visit) -> None:
    expect(_open(page, visit, width=390, height=844).locator("#field-photo .chip:visible")).to_have_count(2)


@pytest.mark.parametrize("view", ["", "&view=field-stack"])
def test_nothing_sticks_out_of_the_page_or_of_its_card(page: str, visit: Visit, view: str) -> None:
    tab = _open(page, visit, view)
    tab.wait_for_selector(".copies:not([hidden])", state="attached")
    for width in (1440, 1280, 1100, 820, 390):
        tab.set_viewport_size({"width": width, "height": 900})
        tab.wait_for_timeout(300)
        fits(tab, width)
        is_empty(
            tab,
            """() => [...document.querySelectorAll('#field-photo *, #field-stack *')].filter((node) =>
                 node.getClientRects().length && !node.closest('.chip-list, .seg, pre, svg') &&
                 [document.body, node.closest('.card')].some((around) =>
                   around && node.getBoundingClientRect().right > around.getBoundingClientRect().right + 1))
               .map((node) => node.className)""",
        )  # fmt: skip
