"""Look inside: what in the models reacts to the point that was clicked?"""

import math
from pathlib import Path
from typing import Any

import gradio as gr

from app.api.attention import attention
from app.api.inside import feature_maps, patch_similarity
from app.api.saliency import saliency
from app.components.chips import ModelChips
from app.components.headline import Headline, headline
from app.components.inside import InsideView
from app.components.photo import PhotoRail
from app.lab import Lab, insist
from app.tabs import inside_handlers as on
from app.tabs.inside_answers import look
from app.tabs.inside_views import VIEWS
from cvdemo.catalogue import BUNDLED_PAIR
from cvdemo.saliency.export import saliency_of
from cvdemo.wording import percent

POINT = "(value, rail) => ({ ...value, at: rail.point, wish: performance.now() })"


def _build(rail: PhotoRail) -> None:
    """Lay the tab out and wire it to the shared photo."""
    with gr.Column(elem_classes="inside-tab"):
        head = Headline(headline(on.QUESTION, "One moment.", busy={"text": "Starting", "share": None}))
        with gr.Row(elem_classes=["choice", "choice-kept"]):
            models = ModelChips(on.chips_here(BUNDLED_PAIR), tab=on.ID)
            gr.Radio(
                [(view.TITLE, view.ID) for view in VIEWS], value=VIEWS[0].ID, label="View", show_label=False,
                elem_classes=["segmented", "inside-switch"], interactive=True,
            )  # fmt: skip
        picture = InsideView(on.waiting("One moment."), look=look)

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    heavy: dict[str, Any] = {"concurrency_id": "compute", "concurrency_limit": 4, **quiet}
    wanted: dict[str, Any] = {"inputs_kwargs": {"photo": rail, "models": models, "picture": picture}, **heavy}
    fetching = picture.fetch(on.fetch_and_run, outputs=[picture, models], trigger_mode="multiple", **wanted)
    running = picture.again(on.run, outputs=picture, trigger_mode="always_last", cancels=[fetching], **wanted)
    picture.use(on.use_instead, [models, picture], models, queue=False, **quiet)
    rail.point(None, [picture, rail], picture, js=POINT, **quiet)
    models.models(None, picture, picture, js="(value) => ({ ...value, wish: performance.now(), anew: true })", **quiet)
    stopping = gr.on([picture.stop, head.stop], None, cancels=[running, fetching], **quiet)
    stopping.then(on.stopped, picture, picture, queue=False, **quiet)
    picture.said(None, picture, head, js="(value) => value.head", **quiet)


def _check(photo: Path) -> str:
    found = saliency_of(photo, BUNDLED_PAIR[0], "gradcam", None, None, (), False)
    values = [value for row in found["map"] for value in row]
    insist(all(map(math.isfinite, values)) and max(values) > min(values), "its map is empty")
    share = found["half_share"]
    where = "" if share is None else f"; half of its saliency lies in {percent(share)} of the photo"
    return f"The small ResNet says {found['target']}{where}."


LAB = Lab(
    id="inside",
    title="Look inside",
    question=on.QUESTION,
    build=_build,
    endpoints=(
        feature_maps,
        patch_similarity,
        saliency,
        attention,
    ),
    check=_check,
)
