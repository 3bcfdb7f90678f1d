"""What several visitors use at once gives each of them what it gives to one alone."""

import random
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from cvdemo import compute, images, models, preprocess, starters
from cvdemo.catalogue import get
from cvdemo.loading import load
from cvdemo.loading.boxes import RawBoxes
from cvdemo.receptive_field.layers import layer_table

PHOTOS = ("cat", "coffee")


@pytest.mark.parametrize("calls", [50, pytest.param(1000, marks=pytest.mark.soak)])
def test_calls_of_shared_models_never_mix(calls: int) -> None:
    """4 threads, 50 calls each, two models and two photos by chance: bit for bit what one visitor alone gets."""
    alone = {}
    for name in ("mini_resnet", "mini_vit"):
        with models.borrow(name) as model:
            for shown in PHOTOS:
                seen = preprocess.prepare(images.read(starters.get(shown).path), model.preprocessing).array
                with compute.turn():
                    alone[name, shown] = (seen, model.run(seen))
    wrong: list[tuple[str, str]] = []

    def visitor(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(calls):
            asked = chance.choice(list(alone))
            with models.borrow(asked[0]) as model, compute.turn():
                answer = model.run(alone[asked][0])
            if not np.array_equal(answer, alone[asked][1]):
                wrong.append(asked)

    with ThreadPoolExecutor(4) as crowd:
        list(crowd.map(visitor, range(4)))
    assert wrong == []


def test_detectors_of_several_visitors_never_mix_their_photos() -> None:
    pixels = {shown: images.read(starters.get(shown).path, 320).pixels for shown in ("street", "cat")}
    with models.borrow_detector("hog_people") as detector:
        alone = {shown: detector.run(seen) for shown, seen in pixels.items()}

    def visitor(shown: str) -> bool:
        with models.borrow_detector("hog_people") as detector, compute.turn():
            raw = detector.run(pixels[shown])
        return _rows(raw) == _rows(alone[shown])

    with ThreadPoolExecutor(4) as crowd:
        assert all(crowd.map(visitor, ["street", "cat"] * 10))


def _rows(raw: RawBoxes) -> list[list[float]]:
    """Return boxes and scores in an order of their own: OpenCV's threads hand theirs over in any order."""
    return sorted(np.column_stack([raw.boxes_xyxy, raw.scores]).tolist())


def test_an_architecture_is_read_by_one_visitor_at_a_time() -> None:
    """The reader hangs hooks into the network that all readers share."""
    sides = [160, 192, 224, 256, 288, 320, 352, 384]
    layer_table.cache_clear()
    with ThreadPoolExecutor(8) as crowd:
        together = list(crowd.map(lambda side: layer_table("resnet18", side), sides))
    layer_table.cache_clear()
    assert together == [layer_table("resnet18", side) for side in sides]


def test_random_weights_are_the_same_whoever_else_builds_a_model() -> None:
    with ThreadPoolExecutor(4) as crowd:
        built = list(crowd.map(lambda _: load(get("lenet5"), random=True), range(8)))
    numbers = [np.concatenate([one.detach().numpy().ravel() for one in model.network.parameters()]) for model in built]
    assert all(np.array_equal(one, numbers[0]) for one in numbers)
