"""A lesson's heads in one safetensors file: what was taught once is used again without running a network."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from cvdemo.photo_sets import PhotoSet
from cvdemo.probes import Probe
from cvdemo.transfer.result import Lesson, Taught, way


def write(lesson: Lesson, file: Path) -> None:
    """Write heads, split and answers; curves are left out."""
    from safetensors.numpy import save_file

    arrays: dict[str, np.ndarray] = {"out": lesson.out, "groups": lesson.groups, "majority": lesson.majority.predicted}
    rows = []
    for place, one in enumerate(lesson.taught):
        arrays |= {f"{place}.weight": one.probe.weight, f"{place}.bias": one.probe.bias}
        arrays |= {f"{place}.{each.name}": each.predicted for each in one.ways}
        names = [each.name for each in one.ways]
        rows.append({"model": one.model, "title": one.title, "family": one.family, "ways": names,
                     "strength": one.probe.strength})  # fmt: skip
    told = {"photos": lesson.photos.digest, "seed": lesson.seed, "taught": rows}
    save_file({name: np.ascontiguousarray(one) for name, one in arrays.items()}, file, {"lesson": json.dumps(told)})


def read(file: Path, photos: PhotoSet) -> Lesson:
    """Return the lesson in ``file``, which was taught ``photos``.

    Raises:
        OSError: there is no such file.
        ValueError: it holds something else, or was taught other photos.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(file, "numpy") as opened:
            told = json.loads(opened.metadata()["lesson"])
            arrays = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118 - it is no dict
        if told["photos"] != photos.digest:
            raise ValueError(f"{file.name} was taught other photos")
        labels = photos.labels[arrays["out"]]
        taught = tuple(_taught(place, row, arrays, labels) for place, row in enumerate(told["taught"]))
        always = way("majority", arrays["majority"], labels)
        return Lesson(photos, arrays["groups"], arrays["out"], told["seed"], always, taught)
    except (SafetensorError, KeyError, TypeError) as error:
        raise ValueError(f"{file.name} holds no lesson") from error


def _taught(place: int, row: dict[str, Any], arrays: dict[str, np.ndarray], labels: np.ndarray) -> Taught:
    ways = tuple(way(name, arrays[f"{place}.{name}"], labels) for name in row["ways"])
    probe = Probe(arrays[f"{place}.weight"], arrays[f"{place}.bias"], row["strength"])
    return Taught(row["model"], row["title"], row["family"], ways, probe)
