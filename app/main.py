"""The page: header, shared photo, tabs in order."""

import gradio as gr


def build_demo() -> gr.Blocks:
    """Return the whole page, not yet launched."""
    with gr.Blocks(title="CV Lab", fill_width=True, analytics_enabled=False, delete_cache=(600, 3600)) as demo:
        gr.HTML("<h1>CV Lab</h1>")
    return demo
