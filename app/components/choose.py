"""The components of the Choose tab."""

from gradio.events import EventListener

from app.components.lab_view import LabView


class MeasuredView(LabView):
    """A view whose event ``measure`` measures what ``value.measuring`` names."""

    EVENTS = [*LabView.EVENTS, EventListener("measure")]
