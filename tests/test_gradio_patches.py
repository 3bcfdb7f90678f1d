"""A new session costs a few milliseconds, and gets the settings that Gradio would give it anyway."""

import inspect
import re
from types import SimpleNamespace

import gradio as gr
import pytest
from gradio.components import html
from gradio.state_holder import SessionState

from app.main import build_demo


@pytest.fixture(scope="module")
def demo() -> gr.Blocks:
    return build_demo()


def test_a_new_session_searches_no_script(demo: gr.Blocks, monkeypatch: pytest.MonkeyPatch) -> None:
    def search(pattern: str, script: str) -> None:
        assert len(script) < 1000, f"a long script was searched for {pattern}"

    monkeypatch.setattr(html, "re", SimpleNamespace(escape=re.escape, search=search))
    assert len(SessionState(demo).config_values) == len(demo.blocks)


def test_a_missing_attribute_says_whose_it_is(demo: gr.Blocks) -> None:
    drawn = next(block for block in demo.blocks.values() if type(block).__name__ == "DetectView")
    with pytest.raises(AttributeError, match="'DetectView' has no attribute 'no_such_thing'"):
        drawn.no_such_thing  # noqa: B018


def test_the_kept_signatures_are_the_real_ones(demo: gr.Blocks) -> None:
    kinds = {type(block) for block in demo.blocks.values()}
    assert len(kinds) > 10
    for kind in kinds:
        constructor = kind.__init__
        kept = vars(constructor).pop("__signature__")
        try:
            assert inspect.signature(constructor) == kept, kind
        finally:
            constructor.__signature__ = kept
