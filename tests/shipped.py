"""Cards for bundled models that tests make up."""

import hashlib
import json
from pathlib import Path
from typing import Any


def write_card(folder: Path, name: str, **more: Any) -> dict[str, Any]:
    """Write the card of the weights ``name`` in ``folder``, a classifier's unless ``more`` says otherwise."""
    facts = {"data": "d", "recipe": "r", "hours": 1.5, "machine": "m", "validation_photos": 100, "licence": "l"}
    shares = {"top1": 0.6, "top1_interval": [0.5, 0.7], "top5": 0.8, "top5_interval": [0.7, 0.9]}
    sha256 = hashlib.sha256((folder / f"{name}.safetensors").read_bytes()).hexdigest()
    card = {"name": name, "settings": {}, "sha256": sha256, "synsets": ["n01440764"]} | facts | shares | more
    (folder / f"{name}.json").write_text(json.dumps(card))
    return card


def write_detector_card(folder: Path, name: str) -> dict[str, Any]:
    """Write the card of a detector's weights."""
    ap50 = {"RBC": 0.8, "WBC": 1, "Platelets": 0.7}
    return write_card(folder, name, map50=0.8, map50_95=0.5, ap50=ap50, labels=list(ap50))
