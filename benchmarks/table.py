"""Prints the scoreboard, for a terminal and for docs/speed.md."""

import importlib.metadata
import os
import platform
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil

from benchmarks.rows import Absent, Counts, Delays, Outcome, Row, figure, passed
from benchmarks.timing import DISTURBED_SHARE

LIBRARIES = ("gradio", "torch", "torchvision", "timm", "transformers", "ultralytics", "openvino", "pillow", "numpy")


def machine() -> str:
    """Return one line on what the figures were taken on."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = round(psutil.virtual_memory().total / 2**30)
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES if find_spec(_module(name)))
    return f"{cores} cores of {_processor()}, {memory} GiB, Python {platform.python_version()}, {versions}"


def _module(library: str) -> str:
    return {"pillow": "PIL"}.get(library, library)


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    if facts.exists():
        for line in facts.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def record(row: Row, outcome: Outcome | None) -> dict[str, Any]:
    """Return a row and its outcome as plain values, ready for JSON and for `line`."""
    plain: dict[str, Any] = {"name": row.name, "work": row.work, "peer": row.peer, "goal": _goal(row)}
    if outcome is None:
        return plain | {"verdict": "not yet", "remark": row.why}
    if isinstance(outcome, Absent):
        return plain | {"verdict": "not here", "remark": outcome.why}
    plain["verdict"] = "pass" if passed(row, outcome) else "short"
    if isinstance(outcome, Counts):
        return plain | {"remark": outcome.seen}
    if isinstance(outcome, Delays):
        seen = {"ours_ms": outcome.median_ms, "rounds": len(outcome.each_ms), "others": outcome.others}
        return plain | seen | {"remark": _remark(outcome.remark, outcome.others)}
    ratio, low, high = figure(row, outcome.comparison)
    return plain | {
        "ours_ms": outcome.comparison.ours_ms,
        "peer_ms": outcome.comparison.peer_ms,
        "ratio": ratio,
        "interval": [low, high],
        "rounds": outcome.comparison.rounds,
        "others": outcome.comparison.others,
        "remark": _remark(outcome.remark, outcome.comparison.others),
    }


def _remark(remark: str, others: float) -> str:
    busy = f"others used {others:.0%} of the processor meanwhile" if others > DISTURBED_SHARE else ""
    return "; ".join(part for part in (remark, busy) if part)


def _goal(row: Row) -> str:
    if row.goal is None:
        return ""
    return {"faster": f">= {row.goal:g}x", "cost": f"<= {row.goal:g}x"}.get(row.kind, f"<= {row.goal:g} ms")


def cells(plain: dict[str, Any]) -> list[str]:
    """Return the texts of one row: name, work, ours, peer, ratio, goal, verdict."""
    times = [milliseconds(plain[key]) if key in plain else "" for key in ("ours_ms", "peer_ms")]
    ratio = ""
    if "ratio" in plain:
        low, high = plain["interval"]
        ratio = f"{_rounded(plain['ratio'])}x ({_rounded(low)} to {_rounded(high)})"
    return [plain["name"], f"{plain['work']}; peer: {plain['peer']}", *times, ratio, plain["goal"], plain["verdict"]]


def _rounded(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio < 10 else f"{ratio:.3g}" if ratio < 1000 else f"{ratio:,.0f}"


HEADINGS = ["row", "work", "ours", "peer", "ratio (95 %)", "goal", ""]


def text(plain_rows: list[dict[str, Any]]) -> str:
    """Return the table for a terminal, remarks below their rows."""
    table = [HEADINGS, *map(cells, plain_rows)]
    widths = [max(len(row[column]) for row in table) for column in range(len(HEADINGS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]
    for number, plain in reversed(list(enumerate(plain_rows, start=1))):
        if plain["remark"]:
            lines.insert(number + 1, " " * (widths[0] + 2) + plain["remark"])
    return "\n".join(lines)


def milliseconds(value: float) -> str:
    """Return a duration with about three figures: 4.21 ms, 182 ms, 5.31 s."""
    if value >= 1000:
        return f"{value / 1000:.2f} s"
    return f"{value:.0f} ms" if value >= 100 else f"{value:.3g} ms"
