"""Lessons: read with clear errors; each step has exactly one right choice, and its sentence is true for its numbers."""

import itertools
import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision.ops import batched_nms, box_iou, nms

from app.lab import Wish
from app.lesson import following, printed, read_all
from app.lesson.bar import Asked
from app.lesson.opened import told
from app.tabs import LABS
from cvdemo import images, runs, starters
from cvdemo.attention.study import attend
from cvdemo.catalogue import BUNDLED_PAIR
from cvdemo.classify import data_curve
from cvdemo.convolution import reduce_photo, reduced_photo
from cvdemo.detect.find import find
from cvdemo.detect.settings import Wanted
from cvdemo.detect.truth import bundled_truth
from cvdemo.errors import CvDemoError, SettingError, Stopped
from cvdemo.lesson import agreement, boxes, crowds, edges, enough, faster, field, reach, shortcuts
from cvdemo.lesson.lessons import FOLDER, OURS, Lesson, LessonError, Step, read
from cvdemo.lesson.measures import MEASURES
from cvdemo.lesson.outcome import CLOSE, Pick, Subject, endings, outcome

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

PICKING = (
    re.sub(r"(?m)^(choices|see) = .*$", "", GOOD).replace("classify", "detect").replace("agreement", "boxes")
    + """
choices = [["kept", "Kept"], ["removed", "Removed"]]
see = {kept = "{told}", removed = "{told}"}
pick = "kept"
"""
)


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
    "a finding that nobody made": (GOOD.replace('why =', 'also = "x"\nwhy ='), r"there is no finding x\. There is"),
    "a pick that no outcome names": (PICKING.replace('"kept"\n', '"both"\n'), r"pick must be one of kept and removed"),
    "a pick where nothing can be picked": (GOOD.replace("why =", 'pick = "same"\nwhy ='), r"nothing that agreement .+"),
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
    (tmp_path / "picking.toml").write_text(PICKING)
    (tmp_path / "broken.toml").write_text(GOOD.replace('"classify"', '"clasify"'))
    (tmp_path / "3.toml").write_text(GOOD)
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    lessons = read_all(LAB_IDS, tmp_path)
    assert set(lessons.known) == {OURS, "mine", "picking"}
    assert lessons.known["picking"].steps[0].pick == "kept" and lessons.known["mine"].steps[0].pick == ""
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
    first, second = numbers.names
    shares = {"share_one": 100 * p, "share_other": 100 * q}
    return {"one": first, "other": second, "label_one": one, "label_other": other, **shares}


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
    whole = f"all {numbers.side:,}\u00a0px of the picture"
    if numbers.could is not None:
        own = f"{numbers.could:,}\u00a0px"
        whole = own if numbers.could < numbers.side else f"{own}, so {whole}"
    return {"model": numbers.title, "half": numbers.half, "share": 100 * numbers.half / width, "could": whole}


def random_edges(draw: np.random.Generator) -> edges.Found:
    upright = draw.random() * 0.4
    return edges.Found(upright, abs(upright + draw.normal() * 0.02))


def edges_right(numbers: edges.Found) -> str | None:
    gap = numbers.upright - numbers.level
    return "upright" if gap >= 0.005 else "level" if gap <= -0.005 else None


def edges_figures(numbers: edges.Found) -> dict[str, str | float]:
    return {"upright": 100 * numbers.upright, "level": 100 * numbers.level}


def random_shortcuts(draw: np.random.Generator) -> shortcuts.Losses:
    losses = draw.random((2, 3)) + draw.choice([-0.9, 0, 0.9]) * np.array([[0.5], [-0.5]]) + 0.5
    return shortcuts.Losses(20, 120, tuple(map(float, losses[0])), tuple(map(float, losses[1])), "a machine, a day")


def shortcuts_right(numbers: shortcuts.Losses) -> str | None:
    below = [one < other for one in numbers.with_skips for other in numbers.without]
    return "with" if all(below) else "without" if not any(below) else None


def shortcuts_figures(numbers: shortcuts.Losses) -> dict[str, str | float]:
    means = {"with": float(np.mean(numbers.with_skips)), "without": float(np.mean(numbers.without))}
    return {"layers": numbers.layers, "steps": numbers.steps, **means}


def random_reach(draw: np.random.Generator) -> reach.Reach:
    first = float(draw.random() * 200 + 20)
    near = None if draw.random() < 0.1 else int(draw.integers(3, 12))
    times = float(draw.choice([0.5, 0.834, 1.0, 1.2, 1.5]) + draw.normal() * 0.02)
    return reach.Reach("ViT-S/16", first, first * times, "ResNet-50", near)


def reach_right(numbers: reach.Reach) -> str | None:
    times = numbers.last / numbers.first
    if 1.17 < times < 1.23 or 1 / 1.2 - 0.03 < times < 1 / 1.2 + 0.03:
        return None
    return "grows" if times > 1.2 else "shrinks" if times * 1.2 < 1 else "same"


def reach_figures(numbers: reach.Reach) -> dict[str, str | float]:
    near: str | float = "the whole picture" if numbers.near is None else numbers.near
    return {"vit": numbers.vit, "first": numbers.first, "last": numbers.last, "cnn": numbers.cnn, "near": near}


def random_enough(draw: np.random.Generator) -> enough.Curve:
    counts = (1, 2, 5, 10, 20)
    most = float(draw.random() * 0.3 + 0.65)
    begin = float(draw.choice([0.3, 0.7, 0.88, 0.95])) * most
    shares = [*np.sort(draw.uniform(begin, most, 4)), most]
    return enough.Curve("Small ViT", counts, tuple(map(float, shares)), "a machine, a day")


def enough_right(numbers: enough.Curve) -> str | None:
    of = dict(zip(numbers.counts, numbers.shares, strict=True))
    line = 0.9 * of[20]
    if abs(of[2] - line) < 0.01 or abs(of[5] - line) < 0.01:
        return None
    return "few" if of[2] >= line else "some" if of[5] >= line else "many"


def enough_figures(numbers: enough.Curve) -> dict[str, str | float]:
    count, share = min(
        row for row in zip(numbers.counts, numbers.shares, strict=True) if row[1] >= 0.9 * numbers.shares[-1]
    )
    most, share_of_most = numbers.counts[-1], numbers.shares[-1]
    return {"model": numbers.model, "count": count, "share": 100 * share, "most": most, "all": 100 * share_of_most}


def random_boxes(draw: np.random.Generator) -> boxes.Picked:
    candidates = int(draw.integers(1, 400))
    stays = bool(draw.random() < 0.5)
    told = "#2 removed nothing" if stays else "#5 (score 0.75) lost to #1 (score 0.99)"
    return boxes.Picked("HOG + SVM", candidates, int(draw.integers(1, candidates + 1)), stays, told)


def boxes_right(numbers: boxes.Picked) -> str | None:
    return "removed" if "lost to" in numbers.told else "kept"


def boxes_figures(numbers: boxes.Picked) -> dict[str, str | float]:
    return {
        "detector": numbers.detector, "candidates": numbers.candidates, "kept": numbers.kept, "told": numbers.told
    }  # fmt: skip


def random_faster(draw: np.random.Generator) -> faster.Times:
    """Return times of a machine: a laptop's, on which one wins, or one where the other does."""
    one, other = float(draw.random() * 100 + 1), float(draw.random() * 100 + 1)
    verdict = str(draw.choice(["faster", "slower", "too close to call", ""])) or None
    families = ("cnn", "vit") if draw.random() < 0.5 else ("vit", "cnn")
    return faster.Times(("A", "B"), families, (one, other), (one / other, 0.9, 1.1), verdict)


def faster_right(numbers: faster.Times) -> str | None:
    winner = {"faster": 0, "slower": 1}.get(numbers.verdict or "")
    return None if winner is None else numbers.families[winner]


def faster_figures(numbers: faster.Times) -> dict[str, str | float]:
    (one, other), (first, second) = numbers.medians, numbers.names
    times = max(one / other, other / one)
    return {"one": first, "other": second, "ms_one": one, "ms_other": other, "times": times}


CHECKS: dict[str, tuple[Any, Any, Any]] = {
    "agreement": (random_agreement, agreement_right, agreement_figures),
    "edges": (random_edges, edges_right, edges_figures),
    "field": (random_field, field_right, field_figures),
    "shortcuts": (random_shortcuts, shortcuts_right, shortcuts_figures),
    "reach": (random_reach, reach_right, reach_figures),
    "enough": (random_enough, enough_right, enough_figures),
    "boxes": (random_boxes, boxes_right, boxes_figures),
    "faster": (random_faster, faster_right, faster_figures),
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
        assert set(told) == set(measure.figures) == set(figures(numbers))
        for figure, value in figures(numbers).items():
            _says(told[figure], value)
        for step in steps:
            got = outcome(measure, numbers, step.see)
            assert got.right == wanted and (got.right is None or got.right in dict(step.choices))
            assert all(told[figure] in got.sentence for figure in re.findall(r"{(\w+)}", step.see[wanted or CLOSE]))
    assert heard == set(endings(measure)), "a choice that is never right, or numbers that never come near"


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


def taken(name: str, photo: str) -> Any:
    starter = starters.get(photo)
    return MEASURES[name].take(Subject(starter.path, starter.point_rc, PAIR))


def test_a_duel_is_told_as_latency_tells_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The step asks Latency's own race for few rounds, which give no verdict, and says their medians."""
    monkeypatch.setattr(faster, "ROUNDS", 3)
    found = taken("faster", "cat")
    assert found.families == ("cnn", "vit") and found.verdict is None and min(found.medians) > 0
    assert MEASURES["faster"].right(found) is None
    assert found.ratio[1] <= found.ratio[0] <= found.ratio[2]


LAPTOP = faster.Times(("Small ResNet", "Small ViT"), ("cnn", "vit"), (4.1, 6.34), (1.55, 1.5, 1.6), "faster")
SERVER = faster.Times(("Small ResNet", "Small ViT"), ("cnn", "vit"), (1080.4, 31.2), (0.029, 0.02, 0.03), "slower")
PHOTOS = ("street", "portrait", "blood_cells")
WALKS = [
    *[(step, photo) for step in STEPS if step.measure != "faster" for photo in PHOTOS],
    *[(step, machine) for step in STEPS if step.measure == "faster" for machine in (LAPTOP, SERVER)],
]


@pytest.mark.parametrize(("step", "what"), WALKS, ids=[f"{step.id}-{str(what)[:11]}" for step, what in WALKS])
def test_each_step_on_three_photos_and_two_machines_says_what_is_true(step: Step, what: Any) -> None:
    """The sentence is read by the words of the lesson's file: each figure in it is found by other means."""
    numbers = taken(step.measure, what) if isinstance(what, str) else what
    _, right, figures = CHECKS[step.measure]
    got = outcome(MEASURES[step.measure], numbers, step.see)
    assert got.right == right(numbers)
    said, wanted = step.see[got.right or CLOSE], figures(numbers)
    form = re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(said))
    read_from = re.fullmatch(form, got.sentence)
    assert read_from and read_from.groupdict(), got.sentence
    for figure, text in read_from.groupdict().items():
        _says(text, wanted[figure])


def test_the_filters_find_what_torch_finds() -> None:
    photo = reduce_photo(starters.get("street").path)
    grey = torch.from_numpy(reduced_photo.grey(photo))[None]
    kernel = torch.tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]], dtype=grey.dtype)
    found = taken("edges", "street")
    for share, taps in ((found.upright, kernel), (found.level, kernel.T)):
        values = torch.nn.functional.conv2d(grey, taps[None, None], padding=1)
        assert share == pytest.approx(float((values.abs() >= 0.1 * 4 * 255).double().mean()), abs=1e-9)


def picked(photo: str, index: int, detector: str = "hog_people", **settings: Any) -> Any:
    starter = starters.get(photo)
    pick = Pick(detector, index, images.open(starter.path).digest, Wanted(**settings))
    return MEASURES["boxes"].take(Subject(starter.path, starter.point_rc, PAIR, pick))


@pytest.mark.parametrize("limit", [0.2, 0.4, 0.7])
def test_a_picked_box_survives_where_torchvision_keeps_it(limit: float) -> None:
    found, _ = find(starters.get("street").path, "hog_people")
    above = found.scores >= np.float32(0.25)
    rows, scores = torch.from_numpy(found.boxes_xyxy[above]), torch.from_numpy(found.scores[above])
    kept = set(nms(rows, scores, limit).tolist())
    assert 1 < len(kept) < len(rows)
    for index in range(len(rows)):
        got = picked("street", index, iou=limit)
        assert MEASURES["boxes"].right(got) == ("kept" if index in kept else "removed")
        assert (got.candidates, got.kept) == (len(rows), len(kept))
        assert got.told.startswith(f"#{index + 1} ")


def test_without_a_pick_it_asks_for_the_box_that_was_removed_by_the_least_overlap() -> None:
    found, _ = find(starters.get("street").path, "hog_people")
    above = found.scores >= np.float32(0.25)
    rows = torch.from_numpy(found.boxes_xyxy[above])
    kept = nms(rows, torch.from_numpy(found.scores[above]), boxes.LIMIT)
    shared = box_iou(rows, rows[kept])
    over = [
        next(float(one) for one in shared[index] if one > boxes.LIMIT)  # the surest that removes it
        for index in sorted(set(range(len(rows))) - set(kept.tolist()))
    ]
    got = taken("boxes", "street")
    assert not got.stays and f"IoU {min(over):.2f}" in got.told


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ({"index": 9999}, "not among those that are drawn"),
        ({"index": 3, "confidence": 0.9}, "not among those that are drawn"),
        ({"index": 0, "detector": "fasterrcnn_no"}, "There is no model"),
        ({"index": 0, "confidence": 0.999999}, "found nothing"),
    ],
    ids=["no such box", "below the confidence", "no such detector", "nothing is left"],
)
def test_a_pick_that_cannot_be_is_told(how: dict[str, Any], told: str) -> None:
    with pytest.raises(CvDemoError, match=told):
        picked("street", **how)


def test_a_box_picked_on_another_photo_is_told() -> None:
    other = Pick("hog_people", 0, images.open(starters.get("cat").path).digest)
    with pytest.raises(CvDemoError, match="on another photo"):
        MEASURES["boxes"].take(Subject(starters.get("street").path, (1, 1), PAIR, other))


def test_a_pick_that_the_browser_sends_is_checked() -> None:
    plain = Pick("hog_people", 3, "abc", Wanted(iou=0.4)).plain()
    assert Asked.of({"pick": json.loads(json.dumps(plain))}).pick == Pick("hog_people", 3, "abc", Wanted(iou=0.4))
    assert Asked.of({"pick": None}).pick is None
    for wrong in (3, {"index": -1}, {"index": True}, {"detector": 3}, {"digest": "x" * 200}, {"box": [1, 2, 3, 4]},
                  {"settings": {"iou": 7}}, {"settings": None}):  # fmt: skip
        with pytest.raises(SettingError):
            Asked.of({"pick": wrong})


def test_where_nms_fails_is_counted_by_torchvision() -> None:
    """Cells and boxes are paired by hand: the surest box takes the free cell of its class that it overlaps most."""
    got, path = crowds.crowd(), starters.get(crowds.SCENE).path
    found, _ = find(path, crowds.DETECTOR)
    truth = bundled_truth(path, found.labels)
    assert truth is not None and got.cells == len(truth.boxes_xyxy)
    above = found.scores >= np.float32(0.25)
    rows, kinds = torch.from_numpy(found.boxes_xyxy[above]), found.class_ids[above]
    cells = torch.from_numpy(truth.boxes_xyxy)
    alike = torch.from_numpy(kinds[:, None] == truth.class_ids)
    shared = box_iou(rows, cells) * alike
    for side in (got.strict, got.loose):
        stay = batched_nms(rows, torch.from_numpy(found.scores[above]), torch.from_numpy(kinds), side.limit).tolist()
        free, spare = set(range(len(cells))), 0
        for box in stay:
            best = max(free, key=lambda cell, box=box: float(shared[box, cell]), default=None)
            if best is not None and shared[box, best] >= 0.5:
                free.remove(best)
            else:
                spare += 1
        gone = [box for box in range(len(rows)) if box not in set(stay)]
        lost = sum(bool((shared[gone, cell] >= 0.5).any()) for cell in free)
        assert (side.missed, side.spare, side.removed) == (len(free), spare, lost)
    assert got.strict.removed > 0, "else the scene shows nothing"


def test_what_is_measured_besides_is_told_and_its_failure_stops_no_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowds, "COUNTS", (10, 50))
    on, step = Subject(starters.get("street").path, (1, 1), PAIR), STEPS[6]
    beside = printed.told(printed.judged(step, on))["beside"]
    assert len(beside) == 2 and beside[0].startswith("Of the ") and " for 50 boxes (" in beside[1]

    def fail() -> None:
        raise CvDemoError("no scene")

    monkeypatch.setattr(crowds, "crowd", fail)
    assert printed.told(printed.judged(step, on))["beside"] == []


def test_the_stored_run_is_the_one_that_the_step_asks_about() -> None:
    step = next(step for step in STEPS if step.measure == "shortcuts")
    found = taken("shortcuts", "cat")
    assert f"with {found.layers} layers" in step.predict
    told = json.loads(shortcuts.FILE.read_text())["race"]["lanes"]
    for skip, losses in ((True, found.with_skips), (False, found.without)):
        lanes = [lane["moments"][-10:] for lane in told if lane["design"]["skip"] is skip]
        assert losses == pytest.approx([np.mean([one["loss"] for one in lane]) for lane in lanes])


def test_how_far_a_vit_looks_is_what_its_attention_says() -> None:
    """The mean distance over all patches, from the rows of the layer itself and no sample of them."""
    found = attend(starters.get("cat").path, "mini_vit")
    numbers = taken("reach", "cat")
    for value, layer in ((numbers.first, found.layers[0]), (numbers.last, found.layers[-1])):
        high, wide = found.picture.crop.height / layer.grid_hw[0], found.picture.crop.width / layer.grid_hw[1]
        cells = math.prod(layer.grid_hw)
        at = np.stack(np.divmod(np.arange(cells), layer.grid_hw[1]), 1) * (high, wide)
        far = []
        for cell in range(cells):
            onto, _ = layer.from_cell(cell)
            apart = np.hypot(*(at - at[cell]).T)
            far.append((onto * apart).sum(1) / onto.sum(1))
        assert value == pytest.approx(float(np.mean(far)), rel=1e-3)


def test_a_photo_with_nothing_in_it_is_told() -> None:
    with pytest.raises(CvDemoError, match="found nothing on your photo"):
        taken("boxes", "coffee")


@pytest.mark.parametrize("name", ["field", "reach"])
def test_a_machine_without_such_a_network_says_so(name: str) -> None:
    starter = starters.get("cat")
    pair = ("mini_vit", "mini_vit_distilled") if name == "field" else ("mini_resnet", "tf_efficientnet_lite0")
    with pytest.raises(CvDemoError):
        MEASURES[name].take(Subject(starter.path, starter.point_rc, pair))


@pytest.mark.parametrize("name", ["reach", "field"])
def test_what_random_weights_show_is_no_networks(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    on = Subject(starters.get("cat").path, (100, 100), BUNDLED_PAIR)
    MEASURES[name].take(on)
    monkeypatch.setattr(runs, "invented", lambda *_: True)
    with pytest.raises(CvDemoError, match=r"only random weights of Small (ResNet|ViT) are here"):
        MEASURES[name].take(on)


def test_one_classifier_alone_cannot_agree() -> None:
    with pytest.raises(CvDemoError):
        MEASURES["agreement"].take(Subject(starters.get("cat").path, (10, 10), ("mini_resnet", "no such")))


def wish(path: Path, point_rc: tuple[int, int]) -> Wish:
    return Wish(path, "x", "", (9, 9), point_rc, (), Asked(), None, None, {})


def test_the_sheet_takes_the_visitors_photo_and_else_the_starter_that_suits_a_lab(tmp_path: Path) -> None:
    own, suiting = tmp_path / "own.png", {lab.id: lab.starter for lab in LABS}
    on = printed.subject(STEPS[6], wish(own, (3, 4)), ("a", "b"), suiting)
    assert (on.photo, on.point_rc, on.pair) == (own, (3, 4), ("a", "b"))
    for step in STEPS:
        on = printed.subject(step, wish(starters.get("cat").path, (3, 4)), ("a", "b"), suiting)
        starter = starters.get(next(lab.starter for lab in LABS if lab.id == step.lab))
        assert (on.photo, on.point_rc) == (starter.path, starter.point_rc)


def test_a_step_that_cannot_be_measured_stops_no_other_on_the_sheet(tmp_path: Path) -> None:
    plain = tmp_path / "plain.png"
    Image.new("RGB", (64, 64), (90, 90, 90)).save(plain)
    lesson = Lesson("two", "Two", (STEPS[6], STEPS[3]))
    told: list[tuple[int, int]] = []
    rows = printed.measured(lesson, wish(plain, (1, 1)), BUNDLED_PAIR, {}, lambda *step: told.append(step))
    assert told == [(0, 2), (1, 2)]
    assert re.fullmatch(r"This step could not be measured here \(.+\)\. It does not count\.", rows["boxes"]["failed"])
    numbers = MEASURES["shortcuts"].take(Subject(plain, (1, 1), BUNDLED_PAIR))
    assert rows["shortcuts"]["said"] == outcome(MEASURES["shortcuts"], numbers, STEPS[3].see).sentence


def test_a_visitor_who_stops_the_sheet_is_heard() -> None:
    def stop(*_step: int) -> None:
        raise Stopped("stopped")

    with pytest.raises(Stopped):
        printed.measured(ours(), wish(starters.get("cat").path, (1, 1)), BUNDLED_PAIR, {}, stop)


def test_a_finding_is_told_with_machine_and_day_where_it_lies_beside_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    found = data_curve.read(data_curve.FILE)
    (step,) = [one for one in told(ours())["steps"] if one["also"]]
    assert step["id"] == "reach" and step["also"] == (data_curve.answer(found), f"{found.machine}, {found.date}")
    monkeypatch.setattr(data_curve, "stored", lambda: None)
    assert not [one for one in told(ours())["steps"] if one["also"]]


def test_what_the_page_asks_for_is_checked() -> None:
    assert Asked.of({"lesson": OURS, "step": 2, "turn": 3, "pair": list(PAIR)}).pair == PAIR
    for wrong in (
        {"lesson": 3}, {"lesson": "x" * 50}, {"step": 0}, {"step": "1"}, {"step": 41}, {"turn": -1},
        {"pair": "mini_vit"}, {"pair": ["mini_vit"]}, {"pair": ["mini_vit", "mini_vit"]},
        {"pair": ["mini_vit", "hog_people"]}, {"pair": ["mini_vit", "no"]},
    ):  # fmt: skip
        with pytest.raises(CvDemoError):
            Asked.of(wrong)
    for number in (0, 99, "1", None, True):
        with pytest.raises(SettingError):
            read_all(LAB_IDS).step(OURS, number)


def test_every_lab_but_the_last_says_what_follows() -> None:
    after = following(read_all(LAB_IDS), LABS)
    order = [step.lab for step in STEPS]
    assert {lab: to["tab"] for lab, to in after.items() if lab in order} == dict(itertools.pairwise(order))
    assert set(LAB_IDS) - set(after) == {order[-1]}
    assert all(to["text"].endswith("?") for to in after.values())
