"""What the page itself says beside the labs' words: what it waits for, what it offers, what ran."""

from dataclasses import replace

import numpy as np

from app.lab import busy
from app.tabs import detect_menu, missing
from cvdemo import catalogue, weights
from cvdemo.classify import words as classify
from cvdemo.classify.result import Answer
from cvdemo.detect import scope
from cvdemo.detect.tiles import TileProgress
from cvdemo.errors import ModelUnavailable
from cvdemo.weights import Progress
from tests.sentences.classify import random_answers, spoken
from tests.sentences.table import Reader, holds, listed_in, same, share, true_of

DETECTORS = [spec for spec in catalogue.MODELS if spec.task == "detect"]
SIZE = r"([\d.]+)(?: ([MG]B))?"
BYTES = {"MB": 1e6, "GB": 1e9}


@true_of(
    busy.working,
    part=r"(.+) looks at part (\d+) of (\d+)",
    load=r"Loading (.+)",
    start=r"Fetching ([^:]+)",
    fetch=rf"Fetching ([^:]+): {SIZE} of {SIZE}(?:, about (\d+ s) left)?",
)
def working(draw: np.random.Generator, read: Reader) -> None:
    spec = DETECTORS[draw.integers(len(DETECTORS))]
    total = int(draw.choice([0, 1, 4, 10**6, 6_500_000, 240_000_000]))
    done, elapsed = int(draw.uniform(0, total)), float(draw.exponential(60))
    if total and draw.random() < 0.3:
        told = busy.working(spec.name, TileProgress(done % total, total), elapsed)
        said = read(told["text"])
        same(said.form, "part")
        same(said.parts[0], spec.title)
        holds(said.parts[1], done % total + 1)
        holds(said.parts[2], total)
        return
    phase = str(draw.choice(["fetch", "fetch", "fetch", "load"]))
    said = read(busy.working(spec.name, Progress(phase, done, total), elapsed)["text"])  # type: ignore[arg-type]
    same(said.parts[0], spec.title)
    same(said.form, "load" if phase == "load" else "fetch" if total else "start")
    if said.form == "fetch":
        holds(said.parts[1], done / 1e6)
        holds(said.parts[3], total / BYTES[said.parts[4]])
        assert bool(said.parts[5]) == (done > 0.02 * total)
        if said.parts[5]:  # as fast as until now
            holds(said.parts[5], max(1, elapsed * (total - done) / done), "s")


@true_of(
    detect_menu.detectors,
    here=r"text: ((?:(?! \().)+)",
    known=r"Knows: (.+?)\.(?: (Trained by us)\. (.+)\. On the latter its mAP@50 is (\d+\.\d %)\.)?",
    away=r"text: (.+) \((?:SIZE|(download))(, no network here)?\)".replace("SIZE", SIZE),
)
def detectors(draw: np.random.Generator, read: Reader) -> None:
    rows = detect_menu.detectors()
    row = rows[draw.integers(len(rows))]
    spec = catalogue.get(row["name"])
    ready, size, card = weights.is_ready(spec), weights.size(spec), weights.detector_card(spec.name)
    said = read(f"text: {row['text']}")
    same(said.form, "here" if ready else "away")
    same(said.parts[0], spec.title)
    if not ready:
        assert bool(said.parts[3]) == (size is None)
        assert bool(said.parts[4]) == (not weights.online())
        if size is not None:
            holds(said.parts[1], size / BYTES[said.parts[2]])
    about = read(row["about"])
    same(about.parts[0], scope.known_to(spec.name))
    same(about.parts[1], "Trained by us" if spec.source == "bundled" and card else "")
    if card is not None:
        same(about.parts[2], card.data)
        share(about.parts[3], card.map50)


@true_of(missing.cost, sized=rf"Download {SIZE} and run", unknown=r"Download and run")
def cost(draw: np.random.Generator, read: Reader) -> None:
    spec = catalogue.MODELS[draw.integers(len(catalogue.MODELS))]
    size = weights.size(spec)
    said = read(missing.cost(spec))
    same(said.form, "sized" if size else "unknown")
    if size:
        holds(said.parts[0], size / BYTES[said.parts[1]])


@true_of(missing.offer, not_yet=r"(.+) is not on this machine yet\.", tried=r"(the network broke off)")
def offer(draw: np.random.Generator, read: Reader) -> None:
    spec = catalogue.MODELS[draw.integers(len(catalogue.MODELS))]
    gone = ModelUnavailable("the network broke off", None, "mini_vit") if draw.random() < 0.5 else None
    made = missing.offer(spec.name, gone)
    said = read(made["text"])
    same(said.form, "tried" if gone else "not_yet")
    same(said.parts[0], "the network broke off" if gone else spec.title)
    assert made["use"] == ({"name": "mini_vit", "title": catalogue.get("mini_vit").title} if gone else None)
    assert (made["fetch"] is None) == bool(gone)


@true_of(
    missing.none_answers, absent=r"No chosen model is on this machine yet\.", failed=r"No chosen model could answer\."
)
def none_answers(draw: np.random.Generator, read: Reader) -> None:
    failed = draw.random(draw.integers(1, 5)) < 0.3
    said = read(missing.none_answers([{"fetch": None if one else "Download and run"} for one in failed]))
    same(said.form, "failed" if failed.any() else "absent")


def _hundred(one: Answer) -> Answer:
    return replace(one, labels=one.labels[:100], logits=one.logits[:100])


@true_of(
    classify.known_sentence,
    none="",
    who=r"(.+?) (know|knows) (100) everyday classes, seen at (\d+ × \d+) pixels\.",
    rest=r"Anything else gets the nearest of the (100)\.",
)
def known(draw: np.random.Generator, read: Reader) -> None:
    answers = random_answers(draw, 4).answers
    answers = tuple(map(_hundred, answers)) if draw.random() < 0.7 else answers
    told = classify.known_sentence(answers)
    small = [
        name.lower()
        for name, one in zip(spoken(answers), answers, strict=True)
        if one.weights == "bundled" and len(one.labels) == 100
    ]
    if told is None:
        same(read(None).form, "none")
        assert not small
        return
    said = read(told[0])
    assert [name.lower() for name in listed_in(said.parts[0])] == list(dict.fromkeys(small))
    same(said.parts[1], "knows" if len(set(small)) == 1 else "know")
    holds(said.parts[2], 100)
    same(said.parts[3], "4 × 4")
    holds(read(told[1]).parts[0], 100)


@true_of(
    classify.ran_sentence,
    none=r"No network ran: this was known already; sliders run none\.",
    some=r"Networks ran (\d+) (time|times) for this; sliders run none\.",
)
def ran(draw: np.random.Generator, read: Reader) -> None:
    runs = int(draw.choice([0, 1, 2, 17]))
    said = read(classify.ran_sentence(runs))
    same(said.form, "some" if runs else "none")
    if runs:
        holds(said.parts[0], runs)
        same(said.parts[1], "time" if runs == 1 else "times")
