"""What happens on the Classify tab: thin handlers from the visitor's choice to what the components draw."""

import time
from collections.abc import Iterator
from typing import Any

import gradio as gr

from app.components.chips import chips, chosen
from app.components.photo import photo_path
from app.components.slider import slider_number
from app.errors import shows_errors
from app.lab.busy import busy, fetching
from app.lab.streaming import Finished, end, follow
from app.tabs import classify_view as view
from app.tabs.missing import is_ready
from cvdemo import catalogue, weights
from cvdemo.classify import CHOSEN_LIMIT, Classification, classify
from cvdemo.classify.pairs import same_size, same_speed
from cvdemo.classify.run import network_runs
from cvdemo.classify.words import temperature_sentence
from cvdemo.errors import SettingError

LINE = "classify"
SHOWN = 7  # result, chips, headline, cards, agreement, temperature, foot


def offered() -> list[catalogue.ModelSpec]:
    """Return the classifiers that this tab offers: those that can have trained weights."""
    specs = (catalogue.get(name) for name in catalogue.names("classify"))
    return [spec for spec in specs if weights.state(spec) != "random only"]


@shows_errors
def run(photo: Any, models: Any, own_labels: str, top_k: Any, temperature: Any) -> Iterator[tuple[Any, ...]]:
    """Classify the photo with those chosen models that are ready; the others show a button with their cost."""
    order = _order(models)
    ready = tuple(filter(is_ready, order))
    yield from _classify(photo, order, ready, own_labels, _settings(top_k, temperature))


@shows_errors
def fetch_and_run(photo: Any, models: Any, own_labels: str, top_k: Any, temperature: Any) -> Iterator[tuple[Any, ...]]:
    """Classify with all chosen models, downloading what is missing."""
    order = _order(models)
    yield from _classify(photo, order, order, own_labels, _settings(top_k, temperature))


def _order(models: Any) -> tuple[str, ...]:
    return chosen(models) or catalogue.BUNDLED_PAIR


def _settings(top_k: Any, temperature: Any) -> tuple[int, float]:
    return int(slider_number(top_k, 1, 10)), slider_number(temperature, 0.2, 5.0)


def _classify(
    photo: Any, order: tuple[str, ...], ready: tuple[str, ...], own_labels: str, settings: tuple[int, float]
) -> Iterator[tuple[Any, ...]]:
    path, labels = photo_path(photo), parse_labels(own_labels)
    before, started = network_runs(), time.perf_counter()
    skip = (gr.skip(),) * (SHOWN - 3)
    result: Classification | None = None
    if ready:
        for step in follow(lambda report: classify(path, ready, labels, report), LINE):
            if isinstance(step, Finished):
                result = step.result
            else:
                seconds = time.perf_counter() - started
                now = fetching(step[0], step[1], seconds) if step else busy("The models look at the photo")
                yield (gr.skip(), gr.skip(), view.head(None, 1.0, now), *skip)
    states = chips(None, offered(), CHOSEN_LIMIT)
    yield (result, states, *_shown(result, order, settings, network_runs() - before))


def _shown(
    result: Classification | None, order: tuple[str, ...], settings: tuple[int, float], runs: int
) -> tuple[dict[str, Any], ...]:
    """Return the values of headline, cards, agreement, temperature and foot."""
    top_k, temperature = settings
    sentence = temperature_sentence(result, temperature) if result else None
    return (
        view.head(result, temperature),
        view.cards(result, order, top_k, temperature),
        view.agreement_card(result, top_k, temperature),
        {"value": temperature, "sentence": sentence},
        view.foot(result, order, top_k, runs),
    )


@shows_errors
def retune(result: Classification | None, models: Any, top_k: Any, temperature: Any) -> tuple[dict[str, Any], ...]:
    """Show the known logits at another temperature or length; runs no network."""
    return _shown(result, _order(models), _settings(top_k, temperature), 0)


@shows_errors
def stopped(result: Classification | None, models: Any, top_k: Any, temperature: Any) -> tuple[dict[str, Any], ...]:
    """End the work, and show what was there before."""
    end(LINE)
    gr.Info("Stopped. What was finished is kept.")
    return retune(result, models, top_k, temperature)


@shows_errors
def choose_pair(title: str) -> dict[str, Any]:
    """Return the chips of a ready pair, with what makes it one."""
    ready = [spec for spec in offered() if weights.is_ready(spec) and not spec.zero_shot]
    if title == "Bundled pair":
        return chips(catalogue.BUNDLED_PAIR, offered(), CHOSEN_LIMIT)
    if title == "Same speed":
        pair = same_speed(ready)
    else:
        pair = same_size([spec for spec in offered() if not spec.zero_shot] if weights.online() else ready)
    return chips(pair.names, offered(), CHOSEN_LIMIT, pair.reason)


@shows_errors
def use_instead(models: Any, event: gr.EventData) -> dict[str, Any]:
    """Put a suggested model in the place of a missing one."""
    data = event._data or {}
    instead = catalogue.get(str(data.get("instead"))).name
    order = [instead if name == data.get("model") else name for name in _order(models)]
    return chips(list(dict.fromkeys(order)), offered(), CHOSEN_LIMIT)


def parse_labels(text: str | None) -> tuple[str, ...]:
    """Return the visitor's classes: trimmed, without repeats.

    Raises:
        SettingError: more than 30, or one longer than 60 characters.
    """
    labels = tuple(dict.fromkeys(part.strip() for part in (text or "").split(",") if part.strip()))
    if len(labels) > 30:
        raise SettingError(f"{len(labels)} labels are too many; 30 at most.")
    if any(len(label) > 60 for label in labels):
        raise SettingError("A label may have 60 characters at most. Separate labels by commas.")
    return labels
