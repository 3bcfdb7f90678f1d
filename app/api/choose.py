"""`/choose`."""

from typing import Any

from app.api.arguments import is_number, text, whole
from app.errors import shows_errors
from cvdemo.choose.demand import MOST_MB, MOST_MS, MOST_PHOTOS, Demand
from cvdemo.choose.export import choose as advised
from cvdemo.errors import SettingError


@shows_errors
def choose(
    task: str,
    photos: int | None = None,
    domain: str | None = None,
    milliseconds: float | None = None,
    max_mb: float | None = None,
    licence: str | None = None,
) -> list[dict[str, Any]]:
    """Name up to three networks that obey all limits, the best first, each with the figures that it rests on.

    Args:
        task: classify, detect or features.
        photos: labelled ones of each class that you have.
        domain: everyday, moderate or far: how unlike everyday photos yours are.
        milliseconds: that one photo may take on this machine. Where any of the networks was timed here, untimed ones
            are left out; where none was, those with the least work come first.
        max_mb: megabytes that the file of weights may have.
        licence: commercial, for weights that a product may use.

    Returns:
        list of model (a name from /models), milliseconds (median of one photo, measured on this machine, or null), and
        reasons (text, figure = the number that it rests on or null, source of that).
    """
    return advised(
        Demand(
            task=text(task, "task", "classify"),
            photos=0 if photos is None else whole(photos, "photos", 0, MOST_PHOTOS),
            domain="everyday" if domain is None else text(domain, "domain", "everyday"),
            milliseconds=_limit(milliseconds, "milliseconds", MOST_MS),
            max_mb=_limit(max_mb, "max_mb", MOST_MB),
            licence="any" if licence is None else text(licence, "licence", "commercial"),
        )
    )


def _limit(value: Any, name: str, most: int) -> float:
    """Return a limit; 0 stands for none.

    Raises:
        SettingError: it is no number above 0.
    """
    if value is None:
        return 0
    if not is_number(value) or not 0 < value <= most:
        raise SettingError(f"{name} must be a number above 0, at most {most:,}, or null.")
    return float(value)
