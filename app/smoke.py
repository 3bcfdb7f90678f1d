"""Does each tab work, here and now? One small run of every lab, on a photo that no cache knows."""

import logging
import threading
import time
from dataclasses import dataclass, replace

from app.lab import Check
from app.tabs import LABS
from cvdemo import starters
from cvdemo.errors import CvDemoError

LOG = logging.getLogger(__name__)

FRESH_S = 30.0  # for so long an outcome is told again instead of found out anew: nobody can keep the machine busy


@dataclass(frozen=True)
class Outcome:
    """How the check of one tab ended.

    ``ms`` is how long it took, ``sentence`` what the lab answered or why not, ``seconds_ago`` when that was.
    """

    tab: str
    works: bool
    ms: float
    sentence: str
    seconds_ago: float = 0.0


CHECKS: dict[str, Check] = {lab.id: lab.check for lab in LABS}
STARTERS = {lab.id: lab.starter for lab in LABS}
TITLES = {lab.id: lab.title for lab in LABS}

_turn = threading.Lock()
_known: dict[str, tuple[float, Outcome]] = {}


def check(tab: str) -> Outcome:
    """Run the check of one tab, one at a time for the whole server; an outcome of the last half minute is told again.

    Raises:
        KeyError: there is no such tab.
    """
    work = CHECKS[tab]
    with _turn:
        when, outcome = _known.get(tab, (float("-inf"), None))
        age_s = time.monotonic() - when
        if outcome is not None and age_s < FRESH_S:
            return replace(outcome, seconds_ago=age_s)
        outcome = _outcome(tab, work)
        _known[tab] = (time.monotonic(), outcome)
        return outcome


def _outcome(tab: str, work: Check) -> Outcome:
    begun_s = time.perf_counter()
    try:
        with starters.unseen(STARTERS[tab]) as photo:
            works, sentence = True, work(photo)
    except CvDemoError as error:
        works, sentence = False, str(error)
    except Exception:
        LOG.exception("The check of %s ended in a fault of ours", tab)
        works, sentence = False, "Something broke on our side. The log tells what."
    return Outcome(tab, works, 1000 * (time.perf_counter() - begun_s), sentence)
