"""The sentences of a stack that the visitor builds."""

from cvdemo.receptive_field.stack import KIND_WORDS, Level
from cvdemo.wording import NBSP, scaled

QUESTION = "How far does one unit of your own stack see?"
WHY_TITLE = "Why do strides count for more than kernels?"
WHY = (
    "A kernel adds its width once, but in steps of all the strides before it: after two pools of stride 2, a 3 x 3 "
    "kernel reaches 8 pixels farther instead of 2. Dilation widens a kernel without any more numbers, and leaves holes."
)


def pixels(count: int) -> str:
    """Return a length exactly, however long: ``267 px``."""
    return f"{count:,}{NBSP}px"


def short(count: int) -> str:
    """Return a whole number for a table: exact below a billion, then as ``5.07 × 10^30``."""
    if count < 10**9:
        return f"{count:,}"
    digits = str(count)
    return f"{digits[0]}.{digits[1:3]} × 10^{len(digits) - 1}"


def amount(count: int) -> str:
    """Return a count as ``25.6 M``; beyond all units as a power of ten."""
    return scaled(count) if count < 10**12 else short(count)


def answer(levels: tuple[Level, ...], side: int) -> str:
    """Return what the stack comes to."""
    last, count = levels[-1], len(levels)
    parameters = sum(level.parameters for level in levels)
    layers = f"{count} layer{'s' if count != 1 else ''}"
    learned = f"{amount(parameters)} parameters" if parameters != 1 else "1 parameter"
    out = f"{last.side:,}{NBSP}x{NBSP}{last.side:,}"
    start = f"{layers}: one unit sees {pixels(last.size)}, the output is {out}, {learned}."
    beyond = sum(1 for level in levels if level.size > side)
    if not beyond:
        return start
    rows = "layer looks" if beyond == 1 else "layers look"
    return f"{start} {beyond} {rows} farther than the picture."


def described(level: Level) -> str:
    """Return a row in words, for people who do not see the drawing."""
    row = level.row
    return f"{row.kernel} x {row.kernel} {KIND_WORDS[row.kind]}, stride {row.stride}: sees {pixels(level.size)}"
