"""The measurements that a lesson's file can name."""

from typing import Any

from cvdemo.lesson import agreement, boxes, edges, enough, faster, field, reach, shortcuts
from cvdemo.lesson.outcome import Measure

MEASURES: dict[str, Measure[Any]] = {
    "agreement": agreement.MEASURE,
    "edges": edges.MEASURE,
    "field": field.MEASURE,
    "shortcuts": shortcuts.MEASURE,
    "reach": reach.MEASURE,
    "enough": enough.MEASURE,
    "boxes": boxes.MEASURE,
    "faster": faster.MEASURE,
}
