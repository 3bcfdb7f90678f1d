"""The component of a bench, drawn by the lab's own scripts, and the buttons between the benches of a lab."""

from typing import Any

from gradio.events import EventListener

from app.components.drawn import Drawn


class LabView(Drawn):
    """What one bench shows.

    Events: ``again`` asks for a measurement, ``fetch`` for trained weights of the model ``value.fetching`` as well,
    ``use`` puts ``value.use`` in the place of a chosen model, ``stop`` ends what runs, ``said`` tells that the
    headline's value, ``value.head``, has changed. A lab with more work names its events in a subclass.

    The value is what `app.lab.handlers` yields; ``look`` answers slider steps without a network run, ``answers`` what
    else a lab is asked.
    """

    EVENTS = [EventListener(name) for name in ("again", "fetch", "use", "stop", "said")]

    def __init__(self, value: dict[str, Any] | None = None, look: Any = None, answers: Any = (), **kwargs: Any) -> None:
        super().__init__(value, server_functions=[*([look] if look else []), *answers] or None, **kwargs)


class ViewSwitch(Drawn):
    """Opens one of a lab's views: columns of the page, by their ids; ``?view=`` keeps which.

    Value: ``[[id, title], ...]``; the first is open where the address names none.
    """

    def __init__(self, value: list[list[str]] | None = None, tab: str = "", **kwargs: Any) -> None:
        super().__init__(value, names=("lab", "view_switch"), class_name="view-switch", tab=tab, **kwargs)
