"""Convolution: what does one kernel do to your photo?"""

import secrets
from pathlib import Path
from typing import Any

import gradio as gr

from app.components.convolution import SlideView
from app.components.convolution_views import CostsView, PoolView, ShiftView, ViewChoice
from app.components.photo import PhotoRail, photo_path, photo_point
from app.lab import Lab, insist
from app.tabs import convolution_costs, convolution_pool, convolution_shift
from app.tabs import convolution_view as view
from cvdemo.convolution import ReducedPhoto, Settings, Window, reduce_photo, tool, window_around, words
from cvdemo.convolution.costs import Shape
from cvdemo.convolution.response import respond
from cvdemo.errors import CvDemoError, SettingError
from cvdemo.results import Results

_shown = Results("convolution shown")  # photo and window by a key that only their page knows


def _build(rail: PhotoRail) -> None:
    """Lay the tab out and wire it to the shared photo."""
    ViewChoice()
    sliding = SlideView(view.waiting("One moment."), slide=slide)
    CostsView(convolution_costs.view(Shape()), price=convolution_costs.price)
    pooling = PoolView(convolution_pool.waiting("One moment."), halve=convolution_pool.halve)
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    light: dict[str, Any] = {"trigger_mode": "always_last", "concurrency_limit": 4, **quiet}
    of_slide = {"photo": rail, "shown": sliding}
    gr.on([rail.photo, rail.point, sliding.again], see, inputs_kwargs=of_slide, outputs=sliding, **light)
    of_pool = {"photo": rail, "shown": pooling}
    gr.on([rail.photo, pooling.again], pool, inputs_kwargs=of_pool, outputs=pooling, **light)
    shifting = ShiftView(convolution_shift.waiting("One moment."))
    running = gr.on(
        [rail.photo, shifting.again],
        convolution_shift.run,
        inputs_kwargs={"photo": rail, "shown": shifting},
        outputs=shifting,
        trigger_mode="always_last",
        concurrency_id="compute",
        concurrency_limit=4,
        **quiet,
    )
    cancelled = shifting.stop(None, cancels=[running], **quiet)
    cancelled.then(convolution_shift.stopped, shifting, shifting, queue=False, **quiet)


def see(photo: Any, shown: Any) -> Any:
    """Show the cells around the point under the visitor's settings, if this tab is open."""
    if _elsewhere(photo):
        return gr.skip()
    known = shown if isinstance(shown, dict) else {}
    settings, complaint = _settings(known.get("settings"))
    try:
        reduced = reduce_photo(photo_path(photo))
        point = photo_point(photo, reduced.full_size_wh)
        same = [photo["photo"]["id"], *point]
        if known.get("shown") == same and _unchanged(known):
            return gr.skip()
        window, key = window_around(reduced, point), secrets.token_urlsafe(12)
        _shown.put(key, (reduced, window))
        value = {**view.waiting("", settings), "key": key, "shown": same}
    except CvDemoError as error:
        return view.waiting(str(error), settings)
    try:
        return {**value, **view.view(reduced, window, settings), "error": complaint}
    except CvDemoError as error:  # the photo is fine, the settings do not fit it
        return {**value, **view.view(reduced, window, Settings()), **view.fault(error, settings)}


def pool(photo: Any, shown: Any) -> Any:
    """Show the photo halved in four ways, if this tab is open."""
    found = None if _elsewhere(photo) else convolution_pool.see(photo, shown)
    return gr.skip() if found is None else found


def _elsewhere(photo: Any) -> bool:
    """Whether another tab is open: this one looks at the photo when it is opened."""
    return isinstance(photo, dict) and photo.get("tab") not in (None, LAB.id)


def _unchanged(known: dict[str, Any]) -> bool:
    """Whether what is on screen was computed for the settings that are asked for, and can still be changed."""
    return bool(known.get("grid") and known.get("made_for") == known.get("settings") and _shown.get(known.get("key")))


def _settings(value: Any) -> tuple[Settings, str | None]:
    """Return the settings that the browser sent; what cannot be becomes the first ones and a sentence."""
    try:
        return view.settings_from(value or {}), None
    except SettingError as error:
        return Settings(), str(error)


def slide(asked: Any) -> dict[str, Any]:
    """Answer changed settings, for the browser; ``{"gone": True}`` when the cells are not known any more."""
    if not isinstance(asked, dict) or not isinstance(asked.get("key"), str):
        return {"gone": True}
    found: tuple[ReducedPhoto, Window] | None = _shown.get(asked["key"])
    if found is None:
        return {"gone": True}
    settings = None
    try:
        settings = view.settings_from(asked.get("settings"))
        return {"key": asked["key"], "error": None, "remedy": None, **view.view(*found, settings)}
    except CvDemoError as error:
        return {"key": asked["key"], **view.fault(error, settings)}


def _check(photo: Path) -> str:
    settings = Settings()
    response = respond(reduce_photo(photo), tool(settings), settings)
    insist(0 < response.reacting < 1, "no edge was found")
    return words.answer(settings, response)


LAB = Lab(
    id="convolution",
    title="Convolution",
    question=words.QUESTION,
    build=_build,
    check=_check,
)
