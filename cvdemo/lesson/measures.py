"""The measurements that a lesson's file can name."""

from typing import Any

from cvdemo.lesson import agreement, field
from cvdemo.lesson.outcome import Measure

MEASURES: dict[str, Measure[Any]] = {
    "agreement": agreement.MEASURE,
    "field": field.MEASURE,
}
