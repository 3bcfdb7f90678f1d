"""What is generated in README and docs: speed from benchmarks/latest.json, models from their cards and the catalogue.

``python -m benchmarks.readme`` writes them; a test fails when a page tells something else.
"""

import json
import re
from pathlib import Path
from typing import Any

from benchmarks.table import cells
from cvdemo import catalogue, weights
from cvdemo.weights import places

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
MODELS = ROOT / "docs" / "models.md"
SPEED = ROOT / "docs" / "speed.md"
LATEST = ROOT / "benchmarks" / "latest.json"


def speed() -> str:
    """Return the speed table of the last kept run, or how to get one."""
    if not LATEST.exists():
        return "Run `make bench`: it compares this code with its peers on your machine, both sides in one run."
    kept: dict[str, Any] = json.loads(LATEST.read_text())
    lines = ["| row | work | ours | peer | ratio (95 % interval) | goal | |", "|---|---|---|---|---|---|---|"]
    lines += ["| " + " | ".join(cells(plain)) + " |" for plain in kept["rows"]]
    remarks = [f"{plain['name']}: {plain['remark']}." for plain in kept["rows"] if plain["remark"]]
    return "\n".join([*lines, "", f"Taken on {kept['machine']}.", *remarks])


def models() -> str:
    """Return the table of the models that we trained, from the cards beside their weights."""
    lines = ["| model | top-1 | top-5 | top-1 in int8 | recipe | trained in |", "|---|---|---|---|---|---|"]
    for spec in catalogue.MODELS:
        card = weights.card(spec.name) if spec.source == "bundled" else None
        if card is not None:
            low, high = card.top1_interval
            int8 = weights.int8_card(spec.name)
            lines.append(
                f"| {spec.title} (`{spec.name}`) | {card.top1:.1%} ({low:.1%} to {high:.1%}) | {card.top5:.1%} "
                f"| {f'{int8.top1:.1%}' if int8 else ''} | {card.recipe} | {card.hours:.1f} h on {card.machine} |"
            )
    return "\n".join(lines)


def detectors() -> str:
    """Return the table of the detectors that we trained, from their cards."""
    lines = ["| model | mAP@50 | mAP@50:95 | recipe | trained in |", "|---|---|---|---|---|"]
    for spec in catalogue.MODELS:
        card = weights.detector_card(spec.name) if spec.source == "bundled" else None
        if card is not None:
            lines.append(
                f"| {spec.title} (`{spec.name}`) | {card.map50:.1%} on {card.validation_photos} validation photos "
                f"| {card.map50_95:.1%} | {card.recipe} | {card.hours:.1f} h on {card.machine} |"
            )
    return "\n".join(lines)


def hub_ids() -> list[str]:
    """Return the repositories on the Hub that the catalogue's models come from."""
    return sorted({spec.weights for spec in catalogue.MODELS if spec.weights and "/" in spec.weights})


def preloaded() -> list[str]:
    """Return what a Space fetches while it is built, as it reads it: repository, files separated by commas, revision.

    Raises:
        ValueError: a model does not come from one certain file of the Hub.
    """
    lines = []
    for name in catalogue.PRELOADED:
        where = places.place(catalogue.get(name))
        if not isinstance(where, places.Repository) or len(where.weights) != 1:
            raise ValueError(f"{name} does not come from one certain file of the Hub")
        files = ",".join((*where.weights, *where.others))
        lines.append(" ".join(filter(None, (where.name, files, where.revision))))
    return lines


def front(text: str) -> str:
    """Return the README with the two lists of its front matter made anew."""
    for field, items in (("models", hub_ids()), ("preload_from_hub", preloaded())):
        lines = f"{field}:\n" + "".join(f"  - {item}\n" for item in items)
        text = re.sub(rf"^{field}:\n(  - .*\n)*", lines, text, count=1, flags=re.MULTILINE)
    return text


def filled(text: str, **tables: str) -> str:
    """Return ``text`` with each table between its ``<!-- name -->`` markers.

    Raises:
        ValueError: a table has no place there.
    """
    for name, table in tables.items():
        found = re.search(f"<!-- {name} -->\n(.*?)<!-- /{name} -->", text, re.DOTALL)
        if found is None:
            raise ValueError(f"there are no markers for {name}")
        text = text[: found.start(1)] + table + "\n" + text[found.end(1) :]
    return text


def pages() -> dict[Path, str]:
    """Return each file that has generated parts, as it should be now."""
    return {
        README: front(README.read_text()),
        MODELS: filled(MODELS.read_text(), models=models(), detectors=detectors()),
        SPEED: filled(SPEED.read_text(), speed=speed()),
    }


def write() -> None:
    """Bring all of them up to date."""
    for file, text in pages().items():
        file.write_text(text)


if __name__ == "__main__":
    write()
