"""What stands beside Latency's charts: what a dot is, the strip plot in words, the legend of stages."""

from dataclasses import replace

import numpy as np

from app.tabs import latency_view
from cvdemo.latency import view_words
from cvdemo.latency.result import Stages
from cvdemo.latency.settings import Settings
from cvdemo.latency.sweep import ROUNDS
from tests.sentences.latency import MS, random_duel
from tests.sentences.table import Reader, holds, same, true_of

SIZE = r"(each model's own size|\d+ px)"


def _size(settings: Settings) -> str:
    return f"{settings.side} px" if settings.side else "each model's own size"


def random_settings(draw: np.random.Generator) -> Settings:
    return Settings(side=None if draw.random() < 0.5 else int(draw.choice([64, 224])))


@true_of(view_words.one_photo, _=rf"One photo of {SIZE}\.")
def one_photo(draw: np.random.Generator, read: Reader) -> None:
    settings = random_settings(draw)
    same(read(view_words.one_photo(settings)).parts[0], _size(settings))


@true_of(
    view_words.dots,
    side=r"One photo, PyTorch, median of (\d+) runs a dot\.",
    batch=rf"Photos of {SIZE}, PyTorch, median of (\d+) runs a dot\.",
)
def dots(draw: np.random.Generator, read: Reader) -> None:
    settings, kind = random_settings(draw), str(draw.choice(["side", "batch"]))
    said = read(view_words.dots(kind, settings))  # type: ignore[arg-type]
    same(said.form, kind)
    holds(said.parts[-1], ROUNDS)
    if kind == "batch":
        same(said.parts[0], _size(settings))


@true_of(
    view_words.described,
    none=r"Nothing has been measured yet\.",
    one=rf"([^:]+): median {MS}, 90 % within {MS}",
)
def described(draw: np.random.Generator, read: Reader) -> None:
    duel = random_duel(draw)
    said = view_words.described(duel)
    timed = [racer for racer in duel.racers if racer.failed is None and duel.times(racer).size]
    if not timed:
        same(read(said).form, "none")
        return
    parts = said.replace("\u00a0", " ").removesuffix(".").split(". ")
    for text, racer in zip(parts, timed, strict=True):
        one, times = read(text), duel.times(racer)
        same(one.form, "one")
        same(one.parts[0], racer.title)
        holds(one.parts[1].replace(" ms", ""), float(np.median(times)))
        holds(one.parts[2].replace(" ms", ""), float(np.percentile(times, 90)))


@true_of(
    view_words.no_pairs,
    early=r"Intervals are drawn after the last round: looking at them earlier would favour lucky moments\.",
    few=r"Two models that ran are needed to compare\.",
)
def no_pairs(draw: np.random.Generator, read: Reader) -> None:
    finished = bool(draw.random() < 0.5)
    same(read(view_words.no_pairs(finished)).form, "few" if finished else "early")


@true_of(
    latency_view.charts,
    stage=rf"(decode|prepare|post), {MS}",
    network=r"network(, per photo)?",
    told=rf"(.+): decode {MS}, prepare {MS}, network {MS}, post {MS}\.",
)
def legend(draw: np.random.Generator, read: Reader) -> None:
    duel = random_duel(draw)
    racers = tuple(
        replace(one, stages=Stages(*draw.exponential(3, 3)) if draw.random() < 0.8 else None) for one in duel.racers
    )
    duel = replace(duel, racers=racers)
    made = latency_view.charts(duel)
    known = [one.stages for one in racers if one.stages]
    assert bool(made["legend"]) == bool(known)
    for kind, text in made["legend"]:
        said = read(text)
        if kind.startswith("net"):
            same(said.form, "network")
            same(said.parts[0], "" if duel.settings.batch == 1 else ", per photo")
            continue
        same(said.parts[0], kind)
        holds(said.parts[1].replace(" ms", ""), float(np.mean([getattr(one, f"{kind}_ms") for one in known])))
    for racer, row in zip(racers, made["racers"], strict=True):
        if row["stages"] is None:
            continue
        said, stages = read(row["stages_described"]), racer.stages
        same(said.parts[0], racer.title)
        network = float(np.median(duel.times(racer))) / duel.settings.batch
        wanted = (stages.decode_ms, stages.prepare_ms, network, stages.post_ms)
        for text, value in zip(said.parts[1:], wanted, strict=True):
            holds(text.replace(" ms", ""), value)
