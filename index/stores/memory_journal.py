"""A journal in memory."""

from inquote.index.stores.forgetting import IsMeant
from inquote.index.stores.journal import Feedback, QuestionInContext


class MemoryJournal:
    """A `Journal` that lasts as long as the process."""

    def __init__(self) -> None:
        self._questions: dict[QuestionInContext, str] = {}
        self._feedback: dict[str, Feedback] = {}
        self._settings: dict[str, str] = {}

    def record_question(self, question: QuestionInContext, at: str) -> None:
        """Keep a question as the latest."""
        self._questions.pop(question, None)
        self._questions[question] = at

    def questions(self) -> list[QuestionInContext]:
        """Return all questions in the order of their last asking."""
        return list(self._questions)

    def record_feedback(self, feedback: Feedback) -> None:
        """Keep feedback in the place of earlier feedback with its id."""
        self._feedback.pop(feedback.id, None)
        self._feedback[feedback.id] = feedback

    def feedback(self) -> list[Feedback]:
        """Return all feedback, the oldest first."""
        return list(self._feedback.values())

    def setting(self, name: str) -> str | None:
        """Return the value that was put under a name, None for none."""
        return self._settings.get(name)

    def put_setting(self, name: str, value: str | None) -> None:
        """Put a value under a name, or take it away."""
        self._settings.pop(name, None)
        if value is not None:
            self._settings[name] = value

    def forget(self, is_meant: IsMeant) -> int:
        """Drop the entries that are meant, and return how many."""
        before = len(self._questions) + len(self._feedback)
        for question, at in list(self._questions.items()):
            if is_meant(question.entry(at)):
                del self._questions[question]
        for id, feedback in list(self._feedback.items()):
            if is_meant(feedback.entry()):
                del self._feedback[id]
        return before - len(self._questions) - len(self._feedback)
