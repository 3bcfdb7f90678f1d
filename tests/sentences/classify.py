"""What Classify says: answers, doubt, temperature, agreement, scope; softmax and entropy are scipy's."""

import re

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax
from scipy.stats import entropy

from cvdemo.catalogue import BUNDLED_PAIR
from cvdemo.classify import words
from cvdemo.classify.result import Answer, Classification
from tests.sentences.table import Reader, holds, listed_in, number, same, share, true_of

TITLES = ("ResNet-50", "Small ViT", "DeiT-S", "MobileViT-S", "VGG-16")
FAMILIES = ("cnn", "vit", "hybrid")
SPOKEN = {"cnn": "the CNN", "vit": "the ViT", "hybrid": "the hybrid"}
COUNTED = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
SHARE, NAME, THING = r"\d+\.\d %", r"[\w/-]+(?: \w+)?", r"thing \d+"


def random_answers(draw: np.random.Generator, lists: int = 2) -> Classification:
    """Return what 1 to 4 models answer: sure, unsure, alike to the last digit, of nested lists or of different ones."""
    known = [tuple(f"thing {one}" for one in range(count)) for count in (12, 12, 40, 1000)[:lists]]
    odd = tuple(f"thing {one}" for one in range(500, 520))
    labels = [odd if draw.random() < 0.1 else known[draw.integers(lists)] for _ in range(draw.integers(1, 5))]
    one = draw.normal(0, draw.choice([0, 0.3, 2, 6, 200]), 1000)
    answers = []
    for place, names in enumerate(labels):
        logits = one[: len(names)] if draw.random() < 0.5 else draw.normal(0, 3, len(names))
        logits = logits + draw.choice([0, 1e-4, 0.02]) * draw.random(len(names))
        kind = str(draw.choice(["bundled", "cached", "random"], p=[0.4, 0.45, 0.15]))
        answers.append(one_answer(draw, TITLES[place], names, logits, kind))
    picture = np.zeros((4, 4, 3), np.uint8)
    return Classification(tuple(answers), (), (4, 4), picture)


def one_answer(
    draw: np.random.Generator, title: str, names: tuple[str, ...], logits: NDArray[np.float64], kind: str
) -> Answer:
    model = str(draw.choice([*BUNDLED_PAIR, "tf_efficientnet_lite0"])) if kind == "bundled" else title
    picture = np.zeros((4, 4, 3), np.uint8)
    return Answer(
        model, title, str(draw.choice(FAMILIES)), kind, "torch", names, logits.astype(np.float32), picture,
        (0, 0, 4, 4), 0.0, 1, 1, None, 1.0, 1.0, 1.0,
    )  # fmt: skip


def shares_of(one: Answer, temperature: float = 1.0) -> dict[str, float]:
    """Return each class's share, the likeliest first."""
    shares = softmax(one.logits.astype(np.float64) / temperature)
    return {one.labels[place]: float(shares[place]) for place in np.argsort(-one.logits, kind="stable")}


def spoken(answers: tuple[Answer, ...]) -> list[str]:
    """Return how the page calls models: by family where two differ in it."""
    if len(answers) == 2 and answers[0].family != answers[1].family:
        return [SPOKEN[one.family] for one in answers]
    return [one.title for one in answers]


@true_of(
    words.answer_sentence,
    random=re.escape(words.RANDOM_WEIGHTS),
    words=r"They answer in different words: (.+)\. Compare the order, not the percentages\.",
    nobody=rf"Nobody is sure: the best answer has ({SHARE})\.",
    one=rf"The (CNN|ViT|hybrid) says ({THING}): ({SHARE})\.",
    two=rf"They disagree: ({NAME}) says ({THING}) \(({SHARE})\), ({NAME}) says ({THING}) \(({SHARE})\)\.",
    equally=rf"Both say ({THING}), about equally sure: ({SHARE}) and ({SHARE})\.",
    surer=rf"Both say ({THING})\. ({NAME}) is surer: ({SHARE}) against ({SHARE})\.",
    all=rf"All (\d) say ({THING})\. (.+) (is|are) surest: ({SHARE})\.",
    all_differ=rf"They disagree: ((?:{NAME} says {THING}, )+{NAME} says {THING} and {NAME} says {THING})\.",
    most=rf"(\d) of (\d) say ({THING}); ((?:{NAME} says {THING}(?:, | and )?)+)\.",
)
def answer(draw: np.random.Generator, read: Reader) -> None:
    result, temperature = random_answers(draw), float(draw.choice([1, 0.2, 1.04, 5]))
    trained = tuple(one for one in result.answers if one.weights != "random")
    said = read(words.answer_sentence(result, temperature))
    shares = [shares_of(one, temperature) for one in trained]
    firsts = [next(iter(each)) for each in shares]
    best = [next(iter(each.values())) for each in shares]
    least = min((set(one.labels) for one in trained), key=len, default=set())
    names = spoken(trained)
    if said.form == "random":
        assert not trained
        return
    comparable = all(least <= set(one.labels) for one in trained)
    assert (said.form == "words") == (not comparable)
    if said.form == "words":
        told = [part.removesuffix(" classes").rsplit(" knows ", 1) for part in said.parts[0].split(", ")]
        assert all(number(count) in {len(one.labels) for one in trained if one.title == title} for title, count in told)
        assert [number(count) for _, count in told] == sorted({float(len(one.labels)) for one in trained})
        assert said.parts[0].count(" classes") == 1
        return
    assert (said.form == "nobody") == (max(best) < 0.25)
    if said.form == "nobody":
        share(said.parts[0], max(best))
    elif said.form == "one":
        same(said.parts[0], SPOKEN[trained[0].family][4:])
        same(said.parts[1], firsts[0])
        share(said.parts[2], best[0])
    elif said.form == "two":
        assert firsts[0] != firsts[1]
        for place in range(2):
            same(said.parts[3 * place], names[place])
            same(said.parts[3 * place + 1], firsts[place])
            share(said.parts[3 * place + 2], best[place])
    elif said.form in ("equally", "surer"):
        assert len(set(firsts)) == 1 and (said.form == "equally") == (abs(best[0] - best[1]) < 0.05)
        same(said.parts[0], firsts[0])
        order = range(2) if said.form == "equally" else np.argsort(best)[::-1]
        for text, place in zip(said.parts[-2:], order, strict=True):
            share(text, best[place])
        if said.form == "surer":
            same(said.parts[1][1:], names[order[0]][1:])
            assert said.parts[1][0].isupper()
    else:
        _several(said.form, said.parts, names, firsts, best)


def _several(form: str, parts: tuple[str, ...], names: list[str], firsts: list[str], best: list[float]) -> None:
    says = [f"{name} says {first}" for name, first in zip(names, firsts, strict=True)]
    if form == "all_differ":
        assert len(set(firsts)) == len(firsts) and listed_in(parts[0]) == says
    elif form == "most":
        counts = [firsts.count(one) for one in firsts]
        holds(parts[0], max(counts))
        holds(parts[1], len(firsts))
        assert 1 < max(counts) < len(firsts) and firsts.count(parts[2]) == max(counts)
        assert listed_in(parts[3]) == [one for one, first in zip(says, firsts, strict=True) if first != parts[2]]
    else:
        assert set(firsts) == {parts[1]}
        holds(parts[0], len(firsts))
        share(parts[4], max(best))
        surest = {name for name, one in zip(names, best, strict=True) if f"{100 * one:.1f} %" == parts[4]}
        assert set(listed_in(parts[2])) == surest
        same(parts[3], "is" if len(surest) == 1 else "are")


@true_of(
    words.temperature_sentence,
    one=r"At 1\.0 you see the answers as the models give them\. Higher flattens them, lower sharpens them; the order "
    r"never changes\.",
    now=r"At ([\d.]+) the answers are (flattened|sharpened): the top (answer is|answers are) now ([\d., and%]+)\. "
    r"The order did not change, and no network ran\.",
)
def temperature(draw: np.random.Generator, read: Reader) -> None:
    result, value = random_answers(draw), float(draw.choice([0.2, 0.9, 1, 1.04, 0.96, 1.3, 5]))
    said = read(words.temperature_sentence(result, value))
    assert (said.form == "one") == (value == 1)
    if said.form == "now":
        same(str(float(said.parts[0])), value)
        same(said.parts[1], "flattened" if value > 1 else "sharpened")
        same(said.parts[2], "answer is" if len(result.answers) == 1 else "answers are")
        for text, one in zip(listed_in(said.parts[3]), result.answers, strict=True):
            share(text, next(iter(shares_of(one, value).values())))
    for one in result.answers:
        names = [guess.label for guess in one.top(10, value)]
        assert names == list(shares_of(one))[:10], f"at {value} the order changed"


@true_of(
    words.agreement_figures,
    doubt=r"([\d.]+)\|bits of doubt \(entropy\)",
    shared=r"(\d+) of (\d+)\|classes in (both|every) top ([a-z]+?)(s?)",
    gap=r"(\d+\.\d points)\|between (their first answers|surest and least sure)",
    doubts=r"([\d./ ]+)\|bits of doubt \(entropy\), (.+)",
)
def agreement(draw: np.random.Generator, read: Reader) -> None:
    result, count = random_answers(draw), int(draw.integers(1, 11))
    value = float(draw.choice([1, 0.2, 5]))
    trained = tuple(one for one in result.answers if one.weights != "random")
    told = [read(f"{figure}|{what}") for figure, what in words.agreement_figures(result, count, value)]
    bits = [float(entropy(softmax(one.logits.astype(np.float64) / value), base=2)) for one in trained]
    assert [said.form for said in told] == [[], ["doubt"], ["shared", "gap", "doubts"]][min(len(trained), 2)]
    if len(trained) == 1:
        holds(told[0].parts[0], bits[0])
    if len(trained) < 2:
        return
    shared, gap, doubts = told
    tops = [shares_of(one, value) for one in trained]
    holds(shared.parts[0], len(set.intersection(*(set(list(one)[:count]) for one in tops))))
    holds(shared.parts[1], count)
    same(shared.parts[2] + shared.parts[4], "boths" if len(trained) == 2 else "every")
    same(shared.parts[3], COUNTED[count - 1])
    firsts = [next(iter(one.values())) for one in tops]
    holds(gap.parts[0], 100 * (max(firsts) - min(firsts)), "points")
    same(gap.parts[1], "their first answers" if len(trained) == 2 else "surest and least sure")
    for text, one in zip(doubts.parts[0].split(" / "), bits, strict=True):
        holds(text, one)
    assert [name.removeprefix("the ") for name in spoken(trained)] == doubts.parts[1].split(" / ")


@true_of(
    words.right_sentence,
    none=r"Sure is not the same as right: a network can be certain and wrong\.",
    some=rf"Sure is not the same as right: on the test images the ({NAME}) is right ({SHARE}) of the time"
    rf"(?:, the ({NAME}) ({SHARE}))?(?:, the ({NAME}) ({SHARE}))?\.",
)
def right(draw: np.random.Generator, read: Reader) -> None:
    rows = [(TITLES[place], float(draw.random())) for place in range(draw.integers(0, 4))]
    said = read(words.right_sentence(rows))
    assert (said.form == "none") == (not rows)
    for place, (title, accuracy) in enumerate(rows):
        same(said.parts[2 * place], title)
        share(said.parts[2 * place + 1], accuracy)
    assert not any(said.parts[2 * len(rows) :])


@true_of(
    words.cut_off_sentence,
    most=r"Most of your photo was cut off: (\d+ %)\.",
    much=r"Much of it was cut off: (\d+ %)\.",
    some=r"(\d+ %) cut off",
    nothing="nothing cut off",
)
def cut_off(draw: np.random.Generator, read: Reader) -> None:
    lost = float(draw.choice([0, 0.004, 0.5, 0.4, draw.random(), draw.random() / 50]))
    text, warns = words.cut_off_sentence(lost)
    said = read(text)
    assert warns == (lost > 0.4) == (said.form in ("most", "much"))
    if said.form == "nothing":
        assert round(100 * lost) == 0
    else:
        holds(said.parts[0], 100 * lost, "%")
    assert (said.form == "most") == (lost > 0.5)
