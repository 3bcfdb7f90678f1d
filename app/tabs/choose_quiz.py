"""Choose, Quiz: fifteen questions about the visitor's own photo and machine, then six to talk over."""

from dataclasses import dataclass
from typing import Any

from app.lab import Bench, Report, ShownFromTheStart, Wish, Work
from app.lab.busy import busy
from app.lab.handlers import first_found
from cvdemo.errors import CvDemoError
from cvdemo.quiz import interview, words
from cvdemo.quiz.question import Question
from cvdemo.quiz.quiz import Quiz, draw
from cvdemo.quiz.settings import QUESTIONS, Drawn
from cvdemo.quiz.subject import Subject
from cvdemo.quiz.topics import title


@dataclass(frozen=True)
class Shown:
    """A quiz and the photo that it is about; None where nobody has begun one."""

    quiz: Quiz | None
    size_wh: tuple[int, int] = (1, 1)


def _make(asked: Wish, report: Report) -> Shown:
    """Draw the questions; the labs measure what they do not know of this photo yet."""
    quiz = draw(Subject(asked.path, asked.point_rc), asked.settings.seed, report)
    return Shown(quiz, asked.size_wh)


def _told(_asked: Wish, step: tuple[Any, ...] | None, _elapsed_s: float) -> dict[str, Any]:
    if step is None:
        return {"busy": busy("Looking for questions in your photo")}
    done, of = step
    text = f"Measuring the answers: {done} of {of}"
    return {"busy": {"text": text, "share": done / of, "stoppable": True}}


def _refused(error: CvDemoError) -> dict[str, Any]:
    return {"fault": str(error)}


def _draw(shown: Shown, _settings: Drawn, _question: dict[str, Any]) -> dict[str, Any]:
    """Return the whole quiz, right answers and all: what a visitor answers never leaves the browser."""
    if shown.quiz is None:
        return {"quiz": None, "fault": None, "answer": words.BEFORE}
    told = [_asked(one) for one in shown.quiz.questions]
    begun = words.begun(shown.quiz)
    quiz = {"seed": shown.quiz.seed, "size": shown.size_wh, "begun": begun, "questions": told}
    return {"quiz": quiz, "fault": " ".join(shown.quiz.failed) or None, "answer": begun}


def _asked(one: Question) -> dict[str, Any]:
    return {
        "topic": title(one.topic),
        "about": one.about,
        "text": one.text,
        "choices": [
            {"text": text, "because": because}
            for text, because in zip(one.choices.texts, one.choices.because, strict=True)
        ],
        "right": one.choices.right,
        "figure": one.figure,
        "reason": one.reason,
        "link": {"tab": one.lab, **one.state},
        "marks": [{"label": mark.label, "xyxy": mark.xyxy} for mark in one.marks],
        "point": one.point_rc,
        "photo": bool(one.marks or one.point_rc or one.on_photo),
        "grids": [{"title": grid.title, "rows": grid.rows} for grid in one.grids],
    }


def _first() -> dict[str, Any]:
    return {"key": ShownFromTheStart.FIRST, "message": "", **_draw(Shown(None), Drawn(), {})}


def _found(asked: Wish, shown: Shown) -> dict[str, Any]:
    return first_found(BENCH, asked, shown)


BENCH = Bench(
    id="choose-quiz",
    question=words.QUESTION,
    settings=Drawn,
    scripts=("head", "quiz_question", "quiz_end", "quiz"),
    css="qz",
    props={
        "questions": QUESTIONS,
        "interview": [{"question": one.question, "answer": one.answer} for one in interview.TALKS],
        "interview_title": interview.TITLE,
        "interview_about": interview.ABOUT,
    },
    stays=True,
    work={"again": Work(_make, found=_found, told=_told, refused=_refused, mode="once")},
    draw=_draw,
    first=_first,
    own_head=True,
    pointed=False,
    stopped="Stopped. Begin again when you like.",
    shown=ShownFromTheStart(Shown(None)),
)
