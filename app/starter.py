"""The starter set, for the header and for a terminal: ``python -m app.starter`` fetches it before the page starts."""

import sys
from typing import Any

import app.environment  # noqa: F401  (must come before the Hub's library)
from app.lab.questions import say_what_is_wrong
from cvdemo.starter_set import StarterSet, missing, sentence

STEP_S = 0.5
SET = StarterSet()  # one for the whole program


@say_what_is_wrong
def starter(asked: Any) -> dict[str, Any]:
    """Answer the header: how far the starter set is, after ``begin`` or ``cancel`` if the browser wishes that.

    ``token`` comes with ``begin`` and allows to cancel: what one visitor began, another one only watches.
    """
    question = asked if isinstance(asked, dict) else {}
    begun = {"token": SET.begin()} if question.get("do") == "begin" else {}
    if question.get("do") == "cancel":
        SET.stop(question.get("token"))
        SET.wait(STEP_S)
    state = SET.state()
    share = state.done / state.total if state.total else None
    return {**begun, "phase": state.phase, "text": sentence(state), "share": share}


def main() -> None:
    """Fetch the starter set with one line of progress; the page starts whatever comes of it."""
    if not missing():
        return
    token = SET.begin()
    try:
        while (state := SET.state()).phase == "fetching":
            sys.stderr.write(f"\r\033[K{sentence(state)}")
            sys.stderr.flush()
            SET.wait(STEP_S)
    except KeyboardInterrupt:
        SET.stop(token)
        SET.wait()
    sys.stderr.write(f"\r\033[K{sentence(SET.state())}\n")


if __name__ == "__main__":
    main()
