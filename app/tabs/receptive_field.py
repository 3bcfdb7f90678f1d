"""Receptive field: how far does one unit see, in theory and measured?"""

from typing import Any

import gradio as gr

from app.components.chips import ModelChips
from app.components.headline import Headline, headline
from app.components.photo import PhotoRail
from app.components.receptive_field import FieldView
from app.components.receptive_field_stack import FieldSwitch, StackView
from app.tabs import receptive_field_handlers as on
from app.tabs import receptive_field_stack as own
from cvdemo.catalogue import BUNDLED_PAIR
from cvdemo.receptive_field import words

TITLE = "Receptive field"
ID = on.ID
WISH = "(value) => ({ ...value, wish: performance.now() })"
SHARES = [("20 %", 0.2), ("50 %", 0.5), ("95 %", 0.95)]


def build(rail: PhotoRail) -> None:
    """Lay the tab out and wire it to the shared photo."""
    with gr.Column(elem_classes="field-tab"):
        FieldSwitch([["field-photo", "On your photo"], ["field-stack", "Build a stack"]])
        with gr.Column(elem_id="field-photo"):
            _on_photo(rail)
        with gr.Column(elem_id="field-stack", elem_classes="away"):
            StackView(own.start(), stack=own.stack)


def _on_photo(rail: PhotoRail) -> None:
    head = Headline(headline(words.QUESTION, "One moment.", busy={"text": "Starting", "share": None}))
    with gr.Row(elem_classes=["choice", "choice-kept"]):
        models = ModelChips(on.chips_here(BUNDLED_PAIR), tab=ID)
        gr.Radio(
            SHARES, value=0.5, label="Solid square holds", interactive=True,
            elem_classes=["segmented", "named", "field-share"],
        )  # fmt: skip
    picture = FieldView(on.waiting("One moment."), look=on.look)

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    heavy: dict[str, Any] = {"concurrency_id": "compute", "concurrency_limit": 4, **quiet}
    refining = picture.refine(on.refine, picture, picture, trigger_mode="multiple", **heavy)
    wanted: dict[str, Any] = {"inputs_kwargs": {"photo": rail, "models": models, "picture": picture}, **heavy}
    sweeping = picture.sweep(on.sweep, outputs=picture, trigger_mode="multiple", cancels=[refining], **wanted)
    fetching = picture.fetch(
        on.fetch_and_run, outputs=[picture, models], trigger_mode="multiple", cancels=[refining, sweeping], **wanted
    )
    others = [refining, sweeping, fetching]
    running = picture.again(on.run, outputs=picture, trigger_mode="always_last", cancels=others, **wanted)
    # Without a run of their own: what waits as "always_last" would run again with all that its event starts.
    for event in (rail.point, models.models):
        event(None, picture, picture, js=WISH, **quiet)
    stopping = gr.on([picture.stop, head.stop], None, cancels=[running, *others], **quiet)
    stopping.then(on.stopped, picture, picture, queue=False, **quiet)
    picture.said(None, picture, head, js="(value) => value.head", **quiet)
