"""A visitor's own classes in a real browser: files, drops, paste, names, the webcam on a phone, and forgetting."""

import base64
import re
from pathlib import Path
from typing import Any

import pytest
from axe_core_python.base import AXE_SCRIPT

from cvdemo.photo_sets import VISITORS
from tests.awaited import eventually, expect, fits
from tests.test_axe_browser import _judged as judged
from tests.test_browser import Visit
from tests.test_photo_sets import classes, jpeg, zipped

pytestmark = pytest.mark.browser

GIVE = """(place, [files, kinds]) => {
  const data = new DataTransfer();
  for (const [name, type, text] of files) {
    data.items.add(new File([Uint8Array.from(atob(text), (one) => one.charCodeAt(0))], name, { type }));
  }
  const more = { bubbles: true, cancelable: true, dataTransfer: data, clipboardData: data };
  for (const kind of kinds) place.dispatchEvent(new (kind === 'paste' ? ClipboardEvent : DragEvent)(kind, more));
}"""


def _given(place: Any, kinds: list[str], files: tuple[tuple[str, str, bytes], ...]) -> None:
    place.evaluate(GIVE, [[[name, kind, base64.b64encode(data).decode()] for name, kind, data in files], kinds])


def _dropped(place: Any, *files: tuple[str, str, bytes]) -> None:
    _given(place, ["dragover", "drop"], files)


def _pasted(place: Any, *files: tuple[str, str, bytes]) -> None:
    _given(place, ["paste"], files)


def _nothing_kept() -> None:
    assert VISITORS.byte_count == 0


def _own(page: str, visit: Visit, **options: Any) -> Any:
    tab = visit(f"{page}/?tab=teach", **options)
    tab.wait_for_selector(".teach .class-card")
    tab.locator(".teach .photos").get_by_role("button", name="Your own").click()
    expect(tab.locator(".class-card.own")).to_have_count(2)
    return tab


def _counts(tab: Any, *counts: int) -> None:
    said = [re.compile(rf"^{count} photos?(, \d+ held out)?$") for count in counts]
    expect(tab.locator(".class-card.own > .sub:not(.told)")).to_have_text(said)


def _answer(tab: Any) -> Any:
    return tab.locator("#teach .answer, .headline .answer").locator("visible=true").first


def test_a_zip_is_dropped_a_photo_taken_out_a_class_renamed_and_all_taught(
    page: str, visit: Visit, tmp_path: Path
) -> None:
    tab = _own(page, visit, width=1440)
    expect(_answer(tab)).to_contain_text("Nothing taught yet.")
    entries = {**classes("mug", "keys", "plant", count=8), "mug/notes.txt": b"to do"}
    data = zipped(tmp_path / "mine.zip", entries).read_bytes()
    _dropped(tab.locator(".teach .photos"), ("mine.zip", "application/zip", data))
    _counts(tab, 8, 8, 8)
    said = tab.locator(".teach .photos > .sub").filter(has_text="came in")
    expect(said).to_contain_text("24 photos came in. 1 left out: mug/notes.txt: This file is not a picture")
    expect(tab.locator(".teach .foot")).to_contain_text("Measured here just now")

    mug = tab.locator(".class-card.own").first
    mug.get_by_role("button", name="Show all photos of mug").click()
    expect(mug.locator(".thumb img[src]")).to_have_count(8)
    expect(mug.locator(".thumb.out")).to_have_count(2)
    learned = mug.locator(".thumb:not(.out)").first
    learned.press("Delete")
    _counts(tab, 7, 8, 8)
    mug.locator(".thumb:not(.out)").first.click()
    mug.get_by_role("button", name="Take this photo out").click()
    _counts(tab, 6, 8, 8)
    expect(mug.locator(".thumb.out")).to_have_count(2)  # what was held out stays so
    expect(tab.locator(".teach .photos")).to_contain_text("Changed since")

    mug.locator(".class-name").fill("keys")
    mug.locator(".class-name").press("Enter")
    expect(tab.locator(".teach .alert")).to_have_text("There is a class called keys already. Choose another name.")
    expect(mug.locator(".class-name")).to_have_value("mug")
    mug.locator(".class-name").fill("<i>cup</i>")
    mug.locator(".class-name").press("Enter")
    tab.locator(".teach .photos .bar .primary").click()
    expect(tab.locator(".confused tbody th").first).to_have_text("<i>cup</i>")
    expect(tab.locator(".teach .photos")).not_to_contain_text("Changed since")
    fits(tab, 1440)


def test_photos_come_by_files_drop_paste_and_from_the_rail(page: str, visit: Visit, tmp_path: Path) -> None:
    tab = _own(page, visit, width=1440)
    first, second = tab.locator(".class-card.own").nth(0), tab.locator(".class-card.own").nth(1)
    files = [tmp_path / f"{number}.jpg" for number in range(12)]
    for number, file in enumerate(files):
        file.write_bytes(jpeg(300 + number))
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    first.locator("input[type=file]").set_input_files([*files, tmp_path / "broken.jpg"])
    _counts(tab, 12, 0)
    expect(tab.locator(".teach .alert")).to_contain_text("left out: broken.jpg: This file is not a picture")
    photo = ("a.jpg", "image/jpeg", jpeg(400))
    _dropped(second, photo)
    _counts(tab, 12, 1)
    shown = tab.locator("#rail .caption b").inner_text()
    _pasted(second, ("image.png", "image/png", jpeg(401)))
    _counts(tab, 12, 2)
    second.get_by_role("button", name="Add the shared photo to Class 2").locator("visible=true").click()
    _counts(tab, 12, 3)
    assert tab.locator("#rail .caption b").inner_text() == shown, "the rail keeps its photo"
    _dropped(tab.locator(".teach .photos .bar"), photo)
    expect(tab.locator(".teach .alert")).to_contain_text("Drop photos on one of your classes")
    _dropped(first, photo)
    expect(tab.locator(".teach .alert")).to_contain_text("It is in Class 2 already.")
    _counts(tab, 12, 3)


def test_folders_are_classes(page: str, visit: Visit, tmp_path: Path) -> None:
    for label, name in enumerate(("mug", "keys")):
        (tmp_path / name).mkdir()
        (tmp_path / name / ".hidden").write_bytes(b"x")
        for number in range(6):
            (tmp_path / name / f"{number}.jpg").write_bytes(jpeg(100 * label + number))
    tab = visit(f"{page}/?tab=teach", width=1440)
    tab.wait_for_selector(".teach .class-card")
    box = tab.locator(".teach .bar .name").bounding_box()
    files = [str(tmp_path / name) for name in ("mug", "keys")]
    drag = {"x": box["x"] + 5, "y": box["y"] + 5, "data": {"items": [], "files": files, "dragOperationsMask": 1}}
    wire = tab.context.new_cdp_session(tab)
    for kind in ("dragEnter", "dragOver", "drop"):
        wire.send("Input.dispatchDragEvent", {"type": kind, **drag})
    _counts(tab, 6, 6)
    expect(tab.locator(".class-name").first).to_have_value("mug")
    expect(tab.locator(".teach .photos > .sub").last).to_contain_text("10 photos to learn from, 2 held out")


def test_axe_finds_nothing_on_the_cards(page: str, visit: Visit, tmp_path: Path) -> None:
    tab = _own(page, visit, width=1440, reduced_motion="reduce")
    data = zipped(tmp_path / "a.zip", classes("mug", "keys", count=8)).read_bytes()
    _dropped(tab.locator(".teach .photos"), ("a.zip", "application/zip", data))
    expect(tab.locator(".teach .foot")).to_contain_text("Measured here just now")
    tab.get_by_role("button", name="Show all photos of mug").click()
    tab.locator(".class-card.own .thumb").nth(2).click()
    tab.evaluate(AXE_SCRIPT)
    for width in (1440, 390):
        tab.set_viewport_size({"width": width, "height": 900})
        tab.wait_for_timeout(300)
        assert not judged(tab)


def test_classes_come_and_go_and_all_is_forgotten_at_once(page: str, visit: Visit, tmp_path: Path) -> None:
    eventually(_nothing_kept)  # the pages of other tests say goodbye
    tab = _own(page, visit, width=1440)
    for count in range(3, 11):
        tab.get_by_role("button", name="+ Add a class").click()
        expect(tab.locator(".class-card.own")).to_have_count(count)
    expect(tab.get_by_role("button", name="+ Add a class")).to_be_disabled()
    for count in range(9, 1, -1):
        tab.locator(".class-card.own .remove").last.click()
        expect(tab.locator(".class-card.own")).to_have_count(count)
    data = zipped(tmp_path / "a.zip", classes("mug", "keys")).read_bytes()
    _dropped(tab.locator(".teach .photos"), ("a.zip", "application/zip", data))
    expect(tab.locator(".teach .foot")).to_contain_text("Measured here just now")
    assert VISITORS.byte_count > 0
    tab.get_by_role("button", name="Forget all").click()
    _counts(tab, 0, 0)
    expect(_answer(tab)).to_contain_text("Nothing taught yet.")
    expect(tab.locator(".taught")).to_be_hidden()
    _nothing_kept()


def test_photos_go_with_the_page_that_gave_them(page: str, visit: Visit, tmp_path: Path) -> None:
    eventually(_nothing_kept)  # the pages of other tests say goodbye
    tab = _own(page, visit)
    file = tmp_path / "one.jpg"
    file.write_bytes(jpeg(1))
    tab.locator(".class-card.own input[type=file]").first.set_input_files(file)
    _counts(tab, 1, 0)
    assert VISITORS.byte_count > 0
    tab.goto("about:blank")
    eventually(_nothing_kept)


SLOW_CAMERA = """
const toDataURL = HTMLCanvasElement.prototype.toDataURL;
let looks = 0, frame = null;
HTMLCanvasElement.prototype.toDataURL = function (...how) {
  looks += 1;
  if (looks % 2) frame = toDataURL.apply(this, how);
  return frame;
};
"""
"""Every other look at the camera shows the frame before: on a busy machine it gives fewer than five a second."""


def test_on_a_phone_the_webcam_records_while_the_button_is_held(page: str, visit: Visit) -> None:
    tab = _own(page, visit, width=390, script=SLOW_CAMERA)
    tab.context.grant_permissions(["camera"])
    first, second = tab.locator(".class-card.own").nth(0), tab.locator(".class-card.own").nth(1)
    button = first.locator(".record")
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    assert box["height"] >= 44 and box["width"] >= 44
    tab.mouse.move(box["x"] + 9, box["y"] + 9)
    tab.mouse.down()
    expect(first.locator(".recording")).to_contain_text(re.compile(r"^[5-9] of 30$"))
    tab.mouse.up()
    taken = int(first.locator(".recording .sub").inner_text().split()[0])
    _counts(tab, taken, 0)
    tab.wait_for_timeout(600)
    _counts(tab, taken, 0)  # nobody holds it
    second.locator(".record").focus()
    tab.keyboard.down("Space")
    expect(second.locator(".recording")).to_contain_text("30 of 30")
    tab.wait_for_timeout(600)
    tab.keyboard.up("Space")
    expect(second.locator(".sub").first).to_have_text(re.compile(r"^30 photos"))
    fits(tab, 390)
    tab.get_by_role("button", name="Forget all").click()
    _counts(tab, 0, 0)
    expect(tab.locator(".recording")).to_have_count(0)


def test_a_camera_that_is_refused_is_one_sentence_and_all_stays(page: str, visit: Visit, tmp_path: Path) -> None:
    tab = _own(page, visit, width=390)
    file = tmp_path / "one.jpg"
    file.write_bytes(jpeg(1))
    tab.locator(".class-card.own input[type=file]").first.set_input_files(file)
    _counts(tab, 1, 0)
    refusal = "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'))"
    tab.evaluate(f"() => {{ {refusal} }}")
    tab.locator(".record").first.click()
    expect(tab.locator(".teach .alert")).to_have_text(
        "The browser refused the webcam. Allow it in the address bar, or add photos."
    )
    _counts(tab, 1, 0)
    expect(tab.locator(".recording")).to_have_count(0)


def test_the_held_out_share_moves_the_borders_and_trains_nothing(page: str, visit: Visit, tmp_path: Path) -> None:
    tab = _own(page, visit, width=1440)
    data = zipped(tmp_path / "a.zip", classes("mug", "keys", count=12)).read_bytes()
    _dropped(tab.locator(".teach .photos"), ("a.zip", "application/zip", data))
    expect(tab.locator(".teach .foot")).to_contain_text("Measured here just now")
    expect(tab.locator(".teach .photos > .sub").last).to_contain_text("18 photos to learn from, 6 held out")
    answer = _answer(tab).inner_text()
    tab.locator(".held-out input").fill("50")
    expect(tab.locator(".teach .photos > .sub").last).to_contain_text("12 photos to learn from, 12 held out")
    assert _answer(tab).inner_text() == answer
    tab.locator(".teach .photos .bar .primary").click()
    expect(tab.locator(".confused figcaption").first).to_contain_text(" 12")
