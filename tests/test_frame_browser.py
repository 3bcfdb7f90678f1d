"""The photo rail in a real browser: files, drop, paste, names, point, webcam."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from framed import Frame, Visit, opened, quiet_frame, served_frame  # noqa: F401  (fixtures)
from PIL import Image

from app.tabs import LABS
from tests.awaited import expect
from tests.tabbed import open_lab

pytestmark = pytest.mark.browser
GARBAGE = "This file is not a picture we can read. JPEG, PNG and WebP always work."


def _jpeg(folder: Path, name: str = "dog.jpg", size: tuple[int, int] = (320, 200)) -> Path:
    pixels = np.random.default_rng(3).integers(0, 255, (*size[::-1], 3), dtype=np.uint8)
    Image.fromarray(pixels).save(folder / name, "JPEG")
    return folder / name


def _choose(page: Any, file: Path | dict[str, Any]) -> None:
    page.set_input_files(".rail input[type=file]", file)


def test_the_page_opens_with_the_cat_and_says_so_once(visit: Visit, frame: Frame) -> None:
    page = opened(visit, frame)
    value = frame.next("photo")
    assert (value["photo"]["id"], value["chosen"], value["tab"], value["point"]) == (
        "starter:cat", False, "classify", [113, 172],
    )  # fmt: skip
    expect(page.locator(".rail .caption")).to_have_text(re.compile(r"^Cat, 451 × 300 pixels\.$"), use_inner_text=True)
    expect(page.locator("h1")).to_have_text(["CV Lab"])
    page.wait_for_timeout(500)
    assert frame.quiet()


def test_a_chosen_file_is_shown_with_its_size_and_stays_in_every_tab(
    visit: Visit, frame: Frame, tmp_path: Path
) -> None:
    page = opened(visit, frame)
    frame.next("photo")
    _choose(page, _jpeg(tmp_path))
    value = frame.next("photo")
    assert value["photo"]["name"] == "dog.jpg" and (value["photo"]["width"], value["photo"]["height"]) == (320, 200)
    assert (value["chosen"], value["point"], value["error"]) == (True, [100, 160], None)
    page.wait_for_function("document.querySelector('.rail .picture img').naturalWidth === 320")
    page.get_by_role("tab", name="Detect").click()
    expect(page).to_have_url(re.compile("tab=detect"))
    page.wait_for_timeout(300)
    assert page.locator(".rail .caption b").inner_text() == "dog.jpg" and frame.quiet()


BAD_FILES = {
    "garbage": (b"\x07garbage" * 500, GARBAGE),
    "empty": (b"", "This file is empty. Choose another photo."),
    "31 MB": (b"\0" * 31_000_000, "31 MB is too much; the limit is 10 MB."),
    "SVG": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG is a drawing. Export it as PNG first."),
}


def test_a_refused_file_leaves_the_photo_and_says_why(visit: Visit, frame: Frame) -> None:
    page = opened(visit, frame)
    frame.next("photo")
    for content, sentence in BAD_FILES.values():
        if len(content) > 30_000_000:  # more than playwright hands over, so the page makes it
            page.evaluate(BRING_ZEROS, len(content))
        else:
            _choose(page, {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": content})
        page.locator(".rail [role=alert]", has_text=sentence).wait_for()
        assert page.locator(".rail .caption b").inner_text() == "Cat" and frame.quiet()
        assert not page.locator(".rail .veil").is_visible()
    page.get_by_role("button", name="Coffee").click()
    assert frame.next("photo")["photo"]["id"] == "starter:coffee"
    expect(page.locator(".rail [role=alert]")).to_be_hidden()


BRING_ZEROS = """(size) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(size)], 'big.jpg', { type: 'image/jpeg' }));
  document.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
}"""
BRING = """async ([kind, target, bytes, name]) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], name, { type: 'image/jpeg' }));
  const init = { bubbles: true, cancelable: true, dataTransfer: data, clipboardData: data };
  const event = kind === 'paste' ? new ClipboardEvent(kind, init) : new DragEvent(kind, init);
  document.querySelector(target).dispatchEvent(event);
  return [event.defaultPrevented, document.querySelector('.rail').classList.contains('dropping')];
}"""  # read at once: a third of a second after the last movement nothing is over the page any more


@pytest.mark.parametrize(("kind", "target"), [("drop", ".rail .picture"), ("drop", ".answer"), ("paste", "body")])
def test_drop_and_paste_work_anywhere(visit: Visit, frame: Frame, tmp_path: Path, kind: str, target: str) -> None:
    page = opened(visit, frame)
    frame.next("photo")
    content = list(_jpeg(tmp_path, size=(64, 48)).read_bytes())
    if kind == "drop":
        assert page.evaluate(BRING, ["dragover", target, content, "x.jpg"]) == [True, True]
    assert page.evaluate(BRING, [kind, target, content, "brought.jpg"]) == [True, False]
    value = frame.next("photo")
    assert (value["photo"]["name"], value["photo"]["width"], value["chosen"]) == ("brought.jpg", 64, True)


def test_text_is_pasted_where_it_belongs(visit: Visit, frame: Frame) -> None:
    page = opened(visit, frame)
    taken = page.evaluate(
        "() => { const data = new DataTransfer(); data.setData('text/plain', 'a cat'); const event ="
        " new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });"
        " document.body.dispatchEvent(event); return event.defaultPrevented; }"
    )
    assert taken is False


HOSTILE = [
    "<img src=x onerror=document.title='hit'>.jpg",
    "'\"><script>document.title='hit'<script>.jpg",
    "${document.title='hit'}{{value}}`.jpg",
    "a" * 196 + ".jpg",
    "صورة القهوة الجميلة.jpg",
]


def test_a_file_name_is_only_text(visit: Visit, frame: Frame, tmp_path: Path) -> None:
    page = opened(visit, frame)
    frame.next("photo")
    width = page.locator(".rail").evaluate("node => node.scrollWidth")
    for name in HOSTILE:
        _choose(page, {"name": name, "mimeType": "image/jpeg", "buffer": _jpeg(tmp_path).read_bytes()})
        assert frame.next("photo")["photo"]["name"] == name
        expect(page.locator(".rail .caption b")).to_have_text(name)
        assert page.title() == "CV Lab" and page.locator(".caption img, .caption script, .strip script").count() == 0
        assert page.locator(".rail").evaluate("node => node.scrollWidth") == width


def test_characters_that_turn_text_around_are_left_out(visit: Visit, frame: Frame, tmp_path: Path) -> None:
    page = opened(visit, frame)
    frame.next("photo")
    name = "holiday\u202egpj.exe\x07.jpg"
    _choose(page, {"name": name, "mimeType": "image/jpeg", "buffer": _jpeg(tmp_path).read_bytes()})
    assert frame.next("photo")["photo"]["name"] == "holidaygpj.exe.jpg"


def test_an_upload_keeps_nothing_of_its_name_on_the_server(visit: Visit, frame: Frame, tmp_path: Path) -> None:
    page = opened(visit, frame)
    frame.next("photo")
    _choose(page, _jpeg(tmp_path, "my private holiday.jpg"))
    assert "holiday" not in frame.next("photo")["photo"]["id"]
    expect(page.locator(".rail .caption b")).to_have_text("my private holiday.jpg")


BURST = """(node, keys) => keys.forEach((key) =>
  node.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })))"""


def test_the_point_follows_mouse_and_keys(visit: Visit, frame: Frame) -> None:
    page = opened(visit, frame, "?tab=inside")
    frame.next("photo")
    picture = page.locator(".rail .picture")
    box = picture.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    row, column = frame.next("point")["point"]
    assert abs(row - 150) <= 1 and abs(column - 225) <= 1
    patch = round(16 * 300 / 224)  # the photo's shorter side is 300 pixels, the model's input 224
    page.keyboard.press("ArrowDown")
    assert frame.next("point")["point"] == [row + patch, column]
    page.keyboard.press("Shift+ArrowRight")
    assert frame.next("point")["point"] == [row + patch, column + 1]
    picture.evaluate(BURST, ["ArrowUp", "ArrowLeft"])
    assert frame.next("point")["point"] == [row, column + 1 - patch]
    picture.evaluate(BURST, ["ArrowRight"] * 30)
    assert frame.next("point")["point"] == [row, 450], "it stops at the edge, and a burst is heard once"
    page.keyboard.press("Home")
    assert frame.next("point")["point"] == [150, 225]
    expect(page.locator(".rail [aria-live=polite]")).to_have_text("Row 150, column 225")
    expect(picture).to_have_attribute("aria-label", re.compile("Row 150, column 225"))
    expect(page).to_have_url(re.compile("point=150%2C225$"))


def test_the_point_stands_on_the_photo_only_where_it_matters(visit: Visit, frame: Frame) -> None:
    page = opened(visit, frame)
    frame.next("photo")
    picture, cross, caption = (page.locator(f".rail {one}") for one in (".picture", ".crosshair", ".caption"))
    for lab in LABS:
        open_lab(page, lab.title)
        expect(cross).to_be_visible(visible=lab.pointed)
        expect(picture).to_have_attribute("role", "application" if lab.pointed else "img")
        expect(caption).to_contain_text("Click to move it") if lab.pointed else expect(caption).not_to_contain_text(
            "oint"
        )
        assert (picture.get_attribute("tabindex") == "0") == lab.pointed
    assert {lab.pointed for lab in LABS} == {True, False}
    open_lab(page, "Latency")
    while not frame.quiet():  # the photos that suited the tabs
        frame.next("photo")
    picture.click(position={"x": 20, "y": 20})
    picture.dispatch_event("keydown", {"key": "Home"})
    page.wait_for_timeout(400)
    assert frame.quiet()


def test_a_drag_moves_the_point_and_is_heard_once_it_rests(visit: Visit, frame: Frame) -> None:
    page = opened(visit, frame, "?tab=inside")
    frame.next("photo")
    box = page.locator(".rail .picture").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 60, steps=12)
    page.mouse.move(box["x"] - 300, box["y"] + 900, steps=3)
    page.mouse.up()
    heard = [frame.next("point")["point"]]
    while heard[-1] != [299, 0]:  # a slow machine may make rests of its own
        heard.append(frame.next("point")["point"])
    page.wait_for_timeout(300)
    assert frame.quiet() and len(heard) < 6


def test_the_webcam_takes_a_photo_in_place(visit: Visit, frame: Frame) -> None:
    page = opened(visit, frame, permissions=["camera"])
    frame.next("photo")
    page.get_by_role("button", name="Use the webcam").click()
    page.get_by_role("button", name="Take the photo").click()
    value = frame.next("photo")
    assert value["photo"]["name"] == "Webcam photo" and value["photo"]["width"] >= 320
    page.wait_for_function(
        "(({ hidden, srcObject }) => hidden && srcObject === null)(document.querySelector('.rail video'))"
    )


def test_the_webcam_can_be_left_and_refused(visit: Visit, frame: Frame) -> None:
    page = opened(visit, frame, permissions=["camera"])
    page.get_by_role("button", name="Use the webcam").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".rail .picture")).to_be_visible()
    expect(page.locator(".rail video")).to_be_hidden()
    refusal = "() => Promise.reject(new DOMException('no', 'NotAllowedError'))"
    page.evaluate(f"() => {{ navigator.mediaDevices.getUserMedia = {refusal}; }}")
    page.get_by_role("button", name="Use the webcam").click()
    sentence = "The browser refused the webcam. Allow it in the address bar, or choose a photo."
    page.locator(".rail [role=alert]", has_text=sentence).wait_for()


@pytest.mark.parametrize("width", [1440, 390])
def test_back_and_forward_change_the_tab_and_keep_the_photo(visit: Visit, frame: Frame, width: int) -> None:
    """Each tab is an entry of the history, a link's first one too; Back left the page."""
    page = opened(visit, frame, "?tab=latency", width=width)
    page.evaluate("document.dispatchEvent(new CustomEvent('cv:choose', { detail: 'starter:portrait' }))")
    photo = "document.querySelector('.rail .caption b').textContent"
    page.wait_for_function(f"{photo} === 'Portrait'")
    for name, tab in (("Classify", "classify"), ("Look inside", "inside")):
        open_lab(page, name)
        expect(page).to_have_url(re.compile(rf"tab={tab}\b"))  # the entry comes a moment after the look
    for step, tab in (("back", "classify"), ("back", "latency"), ("forward", "classify"), ("forward", "inside")):
        page.evaluate(f"history.{step}()")
        page.wait_for_function(f"window.cvTab === '{tab}'")
        expect(page).to_have_url(re.compile(rf"tab={tab}\b.*photo=portrait"))
        assert page.evaluate(photo) == "Portrait"
