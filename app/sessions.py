"""Sessions, made cheap: Gradio writes down the settings of every block for each, and what its visitor last sent."""

import inspect
from types import FunctionType

import gradio as gr
from gradio.state_holder import SessionState


def know_signatures(demo: gr.Blocks) -> None:
    """Keep the signatures of all blocks' constructors, which Gradio asks for again and again: half of the work.

    ``inspect.signature`` returns ``__signature__`` where a function has it.
    """
    kinds = {kind for block in demo.blocks.values() for kind in type(block).__mro__}
    for kind in kinds:
        constructor = vars(kind).get("__init__")
        if isinstance(constructor, FunctionType):
            constructor.__signature__ = inspect.signature(constructor)  # type: ignore[attr-defined]


def keep_no_values() -> None:
    """Let Gradio forget what a visitor's components last held: it kept up to 12 MB a component and session.

    Only its deep links read that, which the guard hides. `gr.State` lies elsewhere and stays.
    """
    if not hasattr(SessionState, "_update_value_in_config"):
        raise AttributeError("Gradio keeps the values of sessions some other way now: see app/sessions.py")
    SessionState._update_value_in_config = lambda *_: None  # type: ignore[method-assign]
