"""Which function measures which claim; they bring torch in with the first one that needs it."""

from collections.abc import Callable

from cvdemo.errors import SettingError
from cvdemo.lesson import measured_convolution as convolution
from cvdemo.lesson import measured_detection as detection
from cvdemo.lesson import measured_networks as networks
from cvdemo.lesson import measured_skips as skips
from cvdemo.lesson.claims import CLAIMS, Claim
from cvdemo.lesson.measured import Measured, Report, keep, known

MEASURES: dict[str, Callable[[Report], Measured]] = {
    "conv-parameters": convolution.parameters,
    "conv-size": convolution.output_size,
    "field-growth": convolution.field,
    "equivariance": convolution.equivariance,
    "pointwise-cost": convolution.pointwise,
    "pooling-all": networks.pooling,
    "skip-gradient": skips.gradient,
    "bottleneck": skips.bottleneck,
    "paths": skips.paths,
    "pre-activation": skips.orders,
    "small-sets": networks.small_sets,
    "attention-cost": networks.growth,
    "v100-times": networks.quoted,
    "swin-hierarchy": networks.hierarchy,
    "nms-limit": detection.stricter,
    "nms-sequential": detection.per_class,
    "nms-always": detection.without_nms,
    "nms-bottleneck": detection.crowded,
}
SECONDS = {"attention-cost": 60, "v100-times": 20, "equivariance": 5, "paths": 3, "nms-bottleneck": 5}
"""About how long those take that take more than a second or two."""
NOT_YET = "Not measured on this machine yet."


def measure(claim: str, report: Report = lambda *_: None) -> Measured:
    """Measure a claim now.

    Raises:
        SettingError: there is no such claim, or none that is measured here.
        CvDemoError: whatever the measurement raised.
    """
    if claim not in MEASURES:
        raise SettingError("This claim is not measured here. Reload the page.")
    return keep(claim, MEASURES[claim], report)


def rows() -> list[dict[str, str]]:
    """Return every claim as `/claims` tells it: what was measured since the start, else what is known of it."""
    return [
        {"id": one.id, "text": one.text, "state": one.state, "sentence": _told(one), "source": one.source}
        for one in CLAIMS
    ]


def _told(claim: Claim) -> str:
    found = known(claim.id)
    if claim.state == "measured":
        return f"{found.sentence if found else NOT_YET} {claim.sentence}"
    return f"{claim.sentence} To measure it: {claim.needs}." if claim.needs else claim.sentence
