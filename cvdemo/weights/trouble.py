"""What can go wrong on the way to a model's weights, and the sentence that a visitor reads about it."""

from cvdemo.catalogue import ModelSpec, Task, get, offered
from cvdemo.errors import ModelUnavailable
from cvdemo.weights.bundled import fault
from cvdemo.weights.packaged import packaged_file
from cvdemo.wording import megabytes


class Trouble(Exception):
    """Weights did not arrive. ``sentence`` has the places {title}, {size} (`` (98 MB)`` or nothing) and {room}."""

    sentence = "{title} cannot be fetched now."

    def __init__(self, room: str = "") -> None:
        super().__init__(room)
        self.room = room


class Offline(Trouble):
    """Nothing answers, or the network is forbidden."""

    sentence = "{title} is not on this machine and there is no network to fetch it{size}."


class Gone(Trouble):
    """The Hub answers that it has no such file."""

    sentence = "The Hub does not offer {title} any more."


class Refused(Trouble):
    """The Hub answers, but with an error, time after time."""

    sentence = "The Hub is busy or broken now and did not send {title}{size}. Try again in a few minutes."


class Slow(Trouble):
    """The time for a download is over."""

    sentence = (
        "Fetching {title}{size} took longer than {room}. What has arrived is kept: try again to go on from there."
    )


class Damaged(Trouble):
    """The file arrived wrong twice."""

    sentence = "{title} arrived damaged twice and was deleted. Try again later, on another network if you can."


class NoRoom(Trouble):
    """The disk is full."""

    sentence = "There is no room on this machine for {title}{size}; {room} are free. Free some space and try again."


class Held(Trouble):
    """Another process keeps the lock."""

    sentence = "Another program on this machine is fetching {title} and has not finished. Try again in a minute."


def explain(trouble: Trouble, spec: ModelSpec, byte_count: int | None) -> ModelUnavailable:
    """Return the error that a visitor may read: what happened, and which model is ready instead."""
    instead = suggestion(spec)
    size = f" ({megabytes(byte_count)})" if byte_count else ""
    message = trouble.sentence.format(title=spec.title, size=size, room=trouble.room)
    if instead is not None:
        message += f" {get(instead).title} is here and ready."
    return ModelUnavailable(message, spec.name, instead)


def suggestion(spec: ModelSpec) -> str | None:
    """Return the name of a model that needs no download, of the same task and if possible of the same family.

    Classifiers out of packages come first: they know more, at more pixels, than the ones that we train.

    Detectors of any family are followed by the one for people: it sees what photos usually show, no cells.
    """
    task: Task = "detect" if spec.task == "detect" else "classify"
    others = [other for other in offered(task) if other.name != spec.name]
    packaged = [other for other in others if packaged_file(other.name)]
    ready = [*packaged, *(other for other in others if _is_sound(other))]
    if not ready:
        return None
    if task == "detect":
        return ready[0].name
    return next((other.name for other in ready if other.family == spec.family), ready[0].name)


def _is_sound(spec: ModelSpec) -> bool:
    return spec.source == "opencv" or (spec.source == "bundled" and fault(spec) is None)
