"""Lays benches out and wires them: the one place that knows the order of Gradio's events."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from app.components.chips import ModelChips
from app.components.headline import Headline, headline
from app.components.lab_view import ViewSwitch
from app.components.photo import PhotoRail
from app.lab.declared import Bench, Lab
from app.lab.handlers import handler, stopped, use_instead
from app.lab.questions import answers_questions
from app.lab.share import share_facts

QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
LIGHT: dict[str, Any] = {"concurrency_limit": 4, **QUIET}
HEAVY: dict[str, Any] = {"concurrency_id": "compute", **LIGHT}
STARTING = {"text": "Starting", "share": None}
POINT = "(value, rail) => ({ ...value, at: rail.point, wish: performance.now(), anew: false })"
AGAIN = "(value) => ({ ...value, retry: performance.now() })"
MODELS = "(value, { chosen, begins }) => ({ ...value, chosen, begins, wish: performance.now(), anew: true })"


def mount(lab: Lab, rail: PhotoRail) -> None:
    """Fill the lab's tab."""
    if lab.build is not None:
        lab.build(rail)
    elif lab.bench is not None:
        lay_out(lab.bench, lab.id, rail)


def lay_out_views(views: Sequence[tuple[str, str, Bench]], tab: str, rail: PhotoRail) -> None:
    """Lay out the benches of one tab, of which one is open: name in the address, the button's title, the bench."""
    ViewSwitch([[name, title] for name, title, _ in views], tab=tab)
    for number, (name, _, bench) in enumerate(views):
        with gr.Column(elem_id=name, elem_classes=["away"] if number else []):
            lay_out(bench, tab, rail)


def lay_out(bench: Bench, tab: str, rail: PhotoRail) -> Any:
    """Lay out headline, chips and component of a bench that stands on the tab of lab ``tab``; return the component."""
    head = None
    if not bench.own_head:
        head = Headline(headline(bench.question, "One moment.", busy=STARTING, differs=bench.differs()))
    chips = None
    if bench.chips is not None:
        with gr.Row(elem_classes=["choice", bench.row]):
            chips = ModelChips(bench.chips.opening(), tab=tab)
            chips.first = bench.chips.opening
            if bench.beside is not None:
                bench.beside(chips)
    picture = bench.view(
        bench.begin(),
        names=("lab", "exports", *bench.scripts),
        class_name=bench.css,
        look=answers_questions(bench),
        answers=(share_facts, *bench.answers),
        spec=bench.settings.described(),
        tab=tab,
        works=bool(bench.work),
        **bench.props,
    )
    if head is not None:
        picture.said(None, picture, head, js="(value) => value.head", **QUIET)
        head.again(None, picture, picture, js=AGAIN, **QUIET)
    if bench.work:
        _wire(bench, rail, chips, picture, head)
    return picture


def _wire(bench: Bench, rail: PhotoRail, chips: ModelChips | None, picture: Any, head: Headline | None) -> None:
    """Connect the events; each work after those that it ends, since Gradio's ``cancels`` takes events that stand.

    A new point or choice only marks the value with a ``wish``: the component then asks by itself. An event of their own
    that runs something would, as one that waits ("always_last"), run again with all that its event starts.
    """
    wanted: dict[str, Any] = {"photo": rail, "value": picture, **({"models": chips} if chips else {})}
    events: dict[str, Any] = {}
    for name, work in bench.work.items():
        outputs = [picture, chips] if work.fetches and chips else picture
        events[name] = getattr(picture, name)(
            handler(bench, name),
            inputs_kwargs=wanted,
            outputs=outputs,
            trigger_mode=work.mode,
            cancels=[events[one] for one in work.ends],
            **(LIGHT if work.light else HEAVY),
        )
    if bench.pointed:
        rail.point(None, [picture, rail], picture, js=POINT, **QUIET)
    if chips is not None:
        chips.models(None, [picture, chips], picture, js=MODELS, **QUIET)
        picture.use(use_instead(bench), [chips, picture], chips, queue=False, **QUIET)
    stopping = gr.on([picture.stop, *([head.stop] if head else [])], None, cancels=list(events.values()), **QUIET)
    # A last word may be on its way, so what is known is told once the works have ended.
    stopping.then(stopped(bench), inputs_kwargs=wanted, outputs=picture, queue=False, **QUIET)
