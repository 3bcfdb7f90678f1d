"""What a file to take away says that only the server knows: the machine, and the link as a QR code."""

from typing import Any

import segno

from app.lab.questions import say_what_is_wrong
from cvdemo import compute
from cvdemo.errors import SettingError

LONGEST = 400
"""Characters of a link: at two pixels a module, for which a share card has room, longer ones were not read any more."""
REFUSED_FROM = 20_000
NO_LINK = "Only a link of this page can stand on a share card. Reload the page."


@say_what_is_wrong
def share_facts(asked: Any) -> dict[str, Any]:
    """Return what stands on a share card and under a picture beside what the browser knows.

    Args:
        asked: ``{"link": address of the page}``, as the browser sent it; ``"plain": true`` asks for no code.

    Returns:
        ``machine``, in words; ``code``, the rows of the link's QR code as texts of 0 and 1 without its quiet border,
        None where the link is too long for a code that a camera can read, or none was asked for.
    """
    question = asked if isinstance(asked, dict) else {}
    link = question.get("link")
    if not isinstance(link, str) or not link.isascii() or not link.startswith(("http://", "https://")):
        raise SettingError(NO_LINK)
    if len(link) > REFUSED_FROM:
        raise SettingError(NO_LINK)
    wanted = len(link) <= LONGEST and question.get("plain") is not True
    return {"machine": compute.describe(), "code": code(link) if wanted else None}


def code(link: str) -> list[str]:
    """Return the modules of ``link`` as a QR code (ISO/IEC 18004), a text of 0 and 1 a row; 1 is dark."""
    return ["".join(map(str, row)) for row in segno.make_qr(link, error="l").matrix]
