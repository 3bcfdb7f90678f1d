"""The ways of a GPU: the choice as a table, the arithmetic on this CPU, which plays a GPU; the rest on a GPU."""

import gc
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch

from cvdemo import engines, models
from cvdemo.catalogue import BUNDLED_PAIR
from cvdemo.engines import background, equivalence, gpu, precision, selection, timing
from cvdemo.engines.engine import by_torch, plain
from cvdemo.engines.gpu import GpuSelection
from cvdemo.engines.precision import LIMIT, Built, Way, converted, fastest, running
from cvdemo.errors import Busy
from tests import tiny_models
from tests.test_engines import _until

SHAPE = (1, 3, tiny_models.SIDE, tiny_models.SIDE)
real = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("CV_LAB_ENGINE", "auto")
    selection.forget()
    yield
    _until(background.idle)


def _picture(seed: int = 3, count: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, *SHAPE[1:])).astype(np.float32)


# ---------------------------------------------------------------- the choice

FASTER: list[tuple[str, dict[str, float], dict[str, float], Way | None]] = [
    ("nothing pays", {}, {}, None),
    ("fp16 pays", {"float16": 2}, {}, Way("float16")),
    ("bf16 pays more", {"float16": 2, "bfloat16": 3}, {}, Way("bfloat16")),
    ("fp16 pays more", {"float16": 3, "bfloat16": 2}, {}, Way("float16")),
    ("fp16 is wrong, bf16 is not", {"float16": 3, "bfloat16": 2}, {"float16": 0.1}, Way("bfloat16")),
    ("both are wrong", {"float16": 3, "bfloat16": 2}, {"float16": 0.1, "bfloat16": 0.2}, None),
    ("half a percent is noise", {"channels_last": 1.005}, {}, None),
    ("the layout alone", {"channels_last": 1.2}, {}, Way(channels_last=True)),
    ("both together", {"float16": 2, "channels_last": 1.5}, {}, Way("float16", True)),
    ("the layout is wrong", {"float16": 2, "channels_last": 1.5}, {"channels_last": np.inf}, Way("float16")),
]  # fmt: skip


@pytest.mark.parametrize(("pays", "moves", "wanted"), [row[1:] for row in FASTER], ids=[row[0] for row in FASTER])
def test_the_fastest_way_that_may_be_trusted_is_taken(
    pays: dict[str, float], moves: dict[str, float], wanted: Way | None
) -> None:
    speeds: dict[Any, float] = {}
    apart: dict[Any, float] = {}

    def traits(way: Way) -> list[str]:
        return [way.dtype, *["channels_last"] * way.channels_last]

    def build(way: Way) -> Built:
        run: Any = object()
        speeds[run] = float(np.prod([pays.get(trait, 1.0) for trait in traits(way)]))
        apart[run] = max(moves.get(trait, 0.0) for trait in traits(way))
        return Built(way, run, 10)

    start: Any = object()
    speeds[start] = 1.0
    found = fastest(start, build, lambda run: apart[run], lambda ours, theirs: speeds[ours] / speeds[theirs])
    assert (found.way if found else None) == wanted
    if found:
        assert found.gain == pytest.approx(speeds[found.run]) and found.difference <= LIMIT


def test_a_way_that_fails_is_passed_over_and_busy_ends_the_search() -> None:
    def build(way: Way) -> Built:
        if way.dtype != "bfloat16":
            raise RuntimeError("no such kernel")
        return Built(way, lambda array: array, 0)

    found = fastest(lambda array: array, build, lambda _: 0.0, lambda *_: 2.0)
    assert found is not None and found.way == Way("bfloat16", True)

    def busy(_: Way) -> Built:
        raise Busy("others")

    with pytest.raises(Busy):
        fastest(lambda array: array, busy, lambda _: 0.0, lambda *_: 2.0)


def test_a_way_is_named_as_a_note_names_it() -> None:
    assert Way("float16", True).words() == "fp16, channels last"
    assert Way().words() == "fp32"


# ---------------------------------------------------------------- the arithmetic, on this CPU


@pytest.mark.parametrize("family", tiny_models.FAMILIES)
@pytest.mark.parametrize("layout", [False, True], ids=["as it is", "channels last"])
@pytest.mark.parametrize(
    ("dtype", "limit"), [("float32", 1e-5), ("float16", 2e-3), ("bfloat16", 2e-2)], ids=["fp32", "fp16", "bf16"]
)
def test_each_way_answers_as_float32_does_within_its_digits(
    family: str, layout: bool, dtype: str, limit: float
) -> None:
    network, way = tiny_models.ready(tiny_models.FAMILIES[family]()).network, Way(dtype, layout)
    before = {name: (part.data_ptr(), part.dtype) for name, part in network.named_parameters()}
    run = running(converted(network, way), way)
    moved = equivalence.largest_difference(run, plain(network), SHAPE, "classes", 1.0, 1.0)
    assert moved <= limit and (moved > 0 or dtype == "float32")
    assert {name: (part.data_ptr(), part.dtype) for name, part in network.named_parameters()} == before


@pytest.mark.parametrize("name", BUNDLED_PAIR)
def test_half_the_digits_are_enough_for_our_models_and_bfloat16s_are_not(name: str) -> None:
    with models.borrow(name) as model:
        apart = {}
        for dtype in ("float16", "bfloat16"):
            way, base = Way(dtype), plain(model.network)
            run = running(converted(model.network, way), way)
            apart[dtype] = equivalence.largest_difference(run, base, SHAPE, "classes", LIMIT, precision.RAW_LIMIT)
    assert 0 < apart["float16"] <= LIMIT < apart["bfloat16"]


def test_a_converted_network_lies_as_the_way_says() -> None:
    network = converted(tiny_models.ready().network, Way("bfloat16", True))
    filters = [part for part in network.parameters() if part.ndim == 4 and min(part.shape) > 1]
    assert filters and all(part.is_contiguous(memory_format=torch.channels_last) for part in filters)
    assert {part.dtype for part in network.parameters()} == {torch.bfloat16} and not network.training


# ---------------------------------------------------------------- the selection


@pytest.fixture(name="as_gpu")
def this_cpu_plays_a_gpu(monkeypatch: pytest.MonkeyPatch) -> list[Way]:
    """Models on this CPU are taken for models on a GPU; the list tells in which way each run went."""
    ran: list[Way] = []
    whole = precision.running

    def watched(network: Any, way: Way) -> Any:
        run = whole(network, way)
        return lambda array: (ran.append(way), run(array))[1]

    monkeypatch.setattr(engines, "_place", lambda _: "cuda")
    monkeypatch.setattr(precision, "running", watched)
    return ran


def _pays(*traits: str) -> Callable[..., float]:
    """Return a stopwatch that finds exactly these traits faster; it sees them in the order of `precision.steps`."""
    order = iter(["float16", "bfloat16", "channels_last"])
    return lambda *_: 2.0 if next(order) in traits else 0.5


def test_auto_takes_the_way_that_won_in_the_background(as_gpu: list[Way], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "times_faster", _pays("float16", "channels_last"))
    model = tiny_models.ready()
    first = engines.engine_for(model, SHAPE)
    assert (first.name, first.precision, first.note) == ("torch", "float32", "")
    _until(background.idle)
    later = engines.settle(model, SHAPE)  # nothing is tried twice
    assert (later.name, later.precision) == ("torch", "float16")
    assert later.note == "fp16, channels last: 4.0 times as fast as plain PyTorch here."
    assert later.difference is not None and 0 < later.difference <= LIMIT
    assert model.byte_count >= model.weight_bytes + 0.4 * model.weight_bytes
    seen, wanted = later.run(_picture()), model.run(_picture())
    assert equivalence.difference(seen, wanted, "classes", 64, LIMIT, 2e-2) <= LIMIT
    assert engines.engine_for(model, SHAPE, "torch").precision == "float32"  # plain, for those who ask for it
    assert engines.engine_for(model, SHAPE, "openvino").note == gpu.NOT_HERE


def test_where_nothing_is_faster_torch_stays_as_it_is(as_gpu: list[Way], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "times_faster", _pays())
    model = tiny_models.ready()
    engine = engines.settle(model, SHAPE)
    assert (engine.name, engine.difference) == ("torch", None)
    assert engine.note == "No other way was faster here than plain PyTorch."
    assert model.byte_count == model.weight_bytes


def test_a_way_that_would_push_other_models_out_is_not_taken(
    as_gpu: list[Way], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timing, "times_faster", lambda *_: 2.0)
    monkeypatch.setattr(models, "room", lambda: 1000)
    assert engines.settle(tiny_models.ready(), SHAPE).difference is None


def test_a_busy_machine_is_asked_another_time(as_gpu: list[Way], monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object) -> float:
        raise Busy("others")

    model = tiny_models.ready()
    monkeypatch.setattr(timing, "times_faster", busy)
    assert engines.settle(model, SHAPE).note == ""
    _until(background.idle)
    monkeypatch.setattr(timing, "times_faster", _pays("float16"))
    assert engines.settle(model, SHAPE).precision == "float16"


def test_where_the_memory_is_full_the_model_itself_answers(as_gpu: list[Way], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "times_faster", _pays("float16"))
    model = tiny_models.ready()
    engines.settle(model, SHAPE)
    own = engines._selection(model, SHAPE)
    assert own.chosen is not None

    def full(_: np.ndarray) -> np.ndarray:
        raise torch.OutOfMemoryError("CUDA out of memory")

    object.__setattr__(own.chosen, "run", full)
    engine = engines.engine_for(model, SHAPE)
    np.testing.assert_array_equal(engine.run(_picture()), by_torch(model, SHAPE).run(_picture()))
    gc.collect()


def test_detectors_take_the_way_too(as_gpu: list[Way], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "times_faster", _pays("channels_last"))
    model, photo = tiny_models.ready_yolo(), np.random.default_rng(0).integers(0, 256, (48, 64, 3), dtype=np.uint8)
    wanted = model.run(photo)
    assert engines.settle(model, (1, 3, 64, 64)).note.startswith("fp32, channels last:")
    as_gpu.clear()
    seen = engines.detect(model, photo)
    assert as_gpu == [Way(channels_last=True)]
    assert seen.engine == "torch"
    np.testing.assert_allclose(seen.scores, wanted.scores, atol=1e-5)


def test_on_a_cpu_nothing_of_this_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu, "GpuSelection", lambda *_: pytest.fail("this is a CPU"))
    assert isinstance(engines._selection(tiny_models.ready(), SHAPE), selection.Selection)


# ---------------------------------------------------------------- on a real GPU


def _on_gpu(family: str) -> Any:
    from cvdemo.catalogue import get
    from cvdemo.loading.finish import finish
    from cvdemo.loading.parts import Parts

    parts = Parts(tiny_models.FAMILIES[family](), tiny_models.ready().preprocessing, tuple("0123456789"))
    return finish(get("mini_resnet"), parts, "cuda", "random", None)


@real
@pytest.mark.parametrize("family", tiny_models.FAMILIES)
@pytest.mark.parametrize("way", [Way("float16"), Way("float16", True), Way(channels_last=True)], ids=Way.words)
def test_each_way_runs_on_a_gpu(family: str, way: Way) -> None:
    model = _on_gpu(family)
    built = GpuSelection(model, SHAPE)._build(way)
    for seed in range(3):
        assert (
            equivalence.difference(built.run(_picture(seed)), model.run(_picture(seed)), "classes", 64, 1.0, 1.0) < 1e-2
        )


@real
def test_auto_settles_on_a_gpu() -> None:
    model = _on_gpu("cnn")
    engine = engines.settle(model, SHAPE)
    assert engine.device == "cuda" and engine.note
    assert engine.run(_picture()).shape == (1, 10)
