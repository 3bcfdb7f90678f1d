"""What the page of claims counts."""

import numpy as np
import pytest

from app.tabs import choose_claims
from cvdemo.lesson import measured
from cvdemo.lesson.claims import CLAIMS
from cvdemo.lesson.measured import Measured
from tests.sentences.table import Reader, same, true_of


@true_of(
    choose_claims.answer,
    plain=r"(\d+) claims: (\d+) can be measured here, (\d+) are corrected, (\d+) cannot be measured here\.",
    found=r"(\d+) claims: (\d+) can be measured here, (\d+) are corrected, (\d+) cannot be measured here\. "
    r"Measured so far: (\d+); (\d+) held as worded, (\d+) did not\.",
)
def answer(draw: np.random.Generator, read: Reader) -> None:
    found = measured._Found()
    for claim in CLAIMS:
        if claim.state == "measured" and draw.random() < draw.choice([0, 0.5]):
            found.by_claim[claim.id] = Measured({}, "Found.", [True, False, None][draw.integers(3)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(measured, "_found", found)
        said = read(choose_claims.answer())
    same(said.parts[0], len(CLAIMS))
    for part, state in zip(said.parts[1:4], ("measured", "corrected", "not here"), strict=True):
        same(part, sum(one.state == state for one in CLAIMS))
    assert (said.form == "found") == bool(found.by_claim)
    if said.form == "found":
        verdicts = [one.agrees for one in found.by_claim.values()]
        for part, count in zip(
            said.parts[4:], (len(verdicts), verdicts.count(True), verdicts.count(False)), strict=True
        ):
            same(part, count)
