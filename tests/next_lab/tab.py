"""Mean colour: which colour is your photo, on average?"""

from pathlib import Path
from typing import Any

import gradio as gr

from app.api.arguments import photo
from app.errors import shows_errors
from app.lab import Bench, Lab, Work, insist
from tests.next_lab.mean_colour import Middle, Pixels, mean_colour, pixels

QUESTION = "Which colour is your photo, on average?"


def draw(shown: Pixels, middle: Middle, _question: dict[str, Any]) -> dict[str, Any]:
    code = "#{:02x}{:02x}{:02x}".format(*mean_colour(shown, middle))
    return {"answer": f"The middle {middle.percent} % of your photo is {code} on average.", "colour": code}


@shows_errors
def mean_colour_of(image: gr.FileData, percent: int = 50) -> dict[str, Any]:
    """Return the mean colour of a photo's middle."""
    return {"rgb": list(mean_colour(pixels(photo(image)), Middle(percent=percent)))}


def check(path: Path) -> str:
    shown = pixels(path)
    insist(min(mean_colour(shown, Middle())) >= 0, "it is no colour")
    return str(draw(shown, Middle(), {})["answer"])


BENCH = Bench(
    id="mean-colour", question=QUESTION, settings=Middle, draw=draw,
    scripts=("range", "lab_plain", Path(__file__).with_name("mean_colour.js")),
    work={"again": Work(lambda wish, _report: pixels(wish.path), mode="always_last")},
)  # fmt: skip
ROW = {"group": "Decide", "brief": "Which colour is it?"}
LAB = Lab("mean-colour", "Mean colour", QUESTION, check, BENCH, endpoints=(mean_colour_of,), **ROW)
