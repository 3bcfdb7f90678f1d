"""The view Attention: where heads look from the point or the class token, layer by layer or through all of them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.tabs import inside_attention_cards as cards
from app.tabs import inside_attention_heat as heat
from app.tabs.inside_attention_field import fields
from app.tabs.inside_view_input import ViewInput
from cvdemo import settings
from cvdemo.attention import study, words
from cvdemo.attention.rollout import FUSIONS
from cvdemo.attention.study import Attended
from cvdemo.inside.activations import ForwardPass
from cvdemo.settings import choice, number, whole
from cvdemo.wording import called

ID = "attention"
TITLE = "Attention"
WHY = words.WHY
MODES = ("layer", "rollout", "gradient")


@dataclass(frozen=True)
class Settings(settings.Settings):
    """Head (-1 = the mean of all), where to look from, one layer or all, and how rollout fuses and discards."""

    head: int = whole(-1, -1, 63, "head")
    start: str = choice("point", ("point", "class"), "start")
    mode: str = choice("layer", MODES, "mode", says=f"What is shown must be one of: {', '.join(MODES)}.")
    fusion: str = choice("mean", FUSIONS, "fusion")
    discard: float = number(0.0, 0, 0.95, "discarded share")


def found_in(one: ForwardPass) -> Attended | None:
    """Return a model's attention if it has any and it is known."""
    return study.known(one.asked) if study.has_attention(one.asked.model) else None


def work(given: ViewInput, report: Any) -> None:
    """Read the attention of each transformer; for gradients also one run forward and back."""
    work_tile(given, report)
    if given.settings.attention.mode == "gradient":
        for one in given.seen:
            found = found_in(one)
            if found is not None and study.can_weigh(found):
                report()
                study.relevance_of(found)


def work_tile(given: ViewInput, report: Any) -> None:
    """Read the attention of each transformer."""
    for one in given.seen:
        if study.has_attention(one.asked.model) and found_in(one) is None:
            report()
            study.attend(given.path, one.asked.model, one.asked.random, one.asked.side)


def known_tile(given: ViewInput) -> bool:
    """Whether the attention of each transformer is known."""
    return all(found_in(one) is not None for one in given.seen if study.has_attention(one.asked.model))


def known(given: ViewInput) -> bool:
    """Whether all that is wanted is known."""
    if not known_tile(given):
        return False
    found = [found_in(one) for one in given.seen] if given.settings.attention.mode == "gradient" else []
    return all(study.relevance_known(one) for one in found if one is not None and study.can_weigh(one))


def answer(given: ViewInput) -> str:
    """Return how far each transformer looks from here."""
    names = called(one.spec for one in given.seen)
    return words.answer(names, [heat.distance(given, one, found_in(one)) for one in given.seen], False)


def draw(given: ViewInput) -> list[dict[str, Any]]:
    """Return a card a model; what a CNN can see stands in the same chart."""
    reach = fields(given)
    return [cards.card(given, number, found_in(one), reach) for number, one in enumerate(given.seen)]


def layers(given: ViewInput) -> list[str]:
    """Return the attention layer at the chosen depth, for each model."""
    return [heat.layer_title(given, number, found_in(one)) for number, one in enumerate(given.seen)]


def tile(given: ViewInput, number: int) -> dict[str, Any] | None:
    """Return where the transformer looks from the point, in the layer at the chosen depth."""
    one = given.seen[number]
    found = found_in(one)
    return None if found is None else cards.tile(given, one, found, ID)


def arrays(given: ViewInput) -> list[tuple[str, NDArray[np.float32]]]:
    """Return the attention of each layer and head from here: float32 (heads, h, w) a layer."""
    rows = []
    for one in given.seen:
        found = found_in(one)
        for layer in found.layers if found else ():
            spread, _ = layer.from_cell(found.cell_at(layer, given.point_rc)[0])  # type: ignore[union-attr]
            rows.append((f"{one.asked.model}-{layer.name}", spread.reshape(layer.heads, *layer.grid_hw)))
    return rows
