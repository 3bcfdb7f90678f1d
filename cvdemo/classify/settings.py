"""What a visitor may set about the answers of classifiers."""

from dataclasses import dataclass
from typing import Any, Final

from cvdemo.errors import SettingError
from cvdemo.settings import Settings as Described
from cvdemo.settings import custom, number, whole

LABEL_LIMIT: Final = 30
LABEL_LENGTH: Final = 60  # characters
MUST_BE: Final = "This setting must be a number from {} to {}."
NO_TEXT: Final = "Labels must be a text, separated by commas."


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise SettingError(NO_TEXT)
    return value


@dataclass(frozen=True)
class Settings(Described):
    """How the tab is set: temperature of the softmax, lines per model, the visitor's own classes as they are typed."""

    temperature: float = number(1.0, 0.2, 5.0, "", says=MUST_BE.format(0.2, 5), link="")
    top_k: int = whole(5, 1, 10, "", says=MUST_BE.format(1, 10), link="")
    labels: str = custom("a cat, a dog, a coffee cup", _text, link="")

    def own_labels(self) -> tuple[str, ...]:
        """Return the visitor's classes: trimmed, without repeats.

        Raises:
            SettingError: more than 30, or one longer than 60 characters.
        """
        labels = tuple(dict.fromkeys(part.strip() for part in self.labels.split(",") if part.strip()))
        if len(labels) > LABEL_LIMIT:
            raise SettingError(f"{len(labels)} labels are too many; {LABEL_LIMIT} at most.")
        if any(len(label) > LABEL_LENGTH for label in labels):
            raise SettingError(f"A label may have {LABEL_LENGTH} characters at most. Separate labels by commas.")
        return labels
