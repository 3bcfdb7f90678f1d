"""The parts of a lab, as declared: what it is called, what a visitor may set, what it computes, how it is drawn."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.components.chips import ModelChips, chips, chosen
from app.components.lab_view import LabView
from app.components.photo import PhotoRail
from app.lab.busy import busy, fetching
from app.lab.shown import ShownByKey
from cvdemo import catalogue
from cvdemo.catalogue import ModelSpec
from cvdemo.errors import CvDemoError, ModelUnavailable, SettingError, Stopped
from cvdemo.pairs import differences, opening_pair
from cvdemo.settings import Settings
from cvdemo.wording import COUNTS

Report = Callable[..., None]
"""Tells how far work is; raises `Stopped` when nobody waits for it any more."""
Check = Callable[[Path], str]
"""One small run on a photo that no cache knows: what the lab answered; raises where that cannot be right."""


class Unsound(CvDemoError):
    """A lab answered, and the answer cannot be right."""


def insist(right: bool, what: str) -> None:
    """Raise `Unsound` with ``what`` is wrong, unless the answer is ``right``; for checks."""
    if not right:
        raise Unsound(f"An answer came, but {what}.")


@dataclass(frozen=True)
class Wish:
    """What a visitor asks for, made sound.

    Args:
        path: of the photo; ``name`` is the visitor's own for it, ``src`` where the browser has it, and ``size_wh`` its
            upright size in pixels.
        point_rc: the shared point, row and column in pixels of the upright photo.
        models: names of the chosen ones, in order.
        settings: of the bench's own kind.
        fetch: the one model that may be downloaded now.
        shown: what stands under the page's key: see `ShownByKey`.
        value: the component's whole value, as the browser sent it: untrusted.
    """

    path: Path
    name: str
    src: str
    size_wh: tuple[int, int]
    point_rc: tuple[int, int]
    models: tuple[str, ...]
    settings: Any
    fetch: str | None
    shown: Any
    value: dict[str, Any]


@dataclass(frozen=True)
class Chips:
    """Which models a bench offers as chips, and how many at once.

    Args:
        offered: on this machine, now.
        most: that may be chosen.
        random_will_do: what is not on this machine runs with random weights.
        first: what is chosen where nobody chose.
    """

    offered: Callable[[], Sequence[ModelSpec]]
    most: int = 3
    random_will_do: bool = False
    first: Callable[[], tuple[str, ...]] = lambda: opening_pair().names

    def value(self, names: Sequence[str] | None, note: str | None = None) -> dict[str, Any]:
        """Return the chips' value, with a sentence under it; no names leave the choice and bring states up to date."""
        return chips(names, self.offered(), self.most, note, self.random_will_do)

    def opening(self) -> dict[str, Any]:
        """Return the chips' value for a page that opens now: it gives way to a visitor's own choice."""
        return {**self.value(self.first()), "opens": True}

    def names(self, value: Any) -> tuple[str, ...]:
        """Return who is chosen in the chips' value, as the browser sent it: each once, and somebody at all.

        Raises:
            SettingError: unknown models, or too many.
        """
        names = tuple(dict.fromkeys(chosen(value) or self.first()))
        if len(names) > self.most:
            raise SettingError(f"{COUNTS[self.most]} at most. Remove one first.")
        return names


def _telling_of_models(_wish: Wish, step: tuple[Any, ...] | None, elapsed_s: float) -> dict[str, Any] | None:
    return {"busy": fetching(step[0], step[1], elapsed_s) if step else busy("The models look at the photo")}


@dataclass(frozen=True)
class Work:
    """Long work that an event of the bench's component starts; it streams and can be stopped.

    Args:
        run: computes, in a thread of its own.
        found: what of the component's value changes once it is done; None: what ``run`` returned is kept and drawn.
        told: what changes while it runs, from what ``run`` reported last and the seconds since the start, if anything.
            None: nothing.
        fetches: it downloads the model that the value names under ``fetching``, and brings the chips up to date.
        continues: it goes on from what is shown: without that nothing happens.
        refused: what changes when it cannot be, from the error; None, also its answer: nothing is shown any more but
            the sentence.
        mode: Gradio's for the event: ``always_last`` keeps one that waits, ``multiple`` starts each.
        light: it runs no network, so it does not wait for the device's turn.
        ends: the works, of those that stand before it, that Gradio ends for it.
    """

    run: Callable[[Wish, Report], Any]
    found: Callable[[Wish, Any], dict[str, Any]] | None = None
    told: Callable[[Wish, tuple[Any, ...] | None, float], dict[str, Any] | None] | None = _telling_of_models
    fetches: bool = False
    continues: bool = False
    refused: Callable[[CvDemoError], dict[str, Any] | None] = lambda _error: None
    mode: str = "multiple"
    light: bool = False
    ends: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bench:
    """One instrument: a component, what it measures, and what a slider step asks of that.

    Args:
        id: names its work; its lab's where that has one bench only.
        question: what it answers.
        settings: what a visitor may set.
        view: its component, drawn by ``scripts`` after the shared ones, with ``props`` beside its value.
        chips: the models to choose from, if any.
        work: by the component's event, each after those that it ends. None: ``draw`` needs nothing but the settings, so
            there is something to see from the start, and no photo is asked for.
        draw: what is drawn of what is known under settings; the browser's question, or {} for the first time. Runs no
            network. Also answers every slider step.
        known: whether all that ``draw`` needs is still there.
        first: what the component's value holds besides, from the start and while nothing is known.
        own_head: the component draws question and answer itself.
        pointed: the shared point matters: another one asks for work anew.
        falls_back: where the settings cannot be, the first ones are shown with the sentence under ``error``, instead of
            nothing but the sentence.
        stays: what is shown answers for no photo, as a training does: it stands also where work for another one ended
            without an answer.
        stopped: what is said where nothing is shown once the work has been stopped.
        boxed: the errors that are told in Gradio's own box, while what is shown stays; `Stopped` may be one of them.
        beside: builds what stands beside the chips, which it is handed; ``row`` is the class of their common line.
        answers: server functions of its component beside ``look``: see `say_what_is_wrong`.
    """

    id: str
    question: str
    draw: Callable[[Any, Any, dict[str, Any]], dict[str, Any]]
    work: dict[str, Work] = field(default_factory=dict)
    settings: type[Settings] = Settings
    view: type[LabView] = LabView
    scripts: tuple[str | Path, ...] = ()
    css: str = "lab"
    props: dict[str, Any] = field(default_factory=dict)
    chips: Chips | None = None
    known: Callable[[Any], bool] = lambda shown: True
    beside: Callable[[ModelChips], Any] | None = None
    row: str = "choice-kept"
    answers: tuple[Callable[..., Any], ...] = ()
    first: Callable[[], dict[str, Any]] = dict
    own_head: bool = False
    pointed: bool = True
    falls_back: bool = False
    boxed: tuple[type[CvDemoError], ...] = ()
    stays: bool = False
    stopped: str = "Stopped. Choose a photo or a model to go on."
    shown: ShownByKey = field(default_factory=ShownByKey)

    def begin(self) -> dict[str, Any]:
        """Return the component's first value."""
        if self.work:
            return {**self.waiting("One moment."), "differs": self.differs()}
        settings = self.settings()
        return {**self.waiting(""), "key": self.id, **self.draw(None, settings, {})}

    def differs(self) -> str | None:
        """Return what differs between the models that are chosen first, besides their architecture."""
        return differences(self.chips.first()) if self.chips else None

    def waiting(self, message: str) -> dict[str, Any]:
        """Return the component's value while nothing is known: a sentence."""
        return {
            "question": self.question,
            "message": message,
            "key": None,
            "busy": None,
            "again": False,
            "settings": self.settings().plain(),
            **self.first(),
        }


GROUPS = ("Ask it", "Look into it", "Take it apart", "Make it yours", "Decide")
"""By what one wants, in the order of the row of labs."""


@dataclass(frozen=True)
class Lab:
    """One tab, and all that belongs to it elsewhere.

    Args:
        id: in the address, in /status and in the code.
        group: one of `GROUPS`.
        brief: its question in a few words, for lists of all labs.
        build: lays out the tab, for a lab of several benches; else ``bench`` alone fills it.
        endpoints: its public functions.
        check: see `Check`; /status runs it.
        starter: the starter photo that suits it.
        pointed: the shared point matters in it, so it stands on the photo.
        left: forgets what a page gave, by its session, when that page is closed.
    """

    id: str
    title: str
    question: str
    check: Check
    group: str = field(kw_only=True)
    brief: str = field(kw_only=True)
    bench: Bench | None = None
    build: Callable[[PhotoRail], None] | None = None
    endpoints: tuple[Callable[..., Any], ...] = ()
    starter: str = "cat"
    pointed: bool = False
    left: Callable[[str], None] | None = None

    def row(self) -> dict[str, str]:
        """Return what a list of all labs says of it."""
        return {"id": self.id, "title": self.title, "brief": self.brief, "group": self.group}


class Missing:
    """Which of several models cannot be had: each is told beside the others, which can answer."""

    def __init__(self, names: Sequence[str]) -> None:
        self.notes: list[dict[str, Any]] = []
        self._count = len(names)

    @contextmanager
    def where_it_fails(self, name: str) -> Iterator[None]:
        """Take down what keeps ``name`` from answering in the body; where all fail, the last error is raised."""
        try:
            yield
        except Stopped:
            raise
        except CvDemoError as error:
            suggestion = error.suggestion if isinstance(error, ModelUnavailable) else None
            told = {"model": name, "title": catalogue.get(name).title, "text": str(error), "use": suggestion}
            self.notes.append(told)
            if len(self.notes) == self._count:
                raise
