"""What the quiz says of itself."""

from cvdemo.quiz.quiz import Quiz
from cvdemo.wording import listed

QUESTION = "What have you learned about your own photo and machine?"
BEFORE = (
    "Fifteen questions, most of them about your photo and this machine; the labs compute the answers when you begin."
)
ABOUT = (("photo", "your photo"), ("machine", "this machine"), ("theory", "networks"))


def begun(quiz: Quiz) -> str:
    """Return how many questions there are, and how many of them are about the photo, the machine and neither."""
    counts = [(sum(one.about == about for one in quiz.questions), of) for about, of in ABOUT]
    return f"{len(quiz.questions)} questions: {listed([f'{count} about {of}' for count, of in counts if count])}."
