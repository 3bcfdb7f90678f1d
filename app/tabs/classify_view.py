"""Turns a classification into what the Classify tab draws; no network, no Gradio events."""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.tabs.missing import NEEDS_FETCH, cost, lost
from cvdemo import images, weights
from cvdemo.catalogue import get
from cvdemo.classify import Answer, Classification, Missing, doubt, scope, shared_ranks
from cvdemo.classify.export import to_dict
from cvdemo.classify.settings import Settings
from cvdemo.classify.words import (
    EVERYDAY,
    RANDOM_WEIGHTS,
    agreement_figures,
    answer_sentence,
    cut_off_sentence,
    known_sentence,
    ran_sentence,
    right_sentence,
    temperature_sentence,
)
from cvdemo.engines import TITLES
from cvdemo.wording import FAMILY_WORDS, NBSP, milliseconds, percent, scaled

NONE_READY = "Choose a model that is ready, or download one."
OWN_LABELS = "Shares among your own labels only: they say which fits best, not whether one fits at all."


@dataclass(frozen=True)
class Shown:
    """What a page shows: what the chosen models said, if any could; and how many times networks ran for that."""

    result: Classification | None
    order: tuple[str, ...]
    runs: int


def drawn(shown: Shown, settings: Settings, question: dict[str, Any]) -> dict[str, Any]:
    """Return all that the tab draws; of the known logits, so that another temperature or length runs no network."""
    result, top_k, temperature = shown.result, settings.top_k, settings.temperature
    if "search" in question:
        return {"found": scope.search(result, question["search"]) if result else []}
    return {
        **_answer(result, temperature),
        "cards": _cards(result, shown.order, top_k, temperature),
        "figures": _figures(result, top_k, temperature),
        "sentence": temperature_sentence(result, temperature) if result else None,
        "doubts": doubt.figures(result) if result else [],
        "models": ",".join(shown.order),
        **_foot(result, top_k, 0 if question else shown.runs),
    }


def _answer(result: Classification | None, temperature: float) -> dict[str, Any]:
    """Return the answer sentence, and the class to underline: one that all models named."""
    if result is None or not result.answers:
        return {"answer": NONE_READY, "marked": None}
    marked = result.trained[0].top(1)[0].label if result.trained and result.agree else None
    said = f"{answer_sentence(result, temperature)} {scope.scope_sentences(result)}".rstrip()
    return {"answer": said, "marked": marked}


def _cards(
    result: Classification | None, order: tuple[str, ...], top_k: int, temperature: float
) -> list[dict[str, Any]]:
    """Return one card for each model of ``order``, answered or not."""
    answers = {answer.model: answer for answer in result.answers} if result else {}
    missing = {gone.model: gone for gone in result.missing} if result else {}
    ranks = shared_ranks(tuple(answers.values()), top_k)
    thumbnail = images.data_url(result.thumbnail) if result and answers else ""
    return [
        _answer_card(answers[name], result, thumbnail, ranks, top_k, temperature)
        if name in answers and result
        else _missing_card(name, missing.get(name))
        for name in order
    ]


def _answer_card(
    answer: Answer, result: Classification, thumbnail: str, ranks: dict[str, int], top_k: int, temperature: float
) -> dict[str, Any]:
    height, width = answer.seen.shape[:2]
    text, warn = cut_off_sentence(answer.cut_off)
    photo_w, photo_h = result.photo_size_wh
    x0, y0, x1, y1 = answer.crop_xyxy
    guesses = answer.top(top_k, temperature)
    return {
        "model": answer.model,
        "title": answer.title,
        "family": answer.family,
        "family_word": FAMILY_WORDS[answer.family],
        "sees": f"sees {width} × {height} px",
        "notice": _notice(answer),
        "photo": f"{hash(answer.seen.tobytes())}",
        "rows": [
            {
                "label": guess.label,
                "share": guess.probability,
                "text": percent(guess.probability),
                "rank": ranks.get(guess.label) if ranks.get(guess.label, 9) <= 4 else None,
                "first": place == 0,
            }
            for place, guess in enumerate(guesses)
        ],
        "crop": {
            "src": thumbnail,
            "alt": f"Your photo with the part that {answer.title} sees: {text}",
            "ratio": photo_w / photo_h,
            "box": [x0 / photo_w, y0 / photo_h, x1 / photo_w, y1 / photo_h],
            "text": text,
            "warn": warn,
        },
        "seen": {"src": _tiny(answer.seen), "alt": f"The {width} × {height} pixels that {answer.title} got"},
        "facts": _facts(answer),
        "about": _about(answer),
    }


def _notice(answer: Answer) -> str | None:
    if answer.weights == "random":
        return RANDOM_WEIGHTS
    return OWN_LABELS if get(answer.model).zero_shot else None


def _tiny(pixels: np.ndarray) -> str:
    return images.data_url(pixels, format="png") if pixels.shape[0] <= 64 else images.data_url(pixels)


def _facts(answer: Answer) -> list[tuple[str, str]]:
    card = weights.card(answer.model)
    rows = [("Parameters", scaled(answer.parameter_count))]
    if answer.multiply_adds is not None:
        rows.append(("Multiply-adds", scaled(answer.multiply_adds)))
    if card is not None:
        half = 100 * (card.top1_interval[1] - card.top1_interval[0]) / 2
        rows.append(("Test accuracy", f"{percent(card.top1)} ± {half:.1f}"))
    rows.append(("Network, median", milliseconds(answer.network_ms)))
    return rows


def _about(answer: Answer) -> list[tuple[str, str]]:
    card = weights.card(answer.model)
    states = {
        "bundled": "trained by us, bundled",
        "packaged": "trained, from a package of the installation",
        "cached": "trained, on this machine",
        "random": "random",
    }
    rows = [
        ("Weights", states[answer.weights]),
        ("Classes", f"{len(answer.labels):,}"),
        ("Licence", answer.licence or "not stated"),
    ]
    made_for = get(answer.model).made_for
    if made_for is not None:
        rows.append(("Made for", made_for))
    if card is not None:
        rows += [("Trained on", card.data), ("Recipe", card.recipe), ("Right in its top five", percent(card.top5))]
    else:
        rows.append(("Published accuracy", _published(answer.model)))
    rows += [
        ("Decode", milliseconds(answer.decode_ms)),
        ("Preprocess", milliseconds(answer.preprocess_ms)),
        ("Engine", _engine(answer)),
    ]
    return rows


def _engine(answer: Answer) -> str:
    return " · ".join(part for part in (TITLES[answer.engine], answer.engine_note.rstrip(".")) if part)


def _published(name: str) -> str:
    """Return the figure that others measured, with its recipe: never to be read as ours."""
    figure = get(name).published
    if figure is None:
        return "not stated"
    side = f", {figure.side} px" if figure.side else ""
    return f"{figure.value:.1f}{NBSP}% {figure.metric} ({figure.recipe}{side})"


def _missing_card(name: str, gone: Missing | None) -> dict[str, Any]:
    spec = get(name)
    if gone is None and (error := lost(spec)):
        gone = Missing(name, spec.title, str(error), error.suggestion)
    suggestion = gone.suggestion if gone else None
    return {
        "model": name,
        "title": spec.title,
        "family": spec.family,
        "family_word": FAMILY_WORDS[spec.family],
        "reason": gone.reason if gone else NEEDS_FETCH,
        "fetch": None if gone else cost(spec),
        "suggestion": {"name": suggestion, "title": get(suggestion).title} if suggestion else None,
    }


def _figures(result: Classification | None, top_k: int, temperature: float) -> dict[str, Any]:
    """Return the card that compares the answers."""
    figures = agreement_figures(result, top_k, temperature) if result else []
    known = [(answer.title, weights.card(answer.model)) for answer in result.trained] if result else []
    accuracies = [(title, card.top1) for title, card in known if card is not None]
    title = "How much do they agree?" if len(figures) != 1 else "How much doubt is left?"
    return {"title": title, "figures": figures, "sentence": right_sentence(accuracies)}


def _foot(result: Classification | None, top_k: int, runs: int) -> dict[str, Any]:
    """Return what these models know, what ran, and what can be copied."""
    if result is None or not result.answers:
        return {"know": None, "ran": "", "classes": None, "json": None}
    small = [answer for answer in result.answers if len(answer.labels) == EVERYDAY and answer.weights == "bundled"]
    known = known_sentence(result.answers)
    return {
        "know": known,
        "ran": ran_sentence(runs),
        "classes": sorted(small[0].labels, key=str.lower) if small else None,
        "json": json.dumps(to_dict(result, top_k), indent=1),
    }
