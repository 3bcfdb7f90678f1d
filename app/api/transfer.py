"""`/linear_probe`."""

from typing import Any

import gradio as gr

from app.api.arguments import PAIR, is_number, names, photo, whole
from app.errors import shows_errors
from cvdemo.errors import SettingError
from cvdemo.photo_sets import from_zip
from cvdemo.results import forget
from cvdemo.transfer import HELD_OUT, probe
from cvdemo.transfer.export import to_dict

LEAST, MOST = 0.1, 0.5


@shows_errors
def linear_probe(
    zip: gr.FileData, models: list[str] = PAIR, seed: int = 0, held_out: float = HELD_OUT
) -> dict[str, Any]:
    """Teach the last layer of 1 to 4 networks your own classes, and test it on photos that it has not seen.

    Args:
        zip: a zip file, uploaded before, or by MCP a data: URL; each folder is a class of 5 to 200 photos, 2 to 10
            classes, 600 photos in all.
        models: names from /models with task "classify" or "features", of timm's, packaged or bundled ones; without,
            the pair that the page opened with when it started.
        seed: which photos are held out and how the regularisation is chosen follow from it, 0 to 1,000,000.
        held_out: share of each class that is kept for the test, 0.1 to 0.5.

    Returns:
        classes, photos, skipped (names in the zip that are no pictures), held_out, near_duplicates, majority, seed, and
        results (model, nearest_neighbour, accuracy, ci95, strength, confusion [true class][answer]); accuracies are
        0..1 on the held-out photos.
    """
    if not is_number(held_out) or not LEAST <= held_out <= MOST:
        raise SettingError(f"held_out must be a number from {LEAST} to {MOST}.")
    photos, skipped = from_zip(photo(zip))
    try:
        lesson = probe(photos, names(models), whole(seed, "seed", 0, 1_000_000), float(held_out))
        return {**to_dict(lesson), "skipped": list(skipped)}
    finally:
        forget(photos.digests)
