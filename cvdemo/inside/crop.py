"""From a point of the photo to a pixel of the model's picture, to a unit of a map, and back."""

from dataclasses import dataclass

Pair = tuple[int, int]
Point = tuple[float, float]


@dataclass(frozen=True)
class Crop:
    """The part of a photo that a model gets.

    Args:
        left, top, width, height: in pixels of the upright photo.
    """

    left: float
    top: float
    width: float
    height: float

    def to_picture(self, point_rc: Pair, size_hw: Pair) -> tuple[Point, bool]:
        """Return a photo's point in a picture of ``size_hw``, moved to its edge if it was cut off, and whether.

        Both count from the middle of the first pixel, so (0, 0) is that pixel.
        """
        row = (point_rc[0] + 0.5 - self.top) / self.height * size_hw[0] - 0.5
        column = (point_rc[1] + 0.5 - self.left) / self.width * size_hw[1] - 0.5
        inside = (min(max(row, 0.0), size_hw[0] - 1.0), min(max(column, 0.0), size_hw[1] - 1.0))
        return inside, max(abs(inside[0] - row), abs(inside[1] - column)) > 0.5

    def to_photo(self, point: Point, size_hw: Pair) -> Point:
        """Return a picture's point in pixels of the photo."""
        row = (point[0] + 0.5) / size_hw[0] * self.height + self.top - 0.5
        column = (point[1] + 0.5) / size_hw[1] * self.width + self.left - 0.5
        return row, column


def centred(size_wh: Pair) -> Crop:
    """Return the largest centred square of a photo."""
    edge = min(size_wh)
    return Crop((size_wh[0] - edge) / 2, (size_wh[1] - edge) / 2, edge, edge)


def unit_at(point: Point, size_hw: Pair, grid_hw: Pair) -> Pair:
    """Return (row, column) of the unit of a ``grid_hw`` map that lies over ``point`` of a picture of ``size_hw``."""
    row, column = (int((at + 0.5) * count / side) for at, side, count in zip(point, size_hw, grid_hw, strict=True))
    return min(max(row, 0), grid_hw[0] - 1), min(max(column, 0), grid_hw[1] - 1)


def grid_of(count: int, size_hw: Pair) -> Pair:
    """Return rows and columns of ``count`` square patches that cover a picture of ``size_hw``.

    Raises:
        ValueError: they do not.
    """
    rows = round((count * size_hw[0] / size_hw[1]) ** 0.5)
    columns = count // max(rows, 1)
    if rows * columns != count:
        raise ValueError(f"{count} patches do not cover a picture of {size_hw[0]} x {size_hw[1]} pixels")
    return rows, columns
