"""Transfer learning: what a few labelled photos teach a network that was trained on others.

`probe` teaches the last layer alone; `train` more of a private copy, one way on one backbone at a time.
"""

from cvdemo.transfer.probing import HELD_OUT, MOST_BACKBONES, probe
from cvdemo.transfer.result import Lesson, Taught, Way
from cvdemo.transfer.training import Budget, Trained, train

__all__ = ["HELD_OUT", "MOST_BACKBONES", "Budget", "Lesson", "Taught", "Trained", "Way", "probe", "train"]
