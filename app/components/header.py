"""The page's header: its name, and in a few words how the machine is doing."""

from typing import Any

from gradio.events import EventListener

from app.components.drawn import Drawn
from cvdemo import compute


class Header(Drawn):
    """The only h1, and the status, which the browser keeps fresh from /healthz while the page is in view.

    Value: ``{"state": "ready" | "busy" | "starting" | "full", "detail": text after the colon, "device": text,
    "models": count, "bytes": resident, "limit": bytes, "online": bool}``; what is not known is None and not shown.
    /healthz gives them as state, detail, device, models_resident, bytes_resident, bytes_limit and online, and as
    ``waiting`` how many wait for the device; what it leaves out stays as it was. A banner stands below while nothing
    answers.

    Beside it stands the starter set, where there is one to fetch: ``server.starter`` answers for it. Event ``fetched``
    when all of it is here.

    Below 1024 px a button names the open lab, by ``titles``: it tells ``cv:labs``, which opens the sheet of all labs.
    A switch turns Presenter on and off. A button with the words ``lesson`` opens the lesson, by ``cv:lesson``.
    """

    EVENTS = [EventListener("fetched")]

    def __init__(
        self,
        value: dict[str, Any] | None = None,
        titles: dict[str, str] | None = None,
        lesson: str = "",
        elem_id: str = "head",
        **kwargs: Any,
    ) -> None:
        super().__init__(
            value or starting(),
            titles=titles or {},
            lesson=lesson,
            names=("connection", "header_starter", "header_presenter", "header"),
            class_name="header",
            elem_id=elem_id,
            **kwargs,
        )


def starting() -> dict[str, Any]:
    """Return the value before the first answer of /healthz."""
    cores = compute.cores()
    return {
        "state": "starting",
        "detail": None,
        "device": f"{cores} CPU core{'' if cores == 1 else 's'}",
        "models": None,
        "bytes": None,
        "limit": None,
        "online": None,
    }
