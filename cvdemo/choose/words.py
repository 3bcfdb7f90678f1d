"""The sentences of the guide, made from an advice: what it takes, why, what just missed, what would change it."""

import math
from dataclasses import dataclass

from cvdemo.catalogue import ModelSpec
from cvdemo.choose.advice import Advice, Change
from cvdemo.choose.candidates import COPYLEFT, FREE, Candidate
from cvdemo.choose.demand import DOMAINS, Demand
from cvdemo.choose.measure import Timing
from cvdemo.choose.rules import Rule
from cvdemo.transfer.advice import ADVICE
from cvdemo.transfer.domain import MANY
from cvdemo.wording import NBSP, megabytes, setting

QUESTION = "Which network would you ship?"
NO_TIMES = "No times from this machine yet."
NOTHING = "Nothing here obeys all of this. Allow more, or another use."
LEGAL = (
    "The licence named is that of the weights file. The photos they were trained on have terms of their own; this page "
    "gives no legal advice. This app itself is AGPL-3.0: a product made from it has to hand out its source."
)
WHY_TITLE = "Why not simply the most accurate one?"
WHY = (
    "Two points of accuracy on ImageNet are often less than what your photos, your machine and your licence decide. So "
    "the time comes from this machine, and the accuracy on your things from Teach as soon as you have taught one. This "
    "would change if all networks answered equally fast here and your photos were those of ImageNet."
)
METRICS = {"top-1": "right on ImageNet", "AP 0.50:0.95": "AP 0.50:0.95 on COCO"}
UNITS = {"top-1": f"{NBSP}%", "AP 0.50:0.95": ""}
SOURCES = {
    "timm": "results-imagenet.csv of timm",
    "packaged": "results-imagenet.csv of timm",
    "torchvision": "the weights' own record in torchvision",
    "ultralytics": "the table of the ultralytics project",
}


@dataclass(frozen=True)
class Reason:
    """One reason for or against a network: the figure that it rests on, where that comes from, and its lab."""

    text: str
    figure: float | None
    source: str
    tab: str
    view: str = ""
    link: str = ""


def limit_ms(demand: Demand) -> str:
    """Return the limit of time as it was set, never rounded."""
    return f"{setting(demand.milliseconds, 0)}{NBSP}ms"


def against(value: float, limit: float, unit: str) -> str:
    """Return a number beside the limit that it is compared with: three figures, or as many as the comparison needs."""
    start = max(0, 2 - math.floor(math.log10(value)))
    for places in range(start, start + 12):
        shown = round(value, places)
        if (shown > limit) == (value > limit):
            return f"{shown:,.{places}f}{NBSP}{unit}"
    return f"{value!r}{NBSP}{unit}"


def answer(advice: Advice) -> str:
    """Return the headline."""
    demand = advice.demand
    if not advice.chosen:
        if advice.nearest is None or advice.nearest.ms is None:
            return NOTHING
        near = against(advice.nearest.ms, demand.milliseconds, "ms")
        return f"Nothing here answers within {limit_ms(demand)}. {advice.nearest.spec.title} comes nearest: {near}."
    first = advice.chosen[0]
    name = first.spec.title
    if demand.milliseconds and first.ms is None:
        return NO_TIMES
    here = "" if demand.milliseconds else " here"
    needs = "" if first.ms is None else f" It needs {against(first.ms, demand.milliseconds or math.inf, 'ms')}{here}."
    if first.published is None or (advice.rule is not None and advice.rule.id == "far" and advice.follows):
        return f"{name}, {_unrated(advice)}.{needs}"
    if advice.beaten is not None:
        return f"{advice.beaten.spec.title} or {name}: too close to call, so take the smaller: {name}.{needs}"
    kind = f" with a published {'accuracy' if demand.task == 'classify' else 'AP'}" if advice.unrated else ""
    if not demand.milliseconds:
        return f"{name}: the most accurate of {advice.rated}{kind} that fit, as published.{needs}"
    one = (
        f"the only one{kind} that stays"
        if advice.rated == 1
        else f"the most accurate of the {advice.rated}{kind} that stay"
    )
    return f"{name}: {one} under {limit_ms(demand)} here.{needs}"


def _unrated(advice: Advice) -> str:
    if advice.rule is None or not advice.follows:
        return "the smallest that fits: no published figure compares these"
    why = "no figure here speaks of such photos" if advice.rule.id == "far" else "no published figure compares these"
    return f"by the lesson's rule: {why}"


def reasons(one: Candidate, advice: Advice) -> tuple[Reason, ...]:
    """Return why a network that obeys every limit is named, each with its figure."""
    demand = advice.demand
    found = [_time(one, demand), *_rated(one), *_size(one, demand), _licence(one.spec, demand)]
    if advice.rule is not None and advice.rule.prefers(one.spec):
        found.append(Reason(f"The lesson's rule takes it: {advice.rule.says}.", None, "the lesson", "choose", "claims"))
    if demand.photos and demand.task != "detect":
        found.append(Reason("Not tried on your own photos yet.", None, "Teach", "teach", "", "Teach it"))
    return tuple(found)


def _time(one: Candidate, demand: Demand) -> Reason:
    tab = ("detect", "") if demand.task == "detect" else ("latency", "")
    if one.ms is None:
        return Reason("Not timed on this machine yet.", None, "this machine", *tab, "Measure")
    limit = f", limit {setting(demand.milliseconds, 0)}" if demand.milliseconds else ""
    text = f"{against(one.ms, demand.milliseconds or math.inf, 'ms')} here{limit}."
    return Reason(text, one.ms, "measured on this machine", *tab, "Latency" if tab[0] == "latency" else "Detect")


def _rated(one: Candidate) -> list[Reason]:
    figure = one.published
    if figure is None:
        return [
            Reason("No published accuracy is stated in the catalogue.", None, "the catalogue", "latency", "accuracy")
        ]
    side = f" at {figure.side}{NBSP}px" if figure.side else ""
    text = f"{figure.value:.1f}{UNITS[figure.metric]} {METRICS[figure.metric]}, published for {figure.recipe}{side}."
    view = ("latency", "accuracy") if figure.metric == "top-1" else ("detect", "")
    return [Reason(text, figure.value, SOURCES.get(one.spec.source, "its publisher"), *view)]


def _size(one: Candidate, demand: Demand) -> list[Reason]:
    if one.mb is None:
        return []
    limit = f", limit {setting(demand.max_mb, 0)}" if demand.max_mb else ""
    shown = against(one.mb, demand.max_mb, "MB") if demand.max_mb else megabytes(round(one.mb * 1e6))
    return [Reason(f"{shown} of weights{limit}.", one.mb, "the size of its file", "classify")]


def _licence(spec: ModelSpec, demand: Demand) -> Reason:
    if spec.licence is None:
        text = "Its publisher states no licence for the weights."
    elif spec.licence in COPYLEFT and demand.licence == "commercial":
        text = f"{spec.licence}: a product has to hand out its own source, or to buy another licence."
    else:
        text = f"Licence of the weights: {spec.licence}."
    return Reason(text, None, spec.weights or "the catalogue", "classify")


def missed(one: Candidate, demand: Demand) -> str:
    """Return why a network that would be worth it just missed."""
    limit = one.breaks(demand)[0]
    worth = "" if one.published is None else f" {one.published.value:.1f}{UNITS[one.published.metric]} published."
    if limit == "time" and one.ms is not None:
        shown = against(one.ms, demand.milliseconds, "ms")
        return f"{shown} here, over the limit of {limit_ms(demand)}.{worth}"
    if limit == "size":
        size = "Its size is not known" if one.mb is None else f"{against(one.mb, demand.max_mb, 'MB')} of weights"
        return f"{size}, over the limit of {setting(demand.max_mb, 0)}{NBSP}MB.{worth}"
    return f"{_not_for_products(one.spec)}{worth}"


def _not_for_products(spec: ModelSpec) -> str:
    if spec.licence is None:
        return "Its publisher states no licence for the weights, so nothing allows a product."
    if "-nc-" in spec.licence:
        return f"Its weights are not for products: {spec.licence}."
    return f"Its licence has terms of its own: {spec.licence}. Not among {', '.join(FREE)}."


def change(one: Change) -> str:
    """Return what would put another network first."""
    title = one.first.spec.title
    if one.limit == "licence":
        return f"If it were not for a product: {title}."
    unit = "ms" if one.limit == "time" else "MB"
    return f"From {rounded_up(float(one.to)):g}{NBSP}{unit} on: {title}."


def rounded_up(value: float) -> float:
    """Return a limit of three figures that ``value`` obeys."""
    step = 10.0 ** (math.floor(math.log10(value)) - 2)
    return float(f"{math.ceil(value / step - 1e-9) * step:.6g}")


def ruled(advice: Advice) -> str:
    """Return what the strongest rule says, and whether the figures agree with it; "" where none applies."""
    rule = advice.rule
    if rule is None or not advice.chosen:
        return ""
    first = advice.chosen[0]
    said = f"The lesson's rule says {rule.says}."
    if first.ms is None and advice.demand.milliseconds:
        return f"{said} No measurement speaks yet, so the order is the rule's, then the least work."
    if advice.follows:
        return f"{said} {_agrees(rule, first)}"
    return f"{said} {first.spec.title} is not that: the figures overrule the rule here."


def _agrees(rule: Rule, first: Candidate) -> str:
    if first.published is None or rule.id == "far":
        return f"No figure speaks of it, so the rule decides: {first.spec.title}."
    return f"{first.spec.title} is that, and the figures agree."


def recipe(demand: Demand) -> str:
    """Return what the lesson would train of it, for photos of one's own; "" without any."""
    if not demand.photos or demand.task == "detect":
        return ""
    many = "many" if demand.photos >= MANY else "few"
    kind = DOMAINS[demand.domain]
    photos = f"{kind[:1].upper()}{kind[1:]}, about {demand.photos:,} of each class ({many})"
    near, far = ADVICE["near", many][1], ADVICE["far", many][1]
    if demand.domain == "moderate":
        return f"{photos}, between near and far: {near}, then {far}. Teach tells which one wins on yours."
    told = near if demand.domain == "everyday" else far
    return f"{photos}: {told}, says the lesson. Teach tells whether that wins on yours."


def timed(timing: Timing, ago_s: float) -> str:
    """Return what was timed, when, and whether alone."""
    when = (
        "just now" if ago_s < 60 else f"{round(ago_s / 60)} min ago" if ago_s < 5400 else f"{round(ago_s / 3600)} h ago"
    )
    quiet = "alone on the machine" if timing.alone else "while other programs took part of the machine"
    missing = f" {len(timing.failed)} could not run." if timing.failed else ""
    random = f" {timing.random} of them with random weights, which is right for timing." if timing.random else ""
    return f"{len(timing.names)} models timed {when}, {timing.rounds} rounds each, {quiet}.{random}{missing}"
