"""The views of the Latency tab that are measured apart: growth with the photo, with the batch, and the layers."""

import time
from collections.abc import Iterator
from typing import Any

from app.errors import shows_errors
from app.lab.streaming import Finished, follow
from app.tabs import latency_views as views
from app.tabs.latency_asked import ID, Wish, wish
from app.tabs.latency_busy import before, plain
from cvdemo.errors import CvDemoError, SettingError, Stopped
from cvdemo.latency.layers import layer_times
from cvdemo.latency.sweep import STEPS, Sweep, sweep

VIEWED = ("sweep", "layers")


@shows_errors
def explore(photo: Any, models: Any, picture: Any) -> Iterator[dict[str, Any]]:
    """Measure one of the views: growth with the photo, with the batch, or the layers."""
    shown, started = {**plain(picture), "message": None}, time.perf_counter()
    kind = shown.get("measuring")
    try:
        asked = wish(photo, models, picture)
        for step in follow(lambda report: _explored(kind, asked, report), line=ID):
            found = step.result if isinstance(step, Finished) else step[1] if step and step[0] in VIEWED else None
            if found is not None:
                shown = {**shown, "views": {**(shown.get("views") or {}), kind: _viewed(found)}}
            yield {**shown, "busy": None if isinstance(step, Finished) else _exploring(kind, step, started)}
    except Stopped:
        return
    except CvDemoError as error:
        yield {**shown, "message": str(error), "busy": None}


def _explored(kind: Any, asked: Wish, report: Any) -> Any:
    if kind == "layers":
        return layer_times(asked.path, asked.models, asked.settings, report)
    if kind not in ("side", "batch"):
        raise SettingError("This view is not known here. Reload the page.")
    return sweep(asked.path, asked.models, asked.settings, kind, report)


def _viewed(found: Any) -> dict[str, Any]:
    return views.of_sweep(found) if isinstance(found, Sweep) else views.of_layers(found)


def _exploring(kind: Any, step: tuple[Any, ...] | None, started: float) -> dict[str, Any]:
    if not step or step[0] not in VIEWED:
        return before(step, time.perf_counter() - started)
    if kind == "layers":
        return {"text": "Timing every layer", "share": None, "stoppable": False}
    steps = STEPS["side" if kind == "side" else "batch"]
    now = step[1].now or steps[-1]
    text = (
        f"Measuring at {now} px" if kind == "side" else f"Measuring with {now} photo{'' if now == 1 else 's'} per run"
    )
    return {"text": text, "share": steps.index(now) / len(steps), "stoppable": False}
