"""What a visitor sets in the view "Train both" of the Skips tab."""

from dataclasses import dataclass
from typing import Final

from cvdemo.residual.design import DEPTHS, STARTS, Design
from cvdemo.settings import Settings, choice, flag, whole

OWN: Final = "own"
MOST_STEPS: Final = 960
"""Of one race, however often it goes on."""


@dataclass(frozen=True)
class Racing(Settings):
    """Which nets learn which photos, how long, and the step that is looked at: None is the last one."""

    photos: str = choice("digits", ("digits", "textures", OWN), "photos", link="photos")
    depth: int = choice(20, DEPTHS, "number of layers", link="layers")
    steps: int = whole(120, 40, 240, "number of steps", step=40, link="steps")
    norm: bool = flag(True, "batch normalisation", link="norm")
    start: str = choice("he", STARTS, "start", link="start")
    seeds: int = whole(2, 1, 5, "number of starts", link="starts")
    step: int | None = whole(None, 1, MOST_STEPS, "step", link="step", unset=True)

    def designs(self) -> tuple[Design, Design]:
        """Return the net with skips, and the plain one, which begins as He's where the other begins at 0."""
        return Design(self.depth, True, self.norm, self.start), Design(self.depth, False, self.norm)  # type: ignore[arg-type]
