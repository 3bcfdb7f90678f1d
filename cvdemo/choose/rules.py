"""The rules of thumb of the lesson behind this app: a prior, which figures overrule wherever there are any."""

from collections.abc import Callable
from dataclasses import dataclass

from cvdemo.catalogue import ModelSpec
from cvdemo.choose.demand import Demand

FEW = 50  # photos of a class, as Teach draws the line
TIGHT_MS = 20.0
SMALL = ("mobilenet", "efficientnet_b0", "efficientnet_lite0", "tf_efficientnet_lite0", "mobilevit")
ONE_STAGE = ("yolo", "retinanet", "rtdetr")


@dataclass(frozen=True)
class Rule:
    """One rule.

    Args:
        when: it applies, in words.
        says: what it advises, in words.
        held: what is known against or for it here.
        claim: the claim that it rests on, by its id.
        applies: to a demand.
        prefers: a model.
    """

    id: str
    when: str
    says: str
    held: str
    claim: str
    applies: Callable[[Demand], bool]
    prefers: Callable[[ModelSpec], bool]


def _named(spec: ModelSpec, starts: tuple[str, ...]) -> bool:
    return spec.name.startswith(starts)


RULES: tuple[Rule, ...] = (
    Rule(
        "far", "Photos far from everyday ones", "features learned without labels: DINOv2",
        "Teach shows on your own photos which start needs fewer of them.", "dinov2-shift",
        lambda demand: demand.domain == "far" and demand.task != "detect", lambda spec: _named(spec, ("dinov2",)),
    ),
    Rule(
        "few", f"Fewer than {FEW} photos of a class", "a CNN: ViTs do worse than CNNs on small sets",
        "True of training from the start. With trained weights, probes in Teach decide.", "small-sets",
        lambda demand: demand.task == "classify" and 0 < demand.photos < FEW, lambda spec: spec.family == "cnn",
    ),
    Rule(
        "tight", f"At most {TIGHT_MS:.0f} ms a photo", "a small CNN: EfficientNet-B0 or MobileNet",
        "Which network is faster changes from machine to machine: measure it here.", "v100-times",
        lambda demand: demand.task == "classify" and 0 < demand.milliseconds <= TIGHT_MS,
        lambda spec: _named(spec, SMALL),
    ),
    Rule(
        "boxes", "Boxes within a limit of time", "one stage: YOLO, not the R-CNN family",
        "The time of a detector, NMS included, is measured here.", "nms-bottleneck",
        lambda demand: demand.task == "detect" and demand.milliseconds > 0, lambda spec: _named(spec, ONE_STAGE),
    ),
)  # fmt: skip


def that_apply(demand: Demand) -> tuple[Rule, ...]:
    """Return the rules that say something to ``demand``, the strongest first."""
    return tuple(rule for rule in RULES if rule.applies(demand))
