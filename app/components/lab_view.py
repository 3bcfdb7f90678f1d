"""The component of a bench: everything between its chips and the foot of the page, drawn by the lab's own scripts."""

from typing import Any

from gradio.events import EventListener

from app.components.drawn import Drawn


class LabView(Drawn):
    """What one bench shows.

    Events: ``again`` asks for a measurement, ``fetch`` for trained weights of the model ``value.fetching`` as well,
    ``stop`` ends either, ``said`` tells that the headline's value, ``value.head``, has changed. A lab with more work
    names its events in a subclass.

    The value is what `app.lab.handlers` yields; ``look`` answers slider steps without a network run, ``answers`` what
    else a lab is asked.
    """

    EVENTS = [EventListener(name) for name in ("again", "fetch", "stop", "said")]

    def __init__(self, value: dict[str, Any] | None = None, look: Any = None, answers: Any = (), **kwargs: Any) -> None:
        super().__init__(value, server_functions=[*([look] if look else []), *answers] or None, **kwargs)
