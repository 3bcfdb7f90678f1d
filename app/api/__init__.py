"""The public endpoints: the same functions as behind the tabs, as typed JSON; one file a lab."""

import gradio as gr

from app.api.attention import attention
from app.api.classify import classify, models
from app.api.detect import detect
from app.api.inside import feature_maps, patch_similarity
from app.api.latency import latency
from app.api.receptive_field import effective_receptive_field, receptive_field
from app.api.saliency import saliency

COMPUTING = (
    classify,
    detect,
    feature_maps,
    patch_similarity,
    saliency,
    attention,
    receptive_field,
    effective_receptive_field,
    latency,
)


def add_endpoints() -> None:
    """Register the public endpoints under their functions' names; call inside ``gr.Blocks``."""
    gr.api(models, api_name="models", queue=False)
    for endpoint in COMPUTING:
        gr.api(endpoint, api_name=endpoint.__name__, concurrency_id="compute", concurrency_limit=4)
