"""What the answer owes to a channel: an estimate for all at once, and the real answer with one switched off."""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cvdemo.errors import SettingError
from cvdemo.inside.activations import ForwardPass
from cvdemo.results import Results
from cvdemo.runs import run

if TYPE_CHECKING:
    from cvdemo.loading import ReadyModel

_contributions = Results("channel contributions")
_without = Results("channels switched off")


@dataclass(frozen=True)
class Without:
    """The answer with one channel switched off.

    Args:
        label, before, after: the class that was first, and its probability 0..1 then and now.
        first, first_probability: the class that is first now.
    """

    channel: int
    label: str
    before: float
    after: float
    first: str
    first_probability: float


def has_classes(seen: ForwardPass) -> bool:
    """Whether a model gives probabilities of its own classes."""
    return seen.logits is not None and not seen.spec.zero_shot


def contributions(seen: ForwardPass) -> tuple[NDArray[np.float32], ...]:
    """Return float32 (C,) a stop: what each of its channels adds to the first class's score.

    To first order: the channel's activation times the gradient of the score, summed over the map; a class token's
    too. One run forward and back, then known.

    Raises:
        SettingError: the model has no classes.
        ModelUnavailable: it cannot be had any more.
    """
    from cvdemo.feature_maps.runs import gradient_times_activation

    _check(seen)
    work = partial(gradient_times_activation, seen=seen)
    return run(_contributions, seen.asked, seen.spec, work, seen.asked.random)


def known_contributions(seen: ForwardPass) -> tuple[NDArray[np.float32], ...] | None:
    """Return what `contributions` found before, or None; runs nothing."""
    return _contributions.get(seen.asked)


def switch_off(seen: ForwardPass, number: int, channel: int) -> Without:
    """Run the model again with ``channel`` of stop ``number`` at 0 everywhere, the class token included.

    Raises:
        SettingError: there is no such channel, or the model has no classes.
        ModelUnavailable: it cannot be had any more.
    """
    stop = seen.stops[number]
    if not 0 <= channel < stop.channels:
        raise SettingError(f"{stop.label} has {stop.channels} channels: choose one from 0 to {stop.channels - 1}.")
    _check(seen)

    def work(ready: "ReadyModel") -> Without:
        from cvdemo.feature_maps.runs import logits_without

        return _told(seen, channel, logits_without(ready, seen, number, channel))

    return run(_without, (seen.asked, number, channel), seen.spec, work, seen.asked.random)


def _check(seen: ForwardPass) -> None:
    if not has_classes(seen):
        raise SettingError(f"{seen.spec.title} names no classes of its own, so there is no answer to compare.")


def _told(seen: ForwardPass, channel: int, logits: NDArray[np.float32]) -> Without:
    assert seen.logits is not None
    before, after = probabilities(seen.logits), probabilities(logits)
    first, now = int(before.argmax()), int(after.argmax())
    names = seen.labels
    return Without(channel, names[first], float(before[first]), float(after[first]), names[now], float(after[now]))


def probabilities(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the softmax of logits (classes,)."""
    raised = np.exp(logits.astype(np.float64) - logits.max())
    return raised / raised.sum()
