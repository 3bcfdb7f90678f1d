"""The live webcam in a real browser with a fake camera: boxes over it, and the camera goes back at the end."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from cvdemo import compute
from tests.awaited import eventually, expect, fits
from tests.live_page import HOSTILE, given_back, opened_live, same_boxes, served_live, start, verdict  # noqa: F401
from tests.stub_detector import Stub
from tests.test_browser import Visit

pytestmark = pytest.mark.browser


def test_it_is_closed_and_asks_for_no_camera(visit: Visit, addresses: dict[str, str]) -> None:
    page = visit(addresses["long"])
    assert not page.get_by_role("button", name="Use the webcam live").is_visible()
    page.get_by_text("Live from your webcam").click()
    expect(page.locator(".live-detect .sub")).to_contain_text("for 30 seconds at most")
    assert page.evaluate("document.querySelector('.live-stage video').srcObject") is None


PLACES = """() => {
  const place = (node) => node.getBoundingClientRect().toJSON();
  const line = [...document.querySelectorAll('.live-stage rect.line')].at(-1), look = getComputedStyle(line);
  return {
    stage: place(document.querySelector('.live-stage')), line: place(line), look: [look.stroke, look.strokeWidth],
    lines: document.querySelectorAll('.live-stage rect.line').length,
    casings: document.querySelectorAll('.live-stage rect.casing').length,
    tags: [...document.querySelectorAll('.live-tag')].map((node) => [node.textContent, place(node)]),
    wish: [wish.video.facingMode.ideal, wish.video.width.ideal, wish.video.height.ideal],
  };
}"""


def test_boxes_lie_over_the_video_with_one_frame_under_way(live: Callable[..., Any], stub: Stub) -> None:
    page = live()
    start(page)
    figures = (
        r"^\d+\.\d frames a second\. Detector (21\.5|22)\sms, way there and back \d[\d,.]*\sms\."
        r" Stops by itself in \d+\ss\.$"
    )
    expect(page.locator(".live-figures")).to_have_text(re.compile(figures))
    seen = page.evaluate(PLACES)  # at once: every answer draws anew
    stage, line = seen["stage"], seen["line"]
    assert seen["lines"] == seen["casings"] == 2
    assert seen["look"] == ["rgb(15, 118, 110)", "3px"]
    assert stage["width"] / stage["height"] == pytest.approx(4 / 3, rel=0.01)
    assert (line["x"] - stage["x"]) / stage["width"] == pytest.approx(0.1, abs=0.01)
    assert line["width"] / stage["width"] == pytest.approx(0.4, abs=0.02)
    assert [text for text, _ in seen["tags"]] == [f"{HOSTILE} 0.50", "person 0.93"], "the best lies on top"
    for _, place in seen["tags"]:
        assert place["y"] >= stage["y"] - 1, "a label at the upper edge is not cut"
    assert seen["wish"] == ["environment", 640, 480]
    assert stub.most_at_once == 1 and page.title() != "hit"


def test_stop_keeps_the_last_frame_and_its_numbers_and_one_can_look_again(live: Callable[..., Any]) -> None:
    page = live()
    start(page)
    page.locator(".live-figures", has_text="frames a second").wait_for()  # at least two frames came back
    page.get_by_role("button", name="Stop").click()
    words = re.fullmatch(
        r"Stopped after (\d+) s: (\d+) frames, (\d+\.\d) a second.*"
        r" \(median ([\d,.]+) ms from frame to boxes, 90 % within ([\d,.]+) ms\)\.",
        verdict(page),
    )
    assert words, verdict(page)
    assert int(words[2]) >= 2 and float(words[4].replace(",", "")) <= float(words[5].replace(",", ""))
    assert given_back(page)
    assert page.locator(".live-stage canvas").evaluate("node => [node.hidden, node.width, node.height]") == [
        False,
        640,
        480,
    ]
    middle = "node => [...node.getContext('2d').getImageData(320, 240, 1, 1).data]"
    assert page.locator(".live-stage canvas").evaluate(middle)[1] > 50  # the fake camera shows green
    expect(page.locator(".live-stage rect.line")).to_have_count(2)
    expect(page.locator(".live-stage")).to_have_attribute("aria-label", re.compile("person 0\\.93"))
    start(page, "Look again")
    page.wait_for_function("!document.querySelector('.live-stage video').hidden")
    page.get_by_role("button", name="Stop").click()
    assert verdict(page) and given_back(page)


def test_it_stops_by_itself(live: Callable[..., Any], stub: Stub) -> None:
    page = live("short")
    page.get_by_role("button", name="Use the webcam live").click()
    assert re.match(r"Stopped after [3-6] s", verdict(page))  # a loaded machine may be late
    assert given_back(page)
    looked = len(stub.models)
    page.wait_for_timeout(500)
    assert len(stub.models) <= looked + 2, "no frame is sent after the end"


def test_frames_wait_while_the_machine_is_busy(live: Callable[..., Any]) -> None:
    page = live()
    start(page)
    with compute.turn():
        page.locator(".live-figures", has_text="The machine is busy; frames wait.").wait_for()
    page.locator(".live-figures", has_text="frames a second").wait_for()


def test_a_server_that_does_not_answer_ends_it(live: Callable[..., Any]) -> None:
    page = live()
    start(page)
    page.route("**/component_server/**", lambda route: route.abort())
    page.locator(".live-detect [role=alert]", has_text="The server does not answer.").wait_for()
    assert given_back(page) and "frame" in verdict(page)


def test_an_error_is_a_sentence_and_a_change_in_the_page_counts_from_the_next_frame(
    live: Callable[..., Any], stub: Stub
) -> None:
    page = live()
    start(page)
    change = "(detail) => document.dispatchEvent(new CustomEvent('cv:detect', { detail }))"
    page.evaluate(change, {"model": "haar_faces", "settings": {"iou": 0.99}})
    page.wait_for_function("document.querySelectorAll('.live-stage rect.line').length === 3")
    assert stub.models[-1] == "haar_faces"
    page.evaluate(change, {"model": "mini_vit", "settings": {}})
    page.locator(".live-detect [role=alert]", has_text="Small ViT does not detect objects.").wait_for()
    assert given_back(page)


@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_sticks_out(live: Callable[..., Any], width: int) -> None:
    page = live(width=width)
    page.get_by_role("button", name="Use the webcam live").click()
    page.get_by_role("button", name="Stop").wait_for()
    fits(page, width)

    def in_place() -> None:
        stage = page.locator(".live-stage").bounding_box()
        assert stage["x"] >= 0 and stage["x"] + stage["width"] <= width
        button = page.get_by_role("button", name="Stop").bounding_box()
        assert button["height"] >= (44 if width < 640 else 36)

    eventually(in_place)


def test_two_visitors_look_at_once(live: Callable[..., Any], stub: Stub) -> None:
    first, second = live(), live()
    start(first)
    start(second)
    before = len(stub.models)
    for page in (first, second):
        page.locator(".live-figures", has_text="frames a second").wait_for()

    def both_go_on() -> None:
        assert len(stub.models) > before + 5

    eventually(both_go_on)
    assert stub.most_at_once == 1
