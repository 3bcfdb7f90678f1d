"""Training more than the last layer, on private copies: last stages, all layers, or all from random weights."""

from cvdemo.transfer.training.settings import Budget, Moment, Step, Trained
from cvdemo.transfer.training.ways import train

__all__ = ["Budget", "Moment", "Step", "Trained", "train"]
