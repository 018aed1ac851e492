"""Choose the questions that the page's buttons offer."""

from collections.abc import Iterable

from inquote.app.answering.suggestions import (
    Suggestion,
    follow_up_questions,
    opening_questions,
)
from inquote.app.chat.conversation import Conversation
from inquote.app.marks import without_marks


def offered_questions(
    suggestions: Iterable[Suggestion], conversation: Conversation, count: int
) -> list[str]:
    """Return questions to begin with, or to go on with after the latest answer."""
    plain = list(filter(_is_plain, suggestions))
    answers = conversation.answers
    if not answers:
        return opening_questions(plain, count)
    typed = [turn.question for turn in conversation.turns]
    return follow_up_questions(plain, answers[-1], typed, count)


def _is_plain(suggestion: Suggestion) -> bool:
    """Return whether a button, whose text is the question, can show a suggestion as it is."""
    return suggestion.question == without_marks(suggestion.question)
