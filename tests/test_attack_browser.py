"""Scripts in file names, labels, class names, addresses and errors: in a real browser, none runs and all are text."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from app.tabs import LABS
from cvdemo import models, starters
from cvdemo.classify import run
from cvdemo.detect import find
from cvdemo.results import Results
from tests.awaited import expect
from tests.fake_hub import Hub, fake_hub
from tests.fake_models import put_siglip
from tests.script_payloads import LONG, MARK, PAYLOADS, SHORT
from tests.stub_detector import Stub, raw
from tests.test_browser import Visit, _cards, _wait_for_answer

pytestmark = pytest.mark.browser

TITLES = {lab.id: lab.title for lab in LABS}
LABEL_FILE = "<annotation><object><name>{}</name><bndbox>{}</bndbox></object></annotation>"
BOX = "<xmin>1</xmin><ymin>1</ymin><xmax>9</xmax><ymax>9</ymax>"
# What each tab reads from the address, and what Gradio reads there.
ADDRESS = {
    "classify": ("models",),
    "detect": ("detector", "method", "overlap", "classes", "confidence", "tiles", "merged"),
    "inside": ("models", "view", "inside"),
    "receptive-field": ("models", "view", "depth", "share", "field", "stack"),
    "convolution": ("view", "kernel", "model", "padding", "own", "stride"),
    "latency": ("models", "view", "engine", "precision", "rounds"),
}
EVERYWHERE = ("photo", "point", "__theme", "deep_link", "session_hash", "locale", "x")
"""The names that stand in the address on every tab."""


class Watched:
    """A page on which no script of a visitor may run: everything that one could do is noted."""

    def __init__(self, tab: Any) -> None:
        self.tab = tab
        self.seen: list[str] = []
        tab.on("dialog", lambda dialog: self.seen.append(f"dialog {dialog.message}") or dialog.dismiss())
        tab.on("request", lambda request: self.seen.extend(_asked_for_mark(request)))
        tab.on("framenavigated", lambda frame: self.seen.extend(_script_address(frame.url)))

    def nothing_ran(self) -> None:
        """Touch whatever a payload may have put into the page, then look for traces of it."""
        self.tab.evaluate(
            """() => [...document.querySelectorAll('[onmouseover], [onfocus], [onclick], [href^="javascript:" i]')]
                 .forEach((node) => ['mouseover', 'focus', 'click'].map((act) => node.dispatchEvent(new Event(act))))"""
        )
        assert self.tab.evaluate("window.__pwned") is None, "a script ran"
        assert self.tab.evaluate(f"[...document.querySelectorAll('[src*={MARK} i], [href*={MARK} i]')].length") == 0
        assert self.tab.locator("iframe, #shell script, .toast-wrap script").count() == 0
        assert self.seen == []

    def still_works(self) -> None:
        """Go to the Classify tab and get an answer to a photo from both models."""
        asked = dict(parse_qsl(urlsplit(self.tab.url).query)).get("tab")
        here = self.tab.get_by_role("tab", name=TITLES.get(asked, "Classify"), exact=True, selected=True)
        here.wait_for()  # a click before that would be undone
        self.tab.wait_for_function("window.cvPhoto")
        self.tab.get_by_role("tab", name="Classify").click()
        picture = "document.querySelector('.answers .seen img')?.getAttribute('src')"
        before = self.tab.evaluate(picture)
        other = "portrait" if self.tab.locator("#rail .caption b").inner_text() == "Coffee" else "coffee"
        self.tab.evaluate(f"document.dispatchEvent(new CustomEvent('cv:choose', {{ detail: 'starter:{other}' }}))")
        self.tab.wait_for_function(f"before => {picture} && {picture} !== before", arg=before)
        expect(self.tab.locator(".answers .card")).to_have_count(2)
        self.nothing_ran()


def _asked_for_mark(request: Any) -> list[str]:
    where = urlsplit(request.url)
    return [f"request to {request.url}"] if MARK in f"{where.netloc}{where.path}" else []


def _script_address(url: str) -> list[str]:
    return [f"went to {url}"] if url.startswith(("javascript:", "data:")) else []


@pytest.fixture(name="watch")
def watched(visit: Visit) -> Any:
    """Open a page under watch."""
    return lambda address, **more: Watched(visit(address, **more))


def test_there_are_thirty_payloads_that_fit_the_doors() -> None:
    assert len(set(PAYLOADS)) == 30
    assert all(len(one) <= 60 and "," not in one for one in SHORT)


def test_a_canary_that_is_html_would_be_noticed(page: str, watch: Any) -> None:
    watched = watch(page)
    watched.tab.evaluate("text => document.body.insertAdjacentHTML('beforeend', text)", SHORT[0])
    watched.tab.wait_for_function("window.__pwned === 1")
    with pytest.raises(AssertionError, match="a script ran"):
        watched.nothing_ran()


# The doors


def test_no_file_name_runs(page: str, watch: Any) -> None:
    watched = watch(f"{page}/?tab=latency")  # the tab that starts nothing by itself
    tab, photo = watched.tab, starters.get("street").path.read_bytes()
    tab.wait_for_function("window.cvPhoto")
    for name in PAYLOADS:
        _choose(tab, name, photo)
        tab.wait_for_function(
            "name => document.querySelector('#rail .caption b').textContent === name", arg=name[:200].strip()
        )
    expect(tab.locator("#rail .picture")).to_have_attribute("aria-label", re.compile("^" + re.escape(LONG[:200])))
    for name in PAYLOADS[:3]:  # and in the sentence about a file that is none
        _choose(tab, name, b"no photo at all")
        expect(tab.locator("#rail .veil")).to_be_hidden()  # the sentence about the one before stands until then
        tab.wait_for_selector("#rail [role=alert]:not([hidden])")
    watched.still_works()


def _choose(tab: Any, name: str, content: bytes) -> None:
    file = {"name": name, "mimeType": "image/png", "buffer": content}
    tab.locator("#rail input[type=file]").first.set_input_files(file)


@pytest.fixture(name="hub")
def hub_with_siglip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    models._shared.cache_clear()  # what other tests have loaded or asked would not be fetched
    monkeypatch.setattr(run, "_answers", Results())
    with fake_hub(tmp_path / "repositories") as hub:
        put_siglip(hub, "google/siglip-base-patch16-224", ["a cat", "a dog", "a coffee cup", "this is a photo of"])
        hub.use(monkeypatch, tmp_path / "cache")
        yield hub
    models._shared.cache_clear()


def test_no_label_of_the_visitor_runs(page: str, watch: Any, hub: Hub) -> None:
    """SigLIP's own labels come back as the answer's rows, its sentence and the alternative texts."""
    watched = watch(f"{page}/?models=mini_resnet,siglip_base_patch16_224")
    tab = watched.tab
    _wait_for_answer(tab, 1)
    tab.locator(".answers .card.missing").get_by_role("button", name=re.compile("^Download")).click()
    _wait_for_answer(tab, 2)
    tab.locator(".classify-body > .more > summary", has_text="More settings").click()
    field = tab.get_by_label("Your own labels")
    field.wait_for()
    rows = ".answers .card:nth-of-type(2) .row .l"
    for start in range(0, len(SHORT), 5):
        some = SHORT[start : start + 5]
        field.fill(",".join(some))
        field.press("Enter")
        tab.wait_for_function(
            f"""some => {{ const rows = [...document.querySelectorAll('{rows}')].map((row) => row.textContent);
                 return rows.length === some.length && some.every((one) => rows.includes(one)); }}""",
            arg=list(some),
        )
        assert {label for label, _ in _cards(tab)[1]["rows"]} == set(some)
        watched.nothing_ran()
    watched.still_works()


def test_no_class_name_of_a_detector_runs(page: str, watch: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirty boxes of thirty classes: tags, filters, sentences, charts and what is taken away."""
    boxes = [
        [10 + 14 * column, 10 + 20 * row, 22 + 14 * column, 26 + 20 * row] for row in range(5) for column in range(6)
    ]
    see = raw(boxes, [0.95 - 0.01 * place for place in range(30)], range(30), PAYLOADS)
    Stub(lambda _: see).take_place(monkeypatch)
    monkeypatch.setattr(find, "_candidates", Results())
    watched = watch(f"{page}/?tab=detect")
    tab = watched.tab
    tab.wait_for_function("document.querySelectorAll('.scene rect.line').length === 30")
    tab.locator(".detect .more > summary").click()
    expect(tab.locator(".kinds .kind")).to_have_count(len(PAYLOADS))
    kinds = tab.locator(".kinds .kind").evaluate_all("all => all.map((one) => one.firstChild.textContent)")
    assert set(kinds) == set(PAYLOADS)
    named = set()
    for _ in PAYLOADS:
        tab.locator(".scene").press("ArrowRight")
        named |= {tag for tag in PAYLOADS if tag in tab.locator(".box-tag.pinned").text_content()}
    assert named == set(PAYLOADS)
    watched.nothing_ran()


def test_no_label_file_runs(page: str, watch: Any) -> None:
    """Class names of a Pascal VOC file come back in the sentence that refuses it; and the file's own name."""
    watched = watch(f"{page}/?tab=detect")
    tab = watched.tab
    tab.wait_for_selector(".scene rect", state="attached")
    tab.locator(".detect .more > summary").click()
    for name in (*SHORT, LONG[:300]):
        content = LABEL_FILE.format(html.escape(name), BOX).encode()
        tab.get_by_label("Label file").set_input_files({"name": name, "mimeType": "text/xml", "buffer": content})
        tab.wait_for_function(
            "name => document.querySelector('.detect .alert').textContent.includes(name)", arg=name.strip()[:30]
        )
    yolo = {"name": SHORT[0], "mimeType": "text/plain", "buffer": f"{SHORT[0]} 0.5 0.5 0.1 0.1\n".encode()}
    tab.get_by_label("Label file").set_input_files(yolo)
    tab.wait_for_function("document.querySelector('.detect .alert').textContent.startsWith('Line 1')")
    good = {"name": SHORT[1], "mimeType": "text/plain", "buffer": b"0 0.14 0.61 0.2 0.48\n"}
    tab.get_by_label("Label file").set_input_files(good)
    tab.wait_for_function("name => document.querySelector('.file-name').textContent === name", arg=SHORT[1])
    watched.still_works()


@pytest.mark.parametrize("tab", ADDRESS)
def test_no_address_runs(page: str, watch: Any, tab: str) -> None:
    """Every parameter of a tab holds all payloads at once; then those names that JavaScript's objects have anyway."""
    names = (*ADDRESS[tab], *EVERYWHERE)
    everything = {name: ",".join(SHORT[place:] + SHORT[:place]) for place, name in enumerate(names)}
    watched = watch(f"{page}/?{urlencode({'tab': tab, **everything})}#{SHORT[0]}")
    watched.still_works()
    odd = dict.fromkeys(names, "__proto__") | {
        "inside": '{"__proto__":{"toString":"x","constructor":"x","valueOf":"x"}}'
    }
    watched.tab.goto(f"{page}/?{urlencode({'tab': tab, **odd, '__theme': 'light'})}")
    watched.still_works()
    assert watched.tab.evaluate("[typeof {}.toString, typeof {}.valueOf]") == ["function", "function"]


def test_a_tab_that_does_not_exist_is_only_text(page: str, watch: Any) -> None:
    for name in (",".join(SHORT), "__proto__", LONG[:3000]):
        watch(f"{page}/?{urlencode({'tab': name, 'view': name})}").still_works()


def test_no_error_runs(page: str, watch: Any) -> None:
    """A model that does not exist is named in Gradio's own red box, which takes its text for HTML."""
    watched = watch(f"{page}/?tab=detect")
    tab = watched.tab
    tab.wait_for_selector(".scene rect", state="attached")
    for name in PAYLOADS:
        tab.evaluate(
            """name => { const menu = document.querySelector('.detect select[aria-label=Detector]');
                 menu.append(new Option(name, name, true, true));
                 menu.value = name;
                 menu.dispatchEvent(new Event('change')); }""",
            name,
        )
        shown = repr(name[:80])[1:60]
        tab.wait_for_function(
            "text => [...document.querySelectorAll('.toast-body')].some((one) => one.textContent.includes(text))",
            arg=shown,
        )
        watched.nothing_ran()
    watched.still_works()
