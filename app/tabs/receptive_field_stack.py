"""Answers the Build-a-stack view: each change of a row comes here and costs no network run."""

from typing import Any

from cvdemo.errors import SettingError
from cvdemo.receptive_field import stack_words as words
from cvdemo.receptive_field.presets import PRESETS, as_plain, rows_from
from cvdemo.receptive_field.stack import SIDE_HIGH, SIDE_LOW, Level, as_pytorch, build, cone

SIDE = 224
TOTALS = ("parameters", "multiply_adds")


def start() -> dict[str, Any]:
    """Return the view's first value: the VGG preset and what can be chosen."""
    rows = PRESETS["vgg"][1]
    presets = [{"name": name, "title": title, "rows": as_plain(preset)} for name, (title, preset) in PRESETS.items()]
    return {"presets": presets, "why_title": words.WHY_TITLE, "why": words.WHY, **_told(as_plain(rows), SIDE)}


def stack(asked: Any) -> dict[str, Any]:
    """Answer one change, for the browser: every level, the drawing and the code, or ``{"error": sentence}``."""
    known = asked if isinstance(asked, dict) else {}
    try:
        return _told(known.get("rows"), known.get("side", SIDE))
    except SettingError as error:
        return {"error": str(error)}


def _told(rows: Any, side: Any) -> dict[str, Any]:
    if type(side) is not int or not SIDE_LOW <= side <= SIDE_HIGH:
        raise SettingError(f"The picture's side must be a whole number from {SIDE_LOW} to {SIDE_HIGH:,} pixels.")
    chosen = rows_from(rows)
    levels = build(chosen, side)
    return {
        "question": words.QUESTION,
        "error": None,
        "rows": as_plain(chosen),
        "side": side,
        "answer": words.answer(levels, side),
        "levels": [_level(level, side) for level in levels],
        "cone": cone(levels),
        "strides": [1, *(min(level.stride, 2**40) for level in levels)],
        "totals": [
            words.amount(sum(level.parameters for level in levels)),
            words.amount(sum(one.multiply_adds for one in levels)),
        ],
        "code": as_pytorch(chosen),
    }


def _level(level: Level, side: int) -> dict[str, Any]:
    return {
        "sees": words.short(level.size),
        "beyond": level.size > side,
        "stride": words.short(level.stride),
        "output": f"{level.side:,} × {level.side:,} × {level.channels:,}",
        "parameters": words.amount(level.parameters),
        "multiply_adds": words.amount(level.multiply_adds),
        "described": words.described(level),
        "share": min(level.size / side, 4.0) if level.size < 2**52 else 4.0,
    }
