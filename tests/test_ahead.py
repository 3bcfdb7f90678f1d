"""First visitors are answered by a process that began earlier; where it fails, all is as without it."""

import dataclasses
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

import app.ahead
from app import warmup
from app.tabs import LABS
from cvdemo import ahead, compute, models, starters
from cvdemo.ahead import Ahead
from cvdemo.classify import Answer, classify
from cvdemo.classify.run import network_runs
from cvdemo.pairs import opening_pair
from tests.awaited import eventually

ODD = "tests.odd_answers"
ROOT = Path(__file__).parent.parent
MODEL = "mini_vit"


@pytest.fixture
def other() -> Iterator[Ahead]:
    one = Ahead(ODD)
    yield one
    one.end()


@pytest.fixture
def unseen() -> Iterator[Path]:
    with starters.unseen("cat") as photo:
        yield photo


@pytest.fixture
def none_after() -> Iterator[None]:
    yield
    ahead.end()


def test_it_answers_one_question_after_the_other(other: Ahead) -> None:
    assert [other.ask(number) for number in (1, None, 21)] == [2, None, 42]


@pytest.mark.parametrize("fault", ["die", "write something else"])
def test_after_a_fault_it_answers_nothing_and_is_gone(other: Ahead, fault: str) -> None:
    assert other.ask(1) == 2
    assert other.ask(fault) is None
    assert other.ask(1) is None
    eventually(lambda: _is_gone(other._process.pid))


def test_a_program_that_is_not_there_answers_nothing() -> None:
    one = Ahead("tests.no_such_module")
    assert one.ask(1) is None
    one.end()


def test_who_waits_is_let_go_when_it_is_ended(other: Ahead) -> None:
    answers: list[Any] = []
    asking = threading.Thread(target=lambda: answers.append(other.ask("hang")), daemon=True)
    asking.start()
    eventually(lambda: _assert(other._asking.locked()))
    other.end()
    asking.join(30)
    assert answers == [None]
    assert other._process.returncode == -signal.SIGKILL  # waited for: no zombie is left


def test_it_is_ended_after_its_longest_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "LONGEST_S", 0.2)
    one = Ahead(ODD)
    assert one.ask("hang") is None
    eventually(lambda: _is_gone(one._process.pid))


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, None], ids=["killed", "terminated", "in order"])
def test_it_goes_with_the_process_that_began_it(end: signal.Signals | None) -> None:
    script = (
        "import sys; from cvdemo import ahead; ahead.begin('tests.odd_answers');"
        "print(ahead.ask('pid'), flush=True); sys.stdin.read()"
    )
    page = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert page.stdout is not None
    pid = int(page.stdout.readline())
    assert psutil.pid_exists(pid)
    page.send_signal(end) if end else None
    page.communicate(timeout=60)
    eventually(lambda: _is_gone(pid))


def _is_gone(pid: int) -> None:
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def _assert(fact: bool) -> None:
    assert fact


class Fake:
    """Stands for the other process: answers about one model, and notes what it was asked."""

    def __init__(self, answer: Answer | None) -> None:
        self.answer, self.asked = answer, []  # type: tuple[Answer | None, list[tuple[Any, ...]]]

    def ask(self, *question: Any) -> Answer | None:
        self.asked.append(question)
        return self.answer if self.answer and question[1] == self.answer.model else None

    def end(self) -> None:
        """Nothing runs."""


def test_its_answer_is_shown_and_kept_and_no_model_comes_in(monkeypatch: pytest.MonkeyPatch, unseen: Path) -> None:
    (known,) = classify(unseen, [MODEL]).answers
    told = dataclasses.replace(known, logits=known.logits + 1)
    fake = Fake(told)
    monkeypatch.setattr(ahead, "_begun", fake)
    monkeypatch.setattr(models, "borrow", lambda *_, **__: pytest.fail("a model was borrowed"))
    with starters.unseen("coffee") as photo:
        before = network_runs()
        first, second = (classify(photo, [MODEL]) for _ in range(2))
    assert first.answers == second.answers == (told,)
    assert fake.asked == [(photo.resolve(), MODEL)]  # the second time it was known
    assert network_runs() == before + 1


def test_what_it_does_not_answer_is_found_here(monkeypatch: pytest.MonkeyPatch, unseen: Path) -> None:
    fake = Fake(None)
    monkeypatch.setattr(ahead, "_begun", fake)
    before = network_runs()
    assert classify(unseen, [MODEL]).answers[0].model == MODEL
    assert len(fake.asked) == 1
    assert network_runs() == before + 1


@pytest.mark.usefixtures("none_after")
def test_the_real_one_says_what_this_process_says(unseen: Path) -> None:
    pair = opening_pair().names
    here = classify(unseen, pair).answers
    one = Ahead("cvdemo.classify")
    there = [one.ask(unseen, name) for name in pair]
    strangers = one.ask(unseen, "mini_resnet" if "mini_resnet" not in pair else "resnet50")
    unreadable = one.ask(ROOT / "README.md", pair[0])
    one.end()
    assert (strangers, unreadable) == (None, None)
    for mine, other in zip(here, there, strict=True):
        assert (mine.model, mine.labels, mine.weights, mine.engine) == (
            other.model,
            other.labels,
            other.weights,
            "torch",
        )
        assert np.abs(mine.logits - other.logits).max() < 1e-3
        assert (mine.seen == other.seen).all()


MAIN, GIGABYTES = "__main__", 1e9
ROOMS: dict[str, tuple[str, int, float, dict[str, str], bool]] = {
    "two cores": (MAIN, 2, 8, {}, True),
    "a CPU is asked for": (MAIN, 2, 8, {"CV_LAB_DEVICE": "cpu"}, True),
    "one core": (MAIN, 1, 8, {}, False),
    "little memory": (MAIN, 2, 1, {}, False),
    "a GPU is asked for": (MAIN, 2, 8, {"CV_LAB_DEVICE": "cuda"}, False),
    "ZeroGPU": (MAIN, 2, 8, {"SPACES_ZERO_GPU": "true"}, False),
    "make dev runs app.py again": ("app", 2, 8, {}, False),
}


@pytest.mark.parametrize(("program", "cores", "free", "environ", "begins"), ROOMS.values(), ids=ROOMS)
def test_it_begins_only_where_there_is_room_for_it(
    monkeypatch: pytest.MonkeyPatch, program: str, cores: int, free: float, environ: dict[str, str], begins: bool
) -> None:
    begun: list[str] = []
    for name in ("CV_LAB_DEVICE", "SPACES_ZERO_GPU"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(compute, "cores", lambda: cores)
    monkeypatch.setattr(compute, "free_ram_bytes", lambda: int(free * GIGABYTES))
    monkeypatch.setattr(ahead, "begin", begun.append)
    with app.ahead.answering(program):
        pass
    assert begun == (["cvdemo.classify"] if begins else [])


def test_a_page_that_cannot_be_built_leaves_none_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "_begun", Ahead(ODD))
    pid = ahead.ask("pid")
    with pytest.raises(ValueError, match="a page"), app.ahead.answering("imported"):
        raise ValueError("a page that fails")
    assert not ahead.begun()
    _is_gone(pid)


def test_once_this_process_can_answer_the_other_one_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[str] = []
    fake = Fake(None)
    monkeypatch.setattr(fake, "end", lambda: events.append("end"))
    monkeypatch.setattr(ahead, "_begun", fake)
    monkeypatch.setattr(models, "make_resident", events.append)
    monkeypatch.setattr(warmup, "classify", lambda *_: events.append("classify"))
    warmup._warm_up()
    assert events == ["classify", *opening_pair().names, "end", "classify"]
    assert not ahead.begun()
    assert warmup._ready.is_set()


def test_it_looks_first_at_the_photo_that_the_page_opens_with() -> None:
    assert LABS[0].starter == starters.FIRST


def test_it_comes_before_what_takes_seconds() -> None:
    script = "import sys, app.ahead; print(*{'gradio', 'torch', 'numpy'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True, text=True)
    assert found.stdout == "\n"
