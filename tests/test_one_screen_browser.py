"""At 1280 x 720 and 1440 x 900 a slider and the picture that it changes are on one screen, in each view."""

import pytest

from tests.awaited import eventually
from tests.test_axe_browser import AT_REST
from tests.test_browser import Visit

pytestmark = pytest.mark.browser

SCREENS = [(1280, 720), (1440, 900)]
# Tab, view (empty: the tab has no others), and the picture that its sliders change.
PICTURES = [
    ("classify", "", ".answers .rows"),
    ("detect", "", ".scene"),
]
# Of each visible slider: its name, and how many pixels higher than the screen it and the picture are together.
HIGHER = """(picture) => {
  const seen = (selector) => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility());
  const room = innerHeight - document.querySelector('#labs nav').offsetHeight;
  const pictures = seen(`#main ${picture}`).map((one) => one.getBoundingClientRect());
  return seen('#main input[type=range]').map((slider) => {
    const own = slider.getBoundingClientRect();
    const both = [own, ...pictures];
    const span = Math.max(...both.map((one) => one.bottom)) - Math.min(...both.map((one) => one.top));
    return [slider.labels[0]?.textContent || slider.ariaLabel, Math.round(span - room)];
  });
}"""


@pytest.mark.parametrize(("width", "height"), SCREENS)
@pytest.mark.parametrize(("tab", "view", "picture"), PICTURES)
def test_a_slider_and_its_picture_are_on_one_screen(
    page: str, visit: Visit, tab: str, view: str, picture: str, width: int, height: int
) -> None:
    shown = visit(f"{page}/?tab={tab}&view={view}", width=width, height=height)
    shown.locator(f"#main {picture}").locator("visible=true").first.wait_for()
    shown.wait_for_function(AT_REST)

    def together() -> None:
        found = shown.evaluate(HIGHER, picture)
        assert found, "no slider is seen"
        assert [one for one in found if one[1] > 0] == []

    eventually(together, patience_s=20)
