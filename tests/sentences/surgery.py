"""What Skips, Surgery says: which block is missed most, what an operation changes, how many can go at random."""

import numpy as np

from cvdemo.catalogue import get
from cvdemo.inside.activations import PassRequest
from cvdemo.probes import Score
from cvdemo.surgery import anatomy_words, words
from cvdemo.surgery.anatomy import Anatomy
from cvdemo.surgery.answers import Answers, Curve
from cvdemo.surgery.plain import Block, Operation
from tests.sentences.table import Reader, holds, same, share, true_of

LABELS = ("tabby", "tiger cat", "red fox", "espresso")
SHARE = r"(\d+\.\d %)"
NAME = "([a-z ]+)"
KEPT = rf"([\w -]+) says {NAME} with {SHARE}; (\d+) of (\d+) blocks can each be left out without another answer"


def softmax(logits: np.ndarray) -> np.ndarray:
    """Return probabilities of float32 logits (..., classes)."""
    powers = np.exp(logits.astype(np.float64))
    return powers / powers.sum(-1, keepdims=True)


def blocks_in(draw: np.random.Generator) -> tuple[Block, ...]:
    """Return one to seven blocks, some without a shortcut, one at least with one."""
    kinds = [str(draw.choice(["identity", "projection", "none"])) for _ in range(draw.integers(0, 6))] + ["identity"]
    return tuple(
        Block(f"b.{place}", f"block {place}", f"b.{place}", None if kind == "none" else kind, False)  # type: ignore[arg-type]
        for place, kind in enumerate(kinds)
    )


def answers_to(draw: np.random.Generator, blocks: tuple[Block, ...], operations: tuple[Operation, ...]) -> Answers:
    """Return random logits, near those of the whole network or far from them."""
    whole = draw.normal(0, 2, len(LABELS)).astype(np.float32)
    far = float(draw.choice([0.0, 0.01, 1.0, 3.0]))
    logits = (whole + draw.normal(0, 1, (len(operations), len(LABELS))) * far).astype(np.float32)
    asked = PassRequest("digest", str(draw.choice(["mini_resnet", "mini_vit"])))
    return Answers(asked, "bundled", blocks, LABELS, operations, logits, whole)


@true_of(
    words.answer,
    steady=rf"{KEPT}, and none of them lowers that by a whole point\.",
    missed=rf"{KEPT}\. It misses block (\d+) most: without it, {SHARE}\.",
)
def without_each(draw: np.random.Generator, read: Reader) -> None:
    blocks = blocks_in(draw)
    names = [block.name for block in blocks if block.droppable]
    found = answers_to(draw, blocks, tuple(Operation(frozenset({name})) for name in names))
    said, whole, rows = read(words.answer(found)), softmax(found.whole), softmax(found.logits)
    first = int(whole.argmax())
    same(said.parts[0], get(found.asked.model).title)
    same(said.parts[1], LABELS[first])
    share(said.parts[2], whole[first])
    same(said.parts[3], int((rows.argmax(1) == first).sum()))
    same(said.parts[4], len(names))
    lowest = int(rows[:, first].argmin())
    assert (said.form == "steady") == (whole[first] - rows[lowest, first] < 0.01)
    if said.form == "missed":
        same(said.parts[5], [block.name for block in blocks].index(names[lowest]) + 1)
        share(said.parts[6], rows[lowest, first])


BECOMES = rf"{NAME} has {SHARE} instead of {SHARE}(?:; first is {NAME} with {SHARE})?\."
NOISE = r"no layer was trained for what it gets now, so the answer is noise\. "


@true_of(
    words.done,
    told=BECOMES,
    off=rf"Every branch is off that can be: {NOISE}{BECOMES}",
    cut=rf"Every skip is cut that can be: {NOISE}{BECOMES}",
)
def operations(draw: np.random.Generator, read: Reader) -> None:
    blocks = blocks_in(draw)
    names = [block.name for block in blocks if block.droppable]
    dropped, cut = (frozenset(name for name in names if draw.random() < bound) for bound in draw.choice([0.3, 1.1], 2))
    found = answers_to(draw, blocks, (Operation(dropped, cut),))
    said = read(words.done(found, found))
    whole, row = softmax(found.whole), softmax(found.logits[0])
    first, now = int(whole.argmax()), int(row.argmax())
    same(said.form, "off" if len(dropped) == len(names) else "cut" if len(cut) == len(names) else "told")
    same(said.parts[0], LABELS[first])
    share(said.parts[1], row[first])
    share(said.parts[2], whole[first])
    same(said.parts[3], LABELS[now] if now != first else "")
    if now != first:
        share(said.parts[4], row[now])


@true_of(words.all_on, _=rf"All blocks are on: {NAME} with {SHARE}\.")
def nothing_done(draw: np.random.Generator, read: Reader) -> None:
    found = answers_to(draw, blocks_in(draw), ())
    said, whole = read(words.all_on(found)), softmax(found.whole)
    same(said.parts[0], LABELS[int(whole.argmax())])
    share(said.parts[1], whole.max())


BEGIN = rf"{SHARE} with all blocks on\. Of (\d+) random choices for each number left out, the middle one"


@true_of(
    words.several,
    keeps=rf"{BEGIN} keeps at least half of that at every number tried\.",
    falls=rf"{BEGIN} has less than half of that with (\d+) left out\.",
)
def at_random(draw: np.random.Generator, read: Reader) -> None:
    counts, draws = tuple(range(int(draw.integers(2, 8)))), int(draw.integers(1, 12))
    chances = draw.random((len(counts), draws)) * float(draw.choice([0.3, 1.0]))
    chances[0] = draw.uniform(0.2, 1.0)
    said = read(words.several(Curve(counts, chances)))
    middle = np.median(chances, axis=1)
    share(said.parts[0], middle[0])
    same(said.parts[1], draws)
    below = [count for count, one in zip(counts, middle, strict=True) if one < middle[0] / 2]
    same(said.form, "falls" if below else "keeps")
    if below:
        same(said.parts[2], below[0])


FOLDER = (
    r"Of (\d+) photos?, (\d+) keeps? the answer without block (\d+), the fewest; (\d+) of (\d+) blocks can each be "
)


@true_of(
    words.many,
    none=r"No photo is answered yet\.",
    all=r"Of (\d+) photos?, all keep their answer whichever block is left out\.",
    some=FOLDER + r"left out without any photo's answer changing\.",
)
def many_photos(draw: np.random.Generator, read: Reader) -> None:
    blocks, of = blocks_in(draw), int(draw.integers(1, 51))
    numbers = {block.name: number for number, block in enumerate(blocks, 1)}
    low = int(draw.choice([0, of]))
    rights = {block.name: int(draw.integers(low, of + 1)) for block in blocks if block.droppable}
    if draw.random() < 0.1:
        rights = {}
    said = read(words.many({name: Score(right, of) for name, right in rights.items()}, numbers))
    if not rights:
        same(said.form, "none")
        return
    fewest = min(rights.values())
    same(said.form, "all" if fewest == of else "some")
    same(said.parts[0], of)
    if said.form == "some":
        same(said.parts[1], fewest)
        assert rights[blocks[int(said.parts[2]) - 1].name] == fewest
        same(said.parts[3], sum(right == of for right in rights.values()))
        same(said.parts[4], len(rights))


@true_of(words.ran, _=r"(\d+) operations? on one photo; networks ran (\d+) times? for this view since the start\.")
def runs(draw: np.random.Generator, read: Reader) -> None:
    blocks, count = blocks_in(draw), int(draw.integers(1, 9))
    found = answers_to(draw, blocks, tuple(Operation() for _ in range(draw.integers(1, 5))))
    said = read(words.ran(found, count))
    holds(said.parts[0], len(found.operations))
    holds(said.parts[1], count)


def anatomy_of(draw: np.random.Generator, model: str) -> Anatomy:
    """Return one to nine blocks, near the identity or not."""
    count = int(draw.integers(1, 9))
    blocks = tuple(Block(f"b.{place}", f"block {place}", f"b.{place}", "identity", False) for place in range(count))
    ratios = tuple(float(one) for one in 10.0 ** draw.uniform(-1.5, 1, count))
    cosines = tuple(float(one) for one in draw.uniform(-1, 1, count) * draw.choice([0.09, 1.0], count))
    maps = tuple(np.zeros((3, 2, 2), np.float32) for _ in range(count))
    return Anatomy(PassRequest("digest", model), "bundled", blocks, tuple(range(1, count + 1)), ratios, cosines, maps)


NEAR_IN = r"(\d+) of (\d+) in (Small ResNet|Small ViT)"


@true_of(
    anatomy_words.answer,
    one=rf"Blocks near the identity on this photo: {NEAR_IN}\.",
    two=rf"Blocks near the identity on this photo: {NEAR_IN} and {NEAR_IN}\.",
)
def near_the_identity(draw: np.random.Generator, read: Reader) -> None:
    found = [anatomy_of(draw, model) for model in ("mini_resnet", "mini_vit")[: draw.integers(1, 3)]]
    said = read(anatomy_words.answer(found))
    same(said.form, ("one", "two")[len(found) - 1])
    for place, one in enumerate(found):
        near, count, title = said.parts[3 * place : 3 * place + 3]
        same(near, sum(ratio < 0.5 for ratio in one.ratios))
        same(count, len(one.ratios))
        same(title, get(one.asked.model).title)


LONG = r"The branch is ([\d.,]+) times as long as the shortcut: (near|not near) the identity\."


@true_of(
    anatomy_words.block,
    right=rf"{LONG} They point almost at right angles \(cosine (-?\d\.\d\d)\)\.",
    points=rf"{LONG} The branch points (along with|against) the shortcut \(cosine (-?\d\.\d\d)\)\.",
)
def one_block(draw: np.random.Generator, read: Reader) -> None:
    found = anatomy_of(draw, "mini_vit")
    number = int(draw.integers(len(found.ratios)))
    said, ratio, cosine = read(anatomy_words.block(found, number)), found.ratios[number], found.cosines[number]
    holds(said.parts[0], ratio)
    same(said.parts[1], "near" if ratio < 0.5 else "not near")
    same(said.form, "right" if abs(cosine) < 0.1 else "points")
    if said.form == "points":
        same(said.parts[2], "along with" if cosine > 0 else "against")
    holds(said.parts[-1], cosine)
