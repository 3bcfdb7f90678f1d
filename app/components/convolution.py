"""The component of the Convolution tab that has work of its own."""

from gradio.events import EventListener

from app.components.lab_view import LabView


class ShiftView(LabView):
    """Models looking at the photo at 33 positions; ``measure`` runs a pair that waits for its button."""

    EVENTS = [*LabView.EVENTS, EventListener("measure")]
