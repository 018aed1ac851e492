"""Count the things that a text lists, where it says no number."""

from collections.abc import Sequence
from dataclasses import replace

from inquote.app.answering.findings import Findings
from inquote.app.answering.spans import AnswerSpan
from inquote.app.language.counts import (
    COUNT_QUESTION,
    LAST_ITEM,
    NEXT_ITEM,
    NUMBER,
    THINGS_QUESTION,
    UNLISTED,
)
from inquote.app.language.english import PLURAL_ENDING
from inquote.index.terms import content_terms
from inquote.ingest.text import sentence_ranges, touching

_FEWEST = 3  # items of a sentence that are a list
_LONGEST_ITEM = 8  # words


def things_question(question: str) -> str:
    """Return the question for the things that a question counts.

    >>> things_question("How many factors drive the growth?")
    'Which factors drive the growth?'
    """
    match = COUNT_QUESTION.match(question)
    return f"{THINGS_QUESTION} {question[match.start('things') :]}" if match else question


def says_number(spans: Sequence[AnswerSpan]) -> bool:
    """Tell whether an answer says a number itself."""
    return len(spans) == 1 and bool(NUMBER.search(spans[0].text))


def items_of(findings: Findings) -> list[AnswerSpan]:
    """Return the things that the best span lists, none where it lists none.

    They are the items of the list around it, or the members of an enumeration.
    """
    if not findings.spans:
        return []
    best, around = findings.best, findings.list_around_best
    if around and around.has_piece(best):
        return [replace(item, score=best.score) for item in around.items]
    items = _items_in(best)
    is_list = len(items) >= _FEWEST
    return items if is_list else []


def are_named(question: str, items: Sequence[AnswerSpan]) -> bool:
    """Tell whether the text around items calls them what a question counts.

    The thing's name, the first plural of the question, stands in the items' sentences, in the
    lead-in of their list, or in a heading.
    """
    match = COUNT_QUESTION.match(question)
    if not match or UNLISTED.match(question):
        return False
    words = match["things"].split()
    plurals = [word for word in words if word.endswith(PLURAL_ENDING)]
    name = content_terms((plurals or words)[0])
    passage = items[0].passage
    touched = touching(sentence_ranges(passage.text), items[0].start, items[-1].end)
    sentences = " ".join(passage.text[start:end] for start, end in touched)
    lead = passage.text[: items[0].start].rsplit("\n\n", 2)[-2:]
    around = f"{sentences} {passage.lead} {passage.heading} {' '.join(lead)}"
    return set(name) <= set(content_terms(around))


def _items_in(span: AnswerSpan) -> list[AnswerSpan]:
    """Return the items of an enumeration: "fatigue, chills, and fever".

    Where the last comma stands before "and", only commas part items.
    """
    text = span.text
    with_comma = LAST_ITEM.search(text) is not None
    items = []
    start = 0
    for joint in NEXT_ITEM.finditer(text):
        if with_comma and not joint[0].startswith((",", ";")):
            continue
        items.append((start, joint.start()))
        start = joint.end()
    items.append((start, len(text.rstrip(" .;,"))))
    if any(len(text[first:last].split()) > _LONGEST_ITEM for first, last in items):
        return []
    return [
        replace(span, start=span.start + first, end=span.start + last)
        for first, last in items
        if first < last
    ]
