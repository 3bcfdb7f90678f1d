"""The starter set: offered where it helps, fetched in one go, stopped by whom it belongs to, resumed after a break."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app import starter as header
from cvdemo import catalogue, starter_set, weights
from cvdemo.starter_set import NAMES, StarterSet, State, sentence
from cvdemo.weights import places
from cvdemo.wording import NBSP, megabytes
from tests.awaited import PATIENCE_S, eventually
from tests.fake_hub import Fault, Hub, fake_hub

BYTES = 200_000  # of each file


def put_set(hub: Hub) -> None:
    """Put a file for each model of the set: nothing is loaded here."""
    for number, name in enumerate(NAMES):
        spec, content = catalogue.get(name), bytes([number]) * BYTES
        if spec.source == "ultralytics":
            hub.put("models", f"{name}.pt", content)
        else:
            hub.put(str(spec.weights), "model.safetensors", content)


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with fake_hub(tmp_path / "repositories") as running:
        running.use(monkeypatch, tmp_path / "cache")
        put_set(running)
        monkeypatch.setattr(weights, "size", lambda spec: BYTES)
        monkeypatch.setattr(weights, "online", lambda: True)
        yield running


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (State("none"), ""),
        (State("offer", 0, 290_000_000), "Get the starter set, 290 MB"),
        (State("fetching", 0, 290_000_000), "Starter set: 0 of 290 MB"),
        (State("fetching", 120_000_000, 290_000_000, 40.2), "Starter set: 120 of 290 MB, about 40 s left"),
        (State("fetching", 289_000_000, 290_000_000, 0.1), "Starter set: 289 of 290 MB, about 1 s left"),
        (
            State("broken", 1, 2, reason="Stopped at 120 MB. What came is kept."),
            "Stopped at 120 MB. What came is kept.",
        ),
        (State("done", 2, 2, ready=9), "9 models here."),
        (State("done", 2, 2, ready=1), "1 model here."),
    ],
)
def test_sentence(state: State, text: str) -> None:
    assert sentence(state).replace(NBSP, " ") == text


def test_all_five_are_fetched_and_then_there_is_nothing_to_offer(hub: Hub) -> None:
    one = StarterSet()
    assert (one.state().phase, one.state().total) == ("offer", 5 * BYTES)
    assert one.begin()
    one.wait(PATIENCE_S)
    assert starter_set.missing() == ()
    assert one.state() == State("done", 5 * BYTES, 5 * BYTES, ready=sum(map(weights.is_ready, catalogue.MODELS)))
    assert hub.count("GET", ".pt") == 2
    assert StarterSet().state() == State("none")


def test_what_broke_off_is_kept_and_goes_on_from_there(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cvdemo.weights.transfer.PAUSE_S", 0.01)
    hub.faults["GET"] = [Fault(), Fault(cut=0.5, per_second=BYTES), *[Fault(status=503)] * 8]
    one = StarterSet()
    one.begin()
    one.wait(PATIENCE_S)
    state = one.state()
    assert (state.phase, state.total) == ("broken", 5 * BYTES)
    assert BYTES < state.done <= 1.5 * BYTES, "what came last within a tenth of a second is not told any more"
    assert sentence(state) == f"The network broke off at {megabytes(state.done)}. What came is kept."
    hub.faults["GET"].clear()
    one.begin()
    one.wait(PATIENCE_S)
    assert one.state().phase == "done"
    assert f"bytes={BYTES // 2}-" in hub.ranges()


def test_only_who_began_it_stops_it(hub: Hub) -> None:
    hub.faults["GET"] = [Fault(per_second=BYTES // 4)] * 5
    one = StarterSet()
    token = one.begin()
    assert one.begin() == "", "the others watch"
    for wrong in ("", None, "x", 3):
        one.stop(wrong)
    eventually(lambda: _above(one.state().done, 0))
    assert one.state().phase == "fetching"
    one.stop(token)
    one.wait(PATIENCE_S)
    assert one.state().phase == "broken" and one.state().reason.startswith("Stopped at ")
    before = one.state().done
    hub.faults["GET"].clear()
    one.begin()
    one.wait(PATIENCE_S)
    assert one.state().phase == "done" and before > 0
    assert hub.ranges()


def _above(value: float, limit: float) -> None:
    assert value > limit


@pytest.mark.parametrize(
    ("online", "other", "phase"), [(True, False, "offer"), (False, False, "none"), (True, True, "none")]
)
def test_it_is_offered_with_a_network_and_without_other_models(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, online: bool, other: bool, phase: str
) -> None:
    monkeypatch.setattr(weights, "online", lambda: online)
    if other:
        file = places.place(catalogue.get("alexnet"))
        assert isinstance(file, places.Address)
        file.file.parent.mkdir(parents=True, exist_ok=True)
        file.file.write_bytes(b"weights")
    assert StarterSet().state().phase == phase


def test_a_model_that_is_gone_says_so_and_leaves_the_others(hub: Hub) -> None:
    (hub.folder / "models" / "yolov8n.pt").unlink()
    one = StarterSet()
    one.begin()
    one.wait(PATIENCE_S)
    assert one.state().phase == "broken" and "YOLOv8n" in one.state().reason
    assert [spec.name for spec in starter_set.missing()] == ["yolov8n"]


def test_the_header_asks_begins_and_cancels(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(header, "SET", StarterSet())
    assert header.starter(None)["phase"] == "offer"
    hub.faults["GET"] = [Fault(per_second=BYTES // 4)] * 5
    begun: dict[str, Any] = header.starter({"do": "begin"})
    assert begun["phase"] == "fetching" and begun["token"]
    assert header.starter({"do": "begin"})["token"] == ""
    assert header.starter({"do": "cancel", "token": "x"})["phase"] == "fetching"
    header.starter({"do": "cancel", "token": begun["token"]})
    header.SET.wait(PATIENCE_S)
    assert header.starter({"do": "look"})["text"].startswith("Stopped at ")


def test_a_terminal_gets_one_line_and_goes_on_without_a_network(tmp_path: Path) -> None:
    environment = {"PATH": "/usr/bin:/bin", "HF_HUB_OFFLINE": "1", "HOME": str(tmp_path), "TMPDIR": str(tmp_path)}
    command = [sys.executable, "-m", "app.starter"]
    run = subprocess.run(
        command, capture_output=True, text=True, env=environment, check=True, cwd=Path(__file__).parent.parent
    )
    assert run.stderr.strip().endswith(
        "The network broke off at 0.0 MB. What came is kept.".replace(" MB", f"{NBSP}MB")
    )


def test_the_set_names_models_of_the_catalogue_that_can_be_fetched() -> None:
    assert [catalogue.get(name).title for name in NAMES] == ["ResNet-50", "ViT-S/16", "DINOv2-S", "YOLO26n", "YOLOv8n"]
    assert all(places.place(catalogue.get(name)) is not None for name in NAMES)
