"""Who runs, and the conditions under which anything is timed: models borrowed, the device held alone."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from cvdemo import compute, engines, models, runs
from cvdemo.catalogue import get
from cvdemo.errors import CvDemoError, SettingError, Stopped
from cvdemo.latency.settings import MODEL_LIMIT
from cvdemo.weights import Progress

if TYPE_CHECKING:
    from cvdemo.loading import ReadyModel

Report = Callable[..., None]
"""Called with a word for what is being done, and what belongs to it; may raise `Stopped`."""


def check(names: Sequence[str], fewest: int = 2) -> None:
    """Refuse who cannot run against each other.

    Raises:
        SettingError: too few models, more than six, an unknown one, or a detector.
    """
    if len(names) < fewest:
        raise SettingError("A duel needs at least two models; the same one may be named twice.")
    if len(names) > MODEL_LIMIT:
        raise SettingError("Six at most. Remove one first.")
    for name in names:
        if get(name).task == "detect":
            raise SettingError(f"{get(name).title} finds objects; choose a classifier or a model of features here.")


def keys(names: Sequence[str]) -> tuple[str, ...]:
    """Return one key a racer: the model's name, with a number where it runs more than once."""
    counted = [(name, tuple(names[: place + 1]).count(name)) for place, name in enumerate(names)]
    return tuple(name if tuple(names).count(name) == 1 else f"{name}#{number}" for name, number in counted)


def uses_random(model: str) -> bool:
    """Return whether ``model`` runs with random weights here, for lack of others: right for timing."""
    return runs.invented(get(model), "random where absent")


@contextmanager
def borrowed(names: Sequence[str], report: Report) -> "Iterator[tuple[dict[str, ReadyModel], dict[str, CvDemoError]]]":
    """Lend every model of ``names`` once, in sorted order; those that cannot be had come with the reason.

    Raises:
        CvDemoError: none of them could be had.
    """
    with ExitStack() as stack:
        ready: dict[str, ReadyModel] = {}
        missing: dict[str, CvDemoError] = {}
        for name in sorted(set(names)):

            def told(step: Progress, name: str = name) -> None:
                report("loading", name, step)

            try:
                ready[name] = stack.enter_context(models.borrow(name, told, uses_random(name)))
            except Stopped:
                raise
            except CvDemoError as error:
                missing[name] = error
        if not ready:
            raise missing[names[0]]
        yield ready, missing


@contextmanager
def alone(report: Report) -> Iterator[None]:
    """Hold the device, with all cores for it, until the measurement is over; who waits is told its place in line.

    Engines are prepared before: that takes turns of its own. Meanwhile the background converts nothing.
    """
    with compute.turn(waiting=lambda place: report("waiting", place)), engines.at_rest():
        compute.use_all_cores()
        yield
