"""The Build-a-stack view: each change of a row comes here and costs no network run."""

from typing import Any

from app.lab import Bench
from cvdemo.receptive_field import stack_words as words
from cvdemo.receptive_field.presets import PRESETS, Stack, as_plain
from cvdemo.receptive_field.stack import Level, as_pytorch, build, cone


def _draw(_shown: None, stack: Stack, _question: dict[str, Any]) -> dict[str, Any]:
    """Return every level, the drawing and the code."""
    levels = build(stack.rows, stack.side)
    return {
        "settings": stack.plain(),
        "answer": words.answer(levels, stack.side),
        "levels": [_level(level, stack.side) for level in levels],
        "cone": cone(levels),
        "strides": [1, *(min(level.stride, 2**40) for level in levels)],
        "totals": [
            words.amount(sum(level.parameters for level in levels)),
            words.amount(sum(one.multiply_adds for one in levels)),
        ],
        "code": as_pytorch(stack.rows),
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


BENCH = Bench(
    id="receptive-field-stack",
    question=words.QUESTION,
    settings=Stack,
    scripts=("head", "receptive_field_cone", "receptive_field_stack"),
    css="stacker",
    props={"why_title": words.WHY_TITLE, "why": words.WHY},
    first=lambda: {
        "presets": [
            {"name": name, "title": title, "rows": as_plain(rows)} for name, (title, rows) in PRESETS.items()
        ]
    },
    draw=_draw,
    own_head=True,
)  # fmt: skip
