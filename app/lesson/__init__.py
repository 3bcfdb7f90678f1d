"""The lesson on the page: its bar, what opens it, and how a step's measurement runs."""

from app.lesson.bar import lay_out_lesson
from app.lesson.opened import Lessons, read_all

__all__ = ["Lessons", "lay_out_lesson", "read_all"]
