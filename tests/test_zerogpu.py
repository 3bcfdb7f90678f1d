"""ZeroGPU, with a stand-in for its package: what goes there and comes back is picklable, short, and ends in time."""

import importlib
import itertools
import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cvdemo import images, starters, weights, zerogpu
from cvdemo.catalogue import ModelSpec
from cvdemo.detect.find import find
from cvdemo.errors import Busy, ModelUnavailable, SettingError
from cvdemo.photo_sets import ready
from cvdemo.results import Count, Results, Store, recording, replay
from cvdemo.saliency.explanation import ExplanationRequest
from cvdemo.surgery.plain import Operation
from tests.attacked import ROOT, Program, Visitor, started

CAT = starters.get("cat").path
CELLS = starters.get("blood_cells").path
CALLS: dict[str, dict[str, Any]] = {
    "cvdemo.classify.run.classify": {"path": CAT, "chosen": ("mini_resnet", "mini_vit"), "own_labels": ("a", "b")},
    "cvdemo.detect.find.find": {"path": CELLS, "model": "yolov8n_blood_cells", "tiles": 2},
    "cvdemo.inside.activations.forward_pass": {"path": CAT, "model": "mini_resnet"},
    "cvdemo.attention.study.attend": {"path": CAT, "model": "mini_vit"},
    "cvdemo.surgery.lesion.lesion": {"path": CAT, "model": "mini_resnet"},
    "cvdemo.surgery.lesion.operate": {
        "path": CAT, "model": "mini_resnet", "operation": Operation(cut=frozenset({"layer2.1"}))
    },
    "cvdemo.surgery.lesion.at_random": {"path": CAT, "model": "mini_resnet", "draws": 2},
    "cvdemo.surgery.many.answer_many": {"photos": ready("digits").photos[:2], "model": "mini_resnet"},
    "cvdemo.surgery.anatomy.dissect": {"path": CAT, "model": "mini_vit"},
    "cvdemo.saliency.study.explain_asked": {
        "path": CAT, "asked": ExplanationRequest(images.open(CAT).digest, "mini_resnet", False, None, None, ())
    },
}  # fmt: skip


def test_every_lab_that_goes_to_the_gpu_is_tried_here() -> None:
    assert set(CALLS) == set(zerogpu.LABS)


@pytest.mark.parametrize("name", CALLS)
def test_a_lab_asks_for_at_most_thirty_seconds(name: str) -> None:
    _, seconds = zerogpu.LABS[name]
    assert zerogpu.MARGIN_S < seconds(**CALLS[name]) <= zerogpu.LONGEST_S


@pytest.mark.parametrize("name", CALLS)
def test_elsewhere_a_lab_is_left_as_it_is(name: str) -> None:
    module, _, function = name.rpartition(".")
    assert getattr(importlib.import_module(module), function) is zerogpu.LABS[name][0]


def pickled(duration: Callable[..., float]) -> Callable[..., Any]:
    """Stand in for ``spaces.GPU``: no other process, but everything goes through a pickle."""

    def mark(task: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
        def lent(**arguments: Any) -> Iterator[Any]:
            assert duration(**arguments) <= 30
            for value in task(**pickle.loads(pickle.dumps(arguments))):
                yield pickle.loads(pickle.dumps(value))

        return lent

    return mark


@pytest.mark.parametrize("name", CALLS)
def test_a_lab_gives_the_same_through_pickles(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lab, seconds = zerogpu.LABS[name]
    here = lab(**CALLS[name])
    module = importlib.import_module(lab.__module__)
    for attribute, value in vars(module).items():
        if isinstance(value, Results):
            monkeypatch.setattr(module, attribute, Results())
    there = zerogpu.through(lab, seconds, True, pickled)(**CALLS[name])
    known = zerogpu.through(lab, seconds, True, _no_gpu)(**CALLS[name])  # what came back is kept here, too
    assert _same(there, here) and _same(known, here)


def _no_gpu(duration: Any) -> Any:
    def lent(**_: Any) -> Iterator[Any]:
        raise AssertionError("what is known costs no GPU")
        yield

    return lambda _: lent


def _same(one: Any, other: Any) -> bool:
    """Whether two results agree in everything but times and where they were known."""
    if isinstance(one, np.ndarray):
        return bool(np.allclose(one, other, atol=1e-5))
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(map(_same, one, other))
    if hasattr(one, "__dataclass_fields__"):
        names = [field for field in one.__dataclass_fields__ if not field.endswith("_ms") and field != "waited_s"]
        return all(_same(getattr(one, name), getattr(other, name)) for name in names)
    return bool(one == other) or isinstance(one, bool | float)


# What the lab reports, keeps and raises


def _reports(count: int, progress: Any = None) -> str:
    for number in range(count):
        progress("mini_resnet", number)
    return "done"


def _through(lab: Callable[..., Any], seconds: float = 10, gpu: Any = pickled) -> Callable[..., Any]:
    def needs(*args: Any, **kwargs: Any) -> Any:
        if zerogpu.models.only_known.get():
            raise zerogpu.models.NeedsModel("mini_resnet")
        return lab(*args, **kwargs)

    needs.__signature__ = zerogpu.inspect.signature(lab)  # type: ignore[attr-defined]
    return zerogpu.through(needs, lambda **_: seconds, True, gpu)


def test_progress_stays_here_and_is_told() -> None:
    steps: list[Any] = []
    assert _through(_reports)(count=3, progress=lambda *step: steps.append(step)) == "done"
    assert steps == [("mini_resnet", 0), ("mini_resnet", 1), ("mini_resnet", 2)]


def test_a_visitor_who_stops_ends_the_work_there() -> None:
    reached, ended = itertools.count(), threading.Event()

    def endless(progress: Any = None) -> None:
        try:
            while True:
                progress(next(reached))
                time.sleep(0.01)
        finally:
            ended.set()

    def stops(*_: Any) -> None:
        raise SettingError("Stopped.")

    with pytest.raises(SettingError, match="Stopped"):
        _through(endless)(progress=stops)
    assert ended.wait(60)


def test_a_sentence_comes_back_with_all_that_belongs_to_it() -> None:
    def fails() -> None:
        raise ModelUnavailable("It is not here. Choose another one.", "resnet50", "mini_resnet")

    with pytest.raises(ModelUnavailable, match="not here") as caught:
        _through(fails)()
    assert (caught.value.model, caught.value.suggestion) == ("resnet50", "mini_resnet")


def test_a_slow_step_ends_before_the_gpu_is_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both a step that reports and one that never does: a sentence, within the seconds that were asked for."""
    release = threading.Event()

    def reports(progress: Any = None) -> None:
        while True:
            progress("slow")
            time.sleep(0.01)

    def silent() -> None:
        release.wait(60)

    monkeypatch.setattr(zerogpu, "MARGIN_S", 0.5)
    for lab in (reports, silent):
        began_s = time.monotonic()
        with pytest.raises(Busy, match="longer than the GPU is lent"):
            _through(lab, seconds=1.5)()
        assert not release.is_set() and time.monotonic() - began_s < 50, "it did not wait for the step's end"
    release.set()


def test_another_process_keeps_and_counts_for_this_one() -> None:
    kept, counted = Results(store=Store(10**6)), Count()
    with recording() as written:
        kept.put("key", np.ones(3))
        counted.add(2)
    kept.store = Store(10**6)
    counted.total = 0
    replay(pickle.loads(pickle.dumps(written)))
    assert np.array_equal(kept.get("key"), np.ones(3)) and counted.total == 2


# What must be fetched first


@pytest.fixture(name="asked_for")
def a_hub_that_refuses_resnet50(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let two models lie on the Hub, of which one cannot be had; the list fills with what is fetched."""
    asked: list[str] = []

    def fetch(spec: ModelSpec, *_: Any) -> None:
        asked.append(spec.name)
        if spec.name == "resnet50":
            raise ModelUnavailable("ResNet-50 cannot be fetched now.", spec.name, "mini_resnet")

    state = weights.state
    download = ("resnet18", "resnet50")
    monkeypatch.setattr(weights, "fetch", fetch)
    monkeypatch.setattr(weights, "state", lambda spec: "download" if spec.name in download else state(spec))
    return asked


@pytest.mark.parametrize("name", ["forward_pass", "attend", "explain_asked"])
def test_random_weights_are_not_fetched(asked_for: list[str], name: str) -> None:
    """A lab of that name and arguments, which would run anything."""
    calls = {"random": {"path": CAT, "model": "resnet18", "random": True}, "asked": {"path": CAT, "asked": None}}
    arguments = calls["asked" if name == "explain_asked" else "random"]
    if "asked" in arguments:
        arguments["asked"] = ExplanationRequest("", "resnet18", True, None, None, ())
    lab = {key.rpartition(".")[2]: row[0] for key, row in zerogpu.LABS.items()}[name]

    def stands_in(*_: Any, **__: Any) -> str:
        return "ran"

    stands_in.__signature__ = zerogpu.inspect.signature(lab)  # type: ignore[attr-defined]
    assert _through(stands_in)(**arguments) == "ran"
    assert asked_for == []


def _names_the_trained(chosen: tuple[str, ...]) -> list[str]:
    """Stand in for a lab: borrow each model, and tell what came of it."""
    told = []
    for name in chosen:
        try:
            with zerogpu.models.borrow(name):
                told.append(name)
        except ModelUnavailable as error:
            told.append(str(error))
    return told


def test_a_model_that_cannot_be_fetched_leaves_the_others_to_answer(asked_for: list[str]) -> None:
    lab = zerogpu.through(_names_the_trained, lambda **_: 10, True, pickled)
    assert lab(chosen=("mini_resnet", "resnet50")) == ["mini_resnet", "ResNet-50 cannot be fetched now."]
    assert asked_for == ["resnet50"]


def test_where_nothing_else_is_to_be_run_no_gpu_is_asked_for_it(asked_for: list[str]) -> None:
    lab = zerogpu.through(_names_the_trained, lambda **_: 10, True, _no_gpu)
    assert lab(chosen=("resnet50",)) == ["ResNet-50 cannot be fetched now."]


# The whole program


@pytest.fixture(name="space", scope="module")
def space_with_zerogpu(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Program, Path]]:
    """The page as on a Space with ZeroGPU: networks run in forked processes."""
    folder = tmp_path_factory.mktemp("space")
    log = folder / "calls"
    log.touch()
    stand_in = os.pathsep.join([str(ROOT / "tests" / "stand_in"), *filter(None, [os.environ.get("PYTHONPATH")])])
    settings = {"SPACES_ZERO_GPU": "true", "CV_LAB_SPACES_LOG": str(log), "PYTHONPATH": stand_in}
    with started(folder, **settings, CV_LAB_DEVICE="cpu:0") as running:  # another name than the page's own device
        yield running, log


ASKED = {
    "classify": ({"models": ["mini_resnet", "mini_vit"]}, 1),
    "feature_maps": ({"model": "mini_resnet", "layer": "layer3"}, 1),
    "saliency": ({"model": "mini_resnet", "method": "gradcam"}, 1),
    "attention": ({"model": "mini_vit", "layer": -1, "row": 4, "col": 3}, 1),
    "detect": ({"model": "yolov8n_blood_cells"}, 1),
}


@pytest.mark.parametrize("endpoint", ASKED)
def test_the_whole_page_asks_the_gpu_once_and_then_knows(space: tuple[Program, Path], endpoint: str) -> None:
    program, log = space
    arguments, calls = ASKED[endpoint]
    with Visitor(program.address) as visitor:
        photo = visitor.uploaded(CELLS.read_bytes())
        before = log.read_text().splitlines()
        for _ in range(2):
            answer = visitor.ask(endpoint, {"image": {"path": photo}} | arguments)
            assert "event: complete" in answer, (answer, program.log.read_text())
        lines = log.read_text().splitlines()[len(before) :]
    assert len(lines) == calls
    seconds, process = zip(*(line.split() for line in lines), strict=True)
    assert max(map(float, seconds)) <= 30
    assert str(program.process.pid) not in process


def test_what_has_no_network_costs_no_gpu(space: tuple[Program, Path]) -> None:
    program, log = space
    with Visitor(program.address) as visitor:
        photo = visitor.uploaded(starters.get("street").path.read_bytes())
        before = log.read_text()
        assert "event: complete" in visitor.ask("detect", {"image": {"path": photo}, "model": "hog_people"})
        assert "event: complete" in visitor.ask("receptive_field", {"model": "mini_resnet"})
    assert log.read_text() == before


def test_spaces_is_imported_before_what_could_find_a_gpu() -> None:
    code = (
        "import sys, app.environment\n"
        "assert 'spaces' in sys.modules and not {'torch', 'gradio', 'timm'} & set(sys.modules)\n"
    )
    environ = os.environ | {"SPACES_ZERO_GPU": "true", "PYTHONPATH": str(ROOT / "tests" / "stand_in")}
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, env=environ)


def test_without_zerogpu_nothing_of_it_is_imported() -> None:
    assert "spaces" not in sys.modules and not zerogpu.present()
    assert find is zerogpu.LABS["cvdemo.detect.find.find"][0]
