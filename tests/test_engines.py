"""OpenVINO answers as torch does, or torch answers; nobody waits for it, and it goes when its model goes."""

import gc
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from cvdemo import engines, models, starters
from cvdemo.catalogue import BUNDLED_PAIR
from cvdemo.engines import background, equivalence, openvino, selection, timing
from cvdemo.engines.engine import plain
from cvdemo.loading import ReadyModel
from cvdemo.model_cache import ModelCache
from tests import tiny_models

SHAPE = (1, 3, tiny_models.SIDE, tiny_models.SIDE)


@pytest.fixture(autouse=True)
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let engines be chosen, with a disk cache and verdicts of their own."""
    if not openvino.installed():
        pytest.skip("OpenVINO is not here")
    monkeypatch.setenv("CV_LAB_ENGINE", "auto")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    selection.forget()
    yield
    _until(background.idle)
    selection.forget()


def _until(done: Callable[[], bool], patience_s: float = 120) -> None:
    until = time.monotonic() + patience_s
    while not done():
        assert time.monotonic() < until, "it never came to its end"
        time.sleep(0.02)


def _picture() -> np.ndarray:
    return np.random.default_rng(3).normal(size=SHAPE).astype(np.float32)


def _shares(logits: np.ndarray) -> np.ndarray:
    return torch.from_numpy(logits).double().softmax(-1).numpy()


@pytest.mark.parametrize("family", tiny_models.FAMILIES)
def test_each_family_answers_as_torch_does(family: str) -> None:
    model = tiny_models.ready(tiny_models.FAMILIES[family]())
    engine = engines.engine_for(model, SHAPE, "openvino")
    assert engine.name == "openvino", engine.note
    assert engine.difference is not None and engine.difference <= 1e-5
    with torch.inference_mode():
        wanted = model.network(torch.from_numpy(_picture())).numpy()
    seen = engine.run(_picture())
    assert np.abs(_shares(seen) - _shares(wanted)).max() <= 1e-5
    np.testing.assert_allclose(seen, wanted, atol=1e-4 * np.abs(wanted).max())


def test_yolo_finds_the_same_boxes() -> None:
    model = tiny_models.ready_yolo()
    photo = np.random.default_rng(0).integers(0, 256, (48, 64, 3), dtype=np.uint8)
    wanted = model.run(photo)
    shapes: list[tuple[int, ...]] = []

    def through(shape: tuple[int, ...]) -> engines.Run:
        shapes.append(shape)
        engine = engines.engine_for(model, shape, "openvino")
        assert engine.name == "openvino", engine.note
        return engine.run

    seen = model.run(photo, through)
    assert shapes == [(1, 3, 64, 64)]
    np.testing.assert_allclose(seen.boxes_xyxy, wanted.boxes_xyxy, atol=1e-3)
    np.testing.assert_allclose(seen.scores, wanted.scores, atol=1e-5)
    assert (seen.class_ids == wanted.class_ids).mean() > 0.99  # random weights leave ties


def test_a_detector_names_the_engine_that_ran() -> None:
    model = tiny_models.ready_yolo()
    photo = np.zeros((48, 64, 3), np.uint8)
    assert engines.detect(model, photo).engine == "torch"
    chosen = engines.settle(model, (1, 3, 64, 64))
    assert engines.detect(model, photo).engine == chosen.name


def test_the_first_answer_comes_from_torch_and_a_later_one_from_the_trusted_engine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(timing, "times_faster", lambda *_: 2.0)
    model = tiny_models.ready()
    first = engines.engine_for(model, SHAPE)
    assert (first.name, model.byte_count) == ("torch", model.weight_bytes)
    _until(background.idle)
    later = engines.engine_for(model, SHAPE)
    assert (later.name, later.note) == ("openvino", "2.0 times as fast as PyTorch here.")
    assert model.byte_count == model.weight_bytes + later.byte_count > model.weight_bytes


def test_the_slower_engine_is_never_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "times_faster", lambda *_: 0.5)
    model = tiny_models.ready()
    engines.engine_for(model, SHAPE)
    _until(background.idle)
    again = engines.engine_for(model, SHAPE)
    assert (again.name, again.note) == ("torch", "PyTorch was faster here than OpenVINO.")
    assert model.byte_count == model.weight_bytes


@pytest.mark.parametrize(
    ("ours_s", "theirs_s", "factor"),
    [([1.0], [2.0], 2.0), ([3.0], [1.0], 1 / 3), ([1, 1, 90], [2, 2, 200], 2.0), ([1, 50, 1], [2, 100, 2], 2.0)],
    ids=["faster", "slower", "a busy end", "a busy moment"],
)
def test_the_probe_reads_a_clock(ours_s: list[float], theirs_s: list[float], factor: float) -> None:
    now, order = [0.0], []

    def work(name: str, seconds: list[float]) -> Callable[[], None]:
        def run() -> None:
            now[0] += seconds[order.count(name) % len(seconds)]
            order.append(name)

        return run

    found = timing.times_faster(work("a", ours_s), work("b", theirs_s), nullcontext, lambda: now[0])
    assert found == pytest.approx(factor)
    assert order[:6] == ["a", "b", "a", "b", "b", "a"]  # unmeasured, then in turns


@pytest.mark.parametrize(
    "damage",
    [
        lambda file: file.write_bytes(file.read_bytes()[:-9]),
        lambda file: file.write_bytes(b"\0" * file.stat().st_size),
        lambda file: file.unlink(),
    ],
    ids=["truncated", "other bytes", "gone"],
)
def test_a_damaged_file_is_made_again(
    damage: Callable[[Path], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    convert = openvino._converted
    monkeypatch.setattr(openvino, "_converted", lambda *given: (made.append(1), convert(*given))[1])

    def ask() -> engines.Engine:
        return engines.engine_for(tiny_models.ready(), SHAPE, "openvino")

    wanted = ask().run(_picture())
    assert ask().name == "openvino" and len(made) == 1  # the second came from the disk
    damage(next((tmp_path / "cv-lab" / "engines").glob("*/model.bin")))
    np.testing.assert_array_equal(ask().run(_picture()), wanted)
    assert len(made) == 2
    assert ask().name == "openvino" and len(made) == 2


def test_a_failed_conversion_leaves_torch_a_note_and_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []

    def fail(*_: object) -> None:
        tried.append(1)
        raise RuntimeError("no such operation")

    monkeypatch.setattr(openvino, "_converted", fail)
    for _ in range(2):
        model = tiny_models.ready()
        engine = engines.engine_for(model, SHAPE, "openvino")
        assert (engine.name, engine.note) == ("torch", "OpenVINO cannot run this model here (RuntimeError).")
        assert engine.run(_picture()).shape == (1, 10)
    assert len(tried) == 1


def test_an_engine_with_other_answers_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    build = openvino.build

    def wrong(name: str, graph: torch.nn.Module, shape: engines.Shape) -> openvino.Compiled:
        built = build(name, graph, shape)
        return openvino.Compiled(lambda array: built.run(array) * np.float32(1.01), built.byte_count)

    monkeypatch.setattr(openvino, "build", wrong)
    engine = engines.engine_for(tiny_models.ready(), SHAPE, "openvino")
    assert engine.name == "torch" and "too much to be trusted" in engine.note


def _odd_on_photos(run: engines.Run) -> engines.Run:
    """Answer as ``run`` does, but for what is neither noise nor a ramp: neighbours alike, and more than one colour."""

    def wrong(array: np.ndarray) -> np.ndarray:
        rough = np.abs(np.diff(array, axis=-1)).mean() / np.ptp(array)
        colours = np.abs(array[:, 0] - array[:, 2]).max()
        return run(array) * np.float32(1.01 if rough < 0.2 and colours > 0 else 1)

    return wrong


def test_an_engine_with_other_answers_on_a_photo_only_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    build = openvino.build

    def wrong(name: str, graph: torch.nn.Module, shape: engines.Shape) -> openvino.Compiled:
        built = build(name, graph, shape)
        return openvino.Compiled(_odd_on_photos(built.run), built.byte_count)

    monkeypatch.setattr(openvino, "build", wrong)
    engine = engines.engine_for(tiny_models.ready(), SHAPE, "openvino")
    assert engine.name == "torch" and "too much to be trusted" in engine.note


@pytest.mark.parametrize("judge", ["classes", "boxes", "numbers"])
def test_engines_are_compared_on_noise_a_ramp_and_a_starter_photo(judge: str) -> None:
    shape = (2, 3, 96, 160)
    noise, ramp, photo = equivalence.inputs(shape, judge)
    low, high = (0, 1) if judge == "boxes" else (-2, 2)
    for array in (noise, ramp, photo):
        assert (array.shape, array.dtype) == (shape, np.float32)
        assert array.flags.c_contiguous and array.flags.writeable
        assert low <= array.min() < array.max() <= high
    with Image.open(starters.get("cat").path) as cat:
        seen = np.asarray(cat.convert("RGB").resize((160, 96), Image.Resampling.BILINEAR)).transpose(2, 0, 1) / 255
    for one in photo:
        assert np.abs((one - low) / (high - low) - seen).max() < 0.02


@pytest.mark.parametrize("name", BUNDLED_PAIR)
def test_our_trained_models_answer_alike_on_the_photo(name: str) -> None:
    with models.borrow(name) as model:
        engine = engines.engine_for(model, (1, 3, 64, 64), "openvino")
        photo = list(equivalence.inputs((1, 3, 64, 64), "classes"))[-1]
        ours, theirs = engine.run(photo), model.run(photo)
    assert engine.name == "openvino" and engine.difference is not None and engine.difference <= equivalence.LIMIT
    assert equivalence.difference(ours, theirs, "classes", 64) <= equivalence.LIMIT


def test_many_visitors_convert_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    convert = openvino._converted
    monkeypatch.setattr(openvino, "_converted", lambda *given: (made.append(1), convert(*given))[1])
    model, gate = tiny_models.ready(), threading.Barrier(16)

    def visit(_: int) -> engines.Engine:
        gate.wait()
        return engines.engine_for(model, SHAPE, "openvino")

    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(visit, range(16)))
        answers = list(pool.map(lambda engine: engine.run(_picture()), found))
    assert len(made) == 1
    assert {engine.name for engine in found} == {"openvino"}
    for answer in answers:
        np.testing.assert_array_equal(answer, answers[0])


def test_an_engine_goes_with_its_model() -> None:
    size = tiny_models.ready().weight_bytes
    cache: ModelCache[ReadyModel] = ModelCache(lambda *_: tiny_models.ready(), int(2.5 * size))
    with cache.borrow("a") as model:
        gone = weakref.ref(engines.engine_for(model, SHAPE, "openvino").run)
        del model
    assert cache.figures()["bytes_resident"] > 1.5 * size
    with cache.borrow("b"):
        pass
    gc.collect()
    assert gone() is None and cache.figures()["bytes_resident"] == size
    assert cache.figures()["evictions"] == 1


def test_a_model_that_left_memory_leaves_the_line() -> None:
    model = tiny_models.ready()
    with engines.at_rest():  # nothing is converted meanwhile
        engines.engine_for(model, SHAPE)
        gone = weakref.ref(model.network)
        del model
        gc.collect()
        waiting = background._line.unfinished_tasks
    _until(background.idle)
    gc.collect()
    assert waiting <= 1 and gone() is None


def test_hooks_of_others_never_reach_the_twin() -> None:
    model = tiny_models.ready()
    engines.engine_for(model, SHAPE, "torch")
    own = engines._selection(model, SHAPE)
    handle = model.network.register_forward_hook(lambda *_: pytest.fail("the copy was disturbed"))
    plain(own._graph)(_picture())
    handle.remove()
    assert {tensor.data_ptr() for tensor in own._graph.parameters()} == {
        tensor.data_ptr() for tensor in model.network.parameters()
    }


@pytest.mark.parametrize(("variable", "note"), [("torch", "CV_LAB_ENGINE=torch: models run in PyTorch."), ("auto", "")])
def test_the_variable_leaves_torch_alone(variable: str, note: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CV_LAB_ENGINE", variable)
    assert engines.names() == (("torch",) if variable == "torch" else ("torch", "openvino"))
    engine = engines.engine_for(tiny_models.ready(), SHAPE)
    assert (engine.name, engine.note) == ("torch", note)


def test_without_openvino_torch_answers_with_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert engines.names() == ("torch",)
    engine = engines.engine_for(tiny_models.ready(), SHAPE, "openvino")
    assert (engine.name, engine.note) == ("torch", "OpenVINO is not installed: models run in PyTorch.")


def test_openvino_reports_to_nobody() -> None:
    openvino.library()
    from openvino.tools.ovc import telemetry_utils

    assert sys.modules["openvino_telemetry"] is None
    assert telemetry_utils.tm.__name__.endswith("telemetry_stub")


def test_the_page_stands_before_any_engine_is_imported() -> None:
    code = "import app.environment, app.main, sys; print(sorted({'torch', 'openvino'} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="engine must be auto, torch or openvino"):
        engines.engine_for(tiny_models.ready(), SHAPE, "tensorrt")


@pytest.mark.parametrize(
    ("ours", "theirs", "judge", "wanted"),
    [
        ([[0.0, 1.0]], [[0.0, 1.0]], "classes", 0.0),
        ([[0.0, np.nan]], [[0.0, 1.0]], "classes", np.inf),
        ([[0.0, 1.0, 2.0]], [[0.0, 1.0]], "classes", np.inf),
        ([[0.0, 1e-4]], [[0.0, 1.1e-4]], "classes", 0.2),  # nearly equal shares, other numbers
        ([[[64.0], [0], [0], [0], [0.5]]], [[[0.0], [0], [0], [0], [0.5]]], "boxes", 1.0),
        ([[[0.0], [0], [0], [0], [0.75]]], [[[0.0], [0], [0], [0], [0.5]]], "boxes", 0.25),
    ],
    ids=["equal", "not a number", "other shape", "random weights", "a coordinate", "a score"],
)
def test_the_difference_of_two_answers(ours: Any, theirs: Any, judge: str, wanted: float) -> None:
    found = equivalence.difference(np.array(ours, np.float32), np.array(theirs, np.float32), judge, 64)
    assert found == pytest.approx(wanted, rel=0.11)
