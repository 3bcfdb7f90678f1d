"""Which class a map shall explain: by its name, its number, or the predicted one; alone or against another."""

import difflib
from collections.abc import Sequence

from cvdemo.errors import SettingError

Target = str | int | None


def number_of(target: str | int, labels: Sequence[str], title: str) -> int:
    """Return the number of a class.

    Raises:
        SettingError: the model called ``title`` knows no such class; the message names the nearest ones.
    """
    if isinstance(target, int) and not isinstance(target, bool):
        if 0 <= target < len(labels):
            return target
        raise SettingError(f"{title} knows {len(labels):,} classes, numbered from 0.")
    if not isinstance(target, str):
        raise SettingError("The class must be a name, such as tabby, or a number.")
    wanted = target.strip().casefold()
    folded = [label.casefold() for label in labels]
    if wanted in folded:
        return folded.index(wanted)
    near = difflib.get_close_matches(wanted[:80], folded, n=3, cutoff=0.5)
    names = [labels[folded.index(name)] for name in near]
    hint = f"Did you mean {' or '.join(names)}?" if names else "Choose one from the list."
    raise SettingError(f"{title} knows no class called {target.strip()[:60]!r}. {hint}")
