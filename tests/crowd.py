"""A crowd of visitors, each of an address of its own: who asks, waits for the answer, thinks, and asks again."""

import random
import statistics
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tests import bad_files as files
from tests.attacked import Visitor

MODELS = ("mini_resnet", "mini_vit")
ARCHITECTURES = ("resnet18", "resnet50", "vgg16", "mobilenetv3_large_100", "alexnet")


@dataclass(frozen=True)
class Asked:
    """One call: which endpoint, after how many seconds it was answered, and whether it was refused."""

    endpoint: str
    seconds: float
    refused: bool


def crowd(address: str, addresses: Sequence[int], for_s: float, think_s: float) -> list[Asked]:
    """Let visitors of these addresses do mixed work for ``for_s`` seconds and return every call of theirs."""
    ends_s = time.monotonic() + for_s
    with ThreadPoolExecutor(len(addresses)) as pool:
        each = pool.map(lambda number: _visits(address, number, ends_s, think_s), addresses)
        return [call for calls in each for call in calls]


def _visits(address: str, number: int, ends_s: float, think_s: float) -> list[Asked]:
    chance, calls = random.Random(number), []
    with Visitor(address, number) as one:
        photo = one.uploaded(files.encode(files.scene(200 + number, 150), "JPEG"))
        time.sleep(chance.uniform(0, think_s))  # nobody comes at the same moment
        while time.monotonic() < ends_s:
            endpoint, arguments = _wish(chance, photo)
            began_s = time.monotonic()
            answer = one.ask(endpoint, arguments)
            done = "event: complete" in answer
            told = any(word in answer for word in ("full", "faster than", "under way", "busy"))
            assert done or told, f"{endpoint}: {answer[:200]}"
            calls.append(Asked(endpoint, time.monotonic() - began_s, not done))
            time.sleep(think_s)
    return calls


def _wish(chance: random.Random, photo: str) -> tuple[str, dict[str, object]]:
    image = {"image": {"path": photo}}
    match chance.randrange(6):
        case 0 | 1:
            return "classify", {**image, "models": list(MODELS), "top_k": chance.randrange(1, 10)}
        case 2:
            return "detect", {**image, "model": "hog_people", "iou": chance.choice((0.3, 0.45, 0.6))}
        case 3:
            return "feature_maps", {**image, "model": chance.choice(MODELS)}
        case 4:
            return "receptive_field", {"model": chance.choice(ARCHITECTURES)}
        case _:
            return "saliency", {**image, "model": chance.choice(MODELS), "method": "gradcam"}


def told(calls: Iterable[Asked]) -> str:
    """Say how the crowd fared."""
    calls = list(calls)
    waits = sorted(call.seconds for call in calls if not call.refused) or [0.0]
    refused = sum(call.refused for call in calls)
    return (
        f"{len(calls)} calls, {refused} refused ({100 * refused / len(calls):.1f} %), "
        f"median {statistics.median(waits):.2f} s, 95 % within {waits[int(0.95 * (len(waits) - 1))]:.2f} s"
    )
