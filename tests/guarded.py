"""A tiny page behind the guard, for its tests."""

import time
from collections.abc import Iterator
from typing import Any

import gradio as gr
import httpx
from starlette.middleware import Middleware

from app.gradio_patches import start_on_a_busy_machine
from app.guard import Guard
from app.throttle import Limits, Rate

SMALL = Limits(work=Rate(12, 4), sessions=Rate(5, 2), in_flight_per_client=4, in_flight=6, body_deadline_s=1.0)


class Clock:
    """Time that passes only when a test says so."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def tiny_page() -> gr.Blocks:
    """Return a page that counts slowly and measures uploads."""

    def size(file: str) -> int:
        return len(open(file, "rb").read())

    def count(up_to: int) -> Iterator[int]:
        for number in range(up_to):
            time.sleep(0.05)
            yield number

    with gr.Blocks() as demo:
        number, total = gr.Number(), gr.Number()
        number.submit(count, number, total, api_name="count")
        picture = gr.File()
        picture.upload(size, picture, total, api_name="size")
    return demo


def serve(**guard: Any) -> Iterator[str]:
    """Serve the page behind a guard with these arguments and yield its address."""
    demo = tiny_page()
    start_on_a_busy_machine()
    _, address, _ = demo.launch(
        prevent_thread_lock=True,
        quiet=True,
        app_kwargs={"middleware": [Middleware(Guard, **guard)], "max_body_size": 1_000_000},
    )
    yield address.rstrip("/")
    demo.close(verbose=False)


def join(site: str, session: str | None, **more: Any) -> httpx.Response:
    """Start one count in the name of ``session``."""
    body = {"data": [1], "fn_index": 0, "session_hash": session} | more
    return httpx.post(f"{site}/gradio_api/queue/join", json=body)
