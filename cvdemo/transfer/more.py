"""Trains more than the last layer, one way after the other, on the split that the probes had."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from cvdemo import catalogue
from cvdemo.transfer.domain import distance
from cvdemo.transfer.result import Lesson
from cvdemo.transfer.training import Budget, Step, train

ORDER = ("stages", "all", "scratch")


@dataclass(frozen=True)
class HowFar:
    """How far the ways of a lesson are.

    Args:
        lesson: with the ways that are finished.
        step: of the training that runs.
        done, of: ways, those that train nothing among them.
        left_s: about so many seconds; None where nothing can be told yet.
    """

    lesson: Lesson
    step: Step
    done: int
    of: int
    left_s: float | None


def train_more(lesson: Lesson, budget: Budget, told: Callable[[HowFar], None]) -> Lesson:
    """Return the lesson with all ways of training on each of its backbones.

    What was trained before on the same photos, split and seed is known. ``told`` may raise Stopped: what is finished by
    then is known the next time.

    Raises:
        CvDemoError: see `train`.
    """
    lesson = _measured(lesson, told)
    taken: list[float] = []
    of, done = 1 + (2 + len(ORDER)) * len(lesson.taught), 1 + 2 * len(lesson.taught)
    for way in ORDER:
        for place, one in enumerate(lesson.taught):

            def tell(step: Step, now: Lesson = lesson, done: int = done) -> None:
                told(HowFar(now, step, done, of, _left_s(step, taken, of - done)))

            found = train(
                lesson.photos, catalogue.get(one.model), way, lesson.out, lesson.groups, lesson.seed, budget, told=tell
            )
            taken.append(found.seconds)
            rows = list(lesson.taught)
            rows[place] = one.with_trained(found, lesson.labels)
            lesson, done = replace(lesson, taught=tuple(rows)), done + 1
    return lesson


def _measured(lesson: Lesson, told: Callable[[HowFar], None]) -> Lesson:
    """Return the lesson with the distance of its photos from each backbone's own."""
    of, done = 1 + (2 + len(ORDER)) * len(lesson.taught), 1 + 2 * len(lesson.taught)
    rows = []
    for one in lesson.taught:

        def tell(model: str = one.model) -> None:
            told(HowFar(lesson, Step(model, ORDER[0]), done, of, None))

        rows.append(replace(one, distance=distance(lesson.photos, lesson.out, catalogue.get(one.model), tell)))
    return replace(lesson, taught=tuple(rows))


def _left_s(step: Step, taken: list[float], ways: int) -> float | None:
    """Return the seconds left: those of the present way by its pace, others as long as the ways before took."""
    if not step.step or not step.of:
        return None
    whole_s = step.seconds * step.of / step.step
    typical = sum(taken) / len(taken) if taken else whole_s
    return max(0.0, whole_s - step.seconds) + typical * (ways - 1)
