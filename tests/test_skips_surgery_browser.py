"""Skips, Surgery, in a real browser, offline: the packaged CNN's chain, switches, keys, all off, the curve, a link."""

import re
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from cvdemo import starters
from cvdemo.photo_sets import LabelledPhoto, kept
from cvdemo.surgery import lesion, many
from cvdemo.surgery.plain import Operation
from cvdemo.wording import percent
from tests.awaited import at_rest, eventually, expect, fits
from tests.tabbed import late, skips
from tests.test_browser import Visit
from tests.test_photo_sets import jpeg

pytestmark = pytest.mark.browser
CAT = starters.get("cat").path
PACKAGED = "tf_efficientnet_lite0"


def _open(page: str, visit: Visit, query: str = "", **options: Any) -> Any:
    return skips(page, visit, "surgery", ".surgery .chain-cell", query, **options)


def _cell(tab: Any, name: str) -> Any:
    return tab.locator(f'.surgery .chain-cell[data-name="{name}"]')


def _says(tab: Any, text: str | re.Pattern[str]) -> None:
    expect(tab.locator(".surgery .chain-card .live")).to_contain_text(text, use_inner_text=True)


def test_the_cat_opens_with_the_packaged_cnn_and_the_block_it_misses_most(page: str, visit: Visit) -> None:
    tab = _open(page, visit)
    found = lesion.lesion(CAT, PACKAGED)
    worst = min(range(len(found.operations)), key=lambda number: found.probabilities[number])
    (name,) = found.operations[worst].dropped
    expect(tab.locator("#surgery .answer")).to_contain_text(
        re.compile(f"misses block {[block.name for block in found.blocks].index(name) + 1} most"), use_inner_text=True
    )
    expect(_cell(tab, name)).to_contain_text(percent(found.probabilities[worst]), use_inner_text=True)
    assert tab.locator(".surgery .chain-cell").count() == 16
    expect(_cell(tab, "blocks.0.0")).to_contain_text("no shortcut")
    assert _cell(tab, "blocks.0.0").locator(".chain-switch").count() == 0


def test_switches_are_answered_by_the_network(page: str, visit: Visit) -> None:
    tab = _open(page, visit, "&models=mini_resnet")
    _cell(tab, "layer2.1").get_by_role("button", name="Branch on").click()
    expect(_cell(tab, "layer2.1")).to_have_class(re.compile("changed"))
    off = lesion.operate(CAT, "mini_resnet", Operation(frozenset({"layer2.1"})))
    _says(tab, f"{percent(off.probabilities[0])} instead of {percent(off.probability)}")
    tab.keyboard.press("1")
    both = lesion.operate(CAT, "mini_resnet", Operation(frozenset({"layer1.0", "layer2.1"})))
    _says(tab, f"{percent(both.probabilities[0])} instead of")
    _cell(tab, "layer3.0").get_by_role("button", name="Skip on").click()
    cut = lesion.operate(
        CAT, "mini_resnet", Operation(frozenset({"layer1.0", "layer2.1"}), frozenset({"layer3.0"}))
    )  # fmt: skip
    _says(tab, f"{percent(cut.probabilities[0])} instead of")
    tab.get_by_role("button", name="All on").click()
    _says(tab, "All blocks are on")
    _cell(tab, "layer1.0").locator(".chain-swap").click()
    swapped = lesion.operate(CAT, "mini_resnet", Operation(swapped=frozenset({"layer1.0"})))
    _says(tab, f"{percent(swapped.probabilities[0])} instead of")


def test_with_every_branch_off_the_page_says_noise(page: str, visit: Visit) -> None:
    tab = _open(page, visit, "&models=mini_resnet")
    for number in range(1, 9):
        tab.keyboard.press(str(number))
    _says(tab, "the answer is noise")
    assert tab.locator(".surgery .chain-cell.changed").count() == 8


def test_a_link_brings_the_switches_back_and_another_model_begins_anew(page: str, visit: Visit) -> None:
    tab = _open(page, visit, "&models=mini_resnet&off=layer4.1&cut=layer1.1,nonsense")
    _says(tab, "instead of")
    expect(_cell(tab, "layer4.1").locator('[data-kind="off"]')).to_have_attribute("aria-pressed", "false")
    expect(_cell(tab, "layer1.1").locator('[data-kind="cut"]')).to_have_attribute("aria-pressed", "false")
    tab.get_by_role("button", name="Choose another model").click()
    tab.get_by_role("button", name=re.compile("^Small ViT ")).first.click()
    expect(_cell(tab, "blocks.3.attn")).to_be_visible()
    assert tab.locator(".surgery .chain-cell").count() == 14
    _says(tab, "All blocks are on")


def test_several_at_random_are_a_curve(page: str, visit: Visit) -> None:
    tab = _open(page, visit, "&models=mini_resnet")
    tab.get_by_role("button", name="Drop several at random").click()
    expect(tab.locator(".surgery .curve-said")).to_contain_text("Of 10 random choices", use_inner_text=True)
    tab.get_by_role("button", name="Hide the curve").click()
    expect(tab.locator(".surgery .curve-said")).to_be_hidden()


def test_a_run_that_began_with_older_settings_is_not_the_last(page: str, visit: Visit) -> None:
    """Gradio may set a value once more, some frames late: what a run is asked for is then what was wanted before."""
    tab = _open(page, visit, "&models=mini_vit")  # whose curve no other test asks for
    changed = []

    def older(route: Any) -> None:
        sent = route.request.post_data or ""
        if not changed and '"several":true' in sent:
            changed.append(sent)
            route.continue_(post_data=sent.replace('"several":true', '"several":false'))
        else:
            route.continue_()

    tab.route("**/queue/join*", older)
    tab.get_by_role("button", name="Drop several at random").click()
    expect(tab.locator(".surgery .curve-said")).to_contain_text("Of 10 random choices", use_inner_text=True)
    assert changed


@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_is_cut_off_and_switching_moves_nothing(page: str, visit: Visit, width: int) -> None:
    tab = _open(page, visit, "&models=mini_vit", width=width)
    fits(tab, width)
    sizes = "(nodes) => nodes.map((node) => [node.offsetLeft, node.offsetWidth, node.offsetHeight])"
    before = tab.locator(".surgery .chain-cell").evaluate_all(sizes)
    tab.keyboard.press("2")
    _says(tab, "instead of")
    assert tab.locator(".surgery .chain-cell").evaluate_all(sizes) == before
    cut = tab.locator(".surgery .chain-switch").evaluate_all(
        "(nodes) => nodes.filter((one) => one.scrollWidth > one.clientWidth).length"
    )
    assert cut == 0


def _many(tab: Any, folder: Path, *data: bytes) -> Any:
    """Give the page files; return the card that tells of them."""
    files = [folder / f"{number}.jpg" for number in range(len(data))]
    for file, one in zip(files, data, strict=True):
        file.write_bytes(one)
    tab.locator(".many-photos input[type=file]").first.set_input_files(files)
    return tab.locator(".many-photos")


@pytest.mark.parametrize("width", [1440, 390])
def test_many_photos_stand_in_one_look_with_the_photos_own_bars(
    page: str, visit: Visit, tmp_path: Path, width: int
) -> None:
    tab = _open(page, visit, "&models=mini_resnet", width=width)
    data = [CAT.read_bytes(), jpeg(1), jpeg(2), b"no picture"]
    card = _many(tab, tmp_path, *data)
    expect(card).to_contain_text("Of 3 photos, ")
    expect(card).to_contain_text("1 left out. 3.jpg: This file is not a picture we can read.")
    photos = tuple(LabelledPhoto(kept(one), 0, "") for one in data[:3])
    many.answer_many(photos, "mini_resnet")
    found = many.known([one.digest for one in photos], lesion.request("", "mini_resnet"))
    shares = [score.share for score in many.stays(found).values()]

    def drawn() -> None:
        rows = tab.evaluate("document.querySelector('.surgery .chart-plot').data.map(({ y }) => [...y])")
        assert len(rows) == 2 and rows[1] == pytest.approx(shares, abs=1e-3)

    eventually(drawn)
    fits(tab, width)
    with tab.expect_download() as table:
        tab.locator(".surgery .foot").get_by_role("button", name="CSV").click()
    first, *rows = table.value.path().read_text().splitlines()
    assert first.endswith(",photos,answer_stays") and [row.split(",")[-2] for row in rows] == ["3"] * 8
    card.get_by_role("button", name="Forget them").click()
    expect(card).to_contain_text("Drop a folder or several photos here, 50 at most")
    eventually(lambda: _bars_alone(tab))


def _bars_alone(tab: Any) -> None:
    assert tab.evaluate("document.querySelector('.surgery .chart-plot').data.length") == 1


@pytest.mark.parametrize("script", ["", late("/cancel")], ids=["", "the cancelled one goes late"])
def test_stopped_what_is_answered_stays_and_the_rest_can_follow(
    page: str, visit: Visit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    own, second = lesion.each_alone, Event()

    def waits_at_the_third(asked: Any, seen: Any, progress: Any = None) -> Any:
        if asked.digest == third.digest:
            while not second.is_set():
                progress("mini_resnet", lesion.Step(0, 1))
        return own(asked, seen, progress)

    data = [jpeg(seed, 90) for seed in (71, 72, 73)]
    third = LabelledPhoto(kept(data[2]), 0, "")
    monkeypatch.setattr(lesion, "each_alone", waits_at_the_third)
    tab = _open(page, visit, "&models=mini_resnet", script=script)
    card = _many(tab, tmp_path, *data)
    expect(tab.locator("#surgery")).to_contain_text("answers to photo 3 of 3 without each block")
    tab.locator("#surgery").get_by_role("button", name="Cancel").locator("visible=true").first.click()
    expect(card.get_by_role("button", name="Ask all 3")).to_be_enabled()
    expect(card).to_contain_text("Stopped. What is answered is kept.")
    second.set()
    card.get_by_role("button", name="Ask all 3").click()
    expect(card).to_contain_text("Of 3 photos, ")
    at_rest()
