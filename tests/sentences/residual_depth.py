"""What Skips says of several depths: losses of each, and whether deeper is better or worse."""

import re

import numpy as np

from cvdemo.residual import depth_words
from cvdemo.residual.depths import AtDepth, Depths
from tests.sentences.residual import range_of
from tests.sentences.table import Reader, same, true_of

ONE = r"\d+ layers \d+\.\d\d(?: to \d+\.\d\d)?"
ROWS = rf"({ONE}(?:, {ONE})*(?: and {ONE})?)"
VERDICT = r"(?:; (deeper is worse|deeper is better|too close to call))?"
PLAIN, RESIDUAL = (rf"Training loss {start} skips: {ROWS}{VERDICT}\." for start in ("without", "with"))


@true_of(
    depth_words.deeper,
    both=rf"{PLAIN} {RESIDUAL}",
    plain=PLAIN,
    residual=RESIDUAL,
    none=r"Nothing is trained yet\.",
)
def deeper(draw: np.random.Generator, read: Reader) -> None:
    count, starts = int(draw.integers(1, 4)), int(draw.integers(1, 4))
    kinds = [skip for skip in (False, True) if draw.random() < 0.85]
    rows = []
    for skip in kinds:
        slope = float(draw.choice([-1.5, 0, 1.5]))
        for place in range(count):
            losses = tuple(float(np.exp(slope * place + draw.uniform(-0.6, 0.6))) for _ in range(starts))
            rows.append(AtDepth((8, 20, 56)[place], skip, losses, ()))
    said = read(depth_words.deeper(Depths(tuple(rows), 120, "", "")))
    forms = {(False, True): "both", (False,): "plain", (True,): "residual", (): "none"}
    same(said.form, forms[tuple(kinds)])
    for number, skip in enumerate(kinds):
        mine = [row for row in rows if row.skip is skip]
        parts = re.split(", | and ", said.parts[2 * number])
        for part, row in zip(parts, mine, strict=True):
            layers, _, losses = part.partition(" layers ")
            same(layers, row.depth)
            range_of(losses, list(row.losses))
        first, last = mine[0].losses, mine[-1].losses
        wanted = "deeper is worse" if min(last) > max(first) else "deeper is better"
        wanted = wanted if min(last) > max(first) or max(last) < min(first) else "too close to call"
        same(said.parts[2 * number + 1], wanted if count > 1 and starts > 1 else "")
