"""What is learned here, and what a race of nets and a walk around one tell; imports no torch, as their words do not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cvdemo.residual.design import Design

REACH = 1.0  # of a direction: at 1 each filter has moved as far as it is long
SIDE, LIVE_SIDE = 41, 15  # points a side: stored, and computed while somebody waits
EIGHT: Final = tuple((row, column) for row in (-1, 0, 1) for column in (-1, 0, 1) if row or column)


@dataclass(frozen=True)
class Split:
    """One block's gradient at its input, summed over a batch.

    Args:
        norm, skip_norm, branch_norm: L2 norms of the whole, and of its two parts.
        skip, branch: the parts' projections on the direction of the whole, with sign; they add up to ``norm``.
    """

    norm: float
    skip_norm: float
    branch_norm: float
    skip: float
    branch: float


@dataclass(frozen=True)
class Moment:
    """What one net was at one step.

    Args:
        loss: cross-entropy of the step's batch before the step, in nats.
        gradients: L2 norm of each convolution's gradient, the first one first.
        spreads: standard deviation of what stem and each block gave.

    Both as torch computed them, in float32: a page keeps up to 9,600 moments of 164 such numbers.
    """

    step: int
    loss: float
    gradients: Sequence[float]
    spreads: Sequence[float]


@dataclass(frozen=True)
class Errors:
    """What one net gets wrong after so many steps, 0..1, on all photos it learns from and on all others."""

    step: int
    training: float
    held_out: float


@dataclass(frozen=True)
class Parts:
    """The gradient at each block's input after so many steps, taken apart, with the running statistics of that step."""

    step: int
    blocks: tuple[Split, ...]


@dataclass(frozen=True)
class Lane:
    """One net's way through a race.

    Args:
        splits: of a net with skips; a plain one has no parts.
        diverged: the step whose loss was no number any more; it takes no further part. None: it never was.
    """

    design: Design
    seed: int
    moments: tuple[Moment, ...] = ()
    errors: tuple[Errors, ...] = ()
    splits: tuple[Parts, ...] = ()
    diverged: int | None = None


@dataclass(frozen=True)
class Race:
    """All lanes after ``step`` of ``steps``."""

    lanes: tuple[Lane, ...]
    step: int
    steps: int


@dataclass(frozen=True)
class About:
    """Photos in words: their set's title, how many are learned from and how many held out."""

    title: str
    learned: int
    held_out: int


@dataclass(frozen=True)
class Photos:
    """What is learned and tested: pictures float32 (N, channels, side, side) around 0, labels (N,), (N,) held out."""

    pictures: NDArray[np.float32]
    labels: NDArray[np.intp]
    out: NDArray[np.bool_]
    classes: int
    title: str = "photos"

    @property
    def about(self) -> About:
        """Return them in words."""
        return About(self.title, int((~self.out).sum()), int(self.out.sum()))


@dataclass(frozen=True)
class Surface:
    """The loss around one net's weights.

    Args:
        seed: the net's; ``draw``: that of the two directions.
        reach: the axes run from -reach to reach, in lengths of the directions.
        losses: (side, side) float32, mean cross-entropy on all training photos in nats; rows go along the second
            direction, columns along the first; the middle is the net itself. What is no number is infinite.
    """

    design: Design
    seed: int
    draw: int
    losses: NDArray[np.float32]
    reach: float = REACH

    def __post_init__(self) -> None:
        side = len(self.losses)
        if self.losses.shape != (side, side) or side % 2 == 0:
            raise ValueError(f"losses must be square with a middle, got {self.losses.shape}")

    @property
    def side(self) -> int:
        """How many points one side has."""
        return len(self.losses)

    @property
    def steps(self) -> NDArray[np.float64]:
        """Where the points lie on both axes (side,)."""
        return np.linspace(-self.reach, self.reach, self.side)

    @property
    def middle(self) -> float:
        """The loss of the net itself, in nats."""
        return float(self.losses[self.side // 2, self.side // 2])

    def below(self, loss: float) -> float:
        """Return the share of all points that have a lower loss than ``loss`` nats, 0..1."""
        return float((self.losses < loss).mean())

    def hollows(self) -> list[tuple[int, int]]:
        """Return the points, row and column, that lie lower than all eight around them; points on the edge are none."""
        inner, side = self.losses[1:-1, 1:-1], self.side
        around = [self.losses[1 + row : side - 1 + row, 1 + column : side - 1 + column] for row, column in EIGHT]
        rows, columns = np.nonzero(np.all([inner < one for one in around], axis=0))
        return [(int(row) + 1, int(column) + 1) for row, column in zip(rows, columns, strict=True)]

    def falls_to_the_middle(self) -> float:
        """Return the share of points from which one comes to the middle, or beside it, always going down.

        Each step goes to the lowest of the eight points around, as long as that lies lower.
        """
        side, middle = self.side, self.side // 2
        reached = 0
        for row, column in np.ndindex(side, side):
            row, column = self._bottom(row, column)
            reached += max(abs(row - middle), abs(column - middle)) <= 1
        return reached / (side * side)

    def _bottom(self, row: int, column: int) -> tuple[int, int]:
        while True:
            near = [(row + down, column + right) for down, right in EIGHT]
            inside = [one for one in near if 0 <= one[0] < self.side and 0 <= one[1] < self.side]
            lowest = min(inside, key=lambda one: float(self.losses[one]))
            if not self.losses[lowest] < self.losses[row, column]:
                return row, column
            row, column = lowest
