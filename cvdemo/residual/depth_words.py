"""What is said of nets of several depths: whether deeper ones learn better or worse."""

from collections.abc import Sequence

from cvdemo.residual.depths import AtDepth, Depths
from cvdemo.wording import listed

TITLE = "Does a deeper net learn better?"


def deeper(depths: Depths) -> str:
    """Return what both kinds come to at each depth, and how the deepest compares with the shallowest."""
    told = [_kind([row for row in depths.rows if row.skip is skip and row.losses], skip) for skip in (False, True)]
    return " ".join(filter(None, told)) or "Nothing is trained yet."


def _kind(rows: Sequence[AtDepth], skip: bool) -> str:
    if not rows:
        return ""
    said = [f"{row.depth} layers {_range(row.losses)}" for row in rows]
    start = f"Training loss with{'' if skip else 'out'} skips: {listed(said)}"
    first, last = rows[0].losses, rows[-1].losses
    if len(rows) < 2 or min(len(first), len(last)) < 2:
        return f"{start}."
    if min(last) > max(first):
        return f"{start}; deeper is worse."
    return f"{start}; deeper is better." if max(last) < min(first) else f"{start}; too close to call."


def _range(losses: Sequence[float]) -> str:
    low, high = f"{min(losses):.2f}", f"{max(losses):.2f}"
    return low if low == high else f"{low} to {high}"
