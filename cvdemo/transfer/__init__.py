"""Transfer learning: what a few labelled photos teach a network that was trained on others."""

from cvdemo.transfer.probing import HELD_OUT, MOST_BACKBONES, probe
from cvdemo.transfer.result import Lesson, Taught, Way

__all__ = ["HELD_OUT", "MOST_BACKBONES", "Lesson", "Taught", "Way", "probe"]
