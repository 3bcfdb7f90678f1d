"""Rows P8 and inside: a heat-map reply against Gradio's defaults, and a click to all open views."""

import itertools
import json
import statistics
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.lab.handlers import handler
from app.lab.questions import answers_questions
from app.tabs.inside import BENCH
from app.tabs.inside_view_input import packed
from app.tabs.inside_views import Settings
from benchmarks.rows import Counts, Measured
from benchmarks.timing import compare, in_turns
from cvdemo import compute, images, models, starters
from cvdemo.inside import activations
from cvdemo.inside.model_input import enlarged
from cvdemo.inside.palettes import INFERNO
from cvdemo.similarity.patches import similar

PAIR = ("resnet50", "vit_base_patch16_224")
SIDE_WH = (640, 480)
ALLOWED, EXTRA_MS = 1.5, 60.0
ROUNDS = 15
run, look = handler(BENCH, "again"), answers_questions(BENCH)


def heat_reply() -> Measured:
    """P8: a known map over the photo, decoded and on its way to the browser, against the same with gr.Image."""
    compute.use_all_cores()
    path = starters.get("portrait").path
    with tempfile.TemporaryDirectory() as folder:
        photo = Path(folder) / "photo.jpg"
        Image.open(path).convert("RGB").resize(SIDE_WH).save(photo, quality=92)
        seen = activations.forward_pass(photo, "mini_vit")
        heat = similar(seen.maps[-1], (3, 3)).cosines
        output = gr.Image()
        # The photo goes out once; afterwards a click or slider sends the map alone. Here both go, as at first.
        ours = partial(_ours, photo, seen, heat)
        comparison = compare(in_turns(ours, partial(_with_defaults, photo, heat, output), ROUNDS))
    return Measured(comparison, f"{SIDE_WH[0]} x {SIDE_WH[1]}; ours decodes and sends photo and map, coloured there")


def _ours(photo: Path, seen: activations.ForwardPass, heat: NDArray[np.float32]) -> str:
    images.read(photo)  # not out of the cache: the peer decodes too
    picture = images.data_url(enlarged(photo, seen.picture), quality=88)
    return json.dumps({"picture": picture, "map": packed(heat)})


def _with_defaults(photo: Path, heat: NDArray[np.float32], output: gr.Image) -> Any:
    """The usual way: colour the map, lay it over the photo, hand the array to ``gr.Image``."""
    with Image.open(photo) as opened:
        pixels = np.asarray(opened.convert("RGB"), np.float32)
    level = (heat - heat.min()) / (np.ptp(heat) or 1)
    wide = np.asarray(Image.fromarray(level).resize(SIDE_WH, Image.Resampling.BILINEAR))
    table = np.array([[int(text[at : at + 2], 16) for at in (1, 3, 5)] for text in INFERNO], np.float32)
    colours = table[np.rint(wide * (len(table) - 1)).astype(int)]
    return output.postprocess((0.4 * pixels + 0.6 * colours).astype(np.uint8))


def click() -> Counts:
    """A click on resident models to the overview, against 1.5 times their network time and 60 ms: medians."""
    compute.use_all_cores()
    points = itertools.count()
    photo = {"photo": {"id": "starter:cat", "name": "Cat"}, "point": [100, 100]}
    wanted = {"settings": Settings(random=True).plain()}
    *_, shown = run(photo, wanted, {"chosen": list(PAIR)})
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        times[0].append(sum(_network_ms(name) for name in PAIR))
        times[1].append(_ms(partial(_clicked, shown["key"], photo, wanted, next(points))))
    network, reply = (statistics.median(each[2:]) for each in times)
    allowed = ALLOWED * network + EXTRA_MS
    return Counts(
        f"{reply:.0f} ms to all tiles of both models; their networks {network:.0f} ms, so {allowed:.0f} allowed",
        reply <= allowed,
    )


def _clicked(key: str, photo: dict[str, Any], wanted: dict[str, Any], number: int) -> None:
    """Ask as a click does, each time at another point; what a view does not know is run first."""
    point = [20 + 15 * number, 120]
    answer = look({"key": key, "settings": wanted["settings"], "point": point})
    if "work" in answer:
        *_, answer = run({**photo, "point": point}, wanted, {"chosen": list(PAIR)})
    json.dumps(answer)
    assert len(answer["cards"]) == len(PAIR)


def _network_ms(name: str) -> float:
    with models.borrow(name, random=True) as ready:
        height, width = ready.preprocessing.size_hw
        return _ms(partial(ready.run, np.zeros((1, 3, height, width), np.float32)))


def _ms(work: Any) -> float:
    started = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - started)
