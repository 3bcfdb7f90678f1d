"""Which versions made a result: of this app and of libraries, read without importing them."""

import functools
import importlib.metadata
import tomllib
from collections.abc import Iterable
from pathlib import Path

_PROJECT = Path(__file__).parent.parent / "pyproject.toml"
_WHEELS = {"opencv": ("opencv-python", "opencv-python-headless")}  # a bare server has the headless one


def versions(libraries: Iterable[str]) -> dict[str, str | None]:
    """Return ``cv_lab`` and each library with its version; None where one is not installed."""
    return {"cv_lab": _own(), **{name: _installed(name) for name in libraries}}


@functools.cache
def _installed(name: str) -> str | None:
    for wheel in _WHEELS.get(name, (name,)):
        try:
            return importlib.metadata.version(wheel)
        except importlib.metadata.PackageNotFoundError:
            continue
    return None


@functools.cache
def _own() -> str | None:
    return str(tomllib.loads(_PROJECT.read_text())["project"]["version"]) if _PROJECT.is_file() else None
