"""Photos that wait for one classifier share a run and get the answers that they would have got one by one."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cvdemo import catalogue, compute, models
from cvdemo.classify import classify, run, together
from cvdemo.errors import ModelUnavailable, Stopped
from cvdemo.results import Results
from tests.test_gathering import until

COUNT = 5


@pytest.fixture(autouse=True)
def batched(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("CV_LAB_BATCH", "1")
    monkeypatch.setattr(run, "_preparations", {})
    forget(monkeypatch)
    yield
    assert together._gatherer.waiting() == 0 and not compute.held()


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "_answers", Results())


@pytest.fixture(name="photos")
def noisy_photos(tmp_path: Path) -> list[Path]:
    draw, paths = np.random.default_rng(0), [tmp_path / f"{number}.png" for number in range(COUNT)]
    for path in paths:
        Image.fromarray(draw.integers(0, 256, (70, 90, 3), np.uint8)).save(path)
    return paths


def _known(name: str, photo: Path) -> None:
    """Let the model run once, so that it is known how it wants its photos."""
    classify(photo, [name])


@pytest.fixture(name="shapes")
def seen_shapes(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, ...]]:
    shapes: list[tuple[int, ...]] = []
    whole = together.engines.engine_for

    def watched(model: Any, shape: tuple[int, ...], *more: Any) -> Any:
        shapes.append(shape)
        return whole(model, shape, *more)

    monkeypatch.setattr(together.engines, "engine_for", watched)
    return shapes


@pytest.mark.parametrize("name", catalogue.BUNDLED_PAIR)
def test_a_shared_run_gives_each_photo_its_own_answer(
    name: str, photos: list[Path], shapes: list[tuple[int, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CV_LAB_BATCH", "0")
    wanted = [classify(photo, [name]).answers[0] for photo in photos]
    forget(monkeypatch)
    monkeypatch.setenv("CV_LAB_BATCH", "1")
    shapes.clear()
    with ThreadPoolExecutor(COUNT) as pool:
        with compute.turn():  # all of them wait for the device, the first one in line for all
            asked = [pool.submit(classify, photo, [name]) for photo in photos]
            until(lambda: together._gatherer.waiting() == COUNT)
        found = [future.result(120).answers[0] for future in asked]
    assert shapes == [(8, 3, 64, 64)]  # five photos, filled up to a power of two
    for ours, theirs in zip(found, wanted, strict=True):
        np.testing.assert_allclose(ours.logits, theirs.logits, atol=1e-4)
        np.testing.assert_array_equal(ours.seen, theirs.seen)
        assert ours.engine_note.endswith(f"In one run with {COUNT - 1} other photos.")
        assert (ours.model, ours.labels, ours.crop_xyxy) == (theirs.model, theirs.labels, theirs.crop_xyxy)


def test_one_photo_alone_says_nothing_of_company(photos: list[Path], shapes: list[tuple[int, ...]]) -> None:
    _known("mini_vit", photos[0])
    answer = classify(photos[1], ["mini_vit"]).answers[0]
    assert "In one run" not in answer.engine_note and shapes == [(1, 3, 64, 64)] * 2


def test_a_photo_that_the_model_cannot_bear_hurts_nobody_else(
    photos: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    _known("mini_vit", photos[0])
    forget(monkeypatch)
    whole = together._run
    first: list[float] = []

    def brittle(model: Any, batch: np.ndarray) -> Any:
        first[:] = first or [float(batch[1, 0, 0, 0])]  # the second one in the batch
        if first[0] in batch[:, 0, 0, 0]:
            raise ModelUnavailable("Not this one.")
        return whole(model, batch)

    monkeypatch.setattr(together, "_run", brittle)
    with ThreadPoolExecutor(COUNT) as pool:
        with compute.turn():
            asked = [pool.submit(classify, photo, ["mini_vit"]) for photo in photos]
            until(lambda: together._gatherer.waiting() == COUNT)
        errors = [future.exception(120) for future in asked]
    assert sum(error is None for error in errors) == COUNT - 1
    assert [str(error) for error in errors if error is not None] == ["Not this one."]


def test_a_visitor_who_leaves_while_waiting_is_dropped(photos: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in catalogue.BUNDLED_PAIR:
        _known(name, photos[0])
    forget(monkeypatch)
    phases: list[str] = []

    def leaves(_: str, step: Any) -> None:
        phases.append(step.phase)
        raise Stopped("Stopped.")

    with ThreadPoolExecutor(3) as pool:
        with compute.turn():
            first = pool.submit(classify, photos[0], ["mini_vit"])
            until(lambda: together._gatherer.waiting() == 1)
            gone = pool.submit(classify, photos[1], ["mini_vit"], (), leaves)
            assert isinstance(gone.exception(120), Stopped) and phases == ["wait"]
            leader = pool.submit(classify, photos[2], ["mini_resnet"], (), leaves)  # in line for the device itself
            assert isinstance(leader.exception(120), Stopped)
        assert first.result(120).answers[0].model == "mini_vit"


def test_a_model_that_prepares_photos_anew_is_asked_as_if_for_the_first_time(photos: list[Path]) -> None:
    _known("mini_vit", photos[0])
    run._preparations["mini_vit"] = replace(run._preparations["mini_vit"], size_hw=(32, 32))
    assert classify(photos[1], ["mini_vit"]).answers[0].seen.shape == (64, 64, 3)
    with models.borrow("mini_vit") as model:
        assert run._preparations["mini_vit"] == model.preprocessing


@pytest.mark.parametrize(
    ("variable", "device", "name", "wanted"),
    [
        ("", "cpu", "mini_vit", False),
        ("", "cuda", "mini_vit", True),
        ("0", "cuda", "mini_vit", False),
        ("1", "cpu", "mini_vit", True),
        ("1", "cuda", "siglip_base_patch16_224", False),  # its own labels are part of the question
    ],
)
def test_photos_are_gathered_on_a_gpu(
    variable: str, device: str, name: str, wanted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CV_LAB_BATCH", variable)
    monkeypatch.setattr(compute, "device", lambda: device)
    assert together.gathers(catalogue.get(name)) == wanted
