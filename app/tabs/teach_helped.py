"""Teach, does it help here? The last stages with and without changed copies, on the visitor's own photos."""

from typing import Any

import numpy as np

from app.components.teach_after import AFTER, AfterTeaching
from app.lab import Bench, Report, Wish, Work
from app.lab.busy import busy
from app.tabs.teach_shown import lesson_of
from cvdemo.errors import SettingError
from cvdemo.transfer import helped_words as words
from cvdemo.transfer.augment import BATCH_WAYS
from cvdemo.transfer.augment_words import NAMES
from cvdemo.transfer.helped import Helped, helped


def _measure(asked: Wish, report: Report) -> Helped:
    wanted = asked.value.get("asked") or {}
    lesson, place, name = lesson_of(wanted.get("key")), wanted.get("place"), wanted.get("name")
    if type(place) is not int or not 0 <= place < len(lesson.taught) or name not in BATCH_WAYS:
        raise SettingError("There is no such network, or no such way to change photos. Reload the page.")
    return helped(lesson, place, str(name), told=report)


def _measuring(_asked: Wish, step: tuple[Any, ...] | None, _elapsed_s: float) -> dict[str, Any]:
    if not step:
        return {"busy": busy("Preparing the trainings")}
    done, of, now = step
    if now.place:
        return {"busy": busy(f"Another training runs. You are number {now.place} in line")}
    where = f"step {now.step} of {now.of}" if now.of else "the network looks at the photos"
    return {"busy": busy(f"Training {done + 1} of {of}, {where}. No verdict before the end")}


def _measured(asked: Wish, found: Helped) -> dict[str, Any]:
    return {
        "done": asked.value["asked"],
        "message": "",
        "sheet": {"answer": words.answer(found), "seeds": _seeds(found)},
    }


def _seeds(found: Helped) -> list[list[float]]:
    """Return what each seed got right of the held-out photos, 0..1: without changed copies, with them."""
    rows: list[list[float]] = np.stack([found.plain.mean(axis=1), found.changed.mean(axis=1)], axis=1).round(4).tolist()
    return rows


TEXTS = {
    "title": words.HELPED_TITLE,
    "hint": words.HELPED_HINT,
    "how": words.HELPED_HOW,
    "ways": [[name, NAMES[name]] for name in BATCH_WAYS],
}

BENCH = Bench(
    id="teach-helped",
    question=words.HELPED_TITLE,
    view=AfterTeaching,
    scripts=(*AFTER, "teach_helped"),
    css="teach-after",
    props=TEXTS,
    own_head=True,
    pointed=False,
    stays=True,
    work={"again": Work(_measure, _measured, _measuring, refused=lambda error: {"message": str(error)})},
    draw=lambda *_: {},
)
