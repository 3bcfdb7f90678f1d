"""Every sentence of the Classify tab is true for 0, 1 and many models."""

import numpy as np
import pytest

from cvdemo.classify import Answer, Classification, words
from cvdemo.wording import NBSP

CLASSES = ("tabby", "pizza", "espresso", "goose", "barn", "bee")


def answer(
    family: str, title: str, weights: str = "bundled", classes: tuple[str, ...] = CLASSES, **shares: float
) -> Answer:
    """Return an answer whose probabilities are ``shares``; the rest is spread over the other classes."""
    rest = (1 - sum(shares.values())) / (len(classes) - len(shares))
    probabilities = np.array([shares.get(name, rest) for name in classes])
    return Answer(
        model=title, title=title, family=family, weights=weights, engine="torch", labels=classes,
        logits=np.log(probabilities).astype(np.float32), seen=np.zeros((4, 4, 3), np.uint8), crop_xyxy=(0, 0, 4, 4),
        cut_off=0.0, parameter_count=1, multiply_adds=1, licence=None, decode_ms=1.0, preprocess_ms=1.0, network_ms=1.0,
    )  # fmt: skip


def result(*answers: Answer) -> Classification:
    return Classification(answers, (), (4, 4), np.zeros((4, 4, 3), np.uint8))


MANY = tuple(f"class {number}" for number in range(994)) + CLASSES
OTHERS = (*MANY[:999], "apple")
CNN = {"family": "cnn", "title": "Small ResNet"}
VIT = {"family": "vit", "title": "Small ViT"}
HYBRID = {"family": "hybrid", "title": "MobileViT-S"}

SENTENCES = [
    ("none with trained weights", [answer(**CNN, weights="random", tabby=0.9)], words.RANDOM_WEIGHTS),
    ("one", [answer(**CNN, tabby=0.9)], "The CNN says tabby: 90.0 %."),
    ("one, unsure", [answer(**CNN, tabby=0.2)], "Nobody is sure: the best answer has 20.0 %."),
    (
        "both, one surer",
        [answer(**CNN, tabby=0.956), answer(**VIT, tabby=0.581)],
        "Both say tabby. The CNN is surer: 95.6 % against 58.1 %.",
    ),
    (
        "both, the second surer",
        [answer(**CNN, tabby=0.4), answer(**VIT, tabby=0.581)],
        "Both say tabby. The ViT is surer: 58.1 % against 40.0 %.",
    ),
    (
        "both, a gap below five points",
        [answer(**CNN, tabby=0.60), answer(**VIT, tabby=0.56)],
        "Both say tabby, about equally sure: 60.0 % and 56.0 %.",
    ),
    (
        "they disagree",
        [answer(**CNN, tabby=0.6), answer(**VIT, pizza=0.5)],
        "They disagree: the CNN says tabby (60.0 %), the ViT says pizza (50.0 %).",
    ),
    (
        "two of one family go by title",
        [answer(**CNN, tabby=0.6), answer("cnn", "ResNet-50", pizza=0.5)],
        "They disagree: Small ResNet says tabby (60.0 %), ResNet-50 says pizza (50.0 %).",
    ),
    (
        "all three agree",
        [answer(**CNN, tabby=0.6), answer(**VIT, tabby=0.5), answer(**HYBRID, tabby=0.9)],
        "All 3 say tabby. MobileViT-S is surest: 90.0 %.",
    ),
    (
        "three of four",
        [answer(**CNN, tabby=0.6), answer(**VIT, tabby=0.5), answer(**HYBRID, tabby=0.9), answer("vit", "B", bee=0.9)],
        "3 of 4 say tabby; B says bee.",
    ),
    (
        "three different answers",
        [answer(**CNN, tabby=0.6), answer(**VIT, pizza=0.5), answer(**HYBRID, bee=0.9)],
        "They disagree: Small ResNet says tabby, Small ViT says pizza and MobileViT-S says bee.",
    ),
    (
        "different label sets",
        [answer(**CNN, tabby=0.6), answer("cnn", "ResNet-50", classes=OTHERS, apple=0.5)],
        "They answer in different words: Small ResNet knows 6 classes, ResNet-50 knows 1,000. "
        "Compare the order, not the percentages.",
    ),
    (
        "one knows all that the other knows, and more",
        [answer(**CNN, tabby=0.6), answer(**VIT, classes=MANY, pizza=0.5)],
        "They disagree: the CNN says tabby (60.0 %), the ViT says pizza (50.0 %).",
    ),
    (
        "random weights do not speak",
        [answer(**CNN, tabby=0.9), answer(**VIT, weights="random", pizza=0.9)],
        "The CNN says tabby: 90.0 %.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("answers", "sentence"), [row[1:] for row in SENTENCES], ids=[row[0] for row in SENTENCES])
def test_answer_sentence(answers: list[Answer], sentence: str) -> None:
    assert words.answer_sentence(result(*answers)).replace(NBSP, " ") == sentence


@pytest.mark.parametrize("temperature", [0.2, 0.5, 1.0, 2.0, 5.0])
def test_temperature_keeps_the_order_and_the_sum(temperature: float) -> None:
    one = answer(**CNN, tabby=0.5, pizza=0.3)
    shares = one.probabilities(temperature)
    assert shares.sum() == pytest.approx(1)
    assert [guess.label for guess in one.top(2, temperature)] == ["tabby", "pizza"]


@pytest.mark.parametrize(("temperature", "word"), [(0.5, "sharpened"), (3.0, "flattened")])
def test_temperature_sentence_names_the_new_shares(temperature: float, word: str) -> None:
    both = result(answer(**CNN, tabby=0.9), answer(**VIT, tabby=0.5))
    text = words.temperature_sentence(both, temperature).replace(NBSP, " ")
    shares = [f"{100 * one.probabilities(temperature).max():.1f} %" for one in both.answers]
    expected = f"At {temperature} the answers are {word}: the top answers are now {shares[0]} and {shares[1]}. "
    assert text == expected + "The order did not change, and no network ran."


def test_logits_survive_a_huge_scale() -> None:
    huge = answer(**CNN, tabby=0.9)
    shifted = Answer(**{**vars(huge), "logits": huge.logits + 5000})
    np.testing.assert_allclose(shifted.probabilities(), huge.probabilities(), rtol=1e-3)


def test_doubt_is_the_entropy_in_bits() -> None:
    even = answer(**CNN, **dict.fromkeys(CLASSES[:5], 1 / 6))
    assert even.doubt_bits() == pytest.approx(np.log2(6))
    assert answer(**CNN, tabby=0.5, pizza=0.5 - 1e-12).doubt_bits() == pytest.approx(1.0, abs=1e-6)


def test_agreement_counts_classes_in_every_list() -> None:
    both = result(answer(**CNN, tabby=0.9, pizza=0.05), answer(**VIT, tabby=0.5, bee=0.4))
    figures = {what: figure.replace(NBSP, " ") for figure, what in words.agreement_figures(both, 2)}
    assert figures["classes in both top twos"] == "1 of 2"
    assert figures["between their first answers"] == "40.0 points"
    assert "bits of doubt (entropy), CNN / ViT" in figures


@pytest.mark.parametrize(
    ("accuracies", "text"),
    [
        ([], "Sure is not the same as right: a network can be certain and wrong."),
        (
            [("ResNet", 0.62)],
            "Sure is not the same as right: on the test images the ResNet is right 62.0 % of the time.",
        ),
        (
            [("ResNet", 0.62), ("ViT", 0.4)],
            "Sure is not the same as right: on the test images the ResNet is right 62.0 % of the time, the ViT 40.0 %.",
        ),
    ],
)
def test_sure_is_not_right(accuracies: list[tuple[str, float]], text: str) -> None:
    assert words.right_sentence(accuracies).replace(NBSP, " ") == text


@pytest.mark.parametrize(
    ("share", "text", "warn"),
    [
        (0.0, "nothing cut off", False),
        (0.25, "25 % cut off", False),
        (0.45, "Much of it was cut off: 45 %.", True),
        (0.7, "Most of your photo was cut off: 70 %.", True),
    ],
)
def test_cut_off(share: float, text: str, warn: bool) -> None:
    sentence, warned = words.cut_off_sentence(share)
    assert (sentence.replace(NBSP, " "), warned) == (text, warn)
