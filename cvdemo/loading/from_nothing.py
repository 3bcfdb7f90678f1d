"""The one network that has no weights anywhere: LeNet-5, our own class."""

from cvdemo.catalogue import ModelSpec
from cvdemo.lenet import INPUT_SIZE, LeNet5
from cvdemo.loading.parts import Parts
from cvdemo.preprocess import Preprocessing
from cvdemo.weights import Fetched

SHIFT_AND_SCALE = ((0.1307, 0.1307, 0.1307), (0.3081, 0.3081, 0.3081))  # mean and spread of MNIST's digits


def load_lenet(_spec: ModelSpec, _fetched: Fetched | None) -> Parts:
    """Return LeNet-5 with random weights and ten digits for answers."""
    digits = tuple(str(digit) for digit in range(10))
    size = (INPUT_SIZE, INPUT_SIZE)
    return Parts(LeNet5(), Preprocessing(size, 1.0, "center", "bilinear", *SHIFT_AND_SCALE), digits)
