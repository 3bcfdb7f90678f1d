"""What Teach says of the lesson's claim on features learned without labels, from its own curves; by scipy."""

from dataclasses import replace

import numpy as np
from scipy.stats import binomtest

from cvdemo.probes import Point
from cvdemo.transfer import Taught, words
from tests.sentences.table import Reader, same, share, true_of
from tests.sentences.transfer import SHARE, WHO, random_lesson, spoken

MODELS = ("dinov2_small", "dinov2_base", "resnet50", "mini_vit")


def with_curve(draw: np.random.Generator, one: Taught, model: str, draws: int) -> Taught:
    """Return a backbone under another name, with a curve whose draws tie now and then; or with none."""
    level = float(draw.choice([0.3, 0.5, 0.7]))
    shares = np.round(np.clip(level + 0.1 * draw.normal(size=draws), 0, 1), 1)
    few = Point(int(draw.choice([1, 2])), tuple(shares.tolist()))
    return replace(one, model=model, curve=(few,) if draw.random() < 0.9 else ())


@true_of(
    words.self_supervised,
    none="",
    told=rf"Do features learned without labels need fewer photos\? With (\d+) of each class ({WHO}) is right ({SHARE}) "
    rf"of the time, ({WHO}) ({SHARE}); ({WHO}) is ahead in (\d+) of (\d+) draws: "
    r"(too close to call|as the lesson says|not what the lesson says)\.",
)
def claims(draw: np.random.Generator, read: Reader) -> None:
    lesson, draws = random_lesson(draw), int(draw.choice([1, 10]))
    names = [str(name) for name in draw.choice(MODELS, len(lesson.taught), replace=False)]
    taught = tuple(with_curve(draw, one, name, draws) for one, name in zip(lesson.taught, names, strict=True))
    lesson = replace(lesson, taught=taught)
    said = read(words.self_supervised(lesson))
    known = {name: one for name, one in zip(spoken(lesson), taught, strict=True) if one.curve}
    own = {name: one for name, one in known.items() if one.model.startswith("dinov2")}
    others = {name: one for name, one in known.items() if name not in own}
    assert (said.form == "told") == bool(own and others)
    if said.form == "none":
        return
    mine, other = own[said.parts[1]], others[said.parts[3]]
    for group, chosen in ((own, mine), (others, other)):
        assert np.mean(chosen.curve[0].shares) == max(np.mean(one.curve[0].shares) for one in group.values())
    same(said.parts[0], mine.curve[0].count)
    share(said.parts[2], float(np.mean(mine.curve[0].shares)))
    share(said.parts[4], float(np.mean(other.curve[0].shares)))
    same(said.parts[5], said.parts[1])
    gaps = np.array(mine.curve[0].shares) - np.array(other.curve[0].shares)
    ahead, behind = int((gaps > 0).sum()), int((gaps < 0).sum())
    same(said.parts[6], ahead)
    same(said.parts[7], draws)
    sure = ahead + behind > 0 and binomtest(ahead, ahead + behind).pvalue < 0.05
    verdict = (
        "too close to call" if not sure else "as the lesson says" if ahead > behind else "not what the lesson says"
    )
    same(said.parts[8], verdict)
