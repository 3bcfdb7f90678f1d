"""Every sentence that the page can say is true: each maker is fed 300 random results, and each claim recomputed."""

import dataclasses
import functools
import importlib
import itertools
import pkgutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

import tests.sentences
from tests.sentences.makers import ROOT, makers
from tests.sentences.table import ROWS, Maker, Reader, Said, Spoiler, holds, true_of

ROOMS = [f"tests.sentences.{found.name}" for found in pkgutil.iter_modules(tests.sentences.__path__)]
pytest.register_assert_rewrite(*(room for room in ROOMS if room not in sys.modules))
for room in ROOMS:
    importlib.import_module(room)

ROUNDS = range(300)
CLAIM_NOTHING = {
    "app.components.chart.link": "markup",
    "app.components.photo.accept": "why an upload was refused; test_photo.py makes each",
    "app.components.sheet.scripts": "a program",
    "app.lab.share.share_facts": "its sentence is raised, not returned",
    "app.live_frames.text": "its sentence is raised, not returned",
    "app.tabs.classify_view.drawn": "titles and alternative texts; its sentences are made in cvdemo.classify.words",
    "app.tabs.convolution_view.view": "how long decoding took; its sentences are made in cvdemo.convolution.words",
    "app.tabs.detect_menu.ways_on": "names of buttons",
    "app.tabs.given_photos.text": "its sentence is raised, not returned",
    "app.tabs.inside_attention_cards.card": "names of layers and heads",
    "app.tabs.inside_attention_cards.tile": "names of layers",
    "app.tabs.inside_attention_field.card": "says only that nothing is known yet",
    "app.tabs.inside_overview.columns": "names of columns",
    "app.tabs.inside_overview.draw": "names of columns",
    "app.tabs.inside_saliency_cards.draw": "names of methods; its sentences are made in cvdemo.saliency.words",
    "app.tabs.inside_saliency_cards.tile": "names of methods",
    "app.tabs.inside_similarity.answer": "the name of a photo",
    "cvdemo.catalogue.names": "names of models",
    "cvdemo.choose.production.cell": "figures of a table; test_choose.py compares each with its duel",
    "cvdemo.choose.production.table": "the lesson's words as they were corrected, and those figures",
    "cvdemo.choose.export.as_markdown": "headings; its sentences are made in cvdemo.choose.words",
    "cvdemo.convolution.shift.names_of": "names of models",
    "cvdemo.engines.gpu.GpuSelection.insisted": "why an engine failed, as it was kept when it did",
    "cvdemo.engines.selection.Selection.insisted": "why an engine failed, as it was kept when it did",
    "cvdemo.inside.layer_names.named": "names of layers; test_inside_words.py compares them",
    "cvdemo.lesson.claims_measured.rows": "what stands in the list of claims; test_claims.py measures each anew",
    "cvdemo.loading.texts.tokenizer": "its text goes into a model",
    "cvdemo.plots.template": "names of fonts",
    "cvdemo.quiz.topics.title": "names of kinds of questions",
    "cvdemo.receptive_field.export.effective_field": "JSON: its texts name fields",
    "cvdemo.receptive_field.stack.as_pytorch": "a program; test_receptive_field_stack.py runs it",
    "cvdemo.residual.order_words.table": "names of models by kind; test_residual_costs.py reads each out of its model",
    "cvdemo.saliency.point.direction": "a direction; test_inside_words.py compares it",
    "cvdemo.saliency.box_export.saliency_of_box": "JSON: its texts name fields",
    "cvdemo.saliency.export.saliency_of": "JSON: its texts name fields",
    "cvdemo.surgery.plain.Block.reason": "the one reason there is; test_surgery.py makes blocks without a shortcut",
    "cvdemo.starter_set.StarterSet.begin": "returns a token; test_starter_set.py reads what it tells",
    "cvdemo.weights.bundled.fault": "faults of files; test_weights_faults.py makes each",
    "cvdemo.zerogpu.in_worker": "the sentence is raised, not returned",
}
"""Makers without a check, and why."""


@functools.cache
def heard(key: str) -> list[list[Said]]:
    """Return what was read in each round, after every claim in it was found true."""
    rounds = []
    for seed in ROUNDS:
        said: list[Said] = []
        try:
            listen(key, seed, lambda one, said=said: said.append(one) or one)  # type: ignore[misc]
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {error}") from error
        rounds.append(said)
    return rounds


def listen(key: str, seed: int, hear: Callable[[Said], Said]) -> None:
    ROWS[key].check(np.random.default_rng(seed), Reader(ROWS[key].forms, hear))


@pytest.mark.parametrize("key", ROWS)
def test_every_claim_is_true(key: str) -> None:
    silent = set(ROWS[key].forms) - {said.form for told in heard(key) for said in told}
    assert not silent, f"never said: {sorted(silent)}"


FORMS = [(key, form) for key, row in ROWS.items() for form, how in row.forms.items() if how.groups]


@pytest.mark.parametrize(("key", "form"), FORMS)
def test_a_false_claim_is_noticed(key: str, form: str) -> None:
    """Each part of a form is made false in four ways: a check that lets one pass does not check that claim."""
    for place, way in itertools.product(range(ROWS[key].forms[form].groups), range(4)):
        spoils = Spoiler(form, place, way)
        seeds = [seed for seed, told in enumerate(heard(key)) if any(spoils(said) != said for said in told)]
        assert not seeds or any(objects(key, seed, spoils) for seed in seeds), f"nobody objects to {spoils.example}"


def objects(key: str, seed: int, hear: Callable[[Said], Said]) -> bool:
    try:
        listen(key, seed, hear)
    except (AssertionError, LookupError, ValueError, StopIteration):
        return True
    return False


def test_every_maker_stands_in_the_table() -> None:
    there, checked = (
        makers(ROOT / "app") | makers(ROOT / "cvdemo"),
        {name for row in ROWS.values() for name in row.makers},
    )
    assert there - checked - set(CLAIM_NOTHING) == set(), "without a check in tests/sentences"
    assert set(CLAIM_NOTHING) - there == set() and not set(CLAIM_NOTHING) & checked, "excused without need"


def test_a_new_maker_is_found(tmp_path: Path) -> None:
    room = tmp_path / "room"
    room.mkdir()
    (room / "words.py").write_text(
        'LONG = "a text of words"\n'
        'def plain() -> str:\n    """Return something with many words."""\n    return "ok"\n'
        'def said(count: int) -> str:\n    return f"{count} of them found here"\n'
        "def told() -> str | None:\n    return _private()\n"
        'def _private() -> str:\n    return "one two three"\n'
        "def constant() -> list[str]:\n    return [LONG]\n"
        'def refuses() -> str:\n    raise ValueError("this is not said")\n'
        'class Thing:\n    def tell(self) -> str:\n        return "as a method does"\n'
    )
    assert makers(room, tmp_path) == {f"room.words.{name}" for name in ("said", "told", "constant", "Thing.tell")}


@pytest.fixture
def stranger() -> Iterator[Callable[[Maker], str]]:
    """Return what registers a check of a maker that says which of three numbers is the largest."""

    def check(draw: np.random.Generator, read: Reader) -> None:
        values = draw.random(3)
        holds(read(maker(values)).parts[0], values.max())

    def register(one: Maker) -> str:
        nonlocal maker
        maker = one
        heard.cache_clear()
        return KEY

    maker: Maker = str
    true_of(maker, _=r"The largest is ([\d.]+)\.")(check)
    yield register
    del ROWS[KEY]
    heard.cache_clear()


KEY = "test_sentences.check"


def test_a_wrong_claim_is_caught(stranger: Callable[[Maker], str]) -> None:
    test_every_claim_is_true(stranger(lambda values: f"The largest is {values.max():.2f}."))
    with pytest.raises(AssertionError, match="seed"):
        test_every_claim_is_true(stranger(lambda values: f"The largest is {values[0]:.2f}."))


def test_a_new_form_is_caught(stranger: Callable[[Maker], str]) -> None:
    with pytest.raises(AssertionError, match="forms"):
        test_every_claim_is_true(stranger(lambda values: f"The most is {values.max():.2f}."))


def test_a_check_that_lets_a_claim_pass_is_caught(stranger: Callable[[Maker], str]) -> None:
    key = stranger(lambda values: f"The largest is {values.max():.2f}.")
    test_a_false_claim_is_noticed(key, "_")
    ROWS[key] = dataclasses.replace(ROWS[key], check=lambda draw, read: read(f"The largest is {draw.random():.2f}."))
    heard.cache_clear()
    with pytest.raises(AssertionError, match="nobody objects"):
        test_a_false_claim_is_noticed(key, "_")
