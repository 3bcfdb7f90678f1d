"""What a visitor may set about a quiz: the seed that its questions are drawn from."""

from dataclasses import dataclass
from typing import Final

from cvdemo.settings import Settings, whole

QUESTIONS: Final = 15
SEED_HIGH: Final = 9999


@dataclass(frozen=True)
class Drawn(Settings):
    """Which quiz: one link with its seed asks a whole class the same questions."""

    seed: int = whole(1, 1, SEED_HIGH, "number of the quiz", link="quiz")
