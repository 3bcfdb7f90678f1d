"""Does each tab work, here and now? One small run of every lab, on a photo that no cache knows."""

import logging
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from app.tabs import TABS
from cvdemo import starters
from cvdemo.catalogue import BUNDLED_PAIR
from cvdemo.classify import classify
from cvdemo.classify.words import answer_sentence
from cvdemo.convolution import Settings as Sliding
from cvdemo.convolution import look, tool
from cvdemo.convolution import words as convolution_words
from cvdemo.convolution.response import respond
from cvdemo.detect import Settings as Suppressing
from cvdemo.detect import suppress_ranked
from cvdemo.detect import words as detect_words
from cvdemo.detect.find import find
from cvdemo.errors import CvDemoError
from cvdemo.latency import words as latency_words
from cvdemo.latency.duel import run as measure
from cvdemo.latency.settings import Settings as Measuring
from cvdemo.receptive_field.export import effective_field
from cvdemo.receptive_field.words import pixels
from cvdemo.saliency.export import saliency_of
from cvdemo.wording import percent

LOG = logging.getLogger(__name__)

CNN = BUNDLED_PAIR[0]
FRESH_S = 30.0  # for so long an outcome is told again instead of found out anew: nobody can keep the machine busy
ROUNDS = 5


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


class Unsound(CvDemoError):
    """A lab answered, and the answer cannot be right."""


def _insist(right: bool, what: str) -> None:
    if not right:
        raise Unsound(f"An answer came, but {what}.")


def _classify(photo: Path) -> str:
    found = classify(photo, BUNDLED_PAIR)
    for answer in found.answers:
        _insist(abs(float(answer.probabilities().sum()) - 1) < 1e-6, "its probabilities do not add up to 1")
    _insist(len(found.trained) == len(BUNDLED_PAIR), "a model of the bundled pair is missing")
    return answer_sentence(found)


def _detect(photo: Path) -> str:
    found, known = find(photo, "hog_people")
    ledger = suppress_ranked(found.ranked, Suppressing())
    _insist(not known and len(ledger.kept) > 0, "nobody was found in the street")
    return detect_words.answer(ledger)


def _inside(photo: Path) -> str:
    found = saliency_of(photo, CNN, "gradcam", None, None, (), False)
    values = [value for row in found["map"] for value in row]
    _insist(all(map(math.isfinite, values)) and max(values) > min(values), "its map is empty")
    share = found["half_share"]
    where = "" if share is None else f"; half of its saliency lies in {percent(share)} of the photo"
    return f"The small ResNet says {found['target']}{where}."


def _receptive_field(photo: Path) -> str:
    found = effective_field(photo, CNN, "layer3", (4, 4), 128)
    half = found["side_for_mass"]["0.5"]
    _insist(0 < half <= 128, "the field has no size")
    could = pixels(found["theoretical_size"])
    return f"A unit of layer3 could see {could}; half of its influence comes from {pixels(half)}."


def _convolution(photo: Path) -> str:
    settings = Sliding()
    response = respond(look(photo), tool(settings), settings)
    _insist(0 < response.reacting < 1, "no edge was found")
    return convolution_words.answer(settings, response)


def _latency(photo: Path) -> str:
    found = measure(photo, BUNDLED_PAIR, replace(Measuring(), rounds=ROUNDS, side=64))
    _insist(all(racer.failed is None and min(racer.ms) > 0 for racer in found.racers), "a model did not run")
    return latency_words.quick(found)


CHECKS: dict[str, Callable[[Path], str]] = {
    "classify": _classify,
    "detect": _detect,
    "inside": _inside,
    "receptive-field": _receptive_field,
    "convolution": _convolution,
    "latency": _latency,
}
TITLES = {tab.ID: tab.TITLE for tab in TABS}

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


def _outcome(tab: str, work: Callable[[Path], str]) -> Outcome:
    begun_s = time.perf_counter()
    try:
        with starters.unseen(tab) as photo:
            works, sentence = True, work(photo)
    except CvDemoError as error:
        works, sentence = False, str(error)
    except Exception:
        LOG.exception("The check of %s ended in a fault of ours", tab)
        works, sentence = False, "Something broke on our side. The log tells what."
    return Outcome(tab, works, 1000 * (time.perf_counter() - begun_s), sentence)
