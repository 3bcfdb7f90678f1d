"""What Classify says of what a model can know: doubt, its scope, a word that is looked for."""

import difflib

import numpy as np
from scipy.special import logsumexp

from cvdemo import weights
from cvdemo.classify import doubt, scope
from cvdemo.classify.result import Answer, Classification
from tests.sentences.classify import NAME, SHARE, TITLES, one_answer, random_answers, shares_of, spoken
from tests.sentences.table import Reader, holds, listed_in, number, same, share, true_of


@true_of(
    doubt.figures,
    unknown=rf"([\w/-]+(?: \w+)?): its best answer here has ({SHARE}); nobody has measured here below which share it "
    r"is mostly wrong\.",
    known=rf"([\w/-]+(?: \w+)?): its best answer here has ({SHARE})\. On ([\d,]+) validation photos, best answers "
    rf"below ({SHARE}) were right in ({SHARE}) of the cases\. Its energy is (−?[\d.]+), (below|above) the (−?[\d.]+) "
    rf"that 95 % of them stay below\. These signs doubt ({SHARE}) of the validation photos, and ({SHARE}) of ([\d,]+) "
    r"photos of other things: a hint, no proof\.",
)
def doubts(draw: np.random.Generator, read: Reader) -> None:
    result = random_answers(draw)
    trained = tuple(one for one in result.answers if one.weights != "random")
    for text, one, name in zip(doubt.figures(result), trained, spoken(trained), strict=True):
        said, card = read(text), weights.doubt_card(one.model)
        same(said.parts[0], f"{name[0].upper()}{name[1:]}")
        share(said.parts[1], next(iter(shares_of(one).values())))
        assert (said.form == "known") == (card is not None and one.weights == "bundled")
        if said.form == "unknown" or card is None:
            continue
        energy = -float(logsumexp(one.logits.astype(np.float64)))
        holds(said.parts[2], card.photos)
        holds(said.parts[5], energy)
        same(said.parts[6], "above" if energy > card.energy_limit else "below")
        holds(said.parts[7], card.energy_limit)
        holds(said.parts[10], card.outside_photos)
        for place, known in ((3, card.weak_below), (4, card.weak_right), (8, card.doubted), (9, card.outside_doubted)):
            share(said.parts[place], known)


@true_of(
    scope.scope_sentences,
    nothing=r"(It may be something else\.)?",
    alone=r"Of the ([\d, and]+) everyday things (it knows|they know)\.( It may be something else\.)?",
    some=rf"({NAME}(?:(?:, | and ){NAME})*) (know|knows) only ([\d,]+) everyday things\.( It may be something else\.)?",
    each=r"((?:.+ knows only [\d,]+(?:, | and ))+.+ knows only [\d,]+) everyday things\.( It may be something else\.)?",
)
def scopes(draw: np.random.Generator, read: Reader) -> None:
    result = random_answers(draw)
    trained = tuple(one for one in result.answers if one.weights != "random")
    few = [one for one in trained if one.weights == "bundled"]
    said = read(scope.scope_sentences(result))
    assert bool(said.parts[-1]) == (bool(trained) and all(map(_doubtful, trained)))
    assert (said.form == "nothing") == (not few)
    if said.form == "alone":
        assert len(few) == len(trained)
        assert {number(text) for text in listed_in(said.parts[0])} == {float(len(one.labels)) for one in few}
        same(said.parts[1], "it knows" if len(few) == 1 else "they know")
    elif said.form != "nothing":
        assert len(few) < len(trained)
        rows = [(name, len(one.labels)) for name, one in zip(spoken(trained), trained, strict=True) if one in few]
        rows[0] = f"{rows[0][0][0].upper()}{rows[0][0][1:]}", rows[0][1]
        if said.form == "each":
            assert [tuple(part.split(" knows only ")) for part in listed_in(said.parts[0])] == [
                (name, f"{count:,}") for name, count in rows
            ]
            return
        assert listed_in(said.parts[0]) == [name for name, _ in rows]
        assert {number(said.parts[2])} == {float(count) for _, count in rows}
        same(said.parts[1], "knows" if len(rows) == 1 else "know")


def _doubtful(one: Answer) -> bool:
    card, best = weights.doubt_card(one.model), max(shares_of(one).values())
    if card is None or one.weights != "bundled":
        return best < 0.25
    return best < card.weak_below or -float(logsumexp(one.logits.astype(np.float64))) > card.energy_limit


LABELS = ("tabby cat", "tiger cat", "Persian cat", "Siamese cat", "cat flap", "espresso", "goose", "barn owl", "bee")


@true_of(
    scope.search,
    yes=r"(.+): yes, (.+) is one of the ([\d,]+)\.",
    holding=r"(.+): (.+) is not among the ([\d,]+) by that name; (.+?) (hold|holds) it\.",
    near=r"(.+): (.+) is not among the ([\d,]+)\. The nearest (words|word) there: (.+)\.",
    none=r"(.+): (.+) is not among the ([\d,]+), and no word there is like it\.",
)
def search(draw: np.random.Generator, read: Reader) -> None:
    lists = [tuple(draw.permutation(LABELS)[: draw.integers(1, 9)].tolist()) for _ in range(2)]
    answers = tuple(
        one_answer(draw, TITLES[place], (labels := lists[draw.integers(2)]), np.zeros(len(labels)), "cached")
        for place in range(draw.integers(1, 4))
    )
    result = Classification(answers, (), (4, 4), np.zeros((4, 4, 3), np.uint8))
    word = str(draw.choice(["Goose", "cat", "bee", " ow ", "geese", "expresso", "barn", "qqq", "Cat  Flap"]))
    wanted, told = " ".join(word.split()), [read(text) for text in scope.search(result, word)]
    heard = [title for said in told for title in listed_in(said.parts[0])]
    assert sorted(heard) == sorted(one.title for one in answers)
    for said in told:
        group = [one.labels for one in answers if one.title in listed_in(said.parts[0])]
        assert len(set(group)) == 1
        labels = group[0]
        same(said.parts[1].casefold(), wanted.casefold())
        holds(said.parts[2], len(labels))
        holding = [one for one in labels if wanted.casefold() in one.casefold()]
        assert (said.form == "yes") == any(one.casefold() == wanted.casefold() for one in labels)
        if said.form == "holding":
            assert listed_in(said.parts[3]) == holding[:4]
            same(said.parts[4], "holds" if len(holding) == 1 else "hold")
        if said.form in ("near", "none"):
            rates = {one: _likeness(wanted, one) for one in labels}
            near = sorted((one for one in labels if rates[one] >= 0.6), key=lambda one: (-rates[one], one))[:4]
            assert not holding and bool(near) == (said.form == "near")
            if near:
                assert listed_in(said.parts[4]) == near
                same(said.parts[3], "word" if len(near) == 1 else "words")


def _likeness(wanted: str, label: str) -> float:
    parts = [label.casefold(), *label.casefold().split()]
    return max(difflib.SequenceMatcher(None, wanted.casefold(), part).ratio() for part in parts)
