"""The components of the Skips tab."""

from gradio.events import EventListener

from app.components.lab_view import LabView


class TrainBoth(LabView):
    """Two kinds of nets that learn side by side; its event ``more`` lets those that are shown go on."""

    EVENTS = [*LabView.EVENTS, EventListener("more")]


class Surgery(LabView):
    """Blocks as switches; its event ``many`` asks the network of every photo that the page gave."""

    EVENTS = [*LabView.EVENTS, EventListener("many")]
