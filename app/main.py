"""The page: header, row of labs, shared photo, tabs in order."""

from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr
from starlette.routing import Route

from app import status, zips
from app.api import add_endpoints
from app.components import chart, sheet
from app.components.chips import ModelChips
from app.components.header import Header
from app.components.photo import PhotoRail, connect
from app.components.tab_row import TabRow
from app.gradio_patches import keep_no_values, know_signatures
from app.lab import Lab, mount
from app.lab.mount import QUIET
from app.lesson import Lessons, following, lay_out_lesson, read_all
from app.starter import starter
from app.tabs import LABS
from app.theme import head, theme
from cvdemo import zerogpu
from cvdemo.pairs import opening_pair


def build_demo(labs: Sequence[Lab] = LABS) -> gr.Blocks:
    """Return the whole page, not yet launched."""
    zerogpu.place(opening_pair().names)
    with gr.Blocks(title="CV Lab", fill_width=True, analytics_enabled=False, delete_cache=(600, 3600)) as demo:
        lessons = read_all([lab.id for lab in labs])
        header = Header(
            titles={lab.id: lab.title for lab in labs}, lesson=lessons.invitation(), server_functions=[starter]
        )
        TabRow((lab.row() for lab in labs), lesson=lessons.invitation(), following=following(lessons, labs))
        with gr.Row(elem_id="shell"):
            rail = PhotoRail(
                suits={lab.id: lab.starter for lab in labs}, pointed=[lab.id for lab in labs if lab.pointed]
            )
            with gr.Column(elem_id="main"):
                lay_out_lesson(lessons, labs, rail)
                with gr.Tabs() as tabs:
                    shown = {}
                    for lab in labs:
                        with gr.Tab(lab.title, id=lab.id, elem_id=f"tab-{lab.id}") as shown[lab.id]:
                            mount(lab, rail)
        connect(rail, shown)
        chips = [block for block in demo.blocks.values() if isinstance(block, ModelChips)]
        demo.load(_asked_tab(labs, lessons), None, tabs, queue=False, **QUIET)
        header.fetched(lambda: [one.first() for one in chips], None, chips, queue=False, **QUIET)
        demo.unload(_left(labs))
        add_endpoints(endpoint for lab in labs for endpoint in lab.endpoints)
    keep_no_values()
    know_signatures(demo)
    return demo


def appearance() -> dict[str, Any]:
    """Return what ``launch`` needs to dress the page."""
    return {"theme": theme(), "head": head() + chart.link() + sheet.scripts()}


def routes() -> list[Route]:
    """Return what is served beside the page: /status, the script that draws charts, and the way in for zips."""
    return [*status.routes(), chart.route(), *zips.routes()]


def _left(labs: Sequence[Lab]) -> Callable[[gr.Request], None]:
    """Return what lets each lab forget what a page gave, when that page is closed."""

    def leave(request: gr.Request) -> None:
        for lab in labs:
            if lab.left is not None:
                lab.left(str(request.session_hash))

    return leave


def _asked_tab(labs: Sequence[Lab], lessons: Lessons) -> Callable[[gr.Request], Any]:
    """Return what opens the tab that the address names, as in ``?tab=classify``; an unknown one opens the first.

    Where it names none but a step of a lesson, as in ``?lesson=3``, that step's lab is opened.
    """

    def open_tab(request: gr.Request) -> Any:
        named = request.query_params
        asked = named.get("tab") or lessons.lab_of(named.get("lesson"))
        return gr.Tabs(selected=asked) if asked in {lab.id for lab in labs} else gr.skip()

    return open_tab
