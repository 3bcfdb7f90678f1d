"""Skips, Surgery: the blocks of a trained network as switches, and the answer without each of them."""

from dataclasses import dataclass, replace
from typing import Any

from app.components import chart
from app.components.skips import Surgery
from app.lab import Bench, Chips, Report, Wish, Work
from app.lab.busy import busy, fetching
from app.lab.handlers import first_found
from app.lab.streaming import session
from app.tabs.missing import is_ready, offer
from app.tabs.skips_folder import folder
from app.tabs.skips_line import at_work
from cvdemo import catalogue, images
from cvdemo.catalogue import ModelSpec
from cvdemo.errors import ModelUnavailable
from cvdemo.inside.activations import PassRequest
from cvdemo.photo_sets import FOLDERS
from cvdemo.probes import Score
from cvdemo.surgery import charts, lesion, many, words
from cvdemo.surgery.answers import Answers
from cvdemo.surgery.export import rows
from cvdemo.surgery.lesion import Step
from cvdemo.surgery.many import PhotosDone
from cvdemo.surgery.plain import NOTHING, Operation
from cvdemo.surgery.settings import Switches
from cvdemo.wording import percent

PACKAGED, BUNDLED = "tf_efficientnet_lite0", "mini_resnet"


@dataclass(frozen=True)
class Shown:
    """What one page shows: which model on which photo, and what was done to it.

    Args:
        model: the pass that everything was asked of.
        operation: done last, or the model's own state.
        several: whether the curve was asked for.
        photos: digests of those that the page gave besides.
        answered: how many of them are.
    """

    model: PassRequest
    operation: Operation
    several: bool
    photos: tuple[str, ...]
    answered: int

    @property
    def asked(self) -> tuple[object, ...]:
        """What its key is made of: sets have no order of their own."""
        done = [sorted(names) for names in (self.operation.dropped, self.operation.cut, self.operation.swapped)]
        return self.model, done, self.several, self.photos, self.answered


def _offered() -> list[ModelSpec]:
    return [spec for spec in catalogue.offered() if lesion.suited(spec)]


def _first() -> tuple[str, ...]:
    """Return the packaged CNN, where its weights are here: the best network that needs nothing."""
    return (PACKAGED,) if is_ready(PACKAGED) else (BUNDLED,)


def _operate(asked: Wish, report: Report) -> Shown | dict[str, Any]:
    """Find what the page lacks; a model that is not here is offered."""
    name = asked.models[0]
    if not is_ready(name) and name != asked.fetch:
        return offer(name)
    try:
        alone = lesion.lesion(asked.path, name, progress=report)
    except ModelUnavailable as error:
        return offer(name, error)
    operation = _sound(alone, asked.settings)
    if operation != NOTHING:
        lesion.operate(asked.path, name, operation, progress=report)
    if asked.settings.several:
        lesion.at_random(asked.path, name, progress=report)
    given = tuple(one.digest for one in FOLDERS.photos(session()).photos)
    return Shown(alone.asked, operation, asked.settings.several, given, len(many.known(given, alone.asked)))


def _ask_many(asked: Wish, report: Report) -> Shown | dict[str, Any]:
    """Find what the page lacks, and ask the network of each photo of the page's folder."""
    found = _operate(asked, report)
    if not isinstance(found, Shown):
        return found
    many.answer_many(FOLDERS.photos(session()).photos, found.model.model, report)
    return replace(found, answered=len(many.known(found.photos, found.model)))


def _sound(found: Answers, settings: Switches) -> Operation:
    """Return what is done, as far as this network has such blocks: another one was chosen, or a link says otherwise."""
    names = {block.name for block in found.blocks if block.droppable}
    swaps = {block.module for block in found.blocks if block.swaps}
    wanted = settings.operation()
    return Operation(wanted.dropped & names, wanted.cut & names, wanted.swapped & swaps)


def _found(asked: Wish, result: Shown | dict[str, Any]) -> dict[str, Any]:
    if isinstance(result, Shown):
        return {"missing": [], **first_found(BENCH, asked, result)}
    return {**BENCH.waiting(result["text"]), "settings": asked.settings.plain(), "missing": [result]}


def _told(_asked: Wish, step: tuple[Any, ...] | None, elapsed_s: float) -> dict[str, Any]:
    if step is None:
        return {"busy": busy("The network answers without each block")}
    name, progress = step
    if not isinstance(progress, Step | PhotosDone):
        return {"busy": fetching(name, progress, elapsed_s)}
    title = catalogue.get(name).title
    if isinstance(progress, PhotosDone):
        text = f"{title} answers to photo {progress.done + 1} of {progress.total} without each block"
        return at_work(text, progress.done, progress.total, elapsed_s)
    text = f"{title} answers without some of its blocks: {progress.done} of {progress.total} ways"
    return {"busy": {**busy(text), "share": progress.done / progress.total}}


def _draw(shown: Shown, settings: Switches, _question: dict[str, Any]) -> dict[str, Any]:
    """Return the chain, what each block is worth, and what was done; or that a network has to run for that."""
    found = lesion.known(shown.model)
    if found is None:
        return {"work": True}
    operation = _sound(found, settings)
    now = found if operation == NOTHING else lesion.known(shown.model, operation)
    curve = lesion.curve_known(shown.model) if settings.several else None
    if now is None or (settings.several and curve is None):
        return {"work": True}
    spec, photos = catalogue.get(shown.model.model), many.known(shown.photos, shown.model)
    stay = many.stays(photos)
    return {
        "model": spec.name,
        "title": spec.title,
        "family": spec.family,
        "weights": found.weights,
        "answer": words.answer(found),
        "label": found.label,
        "blocks": [_block(found, number, row, stay) for number, row in enumerate(rows(found))],
        "done": words.all_on(found) if operation == NOTHING else words.done(found, now),
        "share": found.probability if operation == NOTHING else float(now.probabilities[0]),
        "whole": found.probability,
        "bars": charts.lesions(found, stay).plain(),
        "many": {"of": len(shown.photos), "done": len(photos), "said": words.many(stay, words.numbered(found))},
        "curve": charts.several(curve, found.label).plain() if curve else None,
        "ran": words.ran(found, lesion.network_runs()),
    }


def _block(found: Answers, number: int, row: dict[str, Any], stay: dict[str, Score]) -> dict[str, Any]:
    block, chance = found.blocks[number], row["probability_without"]
    score = stay.get(block.name)
    return {
        "name": block.name,
        "label": block.label,
        "module": block.module,
        "shortcut": block.shortcut,
        "reason": block.reason,
        "swaps": block.swaps and found.blocks[number - 1].module != block.module,
        "chance": chance,
        "without": "" if chance is None else percent(chance),
        "says": row["answer_without"] if row["answer_without"] != found.label else None,
        "stays": score and [score.right, score.of],
    }


BENCH = Bench(
    id="skips-surgery",
    question=words.QUESTION,
    settings=Switches,
    scripts=(*chart.SCRIPTS, "photo_files", "skips_missing", "skips_chain", "skips_folder", "skips_surgery"),
    css="skips surgery",
    view=Surgery,
    props={"why_title": words.WHY_TITLE, "why": words.WHY, "photo_bytes": images.MAX_BYTES, "most": many.MOST},
    chips=Chips(_offered, most=1, first=_first),
    work={
        "fetch": Work(_operate, _found, _told, fetches=True),
        "again": Work(_operate, _found, _told, mode="always_last", ends=("fetch",)),
        "many": Work(_ask_many, _found, _told, mode="once"),
    },
    answers=(folder,),
    draw=_draw,
    pointed=False,
)
