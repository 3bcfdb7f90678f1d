"""What the lesson says besides the sentences of its file."""

from cvdemo.lesson.lessons import OURS, Lesson

NOT_MEASURED = "This step could not be measured here ({reason}). It does not count."


def invitation(lesson: Lesson) -> str:
    """Return the words of the button that opens the lesson."""
    steps = len(lesson.steps)
    return f"Lesson: {steps} step{'' if steps == 1 else 's'}, {lesson.minutes:.0f} minutes"


def not_measured(reason: str) -> str:
    """Return what stands in the place of an outcome where there is none."""
    inner = reason.strip().rstrip(".")
    begin = inner.split(" ", 1)[0]
    plain = begin[1:].islower() and begin.isalpha()  # no name such as ViT-S/16
    return NOT_MEASURED.format(reason=inner[:1].lower() + inner[1:] if plain else inner)


def no_such_step(step: int, lesson: Lesson) -> str:
    """Return what is said where a link names a step that there is not."""
    steps = len(lesson.steps)
    return f"The lesson has {steps} step{'' if steps == 1 else 's'}, so there is no step {step}. This is its first one."


def no_such_lesson(name: str) -> str:
    """Return what is said where a link names a lesson that there is not."""
    return f"There is no lesson {name!r} here. This is ours, {OURS}."


def instead(fault: str) -> str:
    """Return what is said where a link names a lesson with a fault."""
    return f"{fault} This is ours instead."
