"""Whose answer stays without each block: the lesion of one photo, repeated on many."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cvdemo import zerogpu
from cvdemo.inside.activations import PassRequest
from cvdemo.photo_sets import LabelledPhoto
from cvdemo.preprocess import prepare
from cvdemo.probes import Score
from cvdemo.surgery import lesion
from cvdemo.surgery.answers import Answers, alone
from cvdemo.weights import Progress

if TYPE_CHECKING:
    from cvdemo.loading import ReadyModel

MOST = 50  # photos


@dataclass(frozen=True)
class PhotosDone:
    """How far it is: ``done`` of ``total`` photos are answered."""

    done: int
    total: int


Told = Callable[[str, Progress | PhotosDone], None]
"""Called with the model's name and how far its fetching, its loading or the photos are; may raise Stopped."""


@zerogpu.on_gpu(lambda **_: zerogpu.LONGEST_S)
def answer_many(photos: Sequence[LabelledPhoto], model: str, progress: Told | None = None) -> None:
    """Ask ``model`` of each photo what it says without each droppable block, one at a time.

    What was answered before runs nothing, and what is answered when this is stopped stays known: see `known`. Photos
    are decoded one after the other.

    Raises:
        SettingError: an unknown model, or one whose blocks cannot be switched.
        ModelUnavailable: it cannot be had, or its numbers are none.
        Stopped: raised by ``progress``.
    """

    def told(done: int, name: str, step: Progress | lesion.Step) -> None:
        if progress is not None:
            progress(name, PhotosDone(done, len(photos)) if isinstance(step, lesion.Step) else step)

    asked = lesion.request("", model)
    for number, photo in enumerate(photos):
        told(number, model, lesion.Step(0, 1))
        lesion.each_alone(replace(asked, digest=photo.digest), partial(_seen, photo), partial(told, number))


def _seen(photo: LabelledPhoto, ready: "ReadyModel") -> NDArray[np.float32]:
    return prepare(photo.photo(), ready.preprocessing).array


def known(digests: Sequence[str], asked: PassRequest) -> list[Answers]:
    """Return what is still known of the photos with these digests, in their order; never runs anything.

    Args:
        asked: of the same model with the same weights.
    """
    found = (lesion.known(replace(asked, digest=one)) for one in digests)
    return [one for one in found if one is not None]


def stays(found: Sequence[Answers]) -> dict[str, Score]:
    """Return of how many photos the answer stays what the whole network says, without each block, by its name.

    {} where nothing is answered.
    """
    if not found:
        return {}
    same = {name: [one.said(number)[0] == one.label for one in found] for name, number in alone(found[0]).items()}
    return {name: Score(sum(rows), len(rows)) for name, rows in same.items()}
