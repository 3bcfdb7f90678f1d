"""New sessions, made cheap: Gradio writes down the settings of every block for each of them, on the event loop."""

import inspect
from types import FunctionType

import gradio as gr


def know_signatures(demo: gr.Blocks) -> None:
    """Keep the signatures of all blocks' constructors, which Gradio asks for again and again: half of the work.

    ``inspect.signature`` returns ``__signature__`` where a function has it.
    """
    kinds = {kind for block in demo.blocks.values() for kind in type(block).__mro__}
    for kind in kinds:
        constructor = vars(kind).get("__init__")
        if isinstance(constructor, FunctionType):
            constructor.__signature__ = inspect.signature(constructor)  # type: ignore[attr-defined]
