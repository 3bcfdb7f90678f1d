"""What can be learned from features that stay as they are: probes, neighbours, and how sure their accuracy is."""

from cvdemo.probes.curve import Point, curve
from cvdemo.probes.features import features, features_of_frame, features_of_photo, has_features, network_runs
from cvdemo.probes.linear import Probe, choose_strength, fit, majority, nearest
from cvdemo.probes.scores import Score, confusion, mcnemar, scored

__all__ = [
    "Point",
    "Probe",
    "Score",
    "choose_strength",
    "confusion",
    "curve",
    "features",
    "features_of_frame",
    "features_of_photo",
    "fit",
    "has_features",
    "majority",
    "mcnemar",
    "nearest",
    "network_runs",
    "scored",
]
