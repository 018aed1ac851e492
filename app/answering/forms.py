"""Tell from its words what form of answer a question asks for, and how many things."""

from enum import Enum

from inquote.app.language.english import (
    COUNTED_QUESTION,
    DEFINITION_QUESTION,
    DETAIL,
    EXPLANATION_QUESTION,
    LIST_QUESTION,
    MEASURE_QUESTION,
    NUMBERS,
    QUESTION_WORD,
    YES_NO_QUESTION,
)


class Form(Enum):
    """The form of the text that answers a question."""

    SHORT = "short span"
    SENTENCES = "sentences"
    EXPLANATION = "explanation"
    LIST = "list"


def form_of(question: str) -> Form:
    """Return the form of answer that a question asks for.

    >>> form_of("How does it work?"), form_of("How many patients?")
    (<Form.EXPLANATION: 'explanation'>, <Form.SHORT: 'short span'>)
    >>> form_of("What are the five key factors?")
    <Form.LIST: 'list'>
    """
    if MEASURE_QUESTION.search(question):
        return Form.SHORT
    if LIST_QUESTION.search(question):
        return Form.LIST
    if EXPLANATION_QUESTION.search(question):
        return Form.EXPLANATION
    is_definition = DEFINITION_QUESTION.search(question) and not DETAIL.search(question)
    is_keywords = not QUESTION_WORD.search(question)
    if is_definition or is_keywords or YES_NO_QUESTION.search(question):
        return Form.SENTENCES
    return Form.SHORT


def requested_count(question: str) -> int | None:
    """Return the number of things that a question asks for, None where it gives none.

    >>> requested_count("What are the two parts of the plan?")
    2
    >>> requested_count("What are the parts of the 2 plans?") is None
    True
    """
    match = COUNTED_QUESTION.search(question)
    if not match:
        return None
    count = match["count"].lower()
    return int(count) if count.isdigit() else NUMBERS.index(count)
