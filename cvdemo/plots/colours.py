"""The page's colours for figures, each with its dark twin, and names as text."""

from collections.abc import Mapping
from html import escape
from typing import Any

PALETTE: Mapping[str, tuple[str, str]] = {  # token: light, dark; a test compares them with app/style.css
    "card": ("#ffffff", "#161b22"),
    "sunk": ("#e9ecf0", "#242c36"),
    "line": ("#d8dde4", "#2d3641"),
    "edge": ("#7d8896", "#76828f"),
    "ink": ("#16202b", "#e9eef4"),
    "ink-2": ("#4b5764", "#a9b4c0"),
    "accent": ("#0f766e", "#4fd1c0"),
    "warn": ("#8a5a00", "#f0bf57"),
    "cnn": ("#0b5fe0", "#5b9bff"),
    "vit": ("#b04a06", "#f59342"),
    "hybrid": ("#7a1288", "#dc93d0"),
    "classical": ("#363c45", "#e3e8ee"),
}


def light(token: str) -> str:
    """Return a token's colour; `dark` turns it."""
    return PALETTE[token][0]


def tint(token: str, alpha: float) -> str:
    """Return a token's colour that lets ``1 - alpha`` of what lies beneath through, for bands."""
    red, green, blue = bytes.fromhex(light(token)[1:])
    return f"rgba({red},{green},{blue},{alpha:g})"


def dark(value: Any, key: str = "") -> Any:
    """Return a figure's JSON with the dark twin of every colour; what is no colour stays, names like colours too."""
    if isinstance(value, Mapping):
        return {name: dark(one, name) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [dark(one, key) for one in value]
    return TWINS.get(value, _tinted(value)) if "color" in key and isinstance(value, str) else value


def _tinted(colour: str) -> str:
    if not colour.startswith("rgba("):
        return colour
    *channels, alpha = colour[5:-1].split(",")
    twin = TWINS.get("#" + bytes(map(int, channels)).hex())
    return colour if twin is None else f"rgba({','.join(map(str, bytes.fromhex(twin[1:])))},{alpha})"


TWINS = dict(PALETTE.values())


def text(name: str) -> str:
    """Return a name as Plotly shows it: Plotly reads tags and entities in every text."""
    return escape(name, quote=False)
