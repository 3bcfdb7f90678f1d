"""True boxes of the drawn scenes: for detectors that know what they show, numbered as these number their classes."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from cvdemo import starters
from cvdemo.detect.truth import bundled_truth

CELLS = ("RBC", "WBC", "Platelets")
SCENES = [scene.path for scene in starters.scenes()]


@pytest.mark.parametrize("path", SCENES, ids=lambda path: path.stem)
@pytest.mark.parametrize(
    "labels",
    [CELLS, ("Platelets", "RBC", "WBC"), ("cat", "wbc", "platelets", "rbc", "dog"), ["RBC", "WBC", "Platelets", "rbc"]],
    ids=["same order", "another order", "lower case among others", "twice"],
)
def test_every_box_keeps_its_place_and_its_name(path: Path, labels: tuple[str, ...]) -> None:
    truth = bundled_truth(path, labels)
    assert truth is not None
    rows = json.loads(path.with_suffix(".json").read_text())["boxes"]
    assert np.allclose(truth.boxes_xyxy, [row["box_xyxy"] for row in rows])
    assert [labels[number].casefold() for number in truth.class_ids] == [row["label"].casefold() for row in rows]
    assert truth.labels == tuple(labels)
    assert truth.left_out == 0


@pytest.mark.parametrize("labels", [(), ("person",), ("RBC", "WBC"), ("R B C", "WBC", "Platelets")])
def test_a_detector_of_other_things_has_no_truth_to_meet(labels: tuple[str, ...]) -> None:
    assert bundled_truth(SCENES[0], labels) is None


def test_only_our_own_scenes_have_a_truth(tmp_path: Path) -> None:
    shutil.copy(SCENES[0], tmp_path)
    shutil.copy(SCENES[0].with_suffix(".json"), tmp_path)
    assert bundled_truth(tmp_path / SCENES[0].name, CELLS) is None, "a JSON file beside an upload is not believed"
    assert bundled_truth(starters.get("cat").path, CELLS) is None
    assert bundled_truth(starters.ASSETS / "no_such.png", CELLS) is None
