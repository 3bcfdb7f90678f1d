"""The sentences of the Classify tab, made from the numbers on screen."""

from cvdemo.classify.result import Answer, Classification, agreement
from cvdemo.wording import FAMILY_WORDS, NBSP, called, listed, percent, points, setting

EQUAL_GAP = 0.05
UNSURE = 0.25
RANDOM_WEIGHTS = "Random weights: right for speed and receptive fields, meaningless as an answer."


def answer_sentence(result: Classification, temperature: float = 1.0) -> str:
    """Return the tab's answer: who says what, how sure; true for 1 to 4 models."""
    answers = result.trained
    if not answers:
        return RANDOM_WEIGHTS
    firsts = [answer.top(1, temperature)[0] for answer in answers]
    if not _comparable(answers):
        return _different_words(answers)
    if max(first.probability for first in firsts) < UNSURE:
        return f"Nobody is sure: the best answer has {percent(max(first.probability for first in firsts))}."
    names = called(answers)
    if len(answers) == 1:
        family = FAMILY_WORDS[answers[0].family]
        return f"The {family} says {firsts[0].label}: {percent(firsts[0].probability)}."
    if len(answers) == 2:
        return _two(names, [(first.label, first.probability) for first in firsts])
    return _several(names, [(first.label, first.probability) for first in firsts])


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _two(names: list[str], firsts: list[tuple[str, float]]) -> str:
    (one, p), (other, q) = firsts
    if one != other:
        return f"They disagree: {names[0]} says {one} ({percent(p)}), {names[1]} says {other} ({percent(q)})."
    if abs(p - q) < EQUAL_GAP:
        return f"Both say {one}, about equally sure: {percent(p)} and {percent(q)}."
    surer = names[0] if p > q else names[1]
    return f"Both say {one}. {_capital(surer)} is surer: {percent(max(p, q))} against {percent(min(p, q))}."


def _several(names: list[str], firsts: list[tuple[str, float]]) -> str:
    labels = [label for label, _ in firsts]
    leader = max(labels, key=labels.count)
    count = labels.count(leader)
    if count == len(labels):
        most = percent(max(share for _, share in firsts))
        surest = [name for name, (_, share) in zip(names, firsts, strict=True) if percent(share) == most]
        return f"All {count} say {leader}. {listed(surest)} {'is' if len(surest) == 1 else 'are'} surest: {most}."
    if count == 1:
        return f"They disagree: {listed([f'{name} says {label}' for name, label in zip(names, labels, strict=True)])}."
    others = [f"{name} says {label}" for name, label in zip(names, labels, strict=True) if label != leader]
    return f"{count} of {len(labels)} say {leader}; {listed(others)}."


def _comparable(answers: tuple[Answer, ...]) -> bool:
    """Return whether every model could give each answer of the one that knows least: its classes are among theirs."""
    fewest = set(min(answers, key=lambda answer: len(answer.labels)).labels)
    return all(fewest <= set(answer.labels) for answer in answers)


def _different_words(answers: tuple[Answer, ...]) -> str:
    by_size = {len(answer.labels): answer.title for answer in reversed(answers)}
    sizes = sorted(by_size)
    knows = [f"{by_size[size]} knows {size:,}{' classes' if index == 0 else ''}" for index, size in enumerate(sizes)]
    return f"They answer in different words: {', '.join(knows)}. Compare the order, not the percentages."


def temperature_sentence(result: Classification, temperature: float) -> str:
    """Return what the temperature does to the answers on screen."""
    if abs(temperature - 1.0) < 1e-8:
        return (
            "At 1.0 you see the answers as the models give them. Higher flattens them, lower sharpens them; "
            "the order never changes."
        )
    shares = [percent(answer.top(1, temperature)[0].probability) for answer in result.answers]
    what = "flattened" if temperature > 1 else "sharpened"
    tops = f"the top answers are now {listed(shares)}" if len(shares) > 1 else f"the top answer is now {shares[0]}"
    return f"At {setting(temperature, 1)} the answers are {what}: {tops}. The order did not change, and no network ran."


def agreement_figures(result: Classification, top_k: int, temperature: float = 1.0) -> list[tuple[str, str]]:
    """Return (figure, what it is) pairs of the agreement card; one pair for a single model."""
    answers = result.trained
    if not answers:
        return []
    if len(answers) == 1:
        return [(f"{answers[0].doubt_bits(temperature):.2f}", "bits of doubt (entropy)")]
    figures = agreement(answers, top_k, temperature)
    lists = f"both top {_count_word(top_k)}s" if len(answers) == 2 else f"every top {_count_word(top_k)}"
    doubts = " / ".join(f"{doubt:.2f}" for doubt in figures.doubts)
    names = " / ".join(
        FAMILY_WORDS[answer.family] if name.startswith("the ") else answer.title
        for answer, name in zip(answers, called(answers), strict=True)
    )
    return [
        (f"{figures.shared} of {figures.top_k}", f"classes in {lists}"),
        (points(figures.gap), "between their first answers" if len(answers) == 2 else "between surest and least sure"),
        (doubts, f"bits of doubt (entropy), {names}"),
    ]


def _count_word(count: int) -> str:
    words = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return words[count - 1] if 1 <= count <= len(words) else str(count)


def right_sentence(accuracies: list[tuple[str, float]]) -> str:
    """Return "Sure is not the same as right ..." for (model, top-1 share measured on its test images) pairs."""
    if not accuracies:
        return "Sure is not the same as right: a network can be certain and wrong."
    first, *rest = (f"the {name} is right {percent(share)} of the time" for name, share in accuracies)
    others = [text.replace(" is right", "").replace(" of the time", "") for text in rest]
    return f"Sure is not the same as right: on the test images {', '.join([first, *others])}."


def cut_off_sentence(cut_off: float) -> tuple[str, bool]:
    """Return how much of the photo the crop lost, and whether that deserves a warning."""
    share = f"{100 * cut_off:.0f}{NBSP}%"
    if cut_off > 0.4:
        return (
            f"Most of your photo was cut off: {share}." if cut_off > 0.5 else f"Much of it was cut off: {share}.",
            True,
        )
    return (f"{share} cut off" if cut_off >= 0.005 else "nothing cut off"), False


EVERYDAY = 100  # classes that each of our own classifiers knows


def known_sentence(answers: tuple[Answer, ...]) -> tuple[str, str] | None:
    """Return who of ``answers`` knows only our everyday classes, and what becomes of all else; None where nobody."""
    small = [
        (name, answer)
        for name, answer in zip(called(answers), answers, strict=True)
        if len(answer.labels) == EVERYDAY and answer.weights == "bundled"
    ]
    if not small:
        return None
    names = dict.fromkeys(name for name, _ in small)
    sides = {answer.seen.shape[:2] for _, answer in small}
    pixels = listed([f"{height} × {width}" for height, width in sorted(sides)])
    who = f"{_capital(listed(list(names)))} know{'s' if len(names) == 1 else ''} {EVERYDAY} everyday classes"
    return f"{who}, seen at {pixels} pixels.", f"Anything else gets the nearest of the {EVERYDAY}."


def ran_sentence(runs: int) -> str:
    """Return how many times networks ran for what is shown."""
    if not runs:
        return "No network ran: this was known already; sliders run none."
    return f"Networks ran {runs} time{'s' if runs != 1 else ''} for this; sliders run none."
