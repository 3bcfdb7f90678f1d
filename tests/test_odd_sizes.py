"""Pictures of odd sizes in every lab: an answer, or a sentence; never a crash in some resize to nothing."""

import inspect
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from app.tabs import ENDPOINTS
from cvdemo.convolution import reduce_photo
from cvdemo.errors import CvDemoError
from tests import bad_files as files
from tests.next_lab import tab

SIZES = ((1, 1), (2, 2), (1, 100), (100, 1), (3, 299), (20_000, 1), (1, 20_000), (16_384, 200), (31, 33), (1600, 1200))
UNIT = {"row": 0, "col": 0}
DEEPER = UNIT | {"input_size": 64}
ENDPOINT_ARGUMENTS: dict[str, tuple[dict[str, Any], ...]] = {
    "classify": ({},),
    "detect": ({"model": "hog_people"}, {"model": "yolov8n_blood_cells"}),
    "feature_maps": ({"model": "mini_resnet"},),
    "patch_similarity": ({"model": "mini_vit"} | UNIT,),
    "attention": ({"model": "mini_vit", "layer": "1"} | UNIT,),
    "saliency": ({"model": "mini_resnet"},),
    "block_lesion": ({"model": "mini_resnet"},),
    "effective_receptive_field": ({"model": "mini_resnet", "layer": "layer2"} | DEEPER,),
}
CALLS: dict[str, Callable[[dict[str, str]], Any]] = {
    f"{name} {number}": partial(ENDPOINTS[name], **arguments)
    for name, each in ENDPOINT_ARGUMENTS.items()
    for number, arguments in enumerate(each)
} | {
    "convolution": lambda photo: reduce_photo(Path(photo["path"])),
    "the next lab": tab.mean_colour_of,
}


def test_every_endpoint_that_takes_a_photo_is_tried() -> None:
    taking = {name for name, endpoint in ENDPOINTS.items() if "image" in inspect.signature(endpoint).parameters}
    assert set(ENDPOINT_ARGUMENTS) == taking


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]} x {size[1]}")
def test_every_lab_takes_odd_sizes_or_says_why_not(size: tuple[int, int]) -> None:
    folder = Path(os.environ["GRADIO_TEMP_DIR"]) / os.urandom(32).hex()
    folder.mkdir()
    path = folder / "photo"
    path.write_bytes(files.encode(files.scene(*size), "JPEG" if max(size) > 1000 else "PNG"))
    thin = max(size) / min(size) > 100
    for name, lab in CALLS.items():
        try:
            assert lab({"path": str(path)}), name
        except (gr.Error, CvDemoError) as error:
            said = getattr(error, "message", str(error))  # the text of a gr.Error is its message in quotes
            assert said.endswith(".") and (not thin or "thin" in said), (name, said)
        else:
            assert not thin, name
