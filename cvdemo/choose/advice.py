"""From a demand to at most three networks: limits first, then figures, then the rules, then the smaller one."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from cvdemo.choose.candidates import Candidate
from cvdemo.choose.demand import Demand
from cvdemo.choose.rules import Rule, that_apply

MOST = 3
IMAGENET_PHOTOS = 50_000  # of the validation set on which top-1 is published


@dataclass(frozen=True)
class Change:
    """What would put another network first: the limit that has to move, to what, and who that is."""

    limit: str
    to: float | str
    first: Candidate


@dataclass(frozen=True)
class Advice:
    """What the guide says to a demand.

    Args:
        chosen: at most three that obey every limit, the best first; timed ones alone, where there is a limit of time
            and any time that was measured here.
        alike: others whose published accuracy is too close to that of the best to call; the first is the smallest.
        beaten: the most accurate one of those, where that is not the first.
        timed: how many of those that obey licence and size were measured here.
        rated, unrated: how many of those that could be named have a published accuracy, and how many have none.
        nearest: the fastest one that obeys all but the time, where nothing obeys that too.
        missed: what breaks one limit alone by least, and would be worth it.
        changes: what would put another one first.
        rule: the strongest rule that applies, if any.
    """

    demand: Demand
    chosen: tuple[Candidate, ...]
    alike: tuple[Candidate, ...]
    beaten: Candidate | None
    timed: int
    rated: int
    unrated: int
    nearest: Candidate | None
    missed: tuple[Candidate, ...]
    changes: tuple[Change, ...]
    rule: Rule | None

    @property
    def follows(self) -> bool:
        """Whether the first one is what the rule would take, too."""
        return bool(self.chosen and self.rule and self.rule.prefers(self.chosen[0].spec))


def advise(demand: Demand, known: Sequence[Candidate]) -> Advice:
    """Return the guide's advice on ``known`` candidates of the demand's task."""
    timed, pool = _pool(demand, known)
    ordered, alike = _ordered(demand, pool)
    slow = [one for one in timed if one.breaks(demand) == ("time",)]
    rules = that_apply(demand)
    most = max(alike, key=_accuracy) if len(alike) > 1 else None
    return Advice(
        demand=demand,
        chosen=tuple(ordered[:MOST]),
        alike=tuple(one for one in alike[1:]),
        beaten=most if most is not None and most is not ordered[0] else None,
        timed=len(timed),
        rated=sum(one.published is not None for one in pool),
        unrated=sum(one.published is None for one in pool),
        nearest=min(slow, key=_ms, default=None) if not pool else None,
        missed=_missed(demand, known, ordered),
        changes=_changes(demand, known, ordered),
        rule=rules[0] if rules else None,
    )


def _pool(demand: Demand, known: Sequence[Candidate]) -> tuple[list[Candidate], list[Candidate]]:
    """Return those that obey licence and size and were timed here, and those who may be named."""
    allowed = [one for one in known if not {"licence", "size"} & set(one.breaks(demand))]
    timed = [one for one in allowed if one.ms is not None]
    return timed, ([one for one in timed if not one.breaks(demand)] if demand.milliseconds and timed else allowed)


def _accuracy(one: Candidate) -> float:
    return one.published.value if one.published else -math.inf


def _ms(one: Candidate) -> float:
    return math.inf if one.ms is None else one.ms


def _size(one: Candidate) -> float:
    return math.inf if one.mb is None else one.mb


def too_close(one: Candidate, other: Candidate) -> bool:
    """Return whether chance alone can explain the difference of two published accuracies.

    Of top-1: whether the 95 % interval of the difference of two shares of 50,000 photos holds 0, as if the photos were
    two samples; they are the same, so this is careful. Of AP no such interval is known: equal ones alone are close.
    """
    if one.published is None or other.published is None:
        return False
    shares = [row.value / 100 for row in (one.published, other.published)]
    if one.published.metric != "top-1":
        return shares[0] == shares[1]
    reach = 1.96 * math.sqrt(sum(share * (1 - share) for share in shares) / IMAGENET_PHOTOS)
    return abs(shares[0] - shares[1]) < reach


def _ordered(demand: Demand, pool: Sequence[Candidate]) -> tuple[list[Candidate], list[Candidate]]:
    """Return ``pool``, the best first, and those of its head that are too close to call, the smallest first.

    Where a time is asked for and none is known, accuracy says nothing yet: the rule's, then the least work. Far from
    everyday photos, accuracy on everyday ones says nothing either: the rule's first, then as ever.
    """
    rule = next(iter(that_apply(demand)), None)

    def passed_over(one: Candidate) -> bool:
        return rule is not None and not rule.prefers(one.spec)

    if demand.milliseconds and not any(one.ms is not None for one in pool):
        return sorted(pool, key=lambda one: (passed_over(one), one.multiply_adds or math.inf, _size(one))), []
    lifted = sorted((one for one in pool if rule and rule.id == "far" and not passed_over(one)), key=_size)
    left = [one for one in pool if one not in lifted]
    best = max((one for one in left if one.published), key=_accuracy, default=None)
    head = sorted((one for one in left if best and (one is best or too_close(one, best))), key=_size)
    rest = sorted((one for one in left if one.published and one not in head), key=lambda one: -_accuracy(one))
    unrated = sorted((one for one in left if not one.published), key=lambda one: (passed_over(one), _size(one)))
    return [*lifted, *head, *rest, *unrated], ([] if lifted else head)


def _missed(demand: Demand, known: Sequence[Candidate], ordered: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Return up to two that break one limit alone and have a better figure than the first, the nearest first."""
    least = _accuracy(ordered[0]) if ordered else -math.inf
    near = [one for one in known if len(one.breaks(demand)) == 1 and _accuracy(one) > least]
    return tuple(sorted(near, key=lambda one: _excess(demand, one))[:2])


def _excess(demand: Demand, one: Candidate) -> float:
    """Return how many times the limit it takes; of a licence, which has no measure, without end."""
    limit = one.breaks(demand)[0]
    if limit == "time":
        return _ms(one) / demand.milliseconds
    return _size(one) / demand.max_mb if limit == "size" else math.inf


def _changes(demand: Demand, known: Sequence[Candidate], ordered: Sequence[Candidate]) -> tuple[Change, ...]:
    """Return who would come first if one limit alone moved: as little as it takes, of time and size."""
    found = []
    now = ordered[0] if ordered else None
    for limit, value in (("time", _ms), ("size", _size)):
        over = sorted(value(one) for one in known if one.breaks(demand) == (limit,) and math.isfinite(value(one)))
        for to in over:
            moved = replace(demand, milliseconds=to) if limit == "time" else replace(demand, max_mb=to)
            first = _first(moved, known)
            if first is not None and first is not now:
                found.append(Change(limit, to, first))
                break
    if demand.licence == "commercial":
        first = _first(replace(demand, licence="any"), known)
        if first is not None and first is not now:
            found.append(Change("licence", "any", first))
    return tuple(found)


def _first(demand: Demand, known: Sequence[Candidate]) -> Candidate | None:
    ordered, _ = _ordered(demand, _pool(demand, known)[1])
    return ordered[0] if ordered else None
