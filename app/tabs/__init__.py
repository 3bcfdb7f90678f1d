"""The labs, in the order in which the page shows them; each stands in its file, and all else follows from it."""

from app.lab import Lab
from app.tabs import choose, classify, convolution, detect, inside, latency, receptive_field, skips, teach

LABS: tuple[Lab, ...] = (
    classify.LAB,
    detect.LAB,
    inside.LAB,
    convolution.LAB,
    receptive_field.LAB,
    skips.LAB,
    teach.LAB,
    latency.LAB,
    choose.LAB,
)

ENDPOINTS = {endpoint.__name__: endpoint for lab in LABS for endpoint in lab.endpoints}
"""The public functions of all labs, by the names under which they are called."""
