"""Detect, live: frames of the visitor's webcam, one at a time, answered with boxes and kept nowhere."""

from typing import Any

from app.components.live import LiveDetect
from app.live_frames import one_at_a_time, pixels, says_why, text
from cvdemo import catalogue
from cvdemo.detect.live import LiveBoxes, detect_frame, ready
from cvdemo.detect.settings import Wanted


def component(model: str, settings: dict[str, Any]) -> LiveDetect:
    """Return the component, wired; ``settings`` as the browser sends them."""
    titles = {name: catalogue.get(name).title for name in catalogue.names("detect")}
    return LiveDetect({"model": model, "settings": settings, "titles": titles}, look=one_at_a_time(prepare, answer))


@says_why
def prepare(asked: Any) -> None:
    """Load the detector that a frame asks for."""
    ready(text(asked, "model"))


@says_why
def answer(asked: Any) -> dict[str, Any]:
    """Answer one frame, for the browser: its boxes."""
    frame, model, chosen = pixels(asked), text(asked, "model"), Wanted.of(asked.get("settings"))
    height, width = frame.shape[:2]
    return _drawn(detect_frame(frame, model, chosen.settings_for(()), chosen.classes), (width, height))


def _drawn(found: LiveBoxes, size_wh: tuple[int, int]) -> dict[str, Any]:
    rows = zip(found.boxes_xyxy.tolist(), found.labels, found.scores.tolist(), strict=True)
    return {
        "size": list(size_wh),
        "boxes": [{"box": [round(edge, 1) for edge in box], "tag": f"{name} {score:.2f}"} for box, name, score in rows],
        "detector_ms": found.network_ms,
        "nms_ms": found.nms_ms,
    }
