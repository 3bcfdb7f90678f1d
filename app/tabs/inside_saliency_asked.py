"""What the view Saliency is asked: method, class and rival, and what is known of each model for them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.tabs.inside_view_input import ViewInput, one_of, own
from cvdemo.errors import SettingError
from cvdemo.inside.activations import OWN_LABELS, ForwardPass
from cvdemo.saliency import study
from cvdemo.saliency.methods import METHODS, Method, methods_for
from cvdemo.saliency.study import Evidence

ID = "saliency"
DEFAULTS: dict[str, Any] = {"method": "gradcam", "class": "", "not": "", "check": False, "run": False}


@dataclass(frozen=True)
class Settings:
    """Method, class and rival ('' = the predicted one, none), whether checks are wanted, and whether a slow map is."""

    method: str
    target: str
    against: str
    check: bool
    run: bool


def settings(value: Any) -> Settings:
    """Return sound settings.

    Raises:
        SettingError: a setting that does not exist or is of the wrong kind.
    """
    asked = own(value, DEFAULTS)
    for name in ("class", "not"):
        if not isinstance(asked[name], str) or len(asked[name]) > 80:
            raise SettingError("A class is named by at most 80 letters.")
    method = one_of(asked["method"], tuple(method.name for method in METHODS), "The method")
    return Settings(
        method, asked["class"].strip(), asked["not"].strip(), asked["check"] is True, asked["run"] is True
    )  # fmt: skip


def method_of(given: ViewInput, one: ForwardPass) -> Method:
    """Return the chosen method, or the first where that one makes no sense for the model."""
    offered = methods_for(one.spec)
    return next((method for method in offered if method.name == given.settings[ID].method), offered[0])


def asked_of(given: ViewInput, one: ForwardPass) -> study.ExplanationRequest:
    """Return what is asked about a model's answer."""
    wanted = given.settings[ID]
    labels: tuple[str, ...] = ()
    if one.spec.zero_shot:
        labels = tuple(dict.fromkeys(name for name in (wanted.target, wanted.against, *OWN_LABELS) if name))
    return study.ExplanationRequest(
        one.asked.digest, one.asked.model, one.asked.random, wanted.target or None, wanted.against or None, labels
    )  # fmt: skip


def classifiers(given: ViewInput) -> list[ForwardPass]:
    """Return the models that have classes."""
    return [one for one in given.seen if methods_for(one.spec)]


def map_of(given: ViewInput, one: ForwardPass) -> tuple[Evidence, NDArray[np.float32]] | None:
    """Return what is known of a model, with its map; None without classes, for an unknown class, before a slow run."""
    if not methods_for(one.spec):
        return None
    found, method = study.known(asked_of(given, one)), method_of(given, one).name
    return None if found is None or not study.map_known(found, method) else (found, study.map_of(found, method))
