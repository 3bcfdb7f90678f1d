"""A lesson as JSON, for the API."""

from typing import Any

from cvdemo.transfer.result import Lesson


def to_dict(lesson: Lesson) -> dict[str, Any]:
    """Return accuracies (0..1) on the held-out photos, their 95 % intervals (Wilson), and who was taken for whom."""
    return {
        "classes": list(lesson.photos.classes),
        "photos": len(lesson.photos.photos),
        "held_out": int(lesson.out.sum()),
        "near_duplicates": lesson.near_duplicates,
        "majority": round(lesson.majority.score.share, 4),
        "seed": lesson.seed,
        "results": [
            {
                "model": one.model,
                "nearest_neighbour": round(one.way("nearest").score.share, 4),
                "accuracy": round(one.way("probe").score.share, 4),
                "ci95": [round(edge, 4) for edge in one.way("probe").score.ci95],
                "strength": one.probe.strength,
                "confusion": lesson.confusion(one.way("probe")).tolist(),
            }
            for one in lesson.taught
        ],
    }
