"""What happens when a component asks for work: wish, thread, progress, result, refusal; the same for every bench."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any, cast

import gradio as gr

from app import request_log
from app.components.photo import photo_path, photo_point
from app.errors import boxed, shows_errors
from app.lab.declared import Bench, Chips, Wish, Work
from app.lab.streaming import STOPPED, Finished, StoppedByHand, end, follow
from cvdemo import catalogue, images
from cvdemo.errors import Busy, CvDemoError, Stopped
from cvdemo.pairs import differences

LOG = logging.getLogger(__name__)


class Fault(CvDemoError):
    """What a visitor is told of a fault of ours."""


FAULT = "Something went wrong here; it is written in the server's log. Try it again."
PHOTO_FAULT = f"{FAULT[:-1]}, or with another photo."


def plain(bench: Bench, value: Any) -> dict[str, Any]:
    """Return a component's value as the browser sent it, ``heard`` being the number of its wish; else an empty one."""
    return {**value, "heard": value.get("begun")} if isinstance(value, dict) else bench.waiting("")


def wish(bench: Bench, photo: Any, models: Any, value: Any, fetches: bool = False) -> Wish:
    """Return what the page asks for.

    Raises:
        CvDemoError: no readable photo, a point outside it, unknown models or settings, or too many models.
    """
    known = plain(bench, value)
    path = photo_path(photo)
    size_wh = images.open(path).facts.full_size_wh
    names = bench.chips.names(models) if bench.chips else ()
    settings = bench.settings.of(known.get("settings") or {})
    wanted = known.get("fetching") if fetches else None
    fetch = wanted if isinstance(wanted, str) else None
    rail, point_rc = photo["photo"], photo_point(photo, size_wh)
    name, src = str(rail.get("name") or "Photo")[:80], str(rail.get("src") or "")
    return Wish(path, name, src, size_wh, point_rc, names, settings, fetch, bench.shown.get(known.get("key")), known)


def handler(bench: Bench, event: str) -> Callable[..., Iterator[Any]]:
    """Return the function that Gradio calls for ``event``: it yields the component's value (and the chips')."""

    work = bench.work[event]

    def handle(photo: Any, value: Any, models: Any = None) -> Iterator[Any]:
        for changed in _values(bench, event, work, photo, models, value):
            if not work.fetches or bench.chips is None:
                yield changed
            else:
                yield changed, (gr.skip() if changed.get("busy") else bench.chips.value(None))

    handle.__name__ = event
    return handle


def _values(bench: Bench, event: str, work: Work, photo: Any, models: Any, value: Any) -> Iterator[Any]:
    before, refusal = plain(bench, value), None
    with request_log.noted(f"{bench.id}.{event}", partial(request_log.models_in, models, value)) as note:
        if work.continues and bench.shown.get(before.get("key")) is None:
            yield gr.skip()
            return
        end(bench.id)  # what works on an older wish
        try:
            for changed in _steps(bench, work, photo, models, before):
                before = changed  # what was told stands, also when the rest is refused
                yield changed
        except Stopped as ended:
            note.outcome = "stopped"
            if isinstance(ended, StoppedByHand):  # a newer wish shows its own outcome
                # Once more: a word that was on its way may have come after the first.
                yield _stopped(bench, photo, models, before)
        except CvDemoError as error:
            note.refused(refusal := error)
            before = _still(bench, photo, models, before)
            yield from _instead(bench, work, photo, models, before, error)
        except Exception as fault:
            LOG.exception("A fault of ours in %s.%s", bench.id, event)
            note.failed(fault)
            before = _still(bench, photo, models, before)
            refusal = Fault(FAULT if bench.stays else PHOTO_FAULT)
            yield _refused(bench, work, before, refusal)  # or the page would stay busy for ever
    if isinstance(refusal, bench.boxed) and before.get("key"):
        raise boxed(refusal)


def _steps(bench: Bench, work: Work, photo: Any, models: Any, before: dict[str, Any]) -> Iterator[dict[str, Any]]:
    asked, started_s = wish(bench, photo, models, before, work.fetches), time.perf_counter()
    found = work.found or partial(first_found, bench)
    for step in follow(partial(work.run, asked), bench.id):
        if isinstance(step, Finished):
            yield {**before, "busy": None, **found(asked, step.result)}
        elif work.told and (told := work.told(asked, step, time.perf_counter() - started_s)) is not None:
            yield {**before, **told}


def _instead(
    bench: Bench, work: Work, photo: Any, models: Any, before: dict[str, Any], error: CvDemoError
) -> Iterator[dict[str, Any]]:
    """Show what can be shown of refused work."""
    if bench.falls_back:
        first = {**before, "settings": bench.settings().plain()}
        with suppress(CvDemoError):
            for shown in _steps(bench, work, photo, models, first):
                yield {**shown, "error": str(error)}
            return
    yield _refused(bench, work, before, error)


def _refused(bench: Bench, work: Work, before: dict[str, Any], error: CvDemoError) -> dict[str, Any]:
    """Return the value that tells why there is no result."""
    stays = {"message": "" if before.get("key") else str(error)}
    told = stays if isinstance(error, bench.boxed) else work.refused(error)
    heard = {name: before.get(name) for name in ("begun", "heard")}
    if told is None:
        rest = {**bench.waiting(str(error)), **heard}
    else:
        rest = before if bench.stays or before.get("key") else {**before, "message": str(error)}
    return {**rest, "busy": None, "again": isinstance(error, Busy | Fault) and not bench.stays, **(told or {})}


def _still(bench: Bench, photo: Any, models: Any, known: dict[str, Any]) -> dict[str, Any]:
    """Return ``known`` without its key where that was measured of another photo or other models than are chosen now."""
    with suppress(CvDemoError, KeyError, TypeError, AttributeError):  # it cannot be said what is chosen
        names = bench.chips.names(models) if bench.chips else ()
        if not bench.stays and known["of"] != [str(photo["photo"].get("src") or ""), *names]:
            return {**known, "key": None}
    return known


def kept(bench: Bench, asked: Wish, shown: Any) -> dict[str, Any]:
    """Return the value for what was just measured and is kept under its key, not drawn yet."""
    key, settings = bench.shown.keep(shown), asked.settings.plain()
    random = bool(getattr(asked.settings, "random", False))
    differs = differences(asked.models, random) if bench.chips else None
    return {
        **bench.waiting(""),
        "key": key,
        "settings": settings,
        "name": asked.name,
        "src": asked.src,
        "of": [asked.src, *asked.models],
        "differs": differs,
    }


def first_found(bench: Bench, asked: Wish, shown: Any) -> dict[str, Any]:
    """Return the value for what was just measured: kept under its key, and drawn under the wish's settings."""
    return {**kept(bench, asked, shown), **bench.draw(shown, asked.settings, {})}


def use_instead(bench: Bench) -> Callable[[Any, Any], dict[str, Any]]:
    """Return the function that puts a suggested model in the place of a missing one: a value's ``use`` names both."""

    def use(models: Any, value: Any) -> dict[str, Any]:
        wanted = plain(bench, value).get("use")
        asked = wanted if isinstance(wanted, dict) else {}
        instead, chips = catalogue.get(str(asked.get("instead"))).name, cast(Chips, bench.chips)
        names = [instead if name == asked.get("model") else name for name in chips.names(models)]
        return chips.value(tuple(dict.fromkeys(names)))

    use.__module__ = bench.id
    return shows_errors(use)


def stopped(bench: Bench) -> Callable[..., dict[str, Any]]:
    """Return the function that ends a bench's work and shows what is known."""

    def stop(photo: Any, value: Any, models: Any = None) -> dict[str, Any]:
        end(bench.id, by_hand=True)
        if issubclass(Stopped, bench.boxed):
            gr.Info(STOPPED)
        return _stopped(bench, photo, models, plain(bench, value))

    return stop


def _stopped(bench: Bench, photo: Any, models: Any, value: dict[str, Any]) -> dict[str, Any]:
    known = _still(bench, photo, models, value)
    told = {"message": "", "again": False} if known.get("key") else {"message": bench.stopped, "again": not bench.stays}
    return {**known, "busy": None, "stopped": True, **told}
