"""The look: colours as agreed, readable on what they stand on, and no font or file from elsewhere."""

import re

import pytest

from app.theme import COMPONENTS, head, theme, tokens

# page.md's table: Gradio variable, light, dark.
AGREED = [
    ("body_background_fill", "#f4f5f7", "#0e1217"),
    ("block_background_fill", "#ffffff", "#161b22"),
    ("checkbox_label_background_fill", "#e9ecf0", "#242c36"),
    ("block_border_color", "#d8dde4", "#2d3641"),
    ("input_border_color", "#7d8896", "#76828f"),
    ("body_text_color", "#16202b", "#e9eef4"),
    ("body_text_color_subdued", "#4b5764", "#a9b4c0"),
    ("slider_color", "#0f766e", "#4fd1c0"),
    ("button_primary_background_fill", "#0f766e", "#4fd1c0"),
    ("button_primary_text_color", "#ffffff", "#06231f"),
    ("color_accent_soft", "#dff1ee", "#12332f"),
    ("error_text_color", "#b3142f", "#ff8c9b"),
    ("error_background_fill", "#fde8eb", "#3a161c"),
]


@pytest.mark.parametrize(("variable", "light", "dark"), AGREED)
def test_the_theme_has_the_agreed_colours(variable: str, light: str, dark: str) -> None:
    chosen = theme()
    assert (getattr(chosen, variable), getattr(chosen, f"{variable}_dark")) == (light, dark)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground", "least"),
    [
        *[("ink", ground, 7.0) for ground in ("page", "card", "accent-soft", "error-soft")],
        *[("ink-2", ground, 4.5) for ground in ("page", "card")],
        *[(token, "card", 4.5) for token in ("accent", "error")],
        *[("accent", "accent-soft", 4.5), ("on-accent", "accent", 4.5), ("warn", "warn-soft", 4.5)],
        *[(family, "card", 5.0) for family in ("cnn", "vit", "hybrid", "classical")],
        ("edge", "card", 3.0),
    ],
)
def test_text_can_be_read(text: str, ground: str, least: float, mode: int) -> None:
    assert _contrast(tokens()[text][mode], tokens()[ground][mode]) >= least


def test_every_token_has_both_modes() -> None:
    assert len(tokens()) >= 26
    assert all(light != dark for light, dark in tokens().values())


def test_every_variable_that_a_style_sheet_uses_is_defined() -> None:
    sheet = head()
    used = set(re.findall(r"var\((--cv-[\w-]+)", sheet))
    assert used and used <= set(re.findall(r"(--cv-[\w-]+):", sheet))


def test_nothing_is_fetched_from_elsewhere() -> None:
    for sheet in (head(), theme()._get_theme_css()):
        assert set(re.findall(r"url\([\"']?(\w+):", sheet)) <= {"data"}
        assert not re.search(r"@import|@font-face|src=|href=", sheet)
        assert re.sub(r"http://www\.w3\.org/2000/svg", "", sheet).count("//") == 0  # the name of SVG is no address


def test_letters_have_a_step_of_the_scale() -> None:
    """A size in pixels of its own would stay small for Presenter."""
    steps = re.findall(r"--cv-(\w+):calc\((\d+)px\*var\(--k\)\)", head())
    assert {name: int(px) for name, px in reversed(steps)} == {
        "caption": 13, "help": 14, "text": 15, "title": 16, "figure": 22, "answer": 24,
    }  # fmt: skip
    assert min(int(px) for _, px in steps) >= 13
    own = [found for found in re.findall(r"[;{ ]font(?:-size)?:[^;}]*", head()) if re.search(r"\d(px|pt|em)", found)]
    assert own == []


def test_a_class_belongs_to_one_style_sheet() -> None:
    """Sheets that are nested under their component's own class may use any name; the others share one room."""
    owners: dict[str, set[str]] = {}
    for file in sorted(COMPONENTS.glob("*.css")):
        sheet = re.sub(r"/\*.*?\*/", "", file.read_text(), flags=re.DOTALL)
        if re.match(r"\s*#shell \.[\w-]+\s*\{", sheet):
            continue
        for selectors in re.findall(r"([^{}]+)\{", sheet):
            for selector in selectors.split(","):
                found = re.match(r"(?:#shell\s+)?\.([\w-]+)", selector.strip())
                if found:
                    owners.setdefault(found[1], set()).add(file.name)
    assert {name: files for name, files in owners.items() if len(files) > 1} == {}
