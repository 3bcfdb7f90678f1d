"""What the view Saliency is asked: method, class and rival, and what is known of each model for them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.tabs.inside_look import Look, one_of, own
from cvdemo.errors import SettingError
from cvdemo.inside.activations import OWN_LABELS, Seen
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


def method_of(look: Look, one: Seen) -> Method:
    """Return the chosen method, or the first where that one makes no sense for the model."""
    offered = methods_for(one.spec)
    return next((method for method in offered if method.name == look.settings[ID].method), offered[0])


def asked_of(look: Look, one: Seen) -> study.Asked:
    """Return what is asked about a model's answer."""
    wanted = look.settings[ID]
    labels: tuple[str, ...] = ()
    if one.spec.zero_shot:
        labels = tuple(dict.fromkeys(name for name in (wanted.target, wanted.against, *OWN_LABELS) if name))
    return study.Asked(
        one.asked.digest, one.asked.model, one.asked.random, wanted.target or None, wanted.against or None, labels
    )  # fmt: skip


def classifiers(look: Look) -> list[Seen]:
    """Return the models that have classes."""
    return [one for one in look.seen if methods_for(one.spec)]


def map_of(look: Look, one: Seen) -> tuple[Evidence, NDArray[np.float32]] | None:
    """Return what is known of a model, with its map; None without classes, for an unknown class, before a slow run."""
    if not methods_for(one.spec):
        return None
    found, method = study.known(asked_of(look, one)), method_of(look, one).name
    return None if found is None or not study.map_known(found, method) else (found, study.map_of(found, method))
