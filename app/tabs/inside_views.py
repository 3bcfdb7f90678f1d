"""The views of Look inside, in the order of the switch, and how one plugs in.

A view is a module ``app/tabs/inside_<id>.py`` in `VIEWS`, with a script ``app/components/inside_<id>.js``.
It offers:

- ``ID``, ``TITLE`` (of the switch), ``WHY`` (the text beside the picture); ``DEPTH = False`` where the depth slider has
  no meaning, or ``layers(given)``, the names that stand beside it; ``OPENS_AT``, the depth it opens at (1.0);
  ``WHY_TITLE``, the question over that text; ``columns(given)``, what stands over its columns;
- ``Settings``: its own settings, a `cvdemo.settings.Settings`; a view reads them as ``given.settings.<id>``;
- ``work(given: ViewInput, report) -> None``: run whatever networks the view needs that are not known yet. It runs in a
  queued, cancellable event; call ``report(model, weights.Progress(...))`` now and then, it raises to stop. What it
  finds is kept by the lab (a `Results`), not here;
- ``known(given) -> bool``: whether all of it is known, so that the following run no network;
- ``answer(given) -> str`` (the sentence above) and ``draw(given) -> list[dict]`` (a card a model, in order).
  The page asks for them at each click and slider move, through a server function, and only if ``known``;
- ``tile(given, number: int) -> dict | None``: the view's tile of the overview for model ``number``:
  ``{"column": "saliency" | "point" | "strongest", "title", "caption", "map": packed(...), "opens": ID}``.
  Of several for one column the first in `OVERVIEW` is taken, so attention must stand before similarity; the first
  one's ``answer`` is the overview's, and ``work`` of each runs for the overview too, or ``work_tile`` and
  ``known_tile`` where a tile needs less than the view;
- ``arrays(given) -> list[tuple[str, NDArray]]``: file stems and arrays of what is shown, for the NPY button.

Its script adds ``VIEWS.<id> = (tools) => ({ node, draw(cards) })``; see the head of ``inside_pictures.js`` for the
tools. Nothing else has to change: settings travel under the view's id, and the switch, the link, the keys and the
exports read `VIEWS`.
"""

from dataclasses import dataclass, make_dataclass
from types import ModuleType

from app.tabs import inside_attention, inside_maps, inside_overview, inside_saliency, inside_similarity
from cvdemo import settings
from cvdemo.settings import choice, flag, number, part

VIEWS: tuple[ModuleType, ...] = (inside_overview, inside_maps, inside_attention, inside_saliency, inside_similarity)
OVERVIEW: tuple[ModuleType, ...] = (inside_saliency, inside_attention, inside_maps, inside_similarity)
inside_overview.SOURCES.extend(OVERVIEW)


@dataclass(frozen=True)
class SharedSettings(settings.Settings):
    """What is set for all views: which is open, relative depth 0..1, opacity, weights, pixels a side for DINOv2."""

    view: str = choice(VIEWS[0].ID, [one.ID for one in VIEWS], "view", says="There is no such view. Reload the page.")
    depth: float = number(1.0, 0, 1, "depth", link="")
    opacity: float = number(0.6, 0, 1, "opacity", link="")
    random: bool = flag(False, "choice of random weights", link="")
    side: int = choice(224, (224, 518), "input size", link="", says="DINOv2 can look at 224 or 518 pixels here.")


Settings: type[SharedSettings] = make_dataclass(
    "Settings", [(one.ID, one.Settings, part(one.Settings)) for one in VIEWS], bases=(SharedSettings,), frozen=True
)
"""The lab's settings: the shared ones, and each view's own under its id."""
