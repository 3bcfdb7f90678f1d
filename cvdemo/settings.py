"""What a visitor may set: a frozen dataclass whose fields say range, choices, wording and their place in a link.

One description serves the page's controls, the link, the export and the API: each reads `Settings.described` or goes
through `Settings.of`, and all go through the same check when the settings are made.

    @dataclass(frozen=True)
    class Seeing(Settings):
        depth: float = number(0.8, 0, 1, "depth", step=0.01)
        random: bool = flag(False, "Weights", link="field")
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import Field, dataclass, field, fields
from typing import Any, Self, cast

from cvdemo.errors import SettingError

UNKNOWN = "These settings are not known here. Reload the page."


@dataclass(frozen=True)
class Spec:
    """What one setting may be.

    Args:
        kind: ``number``, ``whole``, ``choice``, ``flag``, ``part`` (settings of their own) or ``custom``.
        name: as it stands in a sentence: "The {name} must be ..".
        low, high: the range, both ends included; of a ``custom`` one the control's, for its link.
        step: from one position of the slider to the next; of a whole number also what it must be a multiple of.
        choices: all that it may be.
        says: the whole sentence of a refusal, where the usual one does not fit.
        link: the name in the address; "" keeps it out. Flags that share one name stand there as a list of theirs.
        label, help: of the control that the page makes by itself.
        parse: makes a value sound that no other kind describes, or settings of a part; raises SettingError.
        unset: it may be None, which stands for what the model or the lab has by itself.
        sent: its name outside Python, where that is none for a field, such as "class".
    """

    kind: str
    name: str = ""
    low: float | None = None
    high: float | None = None
    step: float | None = None
    choices: tuple[Any, ...] = ()
    says: str = ""
    link: str | None = None
    label: str = ""
    help: str = ""
    parse: Callable[[Any], Any] | None = None
    sent: str = ""
    unset: bool = False

    def sound(self, value: Any) -> Any:
        """Return ``value`` as it is kept.

        Raises:
            SettingError: it is of the wrong kind, not finite, or out of range.
        """
        if value is None and self.unset:
            return None
        if self.parse is not None:
            return value if isinstance(value, Settings) else self.parse(value)
        if not self._fits(value):
            raise SettingError(self.says or self._usual())
        return value

    def _fits(self, value: Any) -> bool:
        if self.kind == "flag":
            return isinstance(value, bool)
        if self.kind == "choice":
            return isinstance(value, str | int | float) and not isinstance(value, bool) and value in self.choices
        if isinstance(value, bool) or not isinstance(value, int if self.kind == "whole" else int | float):
            return False
        low, high = cast(float, self.low), cast(float, self.high)
        inside = low <= value <= high and math.isfinite(value)
        return inside and (self.kind != "whole" or not self.step or (value - low) % self.step == 0)

    def _usual(self) -> str:
        if self.kind == "flag":
            return f"The {self.name} is either on (true) or off (false)."
        if self.kind == "choice":
            return f"The {self.name} must be one of: {', '.join(map(str, self.choices))}."
        what = "whole number" if self.kind == "whole" else "number"
        step = f"multiple of {self.step:g}" if self.kind == "whole" and self.step not in (None, 1) else what
        return f"The {self.name} must be a {step} from {self.low:,} to {self.high:,}."

    def told(self, name: str, default: Any) -> dict[str, Any]:
        """Return what the browser needs to know of this setting."""
        link = name if self.link is None else self.link
        return {
            "name": name, "kind": self.kind, "low": self.low, "high": self.high, "step": self.step,
            "choices": list(self.choices), "link": link, "label": self.label, "help": self.help, "first": default,
        }  # fmt: skip


def number(default: float, low: float, high: float, name: str, **more: Any) -> Any:
    """Describe a finite number from ``low`` to ``high``."""
    return _described(Spec("number", name, low, high, **more), default)


def whole(default: int | None, low: int, high: int, name: str, **more: Any) -> Any:
    """Describe a whole number from ``low`` to ``high``, with ``step`` only ``low``, ``low + step``, .."""
    return _described(Spec("whole", name, low, high, **more), default)


def choice(default: Any, choices: Sequence[Any], name: str, **more: Any) -> Any:
    """Describe one of several values."""
    return _described(Spec("choice", name, choices=tuple(choices), **more), default)


def flag(default: bool, name: str, **more: Any) -> Any:
    """Describe what is on or off."""
    return _described(Spec("flag", name, **more), default)


def custom(default: Any, parse: Callable[[Any], Any], **more: Any) -> Any:
    """Describe what only ``parse`` can make sound; ``default`` may be a function that makes it, as for a dict."""
    return _described(Spec("custom", parse=parse, **more), default)


def part(settings: "type[Settings]") -> Any:
    """Describe settings inside settings: those of one view of a lab."""
    return field(default_factory=settings, metadata={"spec": Spec("part", parse=settings.of, link="")})


def _described(spec: Spec, default: Any) -> Any:
    first: dict[str, Any] = {"default_factory": default} if callable(default) else {"default": default}
    return field(**first, metadata={"spec": spec})


def _sent(one: Field[Any]) -> str:
    return one.metadata["spec"].sent or one.name


@dataclass(frozen=True)
class Settings:
    """The base of every lab's settings; a lab without any uses it as it is. Made of sound values only.

    Raises:
        SettingError: one is of the wrong kind or out of range; the sentence says what it must be.
    """

    def __post_init__(self) -> None:
        for one in fields(self):
            spec: Spec = one.metadata["spec"]
            value = getattr(self, one.name)
            if (kept := spec.sound(value)) is not value:
                object.__setattr__(self, one.name, kept)

    @classmethod
    def of(cls, value: Any) -> Self:
        """Return sound settings from what the browser or a caller sent: names and values, as far as they were set.

        Raises:
            SettingError: it is no object, has a setting that does not exist, or a value that cannot be.
        """
        known = {_sent(one): one.name for one in fields(cls)}
        if not isinstance(value, dict) or not set(value) <= set(known):
            raise SettingError(UNKNOWN)
        return cls(**{known[name]: one for name, one in value.items()})

    def plain(self) -> dict[str, Any]:
        """Return the settings as JSON: what the browser keeps and sends back, and what an export tells."""
        return {_sent(one): _plain(getattr(self, one.name)) for one in fields(self)}

    @classmethod
    def described(cls) -> list[dict[str, Any]]:
        """Return what the browser needs to know of every setting: see `Spec`."""
        first = cls().plain()
        return [
            one.metadata["spec"].told(_sent(one), first[_sent(one)])
            | ({"parts": type(getattr(cls(), one.name)).described()} if one.metadata["spec"].kind == "part" else {})
            for one in fields(cls)
        ]


def _plain(value: Any) -> Any:
    if isinstance(value, Settings):
        return value.plain()
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return sorted(value) if isinstance(value, frozenset) else value
