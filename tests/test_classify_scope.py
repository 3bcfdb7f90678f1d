"""What a classifier can say at all, and when to doubt it: sentences true for their numbers, cards that hold."""

import dataclasses

import numpy as np
import pytest
import torch

from app.tabs.classify_view import Shown, drawn
from cvdemo import catalogue, weights
from cvdemo.classify import Answer, doubt, scope
from cvdemo.classify.settings import Settings
from cvdemo.errors import SettingError
from cvdemo.wording import NBSP
from tests.test_classify_words import CLASSES, CNN, MANY, VIT, answer, result
from training.doubt import signs, weak_below

BUNDLED = [spec.name for spec in catalogue.MODELS if spec.source == "bundled" and spec.task == "classify"]


def big(family: str = "cnn", title: str = "ResNet-50", **shares: float) -> Answer:
    return answer(family, title, "cached", MANY, **shares)


SCOPES = [
    ("nobody", [], ""),
    ("random weights", [answer(**CNN, weights="random", tabby=0.9)], ""),
    ("one that knows few", [answer(**CNN, tabby=0.9)], "Of the 6 everyday things it knows."),
    ("two of them", [answer(**CNN, tabby=0.9), answer(**VIT, bee=0.2)], "Of the 6 everyday things they know."),
    ("one that knows many", [big(tabby=0.9)], ""),
    ("one of each", [big(tabby=0.9), answer(**VIT, tabby=0.9)], "The ViT knows only 6 everyday things."),
    (
        "two of three",
        [big(tabby=0.9), answer(**CNN, tabby=0.9), answer(**VIT, tabby=0.9)],
        "Small ResNet and Small ViT know only 6 everyday things.",
    ),
    ("weak", [answer(**CNN, tabby=0.24)], "Of the 6 everyday things it knows. It may be something else."),
    ("one of two weak", [big(tabby=0.9), big("vit", "DeiT", bee=0.1)], ""),
    ("both weak", [big(tabby=0.2), big("vit", "DeiT", bee=0.1)], "It may be something else."),
]


@pytest.mark.parametrize(("answers", "sentence"), [row[1:] for row in SCOPES], ids=[row[0] for row in SCOPES])
def test_scope_sentences(answers: list[Answer], sentence: str) -> None:
    assert scope.scope_sentences(result(*answers)).replace(NBSP, " ") == sentence


@pytest.mark.parametrize("seed", range(20))
def test_it_may_be_something_else_exactly_where_every_answer_is_weak(seed: int) -> None:
    shares = np.random.default_rng(seed).uniform(0.1, 0.6, 2)
    answers = [answer(**CNN, tabby=shares[0]), answer(**VIT, bee=shares[1])]
    firsts = [one.probabilities().max() for one in answers]
    assert ("something else" in scope.scope_sentences(result(*answers))) == (max(firsts) < doubt.UNSURE)


FOUND = [
    ("bee", ["Small ResNet: yes, bee is one of the 6."]),
    ("  BEE ", ["Small ResNet: yes, bee is one of the 6."]),
    ("abb", ["Small ResNet: abb is not among the 6 by that name; tabby holds it."]),
    ("oo", ["Small ResNet: oo is not among the 6 by that name; goose holds it."]),
    ("es", ["Small ResNet: es is not among the 6 by that name; espresso holds it."]),
    ("s", ["Small ResNet: s is not among the 6 by that name; espresso and goose hold it."]),
    ("espreso", ["Small ResNet: espreso is not among the 6. The nearest word there: espresso."]),
    ("toucan", ["Small ResNet: toucan is not among the 6, and no word there is like it."]),
    ("", []),
    ("   ", []),
]


@pytest.mark.parametrize(("word", "sentences"), FOUND)
def test_search(word: str, sentences: list[str]) -> None:
    assert scope.search(result(answer(**CNN, tabby=0.9)), word) == sentences


def test_each_list_is_searched_once_the_short_one_first() -> None:
    known = result(big(tabby=0.9), answer(**CNN, tabby=0.9), answer(**VIT, tabby=0.9))
    assert scope.search(known, "class 7")[1] == "ResNet-50: yes, class 7 is one of the 1,000."
    assert [row.partition(":")[0] for row in scope.search(known, "bee")] == ["Small ResNet and Small ViT", "ResNet-50"]


@pytest.mark.parametrize("word", [None, 3, ["bee"], "x" * 61])
def test_what_cannot_be_looked_for_is_refused(word: object) -> None:
    with pytest.raises(SettingError, match="must be a text of 60 characters"):
        scope.search(result(answer(**CNN, tabby=0.9)), word)


def test_the_tab_answers_a_search_from_what_is_known() -> None:
    shown = Shown(result(answer(**CNN, tabby=0.9)), ("mini_resnet",), 1)
    assert drawn(shown, Settings(), {"search": "bee"}) == {"found": ["Small ResNet: yes, bee is one of the 6."]}
    assert drawn(Shown(None, (), 0), Settings(), {"search": "bee"}) == {"found": []}


def test_energies_are_torchs() -> None:
    logits = np.random.default_rng(0).normal(0, 30, (7, 100)).astype(np.float32)
    assert doubt.energies(logits) == pytest.approx(-torch.logsumexp(torch.from_numpy(logits).double(), 1).numpy())


@pytest.mark.parametrize("name", BUNDLED)
def test_a_card_says_when_to_doubt_and_agrees_with_itself(name: str) -> None:
    card, whole = weights.doubt_card(name), weights.card(name)
    assert card is not None and whole is not None
    assert card.photos == whole.validation_photos
    assert 0 < card.weak_below < 1 and 0 < card.weak_right < 0.5
    assert card.weak_share <= card.doubted <= card.weak_share + 0.05 + 1e-9
    assert card.outside_doubted > card.doubted, "else the signs would say nothing"
    assert card.weak_share * card.weak_right < whole.top1


@pytest.mark.parametrize(
    ("best", "energy", "weak", "unusual"),
    [
        (0.5, 1.0, False, False),
        (0.29, 1.0, True, False),
        (0.5, -90.0, False, False),
        (0.5, 5.1, False, True),
        (0.2, 40.0, True, True),
    ],
)
def test_a_bundled_model_is_doubted_by_its_card(
    monkeypatch: pytest.MonkeyPatch, best: float, energy: float, weak: bool, unusual: bool
) -> None:
    card = weights.DoubtCard(100, 0.3, 0.2, 0.25, 5.0, 0.24, 10, 0.5)
    monkeypatch.setattr(weights, "doubt_card", lambda _name: card)
    one = answer(**CNN, tabby=best)  # its shares add up to 1, so its energy is 0; a shift of all scores moves only that
    one = dataclasses.replace(one, logits=one.logits - np.float32(energy))
    assert doubt.energies(one.logits[None])[0] == pytest.approx(energy, abs=1e-5)
    assert doubt.doubt(one) == doubt.Doubt(weak, unusual)
    assert bool(doubt.doubt(one)) == (weak or unusual)
    (told,) = doubt.figures(result(one))
    told = told.replace(NBSP, " ").replace("−", "-")
    assert told.startswith(f"Small ResNet: its best answer here has {100 * best:.1f} %. On 100 validation photos, ")
    assert (
        f"Its energy is {energy:.2f}, {'above' if unusual else 'below'} the 5.00 that 95 % of them stay below." in told
    )
    assert "best answers below 30.0 % were right in 25.0 % of the cases" in told
    assert "doubt 24.0 % of the validation photos, and 50.0 % of 10 photos of other things" in told


def test_a_model_without_a_card_says_so() -> None:
    (told,) = doubt.figures(result(big(tabby=0.2)))
    assert told.replace(NBSP, " ") == (
        "ResNet-50: its best answer here has 20.0 %; nobody has measured here below which share it is mostly wrong."
    )


def test_the_limit_is_where_answers_begin_to_be_right_as_often_as_wrong() -> None:
    random = np.random.default_rng(0)
    best = random.uniform(0, 1, 40_000)
    for exponent in (0.5, 1.0, 2.0):  # the chance to be right is best ** exponent: one half at 0.5 ** (1 / exponent)
        right = random.uniform(0, 1, len(best)) < best**exponent
        assert weak_below(best, right) == pytest.approx(0.5 ** (1 / exponent), abs=0.06)
    assert weak_below(best, np.zeros(len(best), bool)) == 1.0


def test_signs_are_counted_as_they_are_defined() -> None:
    random = np.random.default_rng(1)
    labels = random.integers(0, 10, 2000)
    logits = random.normal(0, 1, (2000, 10)).astype(np.float32)
    logits[np.arange(2000), labels] += random.uniform(0, 5, 2000).astype(np.float32)
    found, shares = signs(logits, labels), torch.from_numpy(logits).double().softmax(1).numpy().max(1)
    weak = shares < found["weak_below"]
    energy = -np.log(np.exp(logits.astype(np.float64)).sum(1))
    unusual = energy > np.percentile(energy, 95)
    assert found["weak_share"] == pytest.approx(weak.mean(), abs=1e-4)
    assert found["weak_right"] == pytest.approx((logits.argmax(1) == labels)[weak].mean(), abs=1e-4)
    assert found["doubted"] == pytest.approx((weak | unusual).mean(), abs=2e-3)  # its limit is rounded


def test_the_classes_of_these_tests_are_few() -> None:
    assert len(CLASSES) == 6 and len(MANY) == 1000
