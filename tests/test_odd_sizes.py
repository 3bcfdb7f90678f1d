"""Pictures of odd sizes in every lab: an answer, or a sentence; never a crash in some resize to nothing."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from app import api
from cvdemo.convolution import reduce_photo
from cvdemo.errors import CvDemoError
from tests import bad_files as files

SIZES = ((1, 1), (2, 2), (1, 100), (100, 1), (3, 299), (20_000, 1), (1, 20_000), (16_384, 200), (31, 33), (1600, 1200))
UNIT = {"row": 0, "col": 0}
DEEPER = UNIT | {"input_size": 64}
LABS: dict[str, Callable[[dict[str, str]], Any]] = {
    "classify": lambda photo: api.classify(photo),
    "detect people": lambda photo: api.detect(photo, "hog_people"),
    "detect cells": lambda photo: api.detect(photo, "yolov8n_blood_cells"),
    "feature maps": lambda photo: api.feature_maps(photo, "mini_resnet"),
    "similarity": lambda photo: api.patch_similarity(photo, "mini_vit", **UNIT),
    "attention": lambda photo: api.attention(photo, "mini_vit", "1", **UNIT),
    "saliency": lambda photo: api.saliency(photo, "mini_resnet"),
    "effective field": lambda photo: api.effective_receptive_field(
        photo, "mini_resnet", "layer2", **UNIT, input_size=64
    ),
    "convolution": lambda photo: reduce_photo(Path(photo["path"])),
}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]} x {size[1]}")
def test_every_lab_takes_odd_sizes_or_says_why_not(size: tuple[int, int]) -> None:
    folder = Path(os.environ["GRADIO_TEMP_DIR"]) / os.urandom(32).hex()
    folder.mkdir()
    path = folder / "photo"
    path.write_bytes(files.encode(files.scene(*size), "JPEG" if max(size) > 1000 else "PNG"))
    thin = max(size) / min(size) > 100
    for name, lab in LABS.items():
        try:
            assert lab({"path": str(path)}), name
        except (gr.Error, CvDemoError) as error:
            said = getattr(error, "message", str(error))  # the text of a gr.Error is its message in quotes
            assert said.endswith(".") and (not thin or "thin" in said), (name, said)
        else:
            assert not thin, name
