"""Look inside's views, pictures and controls in one component."""

from typing import Any

from gradio.events import EventListener

from app.components.drawn import Drawn
from app.tabs.inside_views import VIEWS
from cvdemo import starters
from cvdemo.inside.palettes import INFERNO, VIRIDIS

BELOW = ("range", "switch", "inside_pictures", "inside_stage", "saliency_curves", "inside_maps_parts")
ABOVE = ("inside_controls", "inside_foot", "inside")


class InsideView(Drawn):
    """What the models have inside, at the shared point.

    Events: ``again`` asks for the networks to run, ``fetch`` for the weights of the model ``value.fetching``, ``use``
    puts ``value.use`` in its place, ``stop`` ends what runs, ``said`` tells that the headline's value,
    ``value.head``, has changed.

    The value is what `app.tabs.inside_handlers` yields; ``look`` of `app.tabs.inside_answers` answers clicks
    and slider moves.
    """

    EVENTS = [EventListener(name) for name in ("again", "fetch", "use", "stop", "said")]

    def __init__(self, value: dict[str, Any] | None = None, look: Any = None, **kwargs: Any) -> None:
        super().__init__(
            value,
            names=(*BELOW, *(f"inside_{view.ID}" for view in VIEWS), *ABOVE),
            class_name="inside",
            views=[
                {"id": view.ID, "title": view.TITLE, "why": view.WHY, "depth": getattr(view, "DEPTH", True)}
                for view in VIEWS
            ],
            inferno=list(INFERNO),
            viridis=list(VIRIDIS),
            starters=[{"id": f"starter:{one.id}", "name": one.name} for one in starters.all()],
            server_functions=[look] if look else None,
            **kwargs,
        )
