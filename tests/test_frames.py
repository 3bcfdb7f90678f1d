"""How far it is from a lab's function to the network: few frames of our own, so that a traceback can be read."""

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cvdemo import models, starters
from cvdemo.attention.study import attend
from cvdemo.classify import classify
from cvdemo.convolution.shift import move
from cvdemo.inside.activations import forward_pass
from cvdemo.receptive_field import study
from cvdemo.receptive_field.export import effective_field

ROOT = Path(__file__).parent.parent
ALL, OF_THE_PAGE = 7, 3  # a lab's handler, its work in a thread, and its function there
OF_AN_ENDPOINT = 2


def _measure(path: Path) -> None:
    study.measure(*study.asked_for(path, "mini_resnet", False, 64, (60, 60)), only=2)


LABS: dict[str, tuple[str, Callable[[Path], Any]]] = {
    "classify": ("mini_resnet", lambda path: classify(path, ("mini_resnet",))),
    "receptive field": ("mini_resnet", _measure),
    "one unit's field": ("mini_resnet", lambda path: effective_field(path, "mini_resnet", "layer1", (1, 1), 64)),
    "activations": ("mini_resnet", lambda path: forward_pass(path, "mini_resnet")),
    "attention": ("mini_vit", lambda path: attend(path, "mini_vit")),
    "shift": ("mini_resnet", lambda path: move(path, ("mini_resnet",))),
}  # fmt: skip


@pytest.mark.parametrize("lab", LABS)
def test_few_frames_stand_between_a_lab_and_the_network(lab: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CV_LAB_ENGINE", "torch")
    model, work = LABS[lab]
    stacks: list[traceback.StackSummary] = []
    with models.borrow(model) as ready:
        parts = list(ready.network.modules())  # some labs call the network's parts themselves
    handles = [part.register_forward_pre_hook(lambda *_: stacks.append(traceback.extract_stack())) for part in parts]
    try:
        with starters.unseen("cat") as path:
            work(path)
    finally:
        for handle in handles:
            handle.remove()
    ours = [frame.name for frame in stacks[0] if Path(frame.filename).is_relative_to(ROOT / "cvdemo")]
    before = OF_AN_ENDPOINT if lab == "one unit's field" else OF_THE_PAGE
    assert stacks and len(ours) <= ALL - before, " > ".join(ours)
