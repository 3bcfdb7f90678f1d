"""The public endpoints: the same functions as behind the tabs, as typed JSON; one file a lab, which names its own."""

from collections.abc import Callable, Iterable
from typing import Any

import gradio as gr

from app.api.classify import models

READING = {"receptive_field", "choose", "claims"}  # they run no network, and so stand in no line with those that do


def add_endpoints(endpoints: Iterable[Callable[..., Any]]) -> None:
    """Register ``/models`` and the labs' endpoints under their functions' names; call inside ``gr.Blocks``."""
    gr.api(models, api_name="models", queue=False)
    for endpoint in endpoints:
        name = endpoint.__name__
        line = "reading" if name in READING else "compute"
        gr.api(endpoint, api_name=name, concurrency_id=line, concurrency_limit=4)
