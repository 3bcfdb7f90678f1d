"""The public endpoints: the same functions as behind the tabs, as typed JSON; one file a lab, which names its own."""

from collections.abc import Callable, Iterable
from typing import Any

import gradio as gr

from app.api.classify import models


def add_endpoints(endpoints: Iterable[Callable[..., Any]]) -> None:
    """Register ``/models`` and the labs' endpoints under their functions' names; call inside ``gr.Blocks``."""
    gr.api(models, api_name="models", queue=False)
    for endpoint in endpoints:
        gr.api(endpoint, api_name=endpoint.__name__, concurrency_id="compute", concurrency_limit=4)
