"""Tell from its words what form of answer a question asks for, and how many things."""

from enum import Enum

from inquote.app.language.counts import COUNT_QUESTION
from inquote.app.language.english import NUMBERS
from inquote.app.language.forms import (
    COUNTED_QUESTION,
    DEFINITION_QUESTION,
    DETAIL,
    EXPLANATION_QUESTION,
    LIST_QUESTION,
    MEASURE_QUESTION,
    ONE_VALUE_QUESTION,
    PROCESS_QUESTION,
    QUESTION_WORD,
    WHAT_ABOUT_QUESTION,
    YES_NO_QUESTION,
)


class Form(Enum):
    """The form of the text that answers a question."""

    SHORT = "short span"
    SENTENCES = "sentences"
    EXPLANATION = "explanation"
    PROCESS = "process"
    LIST = "list"
    COUNT = "count"
    VERDICT = "yes or no"
    OVERVIEW = "overview"

    @property
    def is_span(self) -> bool:
        """Tell whether a span answers, and no sentence is needed."""
        return self in (Form.SHORT, Form.COUNT)


def form_of(question: str) -> Form:
    """Return the form of answer that a question asks for.

    >>> form_of("How does it work?"), form_of("How old is it?")
    (<Form.PROCESS: 'process'>, <Form.SHORT: 'short span'>)
    >>> form_of("What are the five key factors?")
    <Form.LIST: 'list'>
    """
    if COUNT_QUESTION.search(question):
        return Form.COUNT
    if MEASURE_QUESTION.search(question):
        return Form.SHORT
    if LIST_QUESTION.search(question):
        return Form.LIST
    if PROCESS_QUESTION.search(question):
        return Form.PROCESS
    if EXPLANATION_QUESTION.search(question):
        return Form.EXPLANATION
    if YES_NO_QUESTION.search(question):
        return Form.VERDICT
    is_definition = DEFINITION_QUESTION.search(question) and not DETAIL.search(question)
    is_open = WHAT_ABOUT_QUESTION.search(question)
    is_keywords = not QUESTION_WORD.search(question)
    if is_definition or is_open or is_keywords:
        return Form.SENTENCES
    return Form.SHORT


def requested_count(question: str) -> int | None:
    """Return the number of things that a question asks for, None where it does not say.

    A time, a number or a measure is one thing.

    >>> requested_count("What are the two parts of the plan?")
    2
    >>> requested_count("What are the parts of the 2 plans?") is None
    True
    >>> requested_count("When did it begin?"), requested_count("When and where did it begin?")
    (1, None)
    """
    if ONE_VALUE_QUESTION.search(question):
        return 1
    match = COUNTED_QUESTION.search(question)
    if not match:
        return None
    count = match["count"].lower()
    return int(count) if count.isdigit() else NUMBERS.index(count)
