"""What Classify says of trainings on few and on many photos: how far apart both are, and what makes up for it."""

import re
from dataclasses import replace
from statistics import NormalDist

import numpy as np

from cvdemo.classify import data_curve
from cvdemo.classify.data_curve import CNN, VIT, DataCurve, Trained
from tests.sentences.table import Reader, holds, number, same, share, true_of

SHARE, POINTS, COUNT = r"(\d+\.\d %)", r"(\d+\.\d points)", r"([\d,]+)"
TOLD = (
    rf"With {COUNT} photos the CNN names {SHARE} of the test photos and the ViT {SHARE}; "
    rf"with {COUNT}, {SHARE} and {SHARE}\."
)
LEAD = rf"(?:the (CNN|ViT) leads by {POINTS}|it is too close to call \({POINTS}\))"
NEEDS = rf"(?: What the CNN reaches with {COUNT} photos, the ViT reaches with between {COUNT} and {COUNT}\.)?"


def curve_in(draw: np.random.Generator) -> DataCurve:
    """Return trainings on two to four numbers of photos, more photos usually better."""
    counts = sorted(draw.choice([2500, 10_000, 25_000, 50_000], int(draw.integers(2, 5)), replace=False).tolist())
    shift, rows = float(draw.choice([0, 0.02, 0.1])), []
    for model, less in ((CNN, 0.0), (VIT, shift)):
        for count in counts:
            top1 = 0.1 * np.log2(count / 1250) - less + draw.normal(0, float(draw.choice([0.0, 0.05])))
            top1 = float(np.clip(round(top1, 4), 0.01, 0.99))
            rows.append(Trained(model, count / 50_000, count, 0, int(draw.integers(20, 70)), top1, top1, top1))
    for one in [row for row in rows if draw.random() < 0.25]:
        rows.append(replace(one, seed=1, top1=float(np.clip(round(one.top1 + draw.normal(0, 0.02), 4), 0.01, 0.99))))
    return DataCurve(tuple(rows), int(draw.choice([100, 2500])), "crops; Muon", "2 CPU cores", "1 May 2026")


def first_starts(found: DataCurve, name: str) -> dict[int, float]:
    return {one.photos: one.top1 for one in found.rows if one.model == name and one.seed == 0}


@true_of(
    data_curve.answer,
    data_curve.needs,
    close=rf"{TOLD} Whether the gap \({POINTS}, then {POINTS}\) changes is too close to call\.{NEEDS}",
    changed=rf"{TOLD} The gap in points is (wider|narrower) with more photos: {POINTS}, then {POINTS}\.{NEEDS}",
    lead=rf"{TOLD} With few photos {LEAD}, with many {LEAD}\.{NEEDS}",
)
def lead(draw: np.random.Generator, read: Reader) -> None:
    found = curve_in(draw)
    said = read(data_curve.answer(found))
    cnn, vit = (first_starts(found, name) for name in (CNN, VIT))
    few, many = min(cnn), max(cnn)
    for place, count in ((0, few), (3, many)):
        holds(said.parts[place], count)
        share(said.parts[place + 1], cnn[count])
        share(said.parts[place + 2], vit[count])
    gaps, clear = [cnn[count] - vit[count] for count in (few, many)], []
    spreads = [cnn[count] * (1 - cnn[count]) + vit[count] * (1 - vit[count]) for count in (few, many)]
    for gap, spread in [*zip(gaps, spreads, strict=True), (gaps[0] - gaps[1], sum(spreads))]:
        clear.append(abs(gap) > NormalDist().inv_cdf(0.975) * (spread / found.tested) ** 0.5)
    kept = clear[0] and clear[1] and gaps[0] * gaps[1] > 0
    same(said.form, "close" if not clear[2] else "changed" if kept else "lead")
    rest = list(said.parts[6:])
    if said.form == "changed":
        same(rest.pop(0), "wider" if abs(gaps[1]) > abs(gaps[0]) else "narrower")
    for gap, sure in zip(gaps, clear, strict=False):
        if said.form == "lead":
            leader, by, close = rest.pop(0), rest.pop(0), rest.pop(0)
            same(leader, ("CNN" if gap > 0 else "ViT") if sure else "")
            same(by if not sure else close, "")
            holds(by if sure else close, abs(100 * gap), "points")
        else:
            holds(rest.pop(0), abs(100 * gap), "points")
    needed(rest, cnn, vit)


def needed(parts: list[str], cnn: dict[int, float], vit: dict[int, float]) -> None:
    """Assert between which counts the ViT reaches what the CNN does, of the most photos for which that can be said."""
    can = []
    for count, wanted in cnn.items():
        less, enough = [one for one in vit if vit[one] < wanted], [one for one in vit if vit[one] >= wanted]
        if less and enough and count <= max(less) < min(enough):
            can.append((count, max(less), min(enough)))
    if not can:
        same("".join(parts), "")
        return
    assert tuple(int(number(part)) for part in parts) == max(can)


@true_of(
    data_curve.about,
    _=r"Trained from random weights on parts of the same hundred classes; one recipe \(([\w; ]+); "
    r"epochs: (\d+)(?: to (\d+), more where photos are few)?\); tested on ([\d,]+) other photos; "
    r"([\w ]+), (\d+ \w+ \d+)\.",
)
def how(draw: np.random.Generator, read: Reader) -> None:
    found = curve_in(draw)
    said = read(data_curve.about(found))
    epochs = {one.epochs for one in found.rows}
    same(said.parts[0], found.recipe)
    same(said.parts[1], min(epochs))
    same(said.parts[2], max(epochs) if len(epochs) > 1 else "")
    holds(said.parts[3], found.tested)
    same(said.parts[4], found.machine)
    same(said.parts[5], found.date)
    assert re.fullmatch(r"\d+ [A-Z][a-z]+ \d{4}", said.parts[5])


@true_of(
    data_curve.limits,
    one=rf"{data_curve.ALONE}: how far another start lands was not measured\. {re.escape(data_curve.UNREAD)}",
    more=rf"{data_curve.ALONE}\. Begun anew on another draw of ([\d, and]+) photos \(hollow marks\), a network landed "
    rf"at most {POINTS} away\. {re.escape(data_curve.UNREAD)}",
)
def starts(draw: np.random.Generator, read: Reader) -> None:
    found = curve_in(draw)
    said = read(data_curve.limits(found))
    others = [one for one in found.rows if one.seed]
    same(said.form, "more" if others else "one")
    if not others:
        return
    counts = {int(one.replace(",", "")) for one in re.findall(r"\d[\d,]*\d", said.parts[0])}
    assert counts == {one.photos for one in others}
    holds(
        said.parts[1],
        max(abs(100 * (one.top1 - first_starts(found, one.model)[one.photos])) for one in others),
        "points",
    )
