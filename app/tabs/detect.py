"""Detect: what did the detector find, and what did NMS throw away?"""

from pathlib import Path
from typing import Any

from app.api.detect import detect as endpoint
from app.components.detect import QUESTION, DetectView
from app.components.photo import PhotoRail
from app.lab import Lab, insist
from app.tabs import detect_handlers as on
from app.tabs import detect_live, detect_why
from app.tabs import detect_steps as steps
from app.tabs.detect_asked import FIRST_DETECTOR, Wanted, asked
from cvdemo.detect import Settings, suppress_ranked, words
from cvdemo.detect.find import find


def _build(rail: PhotoRail) -> None:
    """Lay the tab out and wire it to the shared photo."""
    picture = DetectView(on.nothing(asked(None), "One moment."), [steps.suppress, steps.take_away, steps.check])
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    heavy: dict[str, Any] = {
        "inputs_kwargs": {"photo": rail, "picture": picture}, "outputs": picture,
        "concurrency_id": "compute", "concurrency_limit": 4, **quiet,
    }  # fmt: skip
    fetching_one = picture.fetch(on.fetch_and_run, trigger_mode="multiple", **heavy)
    running = picture.again(on.run, trigger_mode="always_last", cancels=[fetching_one], **heavy)
    cancelled = picture.stop(None, cancels=[fetching_one, running], **quiet)
    cancelled.then(on.stopped, picture, picture, queue=False, **quiet)
    detect_why.build()
    detect_live.component(FIRST_DETECTOR, Wanted().echo())


def _check(photo: Path) -> str:
    found, known = find(photo, "hog_people")
    ledger = suppress_ranked(found.ranked, Settings())
    insist(not known and len(ledger.kept) > 0, "nobody was found in the street")
    return words.answer(ledger)


LAB = Lab(
    id="detect",
    title="Detect",
    question=QUESTION,
    build=_build,
    endpoints=(endpoint,),
    check=_check,
    starter="street",
)
