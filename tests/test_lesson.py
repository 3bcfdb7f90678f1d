"""Lessons: read with clear errors; each step has exactly one right choice, and its sentence is true for its numbers."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.lesson import read_all
from app.tabs import LABS
from cvdemo import starters
from cvdemo.errors import CvDemoError, SettingError
from cvdemo.lesson import agreement, field
from cvdemo.lesson.lessons import FOLDER, OURS, Lesson, LessonError, read
from cvdemo.lesson.measures import MEASURES
from cvdemo.lesson.outcome import CLOSE, Subject, outcome

LAB_IDS = [lab.id for lab in LABS]
GOOD = """
title = "Mine"
[[step]]
id = "one"
lab = "classify"
state = ""
minutes = 2
question = "What?"
predict = "Which?"
choices = [["same", "Same"], ["different", "Different"]]
control = ".x"
do = "move it"
done = {on = "input", least = 3}
measure = "agreement"
see = {same = "both {label_one}", different = "{one} and {other}", close = "{share_one}"}
why = "Because."
but = "Another photo."
source = "A paper"
"""


def ours() -> Lesson:
    return read(FOLDER / f"{OURS}.toml", LAB_IDS)


STEPS = ours().steps


def test_ours_is_whole() -> None:
    assert len(STEPS) == len({step.id for step in STEPS}) == len({step.question for step in STEPS})
    assert all(step.question.endswith("?") and step.predict.endswith("?") for step in STEPS)
    assert all(2 <= len(step.choices) <= 3 for step in STEPS)
    assert all(step.why.count(". ") == 1 and step.why.endswith(".") for step in STEPS), "two sentences"
    assert not any(sentence.endswith(".") for step in STEPS for sentence in step.see.values()), "the page ends it"


BROKEN = {
    "no TOML": (GOOD + "oh no", r"mine\.toml is no TOML: .+ Mend that line\."),
    "no title": (GOOD.replace('title = "Mine"', ""), r"mine\.toml has no title\."),
    "no step": ('title = "Mine"', r"mine\.toml must have 1 to 40 steps\."),
    "steps that are no tables": ('title = "Mine"\nstep = [1]', r"step 1: it is no table\."),
    "an unknown lab": (GOOD.replace('"classify"', '"clasify"'), r"step 1: there is no lab clasify\. There are .+"),
    "an unknown measure": (GOOD.replace('"agreement"', '"agrement"'), r"step 1: there is no measure agrement\."),
    "a choice that no outcome names": (GOOD.replace('["same"', '["alike"'), r"no outcome of agreement is called alike"),
    "a choice that is missing": (GOOD.replace('["same", "Same"], ', ""), r"the choice same must stand there once"),
    "a choice twice": (GOOD.replace('[["same"', '[["same", "S"], ["same"'), r"same must stand there once"),
    "a missing beat": (GOOD.replace('why = "Because."', ""), r'step 1: why is missing\. Add a line why = "\.\."\.'),
    "an empty beat": (GOOD.replace('"Which?"', '" "'), r"step 1: predict is missing"),
    "a beat that is no text": (GOOD.replace('"Because."', "3"), r"step 1: why is missing"),
    "a line that nobody knows": (GOOD + 'hint = "x"', r"step 1: hint is not known\. Known are .+"),
    "no sentence for a choice": (GOOD.replace(', close = "{share_one}"', ""), r"see must have a sentence for each"),
    "a figure that is not measured": (GOOD.replace("{label_one}", "{label}"), r"see\.same asks for \{label\}"),
    "a lone brace": (GOOD.replace("{label_one}", "{label_one"), r"see\.same has a brace without its partner"),
    "an attribute of a figure": (GOOD.replace("{label_one}", "{one.__class__}"), r"see\.same asks for"),
    "an unknown event": (GOOD.replace('"input"', '"wink"'), r"done must say what is noticed"),
    "a limit that is no number": (GOOD.replace("least = 3", 'least = "3"'), r"the last two are numbers"),
    "no minutes": (GOOD.replace("minutes = 2", "minutes = 0"), r"minutes must be a number up to 60"),
    "hide that is no list": (GOOD + 'hide = ".x"', r"hide must be a list of texts"),
    "more that is no pairs": (GOOD + 'more = ["x"]', r"more must be a list of pairs"),
    "one id twice": (GOOD + GOOD.replace('title = "Mine"', ""), r"two steps are called one"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_a_fault_is_told_with_file_step_and_what_to_do(case: str, tmp_path: Path) -> None:
    text, wanted = BROKEN[case]
    file = tmp_path / "mine.toml"
    file.write_text(text)
    with pytest.raises(LessonError) as told:
        read(file, LAB_IDS)
    assert re.search(wanted, str(told.value)), str(told.value)
    assert str(told.value).startswith("mine.toml") and str(told.value).endswith(".")


def test_a_teachers_file_is_opened_by_its_name_and_a_broken_one_says_why(tmp_path: Path) -> None:
    (tmp_path / f"{OURS}.toml").write_text((FOLDER / f"{OURS}.toml").read_text())
    (tmp_path / "mine.toml").write_text(GOOD)
    (tmp_path / "broken.toml").write_text(GOOD.replace('"classify"', '"clasify"'))
    (tmp_path / "3.toml").write_text(GOOD)
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    lessons = read_all(LAB_IDS, tmp_path)
    assert set(lessons.known) == {OURS, "mine"}
    assert lessons.find("mine") == (lessons.known["mine"], "")
    assert lessons.find(None) == (lessons.known[OURS], "")
    found, note = lessons.find("broken")
    assert found.name == OURS and "step 1: there is no lab clasify" in note
    found, note = lessons.find("nothing")
    assert found.name == OURS and note.startswith("There is no lesson 'nothing' here.")
    assert set(lessons.faults) == {"3", "broken", "binary"}


def test_without_any_lesson_the_page_has_none(tmp_path: Path) -> None:
    lessons = read_all(LAB_IDS, tmp_path / "no such folder")
    assert lessons.invitation() == "" and lessons.lab_of("1") is None
    with pytest.raises(SettingError):
        lessons.find(None)


@pytest.mark.parametrize(
    ("link", "lab"),
    [
        ("1", STEPS[0].lab), ("2", STEPS[1].lab), (OURS, STEPS[0].lab), (f"{OURS}.2", STEPS[1].lab), ("99", None),
        ("0", None), ("", STEPS[0].lab), ("no such", None), ("\u00b2", None), (None, None), ("9" * 5000, None),
    ],
)  # fmt: skip
def test_a_link_opens_the_lab_of_its_step(link: str | None, lab: str | None) -> None:
    assert read_all(LAB_IDS).lab_of(link) == lab


def random_agreement(draw: np.random.Generator) -> agreement.Firsts:
    labels = ["cat", "dog", "tiger cat"]
    rows = []
    for _ in range(2):
        one, other = draw.choice(labels, 2, replace=False)
        high = draw.random() * 0.5 + 0.3
        low = high - (draw.random() * 0.02 if draw.random() < 0.4 else draw.random() * 0.3)
        rows.append(((str(one), high), (str(other), low)))
    return agreement.Firsts(("the CNN", "the ViT"), (rows[0][0], rows[1][0]), (rows[0][1], rows[1][1]))


def agreement_right(numbers: agreement.Firsts) -> str | None:
    """Return the verdict by trying every order of answers that lie within a point of each other."""
    verdicts = set()
    said = [
        [first[0], *([second[0]] if first[1] - second[1] < 0.01 else [])]
        for first, second in zip(numbers.first, numbers.second, strict=True)
    ]
    for one in said[0]:
        for other in said[1]:
            verdicts.add("same" if one == other else "different")
    return verdicts.pop() if len(verdicts) == 1 else None


def agreement_figures(numbers: agreement.Firsts) -> dict[str, str | float]:
    (one, p), (other, q) = numbers.first
    return {"label_one": one, "label_other": other, "share_one": 100 * p, "share_other": 100 * q}


def random_field(draw: np.random.Generator) -> field.Sight:
    side = int(draw.choice([64, 224, 384]))
    could = None if draw.random() < 0.2 else int(draw.integers(8, 1200))
    return field.Sight("ResNet-50", could, side, int(draw.integers(1, min(could or side, side) + 1)))


def field_right(numbers: field.Sight) -> str | None:
    width = numbers.side if numbers.could is None or numbers.could > numbers.side else numbers.could
    share = numbers.half / width
    if abs(share - 1 / 3) < 0.02 or abs(share - 2 / 3) < 0.02:
        return None
    return "spot" if 3 * numbers.half < width else "most" if 3 * numbers.half > 2 * width else "middle"


def field_figures(numbers: field.Sight) -> dict[str, str | float]:
    width = numbers.side if numbers.could is None or numbers.could > numbers.side else numbers.could
    could = {"could": numbers.could} if numbers.could else {}
    return {"model": numbers.title, "half": numbers.half, "share": 100 * numbers.half / width, **could}


CHECKS: dict[str, tuple[Any, Any, Any]] = {
    "agreement": (random_agreement, agreement_right, agreement_figures),
    "field": (random_field, field_right, field_figures),
}
"""By measure: numbers of any machine, which choice they make right, and the figures that a sentence may hold."""


def test_every_measure_is_checked() -> None:
    assert set(CHECKS) == set(MEASURES)


@pytest.mark.parametrize("name", CHECKS)
def test_exactly_one_choice_is_right_and_the_sentence_is_true(name: str) -> None:
    make, right, figures = CHECKS[name]
    measure, steps = MEASURES[name], [step for step in STEPS if step.measure == name]
    heard = set()
    for seed in range(400):
        numbers = make(np.random.default_rng(seed))
        wanted, told = right(numbers), measure.told(numbers)
        assert measure.right(numbers) == wanted, numbers
        heard.add(wanted or CLOSE)
        assert set(told) == set(measure.figures)
        for figure, value in figures(numbers).items():
            _says(told[figure], value)
        for step in steps:
            got = outcome(measure, numbers, step.see)
            assert got.right == wanted and (got.right is None or got.right in dict(step.choices))
            assert all(told[figure] in got.sentence for figure in re.findall(r"{(\w+)}", step.see[wanted or CLOSE]))
    assert heard == {*measure.choices, CLOSE}, "a choice that is never right, or numbers that never come near"


def _says(text: str, value: str | float) -> None:
    """Assert that a figure begins with ``value``, rounded as far as it is written out."""
    if isinstance(value, str):
        assert text == value
        return
    digits = re.match(r"[−-]?[\d,]+(?:\.\d+)?", text)
    assert digits, text
    step = 10.0 ** -len(digits[0].partition(".")[2])
    assert abs(float(digits[0].replace(",", "").replace("−", "-")) - value) <= 0.5 * step * (1 + 1e-9), (text, value)


PAIR = ("mini_resnet", "mini_vit")


@pytest.mark.parametrize("photo", ["cat", "street", "coffee"])
@pytest.mark.parametrize("name", MEASURES)
def test_every_step_is_measured_on_any_photo(name: str, photo: str) -> None:
    starter = starters.get(photo)
    measure = MEASURES[name]
    numbers = measure.take(Subject(starter.path, starter.point_rc, PAIR))
    assert measure.right(numbers) in (*measure.choices, None)


def test_one_classifier_alone_cannot_agree() -> None:
    with pytest.raises(CvDemoError):
        MEASURES["agreement"].take(Subject(starters.get("cat").path, (10, 10), ("mini_resnet", "no such")))
