"""`/detect`."""

from typing import Any

import gradio as gr

from app.api.arguments import photo
from app.errors import shows_errors
from cvdemo.detect import Settings
from cvdemo.detect.export import detections
from cvdemo.detect.find import find
from cvdemo.errors import SettingError


@shows_errors
def detect(
    image: gr.FileData,
    model: str,
    confidence: float = 0.25,
    iou: float = 0.45,
    method: str = "greedy",
    class_agnostic: bool = False,
    max_detections: int = 300,
) -> dict[str, Any]:
    """Find objects, and tell which boxes NMS removed, by which better box, at which IoU.

    Args:
        image: the photo, uploaded before, or by MCP a data: URL (JPEG, PNG, WebP, BMP, GIF or TIFF, at most 10 MB).
        model: a name from /models with task "detect".
        confidence: lowest score that counts, 0 to 1.
        iou: a box that overlaps a better one by more than this is removed, 0 to 1: lower is stricter.
        method: greedy, soft_linear, soft_gaussian, diou or merge.
        class_agnostic: whether boxes of different classes remove each other.
        max_detections: most boxes kept, 1 to 1,000.

    Returns:
        model, needs_nms, image_size [w, h], candidates, above_confidence, kept, suppressed (each with ``by`` and
        ``iou``), over_limit, engine (torch, openvino or opencv), network_ms, nms_ms, cached; kept + suppressed +
        over_limit = above_confidence.
    """
    if not isinstance(model, str):
        raise SettingError("model must be the name of a detector, such as hog_people.")
    wanted = {"confidence": confidence, "iou": iou, "method": method, "class_agnostic": class_agnostic}
    settings = Settings(**wanted, max_detections=max_detections)  # type: ignore[arg-type]
    found, known = find(photo(image), model)
    return detections(found, settings, known)
