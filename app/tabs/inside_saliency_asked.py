"""What the view Saliency is asked: method, class and rival, and what is known of each model for them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.tabs.inside_view_input import ViewInput
from cvdemo import settings
from cvdemo.errors import SettingError
from cvdemo.inside.activations import OWN_LABELS, ForwardPass
from cvdemo.saliency import study
from cvdemo.saliency.methods import METHODS, Method, methods_for
from cvdemo.saliency.study import Evidence
from cvdemo.settings import choice, custom, flag

METHOD_NAMES = tuple(method.name for method in METHODS)


def _class(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 80:
        raise SettingError("A class is named by at most 80 letters.")
    return value.strip()


@dataclass(frozen=True)
class Settings(settings.Settings):
    """Method, class and rival ('' = the predicted one, none), whether checks are wanted, and whether a slow map is."""

    method: str = choice("gradcam", METHOD_NAMES, "method")
    target: str = custom("", _class, sent="class")
    against: str = custom("", _class, sent="not")
    check: bool = flag(False, "check of the map")
    run: bool = flag(False, "run of a slow method")


def method_of(given: ViewInput, one: ForwardPass) -> Method:
    """Return the chosen method, or the first where that one makes no sense for the model, which has classes."""
    offered = methods_for(one.spec)
    return next((method for method in offered if method.name == given.settings.saliency.method), offered[0])


def asked_of(given: ViewInput, one: ForwardPass) -> study.ExplanationRequest:
    """Return what is asked about a model's answer."""
    wanted = given.settings.saliency
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
