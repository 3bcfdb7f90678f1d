"""The page's tokens as a Gradio theme, and the style sheet as markup for the page's head."""

import re
from functools import cache
from inspect import signature
from pathlib import Path

import gradio as gr

STYLE = Path(__file__).parent / "style.css"
FRAME = Path(__file__).parent / "frame.js"
COMPONENTS = Path(__file__).parent / "components"

# Gradio variable -> our token. The colours themselves stand once, in style.css.
ROLES = {
    "body_background_fill": "page",
    "background_fill_secondary": "page",
    "block_background_fill": "card",
    "background_fill_primary": "card",
    "input_background_fill": "card",
    "input_background_fill_focus": "card",
    "panel_background_fill": "card",
    "checkbox_background_color": "card",
    "table_even_background_fill": "card",
    "table_odd_background_fill": "page",
    "checkbox_label_background_fill": "sunk",
    "checkbox_label_background_fill_hover": "sunk",
    "checkbox_label_background_fill_selected": "accent-soft",
    "block_border_color": "line",
    "border_color_primary": "line",
    "panel_border_color": "line",
    "checkbox_label_border_color": "line",
    "table_border_color": "line",
    "input_border_color": "edge",
    "input_border_color_focus": "accent",
    "checkbox_border_color": "edge",
    "checkbox_border_color_focus": "accent",
    "checkbox_border_color_hover": "edge",
    "checkbox_border_color_selected": "accent",
    "button_secondary_border_color": "edge",
    "button_secondary_border_color_hover": "edge",
    "button_secondary_background_fill": "card",
    "button_secondary_background_fill_hover": "page",
    "button_secondary_text_color": "ink",
    "body_text_color": "ink",
    "block_title_text_color": "ink",
    "block_label_text_color": "ink",
    "checkbox_label_text_color": "ink",
    "checkbox_label_text_color_selected": "ink",
    "accordion_text_color": "ink",
    "table_text_color": "ink",
    "body_text_color_subdued": "ink-2",
    "block_info_text_color": "ink-2",
    "input_placeholder_color": "ink-2",
    "color_accent_soft": "accent-soft",
    "border_color_accent": "accent",
    "slider_color": "accent",
    "loader_color": "accent",
    "link_text_color": "accent",
    "link_text_color_hover": "accent",
    "link_text_color_visited": "accent",
    "link_text_color_active": "accent",
    "checkbox_background_color_selected": "accent",
    "button_primary_background_fill": "accent",
    "button_primary_background_fill_hover": "accent",
    "button_primary_border_color": "accent",
    "button_primary_border_color_hover": "accent",
    "button_primary_text_color": "on-accent",
    "error_text_color": "error",
    "error_border_color": "error",
    "error_icon_color": "error",
    "error_background_fill": "error-soft",
}
SHAPES = {
    "color_accent": "var(--cv-accent)",  # the one colour that Gradio has in a single version
    "block_radius": "10px",
    "container_radius": "10px",
    "input_radius": "6px",
    "button_large_radius": "6px",
    "button_medium_radius": "6px",
    "button_small_radius": "6px",
    "button_large_padding": "7px 12px",
    "button_large_text_size": "var(--cv-text)",
    "button_large_text_weight": "550",
    "button_small_text_weight": "550",
    "button_border_width": "1px",
    "button_border_width_dark": "1px",
    "shadow_drop_lg": "0 0 0 1px var(--cv-edge), 0 8px 24px rgb(0 0 0/.18)",  # menus and messages
    "block_shadow": "none",
    "block_shadow_dark": "none",
    "input_border_width": "1px",
    "input_shadow": "none",
    "block_border_width": "1px",
    "block_title_text_weight": "600",
    "block_title_text_size": "var(--cv-text)",
    "block_info_text_size": "var(--cv-help)",
    "block_padding": "16px",
    "layout_gap": "16px",
    "form_gap_width": "0px",
    "checkbox_label_text_size": "var(--cv-text)",
    "section_header_text_size": "var(--cv-text)",
    "section_header_text_weight": "550",
}
TEXT = gr.themes.Size(
    name="cv_text",
    xxs="var(--cv-caption)",
    xs="var(--cv-caption)",
    sm="var(--cv-help)",
    md="var(--cv-text)",
    lg="var(--cv-title)",
    xl="var(--cv-figure)",
    xxl="var(--cv-answer)",
)  # fmt: skip
FONTS = ("system-ui", "Segoe UI", "Roboto", "Noto Sans", "sans-serif")
MONOSPACED = ("ui-monospace", "Menlo", "Consolas", "monospace")


@cache
def tokens() -> dict[str, tuple[str, str]]:
    """Return every colour token of style.css by name: its hex value in light and in dark."""
    sheet = STYLE.read_text(encoding="utf-8")
    blocks = [re.search(rf"^{start}\{{(.*?)^\}}", sheet, re.DOTALL | re.MULTILINE) for start in (":root", r"\.dark")]
    light, dark = (dict(re.findall(r"--cv-([\w-]+):(#[0-9a-f]{6})", block[1])) if block else {} for block in blocks)
    return {name: (value, dark[name]) for name, value in light.items()}


def token_sheet() -> str:
    """Return the blocks of style.css that hold the tokens, light and dark, for a page that stands beside Gradio's."""
    sheet = STYLE.read_text(encoding="utf-8")
    return "".join(re.findall(r"^(?:\.dark|:root)\{.*?^\}", sheet, re.DOTALL | re.MULTILINE))


def theme() -> gr.themes.Base:
    """Return the theme: our tokens in Gradio's variables, light and dark, with system fonts only."""
    base = gr.themes.Base(text_size=TEXT, font=FONTS, font_mono=MONOSPACED)
    known = signature(base.set).parameters
    settings = dict(SHAPES)
    for variable, token in ROLES.items():
        settings[variable], dark = tokens()[token]
        if f"{variable}_dark" in known:
            settings[f"{variable}_dark"] = dark
    return base.set(**settings)


def head() -> str:
    """Return what the page's ``<head>`` gets: style.css, the style sheet of every component, as they are, and frame.js.

    ``launch(css=)`` would put ``.gradio-container .contain`` before every selector, lose nested rules, and hand over
    the page after its first paint.
    """
    sheets = (STYLE, *sorted(COMPONENTS.glob("*.css")))
    style = "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets)
    return f"<style>{style}</style><script>{FRAME.read_text(encoding='utf-8')}</script>"
