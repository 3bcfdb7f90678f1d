"""A YOLO's checkpoint, a pickle of whole objects, gives its tensors and runs nothing."""

import io
import os
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from cvdemo.catalogue import get
from cvdemo.errors import ModelUnavailable
from cvdemo.loading import load
from cvdemo.loading.checkpoint import read
from tests.fake_detectors import put_yolo
from tests.fake_hub import Hub, fake_hub


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """An empty Hub and an empty cache."""
    with fake_hub(tmp_path / "repositories") as running:
        running.use(monkeypatch, tmp_path / "cache")
        yield running


def test_a_checkpoint_is_read_without_using_anything_that_it_names(served: Hub, tmp_path: Path) -> None:
    from ultralytics.nn.tasks import torch_safe_load

    file = put_yolo(served, "yolov8n", {0: "a", **{index: f"b{index}" for index in range(1, 80)}})
    ours, names = read(file)
    theirs = torch_safe_load(file, safe_only=True)[0]["model"].float().state_dict()
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name].float()) for name in theirs)
    assert names[:2] == ("a", "b1")


class _Evil:
    def __init__(self, call: Any, *arguments: object) -> None:
        self.call, self.arguments = call, arguments

    def __reduce__(self) -> tuple:
        return self.call, self.arguments


def _evil(kind: str, canary: Path) -> bytes:
    attack = _Evil(os.system, f"touch {canary}") if kind == "system" else _Evil(eval, f"open({str(canary)!r}, 'w')")
    if kind == "pickle":
        return pickle.dumps({"model": attack}, protocol=2)
    content = io.BytesIO()
    torch.save({"model": attack, "ema": None}, content)
    return content.getvalue()


@pytest.mark.parametrize("kind", ["system", "eval", "pickle", "text", "no model"])
def test_a_checkpoint_with_a_program_or_nonsense_in_it_is_one_sentence(served: Hub, tmp_path: Path, kind: str) -> None:
    canary = tmp_path / "canary"
    nonsense = {"text": b"<html>", "no model": pickle.dumps(3)}
    file = served.folder / "models" / "yolov8n.pt"
    file.parent.mkdir(parents=True)
    file.write_bytes(nonsense[kind] if kind in nonsense else _evil(kind, canary))
    with pytest.raises(ModelUnavailable, match="YOLOv8n cannot be read by the libraries"):
        load(get("yolov8n"))
    assert not canary.exists()
