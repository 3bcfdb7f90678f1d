"""The classifiers that ship with the page."""

from safetensors.torch import load_file

from cvdemo import labels
from cvdemo.bundled import ARCHITECTURES, CLASS_COUNT, INPUT_SIZE
from cvdemo.catalogue import ModelSpec
from cvdemo.loading.parts import Parts
from cvdemo.preprocess import Preprocessing
from cvdemo.weights import Fetched, card

MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)


def load_bundled(spec: ModelSpec, fetched: Fetched | None) -> Parts:
    """Return a bundled classifier; without a card (random weights) its classes have numbers instead of names."""
    network = ARCHITECTURES[spec.name]()
    preprocessing = Preprocessing((INPUT_SIZE, INPUT_SIZE), 1.0, "center", "bicubic", MEAN, STD)
    known = card(spec.name)
    synsets = known.synsets if known else ()
    if fetched is not None:
        network.load_state_dict(load_file(fetched.weights))
    names = labels.named(synsets) or tuple(f"class {number}" for number in range(1, CLASS_COUNT + 1))
    return Parts(network, preprocessing, names, synsets)
