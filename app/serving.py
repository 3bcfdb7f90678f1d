"""How the page is served: queue and launch settings, and /healthz."""

import gradio as gr

BODY_LIMIT = 12 * 1024 * 1024
QUEUE_LENGTH = 32


def launch(demo: gr.Blocks, block: bool = True) -> str:
    """Serve ``demo`` and return its local address; with ``block`` stay until the server is stopped."""
    demo.queue(api_open=False, max_size=QUEUE_LENGTH, default_concurrency_limit=1)
    application, address, _ = demo.launch(
        share=False,
        show_error=False,
        max_file_size="10mb",
        max_threads=8,
        pwa=False,
        state_session_capacity=200,
        enable_monitoring=False,
        run_history=False,
        footer_links=["api"],
        mcp_server=False,
        ssr_mode=False,
        strict_cors=True,
        prevent_thread_lock=True,
        quiet=not block,
        app_kwargs={"max_body_size": BODY_LIMIT, "openapi_url": None},
    )
    application.get("/healthz")(healthz)
    if block:
        demo.block_thread()
    return address


def healthz() -> dict[str, object]:
    """Answer monitors: the page is up."""
    return {"status": "ok"}
