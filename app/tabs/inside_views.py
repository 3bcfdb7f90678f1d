"""The views of Look inside, in the order of the switch, and how one plugs in.

A view is a module ``app/tabs/inside_<id>.py`` in `VIEWS`, with a script ``app/components/inside_<id>.js``.
It offers:

- ``ID``, ``TITLE`` (of the switch), ``WHY`` (the text beside the picture), ``DEFAULTS`` (its own settings, as JSON);
  and ``DEPTH = False`` where the depth slider has no meaning, or ``layers(given)``, the names that stand under it;
- ``settings(value: dict) -> Any``: its settings made sound; SettingError for what cannot be;
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

from types import ModuleType

from app.tabs import inside_attention, inside_maps, inside_overview, inside_saliency, inside_similarity

VIEWS: tuple[ModuleType, ...] = (inside_overview, inside_maps, inside_attention, inside_saliency, inside_similarity)
OVERVIEW: tuple[ModuleType, ...] = (inside_saliency, inside_attention, inside_maps, inside_similarity)
inside_overview.SOURCES.extend(OVERVIEW)
