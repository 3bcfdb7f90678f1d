"""What a lab is: one declared thing, mounted by one function; the labs themselves stand in `app.tabs`."""

from app.lab.declared import GROUPS, Bench, Check, Chips, Lab, Missing, Report, Unsound, Wish, Work, insist
from app.lab.mount import lay_out, lay_out_views, mount
from app.lab.questions import answers_questions, say_what_is_wrong
from app.lab.shown import ShownByKey, ShownFromTheStart

__all__ = [
    "GROUPS",
    "Bench",
    "Check",
    "Chips",
    "Lab",
    "Missing",
    "Report",
    "ShownByKey",
    "ShownFromTheStart",
    "Unsound",
    "Wish",
    "Work",
    "answers_questions",
    "insist",
    "lay_out",
    "lay_out_views",
    "mount",
    "say_what_is_wrong",
]
