"""What the Teach tab shows first: the digits, taught before by ``python -m app.tabs.teach_stored``."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import app.environment  # noqa: F401  (must come before the Hub's library)
from app.tabs import teach_shown
from app.tabs.teach_view import drawn
from cvdemo import compute
from cvdemo.photo_sets import ready
from cvdemo.transfer import probe
from cvdemo.transfer import stored as heads

FILE = Path(__file__).parents[2] / "assets" / "taught_digits.json"
BACKBONES = ("tf_efficientnet_lite0", "mini_vit_distilled")


def stored() -> dict[str, Any]:
    """Return what was drawn of the digits then, with machine and day; {} where that is not here."""
    try:
        return {"key": teach_shown.FIRST, "message": "", **json.loads(FILE.read_text(encoding="utf-8"))}
    except (OSError, ValueError):
        return {}


def main() -> None:
    """Teach the digits as the page does, and store what it draws and the heads."""
    day = date.today()
    lesson = probe(ready("digits"), BACKBONES, with_curve=True)
    heads.write(lesson, teach_shown.FILE)
    told = drawn(lesson)
    told["stored"] = {"machine": compute.describe(), "date": f"{day.day} {day:%B %Y}"}
    FILE.write_text(json.dumps(told) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
