"""Look inside in a real browser, offline: one click drives every view, sliders run nothing, links restore."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest

from app.tabs.inside_views import VIEWS
from cvdemo.inside import activations
from tests.awaited import at_rest, eventually, expect, fits, is_empty
from tests.test_browser import Visit

pytestmark = pytest.mark.browser
STILL = "!document.querySelector('.in-body').classList.contains('stale')"


SMALL = "&models=mini_resnet,mini_vit"  # quick: what these tests try does not depend on the models


def _open(page: str, visit: Visit, query: str = "&view=maps", **options: Any) -> Any:
    chosen = "" if "models=" in query else SMALL
    tab = visit(f"{page}/?tab=inside{query}{chosen}", **options)
    tab.set_default_timeout(180_000)
    view = dict(parse_qsl(urlsplit(tab.url).query)).get("view", "overview")
    _shows(tab, view if view in [one.ID for one in VIEWS] else "overview")
    return tab


def _shows(tab: Any, view: str) -> None:
    tab.wait_for_function(f"document.querySelector('.in-place')?.dataset.view === '{view}'")
    tab.wait_for_function(f"document.querySelector('.inside-switch input:checked').value === '{view}'")
    _rest(tab)


def _rest(tab: Any, quiet_s: float = 0.4) -> None:
    at_rest(quiet_s)
    tab.wait_for_function(STILL)


def _pixels(tab: Any, selector: str = ".in-place .in-stage canvas") -> list[str]:
    """Return each visible picture as a data URL."""
    return tab.evaluate(
        "(selector) => [...document.querySelectorAll(selector)].filter((one) => one.offsetParent)"
        ".map((one) => one.toDataURL())",
        selector,
    )


def _changed(tab: Any, before: list[str], selector: str = ".in-place .in-stage canvas") -> None:
    tab.wait_for_function(
        "([selector, before]) => { const now = [...document.querySelectorAll(selector)]"
        ".filter((one) => one.offsetParent).map((one) => one.toDataURL());"
        " return now.length === before.length && now.every((one, index) => one !== before[index]); }",
        arg=[selector, before],
    )


def _view(tab: Any, view: str) -> None:
    number = [one.ID for one in VIEWS].index(view) + 1
    tab.locator(".in-place").click(position={"x": 2, "y": 2})
    tab.keyboard.press(str(number))
    tab.wait_for_function(f"new URL(location.href).searchParams.get('view') === '{view}'")
    _shows(tab, view)


def _crosses(tab: Any) -> list[str]:
    return tab.evaluate(
        "[...document.querySelectorAll('.in-place .in-stage path.line.cross')].map((one) => one.getAttribute('d'))"
    )


def _says(tab: Any, text: str) -> None:
    """Wait for the answer, which comes after the pictures."""
    expect(tab.locator(".inside-tab .answer")).to_have_text(re.compile(text))


def test_first_load_shows_tiles_of_both_models(page: str, visit: Visit) -> None:
    tab = _open(page, visit, "")
    rows = tab.locator(".in-row")
    expect(rows).to_have_count(2)
    columns = tab.locator(".in-columns")
    expect(columns.locator("h3")).to_have_text(
        ["Matters for the answer", "Reached from this point", "Strongest map here"]
    )
    expect(columns.locator("p").nth(1)).to_have_text("What looks the same (CNN), what it looks at (ViT).")
    for row in rows.all():
        expect(row.locator(".in-tile")).to_have_count(3)
    _says(tab, r"^Your point (hardly )?matters (about equally )?to .*\d.%")
    expect(rows.first.locator(".in-stage").first).to_have_attribute("aria-label", re.compile("."))


def test_one_click_moves_the_point_in_every_view_and_sliders_run_nothing(page: str, visit: Visit) -> None:
    tab = _open(page, visit, "&view=overview")
    for view in ("overview", "maps", "similarity"):
        if view != "overview":
            _view(tab, view)
            _rest(tab, 1)  # what the view before has asked for ends, too
        runs, before = activations.network_runs(), _crosses(tab)
        assert len(before) >= 2
        stage = tab.locator(".in-place .in-stage").first
        frame = stage.bounding_box()
        across = {"overview": 0.8, "maps": 0.5, "similarity": 0.25}[view]
        tab.mouse.click(frame["x"] + frame["width"] * across, frame["y"] + frame["height"] * 0.7)
        tab.wait_for_function(
            "(before) => { const now = [...document.querySelectorAll('.in-place .in-stage path.line.cross')];"
            " return now.length === before.length && now.every((one, i) => one.getAttribute('d') !== before[i]); }",
            arg=before,
        )
        _rest(tab)
        if view != "overview":  # saliency and attention may follow the point there
            assert activations.network_runs() == runs
    expect(tab).to_have_url(re.compile("point="))
    row, column = map(int, re.findall(r"\d+", tab.url.split("point=")[1].replace("%2C", ","))[:2])

    def the_pair_sees_the_same_crop() -> None:
        assert len(set(_crosses(tab))) == 1

    eventually(the_pair_sees_the_same_crop)
    runs = activations.network_runs()
    tab.get_by_role("button", name="More settings").click()
    for label in ("Depth", "Heat opacity"):
        slider = tab.get_by_label(label).first
        slider.focus()
        before = _pixels(tab)
        for _ in range(3):
            slider.press("PageDown")
        _changed(tab, before)
    _rest(tab)
    assert activations.network_runs() == runs
    expect(tab.locator(".in-depth output")).to_contain_text("70")
    assert (row, column) != (113, 172)


def test_the_rail_s_point_drives_the_views_too(page: str, visit: Visit) -> None:
    tab = _open(page, visit, "&view=similarity")
    before, pictures = _crosses(tab), _pixels(tab)
    photo = tab.locator("#rail .picture, #rail [tabindex='0']").first
    photo.focus()
    for _ in range(5):
        photo.press("ArrowDown")
    tab.wait_for_function(
        "(before) => document.querySelector('.in-place .in-stage path.line.cross').getAttribute('d') !== before",
        arg=before[0],
    )
    _changed(tab, pictures)


def test_channels_are_ranked_chosen_and_switched_off(page: str, visit: Visit) -> None:
    tab = _open(page, visit)
    channels = tab.locator(".in-card").first.locator(".in-channel")
    expect(channels).to_have_count(24)
    by_mean = channels.all_inner_texts()
    tab.get_by_role("button", name="Sparse").click()
    tab.wait_for_function("(old) => document.querySelector('.in-channel').innerText !== old", arg=by_mean[0])
    runs = activations.network_runs()
    tab.get_by_role("button", name="Contribution").click()
    tab.wait_for_function(
        "document.querySelectorAll('.in-choices [aria-pressed=true]')[0].innerText === 'Contribution'"
    )
    _rest(tab, 1)
    assert runs <= activations.network_runs() <= runs + 2
    known = activations.network_runs()
    slider = tab.get_by_label("Depth").first
    expect(tab.locator(".in-depth output")).to_have_text(re.compile("^30"))
    layer = tab.locator(".in-card .fam").first.inner_text()
    for _ in range(2):
        slider.press("PageUp")
    expect(tab.locator(".in-card .fam").first).to_contain_text("64 channels")
    tab.wait_for_function("(old) => document.querySelector('.in-card .fam').innerText !== old", arg=layer)
    _rest(tab)
    assert activations.network_runs() == known, "all layers' contributions come out of one run"
    chosen = channels.nth(3)
    channel = chosen.inner_text()
    chosen.click()
    tab.wait_for_function(
        "(name) => document.querySelector('.in-told h3').innerText === name", arg=f"Channel {channel}"
    )
    tab.locator(".in-card").first.get_by_role("button", name="Switch this channel off").click()
    tab.wait_for_function("!document.querySelector('.in-told .live').hidden")
    expect(tab.locator(".in-told .live").first).to_contain_text(f"Without channel {channel}")
    tab.locator(".in-card").first.get_by_role("button", name="Show 24 more").click()
    tab.wait_for_function("document.querySelector('.in-card').querySelectorAll('.in-channel').length === 48")


def test_the_colour_scale_changes_the_pictures_only(page: str, visit: Visit) -> None:
    tab = _open(page, visit)
    runs, before = activations.network_runs(), _pixels(tab, ".in-card:first-child .in-channel:first-child canvas")
    tab.get_by_role("button", name="Each map").click()
    _changed(tab, before, ".in-card:first-child .in-channel:first-child canvas")
    assert activations.network_runs() == runs


def test_a_row_of_the_table_opens_its_maps(page: str, visit: Visit) -> None:
    tab = _open(page, visit)
    card = tab.locator(".in-card").first
    card.get_by_text("All layers of this model").click()
    card.locator("td").first.wait_for()
    expect(card.locator("tbody tr").last).to_have_text(re.compile(r"^\s*Together"))
    card.locator(".in-table .linkish").first.click()
    tab.wait_for_function("document.querySelector('.in-card .fam').innerText.includes('conv1.0')")
    expect(card.locator(".in-weights")).to_be_visible()
    tab.keyboard.press("]")
    tab.wait_for_function("document.querySelector('.in-card .fam').innerText.includes('conv1.3')")


def test_a_second_photo_has_its_best_match_outlined(page: str, visit: Visit) -> None:
    tab = _open(page, visit, "&view=similarity")
    expect(tab.locator(".in-stage rect.line.best")).to_have_count(2)
    tab.get_by_label("Second photo", exact=True).select_option(label="Portrait")
    tab.wait_for_function("document.querySelectorAll('.apart').length === 2")
    _says(tab, "of Portrait")
    expect(tab.locator(".in-card").first.locator("figure").nth(1).locator("rect.line.best")).to_have_count(1)
    tab.get_by_role("button", name="Foreground").click()
    tab.wait_for_function("document.querySelectorAll('.apart').length === 0")
    tab.get_by_role("button", name="Colours").click()
    tab.wait_for_function("document.querySelector('.in-card img.over').hidden === false")


def test_an_upload_can_be_the_second_photo(page: str, visit: Visit, tmp_path: Path) -> None:
    from PIL import Image

    path = tmp_path / "mine.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (80, 120, 3), np.uint8)).save(path)
    tab = _open(page, visit, "&view=similarity")
    tab.get_by_label("Your second photo").set_input_files(path)
    tab.wait_for_function("document.querySelectorAll('.apart').length === 2")
    _says(tab, "of the second photo")
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture at all")
    tab.get_by_label("Your second photo").set_input_files(broken)
    expect(tab.locator(".in-notices .alert")).to_have_text(re.compile(r"\.$"))
    expect(tab.get_by_label("Second photo", exact=True)).to_have_value("")


def test_a_link_restores_view_and_settings(page: str, visit: Visit) -> None:
    query = "&view=maps&models=mini_vit&inside=" + '{"depth":0.5,"maps":{"rank":"max","scale":"each"}}'
    tab = _open(page, visit, query)
    tab.wait_for_function("document.querySelectorAll('.in-card').length === 1")
    expect(tab.locator(".in-card .fam")).to_have_text(re.compile("^Small ViT"), use_inner_text=True)
    expect(tab.locator(".in-depth output")).to_contain_text("50")
    for place, pressed in enumerate(("Max", "Each map")):
        expect(tab.locator(".in-choices [aria-pressed=true]").nth(place)).to_have_text(pressed)
    expect(tab.locator(".inside-switch input:checked")).to_have_attribute("value", "maps")
    _open(page, visit, '&view=nonsense&inside={"depth":"x","maps":7,"__proto__":{"a":1}}')


def test_a_point_outside_the_crop_is_told_and_can_be_moved(page: str, visit: Visit) -> None:
    tab = _open(page, visit, "&view=similarity&point=150,3")
    notice = tab.locator(".in-notices .notice")
    expect(notice).to_contain_text("was cut off before the model saw it")
    notice.get_by_role("button", name="Move to the edge").click()
    tab.wait_for_function("!document.querySelector('.in-notices .notice')")


def test_a_model_that_is_not_here_offers_a_way_on(page: str, visit: Visit) -> None:
    tab = _open(page, visit, "&view=maps&models=mini_resnet,resnet50")
    gone = tab.locator(".in-missing")
    expect(gone).to_contain_text("ResNet-50 is not on this machine yet")
    gone.get_by_role("button", name=re.compile("^Download")).click()
    tab.wait_for_function("document.querySelector('.in-missing')?.innerText.includes('no network')")
    tab.locator(".in-missing").get_by_role("button", name=re.compile("^Use ")).click()
    tab.wait_for_function("!document.querySelector('.in-missing')")


def test_what_is_shown_can_be_taken_away(page: str, visit: Visit) -> None:
    tab = _open(page, visit, "&view=similarity&models=mini_vit")
    with tab.expect_download() as png:
        tab.get_by_role("button", name="PNG", exact=True).click()
    assert Path(png.value.path()).read_bytes()[:4] == b"\x89PNG"
    with tab.expect_download() as npy:
        tab.get_by_role("button", name="NPY", exact=True).click()
    cosines = np.load(npy.value.path(), allow_pickle=False)
    assert cosines.shape == (8, 8) and cosines.max() == pytest.approx(1)


@pytest.mark.parametrize("width", [390, 820, 1440])
def test_nothing_sticks_out(page: str, visit: Visit, width: int) -> None:
    theme = "dark" if width == 390 else "light"
    tab = _open(page, visit, f"&view=maps&__theme={theme}", width=width, height=900)
    for view in ("maps", "similarity", "overview"):
        if view != "maps":
            _view(tab, view)
        fits(tab, width)
        is_empty(
            tab,
            "[...document.querySelectorAll('.in-body .card')].filter((card) => card.offsetParent)"
            ".filter((card) => card.scrollWidth > card.clientWidth + 2).map((card) => card.innerText.slice(0, 80))",
        )


def _noting(work: Callable[..., None], view: str, ran: list[str]) -> Callable[..., None]:
    def noting(*asked: Any) -> None:
        ran.append(view)
        work(*asked)

    return noting


@pytest.mark.parametrize("query", ["&view=attention", "&view=maps&models=mini_vit"])
def test_a_link_computes_the_asked_view_only(
    page: str, visit: Visit, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    ran: list[str] = []
    for view in VIEWS:
        monkeypatch.setattr(view, "work", _noting(view.work, view.ID, ran))
    tab = _open(page, visit, query)
    tab.wait_for_timeout(500)
    assert set(ran) == {query.split("&")[1].removeprefix("view=")}


@pytest.mark.parametrize("width", [390, 1199])
def test_where_it_is_narrow_the_views_are_a_menu(page: str, visit: Visit, width: int) -> None:
    tab = _open(page, visit, "&view=similarity", width=width, height=844)
    expect(tab.locator(".inside-switch")).to_be_hidden()
    menu = tab.get_by_label("View", exact=True).and_(tab.locator("select"))
    expect(menu).to_have_value("similarity")
    menu.select_option("overview")
    _shows(tab, "overview")
    expect(tab.locator(".in-tile").first).to_be_visible()


def test_play_goes_through_the_layers_and_stops_at_the_last(page: str, visit: Visit) -> None:
    tab = _open(page, visit, "&view=maps&models=mini_vit")
    expect(tab.locator(".in-depth output")).to_have_text(re.compile("^30"))
    tab.get_by_role("button", name="Play").click()
    expect(tab.locator(".in-depth output")).to_have_text(re.compile("^100"))
    expect(tab.locator(".in-card .fam")).to_contain_text("last normalisation (norm)")
    expect(tab.locator(".in-play")).to_contain_text("Play")
    _view(tab, "overview")
    expect(tab.locator(".in-depth output")).to_have_text(re.compile("^100"))


def test_the_headline_moves_with_the_point_and_with_the_depth(page: str, visit: Visit) -> None:
    tab = _open(page, visit, "&view=overview")
    answer = tab.locator(".inside-tab .answer")
    _says(tab, "^Your point")
    first, runs = answer.inner_text(), activations.network_runs()
    tab.locator(".in-stage").first.click(position={"x": 12, "y": 12})
    expect(answer).not_to_have_text(first, use_inner_text=True)
    second = answer.inner_text()
    tab.get_by_label("Depth").first.fill("0.5")
    expect(answer).not_to_have_text(second, use_inner_text=True)
    _rest(tab)
    assert activations.network_runs() == runs
    # Three convolutions of the stem and eight blocks: in their middle stands the sixth of eleven.
    expect(tab.locator(".in-row").first).to_contain_text("stage 2 of 4, block 1 of 2 (layer2.0)")


def test_a_refused_class_of_one_long_word_is_not_cut_off(page: str, visit: Visit) -> None:
    query = '&view=saliency&models=mini_vit&inside={"saliency":{"class":"' + "x" * 78 + '"}}'
    tab = _open(page, visit, query, width=390, height=844)
    told = tab.locator(".in-checks p", has_text="knows no class called")
    told.wait_for()

    def not_cut_off() -> None:
        assert told.evaluate("(node) => node.scrollWidth <= node.clientWidth")

    eventually(not_cut_off)
