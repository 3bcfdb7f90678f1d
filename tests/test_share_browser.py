"""What can be taken away from every view: share card and PNG, their names, what is written in them, and the link."""

import io
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import cv2
import numpy as np
import pytest
from PIL import Image

from app.components import sheet
from app.theme import head
from cvdemo import compute, starters
from tests.awaited import eventually, expect, fits
from tests.test_latency_browser import QUIET

pytestmark = pytest.mark.browser

Visit = Callable[..., Any]
VIEWS = {
    "classify": (".classify", "classify-card-coffee", "classify-coffee"),
    "detect": (".detect", "detect-boxes-card-street", "detect-boxes-street"),
    "inside&view=overview": (".inside", "inside-overview-card-cat", "inside-overview-cat"),
    "inside&view=attention": (".inside", "inside-attention-card-cat", "inside-attention-cat"),
    "receptive-field": (".field", "receptive-field-photo-card-cat", "receptive-field-photo-cat"),
    "receptive-field&view=field-stack": (".stacker", "receptive-field-stack-card", "receptive-field-stack"),
    "convolution": (".convolution", "convolution-slide-card-cat", "convolution-slide-cat"),
    "convolution&view=costs": (".conv-costs", "convolution-costs-card", "convolution-costs"),
    "convolution&view=pool": (".conv-pool", "convolution-pool-card", "convolution-pool"),
    "convolution&view=shift": (".conv-shift", "convolution-shift-card-cat", "convolution-shift-cat"),
    "latency": (".latency", "latency-runs-card-cat", "latency-runs-cat"),
}
"""By address: where its foot stands, and what card and PNG are called between ``cvlab-`` and the date."""
# Notes all that is written on any canvas: the text, where it begins and ends, and the canvas's size, in its own pixels.
NOTED = """
window.written = [];
const fillText = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (text, x, y, ...rest) {
  const { a, d, e, f } = this.getTransform(), wide = this.measureText(text).width;
  const left = x - wide * ({ right: 1, center: 0.5 }[this.textAlign] || 0);
  window.written.push({ text, left: a * left + e, right: a * (left + wide) + e, bottom: d * y + f,
    width: this.canvas.width, height: this.canvas.height, size: d * parseFloat(/([\\d.]+)px/.exec(this.font)[1]) / a });
  return fillText.call(this, text, x, y, ...rest);
};
window.clicked = [];
const click = HTMLAnchorElement.prototype.click;
HTMLAnchorElement.prototype.click = function () {
  if (this.download) window.clicked.push(performance.now());
  click.call(this);
};
"""
TIMED = """async (button) => {
  const before = window.clicked.length, begun = performance.now();
  button.click();
  while (window.clicked.length === before) await new Promise((go) => setTimeout(go, 2));
  return window.clicked.at(-1) - begun;
}"""

OVER = re.compile("Quick look|verdict|too close")


def _open(page: str, visit: Visit, address: str, place: str, **options: Any) -> Any:
    tab = visit(f"{page}/?tab={address}", script=NOTED, **options)
    expect(tab.locator(f"{place} .foot").get_by_role("button", name="Share card")).to_be_visible()
    tab.wait_for_function("![...document.querySelectorAll('.answer.waiting')].some((one) => one.offsetParent)")
    if address.startswith("latency"):  # there is something to take away when the rounds are over
        expect(tab.locator(".headline .answer").locator("visible=true").first).to_have_text(OVER, use_inner_text=True)
        tab.wait_for_function(QUIET)
    return tab


def _take(tab: Any, place: str, button: str) -> tuple[str, Image.Image, list[dict[str, Any]]]:
    """Click; return the file's name, its picture, and what was written while it was made."""
    tab.evaluate("window.written = []")
    with tab.expect_download() as file:
        tab.locator(f"{place} .foot").get_by_role("button", name=button, exact=True).click()
    picture = Image.open(io.BytesIO(Path(file.value.path()).read_bytes())).convert("RGB")
    return file.value.suggested_filename, picture, tab.evaluate("window.written")


def _text(written: list[dict[str, Any]]) -> str:
    return " ".join(one["text"] for one in written).replace("\u00a0", " ")


def _all_inside(written: list[dict[str, Any]]) -> None:
    for one in written:
        assert one["left"] >= 0 and one["right"] <= one["width"] and one["bottom"] <= one["height"], one
        assert one["size"] >= 13, one


def _in_order(tab: Any, place: str) -> None:
    names = tab.locator(f"{place} .foot .end button").all_inner_texts()
    assert names[:2] == ["Share card", "PNG"] and names[-1] == "Copy link"
    assert names[2:-1] == [one for one in ("CSV", "NPY", "JSON", "Copy as JSON", "Copy as PyTorch") if one in names]


def _read(card: Image.Image) -> str:
    """Return what a camera reads that is held near to the card's lower corner."""
    near = np.asarray(card.crop((580, 370, 820, 630)).resize((720, 780), Image.Resampling.NEAREST))
    return str(cv2.QRCodeDetectorAruco().detectAndDecode(near[:, :, ::-1].copy())[0])


@pytest.mark.parametrize("address", VIEWS)
def test_every_view_gives_a_card_and_a_picture(page: str, visit: Visit, address: str) -> None:
    place, card_name, picture_name = VIEWS[address]
    tab = _open(page, visit, address, place)
    _in_order(tab, place)

    def taken() -> None:  # more may arrive between two looks: a slow network's second answer, a round more
        for button, named in (("Share card", card_name), ("PNG", picture_name)):
            answer = tab.locator(f"{place} .answer").or_(tab.locator(".headline .answer")).locator("visible=true").first
            said = answer.inner_text().replace("\u00a0", " ")
            name, picture, written = _take(tab, place, button)
            assert re.fullmatch(rf"cvlab-{named}-\d{{4}}-\d\d-\d\d\.png", name)
            text = _text(written)
            assert said in text and compute.describe() in text and re.search(r"\d{1,2} [A-Z][a-z]+ 20\d\d", text)
            assert "CV Lab" in text and f"tab={address.partition('&')[0]}" in text.replace(" ", "")
            _all_inside(written)
            if button == "Share card":
                assert picture.size == (1200, 630)
                assert parse_qs(urlsplit(_read(picture)).query)["tab"] == [address.partition("&")[0]]
                continue
            assert picture.width == written[-1]["width"] >= 1200 and picture.height > 600
            for chip in tab.locator(".chip .name").locator("visible=true").all_inner_texts():
                assert chip in text

    eventually(taken)


def test_a_card_is_there_within_a_second(page: str, visit: Visit) -> None:
    tab = _open(page, visit, "classify", ".classify")
    button = tab.locator(".classify .foot").get_by_role("button", name="Share card").element_handle()
    assert min(tab.evaluate(TIMED, button) for _ in range(5)) <= 1000


def test_the_card_is_light_on_a_dark_page_and_shows_the_photo(page: str, visit: Visit) -> None:
    tab = _open(page, visit, "classify&__theme=dark", ".classify")
    _, card, _ = _take(tab, ".classify", "Share card")
    assert card.getpixel((1190, 20)) == (255, 255, 255)
    photo = Image.open(starters.get("coffee").path).convert("RGB")
    scale = max(552 / photo.width, 630 / photo.height)
    wide = photo.resize((round(scale * photo.width), round(scale * photo.height)))
    left, top = (wide.width - 552) // 2, (wide.height - 630) // 2
    expected = np.asarray(wide.crop((left, top, left + 552, top + 630)), dtype=float)
    assert np.abs(np.asarray(card, dtype=float)[:, :552] - expected).mean() < 6


def test_long_answers_and_names_are_wrapped_and_stay_on_the_card(browser: Any) -> None:
    tab = browser.new_page()
    tab.set_content(f"<script>{NOTED}</script>{head()}{sheet.scripts()}")
    answer = " ".join(["They answer in different words, and one of them knows a thousand of them."] * 6)
    names = ["Eva02-Large-Patch14-Clip-336-Merged2b-Finetuned-In22k-In1k" * 2, "A model of a name that is long enough"]
    tab.evaluate(
        """([answer, names]) => {
          const models = names.map((title) => ({ title, family: 'vit' }));
          const bars = models.map((one) => ({ ...one, label: 'a cup of espresso', text: '95.6 %', share: 0.956 }));
          const image = Object.assign(document.createElement('canvas'), { width: 30, height: 20 });
          const code = Array(69).fill('10'.repeat(35).slice(0, 69));
          window.cvSheet.drawCard({ question: answer, answer, models, bars }, [{ image }],
            { code, link: 'x'.repeat(900), foot: ['Measured.', 'Your photo is not in the link.'] });
        }""",
        [answer, names],
    )
    written = tab.evaluate("window.written")
    tab.close()
    _all_inside(written)
    assert answer in _text(written)  # all of it, however small
    rows = sorted({(one["bottom"], one["left"]) for one in written if one["left"] > 552})
    assert all(low - high >= 13 for (high, a), (low, b) in pairwise(rows) if a == b)


def test_a_link_says_that_it_cannot_hold_the_visitors_photo(page: str, visit: Visit, tmp_path: Path) -> None:
    photo = tmp_path / "Ünser Hund.2.jpg"
    Image.open(starters.get("coffee").path).convert("RGB").save(photo)
    tab = _open(page, visit, "classify", ".classify", width=390)
    note = tab.locator(".classify .foot .not-in-link")
    expect(note).to_be_hidden()
    _, _, written = _take(tab, ".classify", "Share card")
    assert "not in the link" not in _text(written)
    tab.locator("#rail input[type=file]").first.set_input_files(str(photo))
    expect(note).to_have_text("Your photo is not in the link.")
    expect(note).to_be_visible()
    fits(tab, 390)

    def of_my_photo() -> None:
        name, _, written = _take(tab, ".classify", "Share card")
        assert re.fullmatch(r"cvlab-classify-card-ünser-hund-2-\d{4}-\d\d-\d\d\.png", name)
        assert "Your photo is not in the link." in _text(written)

    eventually(of_my_photo)


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [("component_server", "The server did not answer"), ("file=", "The photo is no longer here")],
    ids=["server", "photo"],
)
def test_a_file_that_cannot_be_made_says_why(page: str, visit: Visit, broken: str, sentence: str) -> None:
    tab = _open(page, visit, "latency" if "file" in broken else "classify", "#main", service_workers="block")
    place = tab.locator(".foot").locator("visible=true").last
    expect(place.get_by_role("button", name="Share card")).to_be_visible()
    tab.route(re.compile(broken), lambda route: route.abort())
    place.get_by_role("button", name="Share card").click()
    expect(place.get_by_role("alert")).to_contain_text(sentence)
    tab.unroute(re.compile(broken))
    with tab.expect_download():
        place.get_by_role("button", name="Share card").click()
    expect(place.get_by_role("alert")).to_have_count(0)
