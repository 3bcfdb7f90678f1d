"""Closed cards under the Teach tab's charts: what one does with what was taught."""

from app.components.lab_view import LabView

AFTER = ("teach_after",)


class AfterTeaching(LabView):
    """A card that asks ``again`` once it is open, and whenever something else is taught.

    ``value.asked`` names the lesson by its key, as a ``cv:taught`` event of the document tells it; ``value.done`` is
    what ``value.sheet`` answers.
    """
