"""Whoever leaves the live webcam, or has none, gets the camera back and a sentence."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.awaited import expect
from tests.live_page import given_back, opened_live, same_boxes, served_live  # noqa: F401

pytestmark = pytest.mark.browser

LEAVE = (
    ("document.dispatchEvent(new CustomEvent('cv:tab', {detail: 'classify'}))", "because you left the tab"),
    ("setHidden(true)", "because the page was hidden"),
    ("cameraTracks.at(-1).dispatchEvent(new Event('ended'))", "because the webcam went away"),
    ("document.querySelector('.live-detect details').open = false", ""),
    ("window.dispatchEvent(new Event('pagehide'))", ""),
)
COME_BACK = """() => {
  window.setHidden = (yes) => {
    Object.defineProperty(document, 'hidden', { value: yes, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  };
  setHidden(false);
  document.querySelector('.live-detect details').open = true;
  document.dispatchEvent(new CustomEvent('cv:tab', { detail: 'detect' }));
}"""


def test_whoever_leaves_gets_the_camera_back(live: Callable[..., Any]) -> None:
    page = live()
    button = "Use the webcam live"
    for script, reason in LEAVE:
        page.evaluate(COME_BACK)
        page.get_by_role("button", name=button).click()
        page.get_by_role("button", name="Stop").wait_for()
        page.evaluate("document.dispatchEvent(new CustomEvent('cv:tab', { detail: 'detect' }))")
        assert page.locator(".live-stage video").is_visible(), "opening this tab again stops nothing"
        page.evaluate(f"() => {{ {script}; }}")
        page.wait_for_function("document.querySelector('.live-verdict').textContent.startsWith('Stopped')")
        expect(page.locator(".live-verdict")).to_contain_text(reason)
        assert given_back(page), script
        button = "Look again"


TROUBLE = {
    "NotAllowedError": "The browser refused the webcam. Allow it in the address bar, or choose a photo.",
    "NotFoundError": "This device has no webcam that the browser can find. Choose a photo instead.",
    "NotReadableError": "The webcam does not start; another program may be using it.",
    "AbortError": "The webcam did not start. Try again, or choose a photo.",
}
REFUSE = """(name) => {
  window.ask ??= navigator.mediaDevices.getUserMedia;
  navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', name));
}"""


def test_no_webcam_is_a_sentence_and_a_way_on(live: Callable[..., Any]) -> None:
    page = live()
    alert = page.locator(".live-detect [role=alert]")
    for name, sentence in TROUBLE.items():
        page.evaluate(REFUSE, name)
        page.get_by_role("button", name="Use the webcam live").click()
        alert.filter(has_text=sentence).wait_for()
        expect(page.locator(".live-verdict")).to_have_text("")
        expect(page.locator(".live-stage")).to_be_hidden()
    page.evaluate("() => { navigator.mediaDevices.getUserMedia = window.ask; }")
    page.get_by_role("button", name="Use the webcam live").click()
    page.get_by_role("button", name="Stop").wait_for()
    expect(alert).to_be_hidden()


def test_a_page_without_https_says_so(live: Callable[..., Any]) -> None:
    page = live()
    for owner, name in (("navigator", "mediaDevices"), ("window", "isSecureContext")):
        page.evaluate(f"() => Object.defineProperty({owner}, '{name}', {{ value: undefined }})")
        page.get_by_role("button", name="Use the webcam live").click()
        page.locator(".live-detect [role=alert]", has_text="https pages only").wait_for()
        expect(page.get_by_role("button", name="Use the webcam live")).to_be_visible()


def test_a_camera_that_comes_after_cancel_is_given_back(live: Callable[..., Any]) -> None:
    page = live()
    page.evaluate(
        """() => { const ask = navigator.mediaDevices.getUserMedia;
             navigator.mediaDevices.getUserMedia = async (wish) => {
               await new Promise((resolve) => { window.allow = resolve; }); return ask(wish); }; }"""
    )
    page.get_by_role("button", name="Use the webcam live").click()
    page.get_by_role("button", name="Cancel").click()
    page.evaluate("window.allow()")
    page.wait_for_function("cameraTracks.length > 0 && cameraTracks[0].readyState === 'ended'")
    expect(page.get_by_role("button", name="Use the webcam live")).to_be_visible()
    expect(page.locator(".live-stage")).to_be_hidden()
