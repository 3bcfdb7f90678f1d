"""The quiz: over 200 seeds and many photos exactly one choice is right, judged by other libraries; a seed is a quiz."""

import collections
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cvdemo import catalogue, starters
from cvdemo.errors import Busy, Stopped
from cvdemo.latency.result import Duel
from cvdemo.quiz import interview, question, words
from cvdemo.quiz import subject as subjects
from cvdemo.quiz.question import CHOICES, Choices, Miss, Question
from cvdemo.quiz.quiz import OWN, draw
from cvdemo.quiz.settings import QUESTIONS
from cvdemo.quiz.subject import Subject
from cvdemo.quiz.topics import TOPICS, title
from cvdemo.results import Results
from tests.quiz_checks import CHECKS, plain
from tests.quiz_duel import MACHINES, racers

SEEDS = 200
STARTERS = ("cat", "street", "portrait")


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("photos")
    for name, size, colour in (("blank", (300, 200), (255, 255, 255)), ("one_colour", (64, 480), (200, 30, 30))):
        Image.new("RGB", size, colour).save(folder / f"{name}.png")
    return {name: folder / f"{name}.png" for name in ("blank", "one_colour")} | {
        name: starters.get(name).path for name in STARTERS
    }


@pytest.fixture(scope="module")
def known(photos: dict[str, Path]) -> dict[str, Subject]:
    """The photos as subjects, every second on the other machine; what they measure is measured once."""
    found = {}
    for place, (name, path) in enumerate(photos.items()):
        found[name] = Subject(path, starters.get(name).point_rc if name in STARTERS else (100, 40))
        if name != "cat":  # the smaller one is quicker, and has other blocks
            found[name].__dict__["cnn"] = catalogue.get("mini_resnet")
        found[name].__dict__["duel"] = racers(list(MACHINES.values())[place % 2])
    return found


NAMES = ("cat", "street", "portrait", "blank", "one_colour")


@pytest.mark.parametrize("name", NAMES)
def test_exactly_one_choice_is_right(name: str, known: dict[str, Subject]) -> None:
    subject, judged = known[name], 0
    for seed in range(SEEDS // len(NAMES)):
        for number, topic in enumerate(TOPICS):
            asked = topic.make(subject, np.random.default_rng((seed, number)))
            if asked is None:
                continue
            assert (asked.topic, asked.about) == (topic.id, topic.about)
            fits = CHECKS[topic.id](asked, subject)
            right = [place for place, text in enumerate(asked.choices.texts) if fits(text)]
            assert right == [asked.choices.right], f"{topic.id} seed {seed}: {asked.text} {asked.choices}"
            assert plain(asked.figure).split(",")[0].split(" ")[0] in plain(asked.choices.texts[right[0]]) or (
                asked.figure.startswith("Box")
            )
            sound(asked)
            judged += 1
    assert judged > 10 * SEEDS // len(NAMES)


def sound(asked: Question) -> None:
    """Assert what holds of every question's words."""
    assert asked.text.endswith("?") and asked.reason.endswith(".") and not re.search(r"nan|None|inf\b", asked.reason)
    assert all(text.endswith(".") for text in asked.choices.because if text)
    assert len({text for text in asked.choices.because if text}) == CHOICES - 1


@pytest.mark.parametrize("name", NAMES)
def test_a_seed_is_a_quiz(name: str, known: dict[str, Subject]) -> None:
    """Fifteen different questions, most about the photo and the machine, also where the photo shows nothing."""
    quizzes = [draw(known[name], seed) for seed in (1, 1, 2)]
    assert quizzes[0] == quizzes[1]
    for quiz in quizzes:
        assert len({one.text for one in quiz.questions}) == len(quiz.questions) == QUESTIONS
        assert sum(one.about != "theory" for one in quiz.questions) >= 10
        assert quiz.failed == ()
    shared = {one.text for one in quizzes[0].questions} & {one.text for one in quizzes[2].questions}
    assert len(shared) < QUESTIONS / 2


def test_each_kind_comes_where_it_can(known: dict[str, Subject]) -> None:
    quizzes = [draw(known[name], seed) for seed in range(12) for name in ("cat", "portrait")]
    seen = {one.topic for quiz in quizzes for one in quiz.questions}
    assert seen == {topic.id for topic in TOPICS}
    assert {one.topic for one in draw(known["cat"], 3).questions} <= set(CHECKS)


def test_a_blank_photo_is_not_asked_for_what_it_has_not(known: dict[str, Subject]) -> None:
    asked = {one.topic for seed in range(6) for one in draw(known["blank"], seed).questions}
    assert not asked & {"survives", "remain", "lowered", "overlap", "summed", "flickering", "brightened"}


def test_the_right_choice_stands_anywhere(known: dict[str, Subject]) -> None:
    """Chi-square of 600 positions with fixed seeds, 3 degrees of freedom: 16.3 has a chance of 0.1 %."""
    cheap = [one for one in TOPICS if one.about == "theory" and one.id not in ("taught", "frozen")]
    places: collections.Counter[int] = collections.Counter()
    for seed in range(100):
        for number, topic in enumerate(cheap):
            asked = topic.make(known["cat"], np.random.default_rng((seed, number)))
            if asked is not None:
                places[asked.choices.right] += 1
    expected = places.total() / CHOICES
    assert places.total() > 400
    assert sum((places[place] - expected) ** 2 / expected for place in range(CHOICES)) < 16.3


def test_without_a_vit_and_on_a_busy_machine_other_questions_come(
    photos: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = Subject(photos["portrait"], (100, 100))
    subject.__dict__.update(vit=None, cnn=catalogue.get("mini_resnet"))

    def busy(*_: object, **__: object) -> Duel:
        raise Busy("The machine is busy.")

    monkeypatch.setattr(subjects, "_duels", Results())
    monkeypatch.setattr(subjects, "run", busy)
    quiz = draw(subject, 5)
    assert not {"looked", "faster", "lasting"} & {one.topic for one in quiz.questions}
    assert len(quiz.questions) == QUESTIONS and set(quiz.failed) <= {"The machine is busy."}


def test_a_disturbed_duel_asks_nothing_and_is_not_kept(
    photos: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    import dataclasses

    noisy, ran = dataclasses.replace(racers(MACHINES["first"]), disturbed=tuple(range(14))), []
    monkeypatch.setattr(subjects, "_duels", Results())
    monkeypatch.setattr(subjects, "run", lambda *_, **__: ran.append(1) or noisy)
    make = {topic.id: topic.make for topic in TOPICS}
    for times in (1, 2):
        subject = Subject(photos["cat"], (100, 100))
        assert [make[one](subject, np.random.default_rng(0)) for one in ("faster", "lasting")] == [None, None]
        assert len(ran) == times
    monkeypatch.setattr(subjects, "run", lambda *_, **__: ran.append(1) or racers(MACHINES["first"]))
    for _ in range(2):
        assert Subject(photos["cat"], (100, 100)).duel.finished
    assert len(ran) == 3


def test_another_quiz_runs_no_network_again(known: dict[str, Subject]) -> None:
    from cvdemo.classify import run as classify_run
    from cvdemo.detect.find import detector_runs
    from cvdemo.receptive_field.study import network_runs
    from cvdemo.surgery import lesion

    def total() -> int:
        return detector_runs() + network_runs() + lesion.network_runs() + classify_run.network_runs()

    subject = known["cat"]
    for topic in TOPICS:
        topic.make(subject, np.random.default_rng(0))
    before = total()
    again = Subject(subject.path, subject.point_rc)
    again.__dict__["duel"] = subject.duel
    draw(again, 77)
    assert total() == before


def test_it_can_be_stopped(known: dict[str, Subject]) -> None:
    told: list[tuple[int, int]] = []

    def stop(done: int, of: int) -> None:
        told.append((done, of))
        if done == 3:
            raise Stopped("Stopped.")

    with pytest.raises(Stopped):
        draw(known["cat"], 1, stop)
    assert told == [(1, QUESTIONS), (2, QUESTIONS), (3, QUESTIONS)]


def test_near_misses_that_come_out_alike_are_left_out() -> None:
    random = np.random.default_rng(0)
    misses = [Miss(value, f"because {value}.") for value in (10.0, 10.4, 14.9, 15.1, 20.0, 30.0)]
    found = question.numbers(random, 10.0, misses, "{:.0f}".format, 1.0)
    assert found is not None and found.texts[found.right] == "10"
    assert sorted(found.texts) == ["10", "15", "20", "30"]
    assert question.numbers(random, 10.0, misses[:4], "{:.0f}".format, 1.0) is None
    with pytest.raises(ValueError, match="different"):
        Choices(("1", "1", "2", "3"), 0, ("", "a", "b", "c"))
    with pytest.raises(ValueError, match="misconception"):
        Choices(("1", "2", "3", "4"), 0, ("", "a", "", "c"))


def test_what_it_says_of_itself(known: dict[str, Subject]) -> None:
    quiz = draw(known["cat"], 1)
    counts = collections.Counter(one.about for one in quiz.questions)
    told = words.begun(quiz)
    assert told.startswith(f"{QUESTIONS} questions: {counts['photo']} about your photo")
    assert (f"{counts['machine']} about this machine" in told) == bool(counts["machine"])
    assert counts["photo"] + counts["machine"] >= OWN - 1
    assert title("odds") == "From logits to probabilities"


def test_six_questions_to_talk_over() -> None:
    assert len(interview.TALKS) == 6
    text = " ".join(part for one in interview.TALKS for part in one.answer)
    narrow, wide = 256 * 64 + 9 * 64 * 64 + 64 * 256, 2 * 9 * 256 * 256
    assert f"{narrow:,} weights against {wide:,}" in text and f"{wide / narrow:.1f} times fewer" in text
    figure = catalogue.get("fasterrcnn_resnet50_fpn").published
    assert figure is not None and figure.metric == "AP 0.50:0.95"
    assert f"Faster R-CNN's {figure.value:.1f}" in text and "the mean over 0.50 to 0.95" in text
