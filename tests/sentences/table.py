"""The table of sentence makers and their checks, and how a check reads a sentence so that no form slips by."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

Maker = Callable[..., Any]
Check = Callable[[np.random.Generator, "Reader"], None]


@dataclass(frozen=True)
class Said:
    """A sentence as it was read: its form, and what stands in the form's groups; "" for a group that is left out."""

    form: str
    parts: tuple[str, ...]


@dataclass
class Reader:
    """Reads sentences by the forms that a check knows; a sentence of no form, or of two, is a failure.

    Args:
        forms: regular expressions by name, with plain spaces.
        hear: gets each sentence that was read, and returns what the check shall take for it.
    """

    forms: dict[str, re.Pattern[str]]
    hear: Callable[[Said], Said]

    def __call__(self, text: str | None) -> Said:
        plain = "" if text is None else text.replace("\u00a0", " ")
        fitting = [(name, match) for name, form in self.forms.items() if (match := form.fullmatch(plain))]
        assert len(fitting) == 1, f"forms {[name for name, _ in fitting]} fit {plain!r}"
        name, match = fitting[0]
        return self.hear(Said(name, tuple(part or "" for part in match.groups())))


@dataclass(frozen=True)
class Row:
    """A check, the makers whose sentences it checks, and the forms that they can have."""

    check: Check
    makers: tuple[str, ...]
    forms: dict[str, re.Pattern[str]]


ROWS: dict[str, Row] = {}


def name_of(maker: Maker) -> str:
    """Return ``cvdemo.classify.words.answer_sentence``."""
    return f"{maker.__module__}.{maker.__qualname__}"


def true_of(*makers: Maker, **forms: str) -> Callable[[Check], Check]:
    """Register a check of ``makers``, whose sentences have one of ``forms``, each a regular expression.

    The check gets random numbers and a `Reader`. ``_`` as a form's name stands for a maker with a single one.
    """
    names = tuple(map(name_of, makers))

    def register(check: Check) -> Check:
        key = f"{check.__module__.rpartition('.')[2]}.{check.__name__}"
        assert key not in ROWS, f"two checks are called {key}"
        ROWS[key] = Row(check, names, {name: re.compile(form) for name, form in forms.items()})
        return check

    return register


def number(text: str) -> float:
    """Return a number as the page writes it: ``1,080``, ``−3.2``, ``1.2e-05``; a unit after a space is left out."""
    return float(text.split(" ")[0].replace(",", "").replace("\u2212", "-"))


def holds(text: str, value: float, unit: str = "") -> None:
    """Assert that ``text`` is ``value`` with ``unit``, rounded as far as it is written out."""
    digits, _, named = text.partition(" ")
    mantissa, _, exponent = digits.partition("e")
    step = 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
    assert named == unit, f"{text!r} in {unit!r}"
    assert abs(number(digits) - value) <= 0.5 * step * (1 + 1e-6) + 1e-9 * abs(value), f"{text!r} is {value!r}"


def share(text: str, value: float) -> None:
    """Assert that ``text`` is a share of 1, as ``95.6 %``."""
    holds(text, 100 * value, "%")


def same(text: str, wanted: object) -> None:
    """Assert that ``text`` says ``wanted``."""
    assert text == str(wanted), f"{text!r} is {wanted!r}"


def listed_in(text: str, joint: str = "and") -> list[str]:
    """Return the parts of ``a, b and c``."""
    head, _, last = text.rpartition(f" {joint} ")
    return [*(head.split(", ") if head else []), last]


@dataclass
class Spoiler:
    """Makes one part of a form false where it can, and leaves every other sentence as it is.

    Args:
        way: 0 and 1 raise the last digit of its first and last number by one; 2 puts a word, or leaves a number out.
    """

    form: str
    place: int
    way: int
    example: Said | None = None

    def __call__(self, said: Said) -> Said:
        if said.form != self.form:
            return said
        part = said.parts[self.place]
        numbers = list(re.finditer(r"\d(?:[\d,.]*\d)?", part))
        if self.way == 2:
            other = "" if numbers else "nobody"
        elif numbers and (self.way == 0 or len(numbers) > 1):
            end = numbers[-self.way].end()
            other = f"{part[: end - 1]}{'8' if part[end - 1] == '9' else int(part[end - 1]) + 1}{part[end:]}"
        else:
            return said
        self.example = replace(said, parts=(*said.parts[: self.place], other, *said.parts[self.place + 1 :]))
        return self.example
