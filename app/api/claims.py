"""`/claims`."""

from app.errors import shows_errors
from cvdemo.lesson.claims_measured import rows


@shows_errors
def claims() -> list[dict[str, str]]:
    """List the claims of the lesson behind this app, and what is true of each.

    Returns:
        list of id, text (what the lesson says), state (measured: a lab here measures it; corrected: by a source; not
        here: needs what is not here), sentence (with the figure, where it was measured on this machine since the
        start), source.
    """
    return rows()
