"""One row for each box that the Detect tab draws: where it lies, what became of it, and the sentence about it."""

from typing import Any

import numpy as np

from cvdemo.detect import Candidates, Ledger, Settings, State, box_words

SHOWN_KEPT, SHOWN_REMOVED = 0, 1  # as app/components/boxes.js knows them

Numbers = dict[int, int]


def rows(found: Candidates, ledger: Ledger, settings: Settings, numbers: Numbers) -> list[dict[str, Any]]:
    """Return the rows of the candidates in ``numbers``, in that order; it gives each candidate's number on the page.

    Columns become lists at once: asking numpy for one number at a time was half of a slider's step.
    """
    chosen = np.fromiter(numbers, np.intp, len(numbers))
    columns = (
        np.round(ledger.boxes_xyxy[chosen].astype(np.float64), 2).tolist(),
        ledger.scores[chosen].tolist(),
        ledger.overlap[chosen].tolist(),
        ledger.by[chosen].tolist(),
        (ledger.states[chosen] == State.KEPT).tolist(),
        found.class_ids[chosen].tolist(),
    )
    margins = [None] * len(chosen) if found.raw_scores is None else found.raw_scores[chosen].tolist()
    measure, many = box_words.measure_name(settings), len(found.labels) > 1
    made = []
    for (index, rank), (x0, y0, x1, y1), score, overlap, by, kept, kind, margin in zip(
        numbers.items(), *columns, margins, strict=True
    ):
        name = f"#{rank} {found.labels[kind]}" if many else f"#{rank}"
        told = "" if margin is None else f" Its margin is {margin:.2f}.".replace("-", "−")
        made.append(
            {
                **{"x0": x0, "y0": y0, "x1": x1, "y1": y1, "score": round(score, 4), "rank": rank},
                "index": index,
                "state": SHOWN_KEPT if kept else SHOWN_REMOVED,
                "by": numbers.get(by, 0) - 1,
                "label": found.labels[kind],
                "sentence": box_words.inspector(ledger, index, settings, numbers) + told,
                "tag": f"{name} {score:.2f}" if kept else f"{name} removed, {measure} {overlap:.2f}",
            }
        )
    return made
