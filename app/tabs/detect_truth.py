"""What the Detect tab draws where the true boxes are known: outcomes, missed ones, precision against recall."""

from typing import Any

import numpy as np

from cvdemo.detect.charts import precision_against_recall
from cvdemo.detect.outcomes import MISSED, Comparison, Outcome, by_class
from cvdemo.detect.truth_words import AVERAGE, box_sentence, details, missed_sentence, summary
from cvdemo.detect.words import left_out

SHOWN_MISSED = 2  # as app/components/boxes.js knows it
NAMES = {int(Outcome.FOUND): "tp", int(Outcome.FALSE): "fp"}

Numbers = dict[int, int]


def outcome(compared: Comparison, index: int, numbers: Numbers) -> dict[str, Any]:
    """Return what the labels say about one drawn candidate; nothing about a removed one."""
    sentence = box_sentence(compared, index, numbers)
    return {} if sentence is None else {"outcome": NAMES[int(compared.outcome[index])], "truth": sentence}


def missed(compared: Comparison, numbers: Numbers) -> list[dict[str, Any]]:
    """Return a row for each labelled box that no kept box found."""
    rows = []
    for number in map(int, np.flatnonzero(compared.found_by == MISSED)):
        x0, y0, x1, y1 = (round(float(edge), 2) for edge in compared.truth.boxes_xyxy[number])
        label = compared.truth.labels[int(compared.truth.class_ids[number])]
        rows.append(
            {
                **{"x0": x0, "y0": y0, "x1": x1, "y1": y1, "score": 0.0, "by": -1, "rank": 0},
                "state": SHOWN_MISSED,
                "label": label,
                "sentence": missed_sentence(compared, number, numbers),
                "tag": f"? {label} missed",
            }
        )
    return rows


def against_labels(compared: Comparison) -> dict[str, Any]:
    """Return the sentence, the figures of each class and the chart with its moving point."""
    sentence = summary(compared)
    return {
        "sentence": sentence,
        "details": " ".join(filter(None, (details(compared), left_out(compared.truth.left_out)))),
        "average": AVERAGE,
        "chart": precision_against_recall(compared, sentence).plain(),
        "classes": [
            [counts.label, counts.found, counts.false, counts.missed, None if counts.ap50 is None else counts.ap50]
            for counts in by_class(compared)
        ],
    }
