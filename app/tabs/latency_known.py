"""Duels that pages show, and the last one of each choice, for those who come while the machine is busy."""

import secrets
from typing import Any

from cvdemo.latency.result import Duel
from cvdemo.results import Results

_shown = Results("latency shown")  # by a key that only their page knows
_latest = Results("latency latest")


def keep(duel: Duel, key: str | None = None) -> str:
    """Keep ``duel`` under ``key``, or under a new one, and return that."""
    key = key or secrets.token_urlsafe(12)
    _shown.put(key, duel)
    return key


def known(key: Any) -> Duel | None:
    """Return the duel of ``key``, which comes from a browser."""
    found: Duel | None = _shown.get(key) if isinstance(key, str) else None
    return found


def remember(models: tuple[str, ...], duel: Duel) -> None:
    """Keep a finished duel as the latest of these models."""
    _latest.put(models, duel)


def latest(models: tuple[str, ...]) -> Duel | None:
    """Return the latest finished duel of these models."""
    found: Duel | None = _latest.get(models)
    return found
