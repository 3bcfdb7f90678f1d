"""Look inside in a real browser, offline: one click drives every view, sliders run nothing, links restore."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest

from app.tabs import inside_handlers as on
from app.tabs.inside_views import VIEWS
from cvdemo.inside import activations
from tests.test_browser import Visit

pytestmark = pytest.mark.browser
STILL = "!document.querySelector('.in-body').classList.contains('stale')"


def _open(page: str, visit: Visit, query: str = "&view=maps", **options: Any) -> Any:
    tab = visit(f"{page}/?tab=inside{query}", **options)
    tab.set_default_timeout(180_000)
    view = dict(parse_qsl(urlsplit(tab.url).query)).get("view", "overview")
    _shows(tab, view if view in [one.ID for one in VIEWS] else "overview")
    return tab


def _shows(tab: Any, view: str) -> None:
    tab.wait_for_function(f"document.querySelector('.in-place')?.dataset.view === '{view}'")
    tab.wait_for_function(f"document.querySelector('.inside-switch input:checked').value === '{view}'")
    _rest(tab)


def _rest(tab: Any) -> None:
    tab.wait_for_timeout(400)
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


def _answer(tab: Any) -> str:
    return tab.locator(".inside-tab .answer").inner_text().replace("\u00a0", " ")


def test_first_load_shows_tiles_of_both_models(page: str, visit: Visit) -> None:
    tab = _open(page, visit, "")
    rows = tab.locator(".in-row")
    assert rows.count() == 2
    for row in rows.all():
        assert {"From this point", "Strongest map"} <= set(row.locator("h3").all_inner_texts())
    assert len(_answer(tab)) > 20
    assert all(tab.locator(".in-row").first.locator(".in-stage").first.get_attribute("aria-label") or "")


def test_one_click_moves_the_point_in_every_view_and_sliders_run_nothing(page: str, visit: Visit) -> None:
    tab = _open(page, visit, "&view=overview")
    for view in ("overview", "maps", "similarity"):
        if view != "overview":
            _view(tab, view)
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
    row, column = map(int, re.findall(r"\d+", tab.url.split("point=")[1].replace("%2C", ","))[:2])
    crosses = _crosses(tab)
    assert len(set(crosses)) == 1, "the pair sees the same crop"
    runs = activations.network_runs()
    for label in ("Depth", "Heat opacity"):
        slider = tab.get_by_label(label).first
        slider.focus()
        before = _pixels(tab)
        for _ in range(3):
            slider.press("PageDown")
        _changed(tab, before)
    assert activations.network_runs() == runs
    assert "70" in tab.locator(".in-low output").first.inner_text()
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
    numbers: Callable[[], list[str]] = lambda: tab.locator(".in-card").first.locator(".in-channel").all_inner_texts()  # noqa: E731
    by_mean = numbers()
    assert len(by_mean) == 24
    tab.get_by_role("button", name="Sparse").click()
    tab.wait_for_function("(old) => document.querySelector('.in-channel').innerText !== old", arg=by_mean[0])
    runs = activations.network_runs()
    tab.get_by_role("button", name="Contribution").click()
    tab.wait_for_function(
        "document.querySelectorAll('.in-choices [aria-pressed=true]')[0].innerText === 'Contribution'"
    )
    _rest(tab)
    assert runs <= activations.network_runs() <= runs + 2
    known = activations.network_runs()
    slider = tab.get_by_label("Depth").first
    slider.press("PageDown")
    tab.wait_for_function("!document.querySelector('.in-card .fam').innerText.includes('layer4.1')")
    _rest(tab)
    assert activations.network_runs() == known, "all layers' contributions come out of one run"
    chosen = tab.locator(".in-card").first.locator(".in-channel").nth(3)
    channel = chosen.inner_text()
    chosen.click()
    tab.wait_for_function(
        "(name) => document.querySelector('.in-told h3').innerText === name", arg=f"Channel {channel}"
    )
    tab.locator(".in-card").first.get_by_role("button", name="Switch this channel off").click()
    tab.wait_for_function("!document.querySelector('.in-told .live').hidden")
    assert f"Without channel {channel}" in tab.locator(".in-told .live").first.inner_text()
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
    assert card.locator("tbody tr").last.inner_text().startswith("Together")
    card.locator(".in-table .linkish").first.click()
    tab.wait_for_function("document.querySelector('.in-card .fam').innerText.includes('conv1.0')")
    assert card.locator(".in-weights").is_visible()
    tab.keyboard.press("]")
    tab.wait_for_function("document.querySelector('.in-card .fam').innerText.includes('conv1.3')")


def test_a_second_photo_has_its_best_match_outlined(page: str, visit: Visit) -> None:
    tab = _open(page, visit, "&view=similarity")
    assert tab.locator(".in-stage rect.line.best").count() == 2
    tab.get_by_label("Second photo", exact=True).select_option(label="Portrait")
    tab.wait_for_function("document.querySelectorAll('.apart').length === 2")
    assert "of Portrait" in _answer(tab)
    assert tab.locator(".in-card").first.locator("figure").nth(1).locator("rect.line.best").count() == 1
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
    assert "of the second photo" in _answer(tab)
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture at all")
    tab.get_by_label("Your second photo").set_input_files(broken)
    tab.locator(".in-notices .alert").wait_for()
    assert tab.locator(".in-notices .alert").inner_text().endswith(".")
    assert tab.get_by_label("Second photo", exact=True).input_value() == ""


def test_a_link_restores_view_and_settings(page: str, visit: Visit) -> None:
    query = "&view=maps&models=mini_vit&inside=" + '{"depth":0.5,"maps":{"rank":"max","scale":"each"}}'
    tab = _open(page, visit, query)
    tab.wait_for_function("document.querySelectorAll('.in-card').length === 1")
    assert tab.locator(".in-card .fam").inner_text().startswith("Small ViT")
    assert "50" in tab.locator(".in-low output").first.inner_text()
    pressed = tab.locator(".in-choices [aria-pressed=true]").all_inner_texts()
    assert pressed[:2] == ["Max", "Each map"]
    assert tab.locator(".inside-switch input:checked").get_attribute("value") == "maps"
    _open(page, visit, '&view=nonsense&inside={"depth":"x","maps":7,"__proto__":{"a":1}}')


def test_a_point_outside_the_crop_is_told_and_can_be_moved(page: str, visit: Visit) -> None:
    tab = _open(page, visit, "&view=similarity&point=150,3")
    notice = tab.locator(".in-notices .notice")
    notice.wait_for()
    assert "was cut off before the model saw it" in notice.inner_text()
    notice.get_by_role("button", name="Move to the edge").click()
    tab.wait_for_function("!document.querySelector('.in-notices .notice')")


def test_a_model_that_is_not_here_offers_a_way_on(page: str, visit: Visit) -> None:
    tab = _open(page, visit, "&view=maps&models=mini_resnet,resnet50")
    gone = tab.locator(".in-missing")
    assert "ResNet-50 is not on this machine yet" in gone.inner_text()
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
        assert tab.evaluate("document.documentElement.scrollWidth") <= width, view
        outside = tab.evaluate(
            "[...document.querySelectorAll('.in-body .card')].filter((card) => card.offsetParent)"
            ".filter((card) => card.scrollWidth > card.clientWidth + 2).map((card) => card.innerText.slice(0, 80))"
        )
        assert outside == [], view


@pytest.mark.parametrize("query", ["&view=attention", "&view=maps&models=mini_vit"])
def test_a_link_computes_the_asked_view_only(
    page: str, visit: Visit, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    ran: list[str] = []
    work = on._work

    def spy(asked: Any, *rest: Any) -> Any:
        ran.append(asked.settings.view)
        return work(asked, *rest)

    monkeypatch.setattr(on, "_work", spy)
    tab = _open(page, visit, query)
    tab.wait_for_timeout(500)
    assert set(ran) == {query.split("&")[1].removeprefix("view=")}


def test_on_a_phone_the_open_view_is_seen_in_the_switch(page: str, visit: Visit) -> None:
    tab = _open(page, visit, "&view=similarity", width=390, height=844)
    edges = "document.querySelector('.inside-switch label.selected').getBoundingClientRect()"
    tab.wait_for_function(f"{edges}.left >= 0 && {edges}.right <= 390")
    assert tab.locator(".inside-switch label.selected").inner_text() == "Similarity"


def test_a_refused_class_of_one_long_word_is_not_cut_off(page: str, visit: Visit) -> None:
    query = '&view=saliency&models=mini_vit&inside={"saliency":{"class":"' + "x" * 78 + '"}}'
    tab = _open(page, visit, query, width=390, height=844)
    told = tab.locator(".in-checks p", has_text="knows no class called")
    told.wait_for()
    assert told.evaluate("(node) => node.scrollWidth <= node.clientWidth")
