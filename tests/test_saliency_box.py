"""Explanations of one detection: against autograd through the whole network, finite differences and hand cases."""

import importlib
from typing import Any

import numpy as np
import pytest
import torch

from cvdemo import models, starters
from cvdemo.catalogue import get, names
from cvdemo.detect.find import find
from cvdemo.errors import SettingError, Stopped
from cvdemo.results import Results
from cvdemo.saliency import box, box_checks, box_words, cells
from cvdemo.saliency.box_export import saliency_of_box
from cvdemo.saliency.measures import blob_in, centred_blob
from tests.test_attention import facts

CELLS = starters.get("blood_cells").path
MODEL = "yolov8n_blood_cells"


def _asked(rank: int) -> tuple[box.Box, int, float]:
    found, _ = find(CELLS, MODEL)
    x0, y0, x1, y1 = found.boxes_xyxy[rank].tolist()
    return (x0, y0, x1, y1), int(found.class_ids[rank]), float(found.scores[rank])


@pytest.fixture(scope="module")
def evidence() -> box.BoxEvidence:
    edges, kind, _ = _asked(0)
    return box.explain_box(CELLS, MODEL, edges, kind)


@pytest.mark.parametrize("rank", [0, 3, 15, 60, 200])
def test_the_candidate_is_found_again_with_its_score(rank: int) -> None:
    edges, kind, score = _asked(rank)
    found = box.explain_box(CELLS, MODEL, edges, kind)
    np.testing.assert_allclose(found.box_xyxy, edges, atol=0.01)
    assert found.score == pytest.approx(score, abs=1e-4) and found.kind == kind
    assert found.activations.shape == found.gradients.shape
    assert found.activations.shape[1] * found.stride == found.size_hw[0]


def test_gradients_are_those_of_the_whole_network(evidence: box.BoxEvidence) -> None:
    """Here a hook keeps what the detecting head reads, and the score is taken out of the network's decoded output."""
    with models.borrow_detector(MODEL) as ready:
        network: Any = ready.network
        source = network.model[network.model[-1].f[evidence.cell.level]]
        kept: list[torch.Tensor] = []

        def cut(module: Any, inputs: Any, output: torch.Tensor) -> torch.Tensor:
            kept.append(output.detach().clone().requires_grad_(True))
            return kept[-1]

        network.model[-1].shape = None  # anchors of a run without gradients cannot be used in one with them
        handle = source.register_forward_hook(cut)
        try:
            with torch.enable_grad():
                decoded = network(torch.from_numpy(evidence.array))[0]  # (1, 4 + classes, cells)
                score = decoded[0, 4 + evidence.kind, evidence.cell.number]
                torch.log(score / (1 - score)).backward()
        finally:
            handle.remove()
            network.model[-1].shape = None
    assert float(score.detach()) == pytest.approx(evidence.score, abs=1e-5)
    np.testing.assert_allclose(evidence.activations, kept[0].detach()[0].numpy(), atol=1e-4)
    reference = kept[0].grad[0].numpy()  # type: ignore[index]
    np.testing.assert_allclose(evidence.gradients, reference, atol=1e-3 * np.abs(reference).max())


def test_gradients_are_slopes(evidence: box.BoxEvidence) -> None:
    strongest = np.unravel_index(np.abs(evidence.gradients).argmax(), evidence.gradients.shape)
    with models.borrow_detector(MODEL) as ready, torch.no_grad():
        head: Any = ready.network.model[-1].cv3[evidence.cell.level]  # type: ignore[union-attr, index]
        logits = []
        for step in (-0.01, 0.01):
            moved = evidence.activations.copy()
            moved[strongest] += step
            out = head(torch.from_numpy(moved[None]))
            logits.append(float(out[0, evidence.kind, evidence.cell.row, evidence.cell.column]))
    assert (logits[1] - logits[0]) / 0.02 == pytest.approx(float(evidence.gradients[strongest]), rel=0.02)


def test_a_cell_sees_five_places_a_side(evidence: box.BoxEvidence) -> None:
    """Two 3 x 3 convolutions and one of 1 x 1 lie between the map and the score."""
    rows, columns = np.nonzero(evidence.gradients.any(0))
    assert abs(rows - evidence.cell.row).max() == 2 == abs(columns - evidence.cell.column).max()


def test_maps_follow_their_formulas(evidence: box.BoxEvidence) -> None:
    weights = evidence.gradients.reshape(len(evidence.gradients), -1).mean(1)
    by_hand = sum(weight * one for weight, one in zip(weights, evidence.activations, strict=True))
    np.testing.assert_allclose(box.box_map(evidence, "gradcam"), np.maximum(by_hand, 0), atol=1e-5)
    local = np.maximum((np.maximum(evidence.gradients, 0) * evidence.activations).sum(0), 0)
    np.testing.assert_allclose(box.box_map(evidence, "layercam"), local, atol=1e-5)


def test_what_is_known_runs_nothing_and_the_model_is_given_back_as_found(monkeypatch: pytest.MonkeyPatch) -> None:
    edges, kind, _ = _asked(7)
    with models.borrow_detector(MODEL) as ready:  # all YOLO networks share one activation, which another may train
        before = facts(ready.network.eval())
    found = box.explain_box(CELLS, MODEL, edges, kind)
    made = box_checks.check_box(found, "layercam")
    with models.borrow_detector(MODEL) as ready:
        assert facts(ready.network) == before
    monkeypatch.setattr(cells, "run", None)
    assert box.explain_box(CELLS, MODEL, edges, kind) is found
    assert box_checks.check_box(found, "layercam") is made
    again, _ = find(CELLS, MODEL)
    assert again.boxes_xyxy[7].tolist() == pytest.approx(list(edges))


def test_checks_begin_at_the_score_and_can_be_stopped(
    evidence: box.BoxEvidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(box_checks, "_checked", Results())  # what other tests have asked is not known here

    def stop(done: int, of: int) -> None:
        raise Stopped("enough")

    with pytest.raises(Stopped):
        box_checks.check_box(evidence, "gradcam", stop)
    assert box_checks.known_box_checks(evidence, "gradcam") is None
    seen: list[tuple[int, int]] = []
    made = box_checks.check_box(evidence, "layercam", lambda done, of: seen.append((done, of)))
    assert seen[-1][0] == seen[-1][1] - 1
    assert made.deletion.values[0] == pytest.approx(evidence.score, abs=1e-4) == made.blob.values[0]
    x0, y0, x1, y1 = evidence.seen_box()
    ends = box_checks.hidden_in_the_end(evidence) * evidence.size_hw[0] * evidence.size_hw[1]
    assert ends == pytest.approx(2 * (x1 - x0) * (y1 - y0))
    assert box_checks.of_the_box(evidence, 0.5) == pytest.approx(1)
    assert made.random_similarity is not None and -1 <= made.random_similarity <= 1


def test_the_share_inside_the_box(evidence: box.BoxEvidence) -> None:
    everywhere = np.ones(evidence.activations.shape[1:], np.float32)
    x0, y0, x1, y1 = evidence.seen_box()
    whole = evidence.size_hw[0] * evidence.size_hw[1]
    assert box.within(evidence, everywhere) == pytest.approx((x1 - x0) * (y1 - y0) / whole, rel=1e-3)
    assert box.within(evidence, np.zeros_like(everywhere)) is None
    assert "no place" in box_words.answer(evidence, np.zeros_like(everywhere))
    local = box.within(evidence, box.box_map(evidence, "layercam"))
    assert local is not None and local > 0.8


def test_the_map_over_the_photo_leaves_the_grey_out(evidence: box.BoxEvidence) -> None:
    over = box.over_photo(evidence, box.box_map(evidence, "layercam"))
    wide, high = evidence.photo_wh
    assert over.shape[1] / over.shape[0] == pytest.approx(wide / high, rel=0.02) and over.max() <= 1
    row, column = np.unravel_index(over.argmax(), over.shape)
    x0, y0, x1, y1 = evidence.box_xyxy
    assert x0 - 8 <= column / over.shape[1] * wide <= x1 + 8 and y0 - 8 <= row / over.shape[0] * high <= y1 + 8


def test_a_blob_lies_in_its_box() -> None:
    blob = blob_in((10, 20, 30, 40), (64, 48))
    assert blob.shape == (64, 48) and np.unravel_index(blob.argmax(), blob.shape) in [(29, 19), (29, 20), (30, 19)]
    np.testing.assert_allclose(blob_in((0, 0, 48, 64), (64, 48)), centred_blob((64, 48)))


def test_it_is_told_as_plain_values() -> None:
    edges, kind, score = _asked(2)
    told = saliency_of_box(CELLS, MODEL, "layercam", kind, edges)
    assert told["score"] == pytest.approx(score, abs=1e-4) and told["inside_box"] > 0.5
    assert told["grid"] == [len(told["map"]), len(told["map"][0])] and max(max(row) for row in told["map"]) == 1
    assert all(0 <= told[name] <= 1 for name in ("deletion_auc", "insertion_auc", "blob_deletion_auc"))
    assert len(told["curves"]["deletion"]) == told["curves"]["steps"] + 1


@pytest.mark.parametrize(
    ("model", "method", "target", "edges", "says"),
    [
        (MODEL, "layercam", None, None, "Name the box"),
        (MODEL, "eigencam", None, (0.0, 0.0, 50.0, 50.0), "gradcam, layercam"),
        (MODEL, "gradcam", "platelet", (0.0, 0.0, 50.0, 50.0), "Did you mean Platelets"),
        (MODEL, "gradcam", None, (0.0, 0.0, 2.0, 400.0), "no such box"),
        ("hog_people", "gradcam", None, (0.0, 0.0, 50.0, 50.0), "Choose a YOLO"),
        ("fasterrcnn_resnet50_fpn", "gradcam", None, (0.0, 0.0, 50.0, 50.0), "Choose a YOLO"),
    ],
)
def test_what_makes_no_sense_is_refused(model: str, method: str, target: Any, edges: Any, says: str) -> None:
    with pytest.raises(SettingError, match=says):
        saliency_of_box(CELLS, model, method, target, edges)


@pytest.mark.parametrize(
    "wrong", [[1, 2, 3], [0, 0, 0, 5], "box", [0, 0, float("nan"), 5], [0, 0, True, 5], [5, 5, 1, 9]]
)
def test_a_box_that_is_none_is_refused(wrong: Any) -> None:
    with pytest.raises(SettingError, match="box must be"):
        importlib.import_module("app.api.saliency")._box(wrong)


NETWORKS = tuple(name for name in names("detect") if box.can_explain(get(name)) and name != MODEL)


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.soak) for name in NETWORKS])
def test_every_yolo_can_be_explained(name: str) -> None:
    """With random weights; of NMS-free ones the cell is found by its score."""
    from cvdemo import images
    from cvdemo.preprocess import DETECTOR_SIDE

    with models.borrow_detector(name, random=True) as ready:
        assert ready.prepare is not None
        array = np.ascontiguousarray(ready.prepare(images.read(CELLS, DETECTOR_SIDE).pixels).array.numpy())
        before = facts(ready.network)
        grids = cells.run(ready, array)
        kind = int(grids.kinds[0])
        cell = grids.cell(0, kind)
        activations, gradients, logit = cells.look_back(grids, cell, kind)
        assert 1 / (1 + np.exp(-logit)) == pytest.approx(float(grids.scores[0]), abs=1e-4)
        assert activations.shape == gradients.shape and np.isfinite(gradients).all() and gradients.any()
        np.testing.assert_allclose(cells.scores_of(ready, array, cell, kind), float(grids.scores[0]), atol=1e-4)
        assert facts(ready.network) == before
