"""One layer's attention, kept as queries and keys: any row of it is a small product away."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Map = NDArray[np.float32]

QUERIES = 256  # at most so many rows of a large layer are calculated for its statistics


@dataclass(frozen=True)
class AttentionLayer:
    """Queries and keys of one layer, in groups: a token attends to the tokens of its own group only.

    A ViT has one group. In Swin each window is one (of the shifted picture in every second block); in MobileViT all
    pixels that lie at the same place of their 2 x 2 patch.

    Args:
        name: the module's path in the network.
        label: what people call the block around it.
        queries: float32 (groups, heads, tokens, d), already divided by the square root of d.
        keys: float32 (groups, heads, tokens, d).
        bias: float32 (heads, tokens, tokens), added before the softmax, or None.
        mask: float32 (groups, tokens, tokens), likewise.
        places: int32 (groups, tokens): the cell of the grid, row after row; -1 for what is no patch (class token).
        grid_hw: rows and columns of patches.
    """

    name: str
    label: str
    queries: Map
    keys: Map
    bias: Map | None
    mask: Map | None
    places: NDArray[np.int32]
    grid_hw: tuple[int, int]

    @property
    def library_name(self) -> str:
        """The path of the block around it."""
        return self.name.rpartition(".")[0] or self.name

    @property
    def title(self) -> str:
        """The label with the library's name behind it: ``block 7 of 7 (blocks.6)``."""
        return f"{self.label} ({self.library_name})"

    @property
    def heads(self) -> int:
        """How many heads the layer has."""
        return self.queries.shape[1]

    @property
    def tokens(self) -> int:
        """How many tokens attend to each other."""
        return self.queries.shape[2]

    @property
    def windowed(self) -> bool:
        """Whether a token sees a part of the photo only."""
        return len(self.queries) > 1

    @property
    def class_token(self) -> int | None:
        """The number of the class token among the tokens, or None."""
        return 0 if self.places[0, 0] < 0 and not self.windowed else None

    def token_of(self, cell: int) -> tuple[int, int]:
        """Return group and token of a cell of the grid."""
        group, token = np.argwhere(self.places == cell)[0]
        return int(group), int(token)

    def rows(self, group: int, tokens: NDArray[np.intp] | list[int], heads: slice = slice(None)) -> Map:
        """Return attention from ``tokens`` of a group: float32 (heads, len(tokens), tokens); rows sum to 1."""
        scores = self.queries[group, heads][:, tokens] @ self.keys[group, heads].transpose(0, 2, 1)
        if self.bias is not None:
            scores += self.bias[heads][:, tokens]
        if self.mask is not None:
            scores += self.mask[group, tokens]
        scores -= scores.max(-1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(-1, keepdims=True)
        return scores

    def from_cell(self, cell: int) -> tuple[Map, Map]:
        """Return where the patch of a cell looks: (heads, h * w) over the grid, and (heads,) on what is no patch.

        Cells outside the token's group get 0; both together sum to 1 a head.
        """
        group, token = self.token_of(cell)
        return self._spread(group, token)

    def from_class(self) -> tuple[Map, Map]:
        """Return where the class token looks, as `from_cell`.

        Raises:
            ValueError: there is none.
        """
        if self.class_token is None:
            raise ValueError(f"{self.name} has no class token")
        return self._spread(0, self.class_token)

    def _spread(self, group: int, token: int) -> tuple[Map, Map]:
        row = self.rows(group, [token])[:, 0]  # (heads, tokens)
        patch = self.places[group] >= 0
        spread = np.zeros((self.heads, self.grid_hw[0] * self.grid_hw[1]), np.float32)
        spread[:, self.places[group][patch]] = row[:, patch]
        return spread, row[:, ~patch].sum(1)

    def sampled(self) -> Iterator[tuple[int, NDArray[np.intp], Map]]:
        """Yield (group, tokens, rows of attention) for evenly spread patches, `QUERIES` a group at most."""
        for group, places in enumerate(self.places):
            patches = np.flatnonzero(places >= 0)
            if len(patches) > QUERIES:
                patches = patches[np.linspace(0, len(patches) - 1, QUERIES).round().astype(np.intp)]
            if len(patches):
                yield group, patches, self.rows(group, patches)
