"""Tell whether a question asks for a whole text, a section or a library, and for which."""

from dataclasses import dataclass

from inquote.app.language.forms import (
    ABOUT_QUESTION,
    CONTENT_QUESTION,
    KEY_POINTS_QUESTION,
    NAMED_TEXT,
    SECTION_OBJECT,
    SUMMARY_QUESTION,
    WHOLE_TEXT,
)


@dataclass(frozen=True)
class OverviewRequest:
    """What an overview is asked of.

    - `section`: the words that name a section, "" for a whole text.
    - `name`: the words that may name a document, "" for what is at hand.
    """

    section: str = ""
    name: str = ""


def overview_request(question: str) -> OverviewRequest | None:
    """Return what a question asks an overview of, None for any other question.

    >>> overview_request("What is this article about?")
    OverviewRequest(section='', name='')
    >>> overview_request("Summarise the section on safety.").section
    'safety'
    """
    patterns = (KEY_POINTS_QUESTION, ABOUT_QUESTION, SUMMARY_QUESTION, CONTENT_QUESTION)
    for pattern in patterns:
        match = pattern.match(question)
        if match:
            return _request_of(match["object"] or "")
    return None


def _request_of(thing: str) -> OverviewRequest | None:
    """Return the request for a thing, None where it is no text."""
    thing = thing.strip()
    if not thing or WHOLE_TEXT.match(thing):
        return OverviewRequest()
    section = SECTION_OBJECT.match(thing)
    if section:
        return OverviewRequest(section=section["title"] or section["name"])
    named = NAMED_TEXT.match(thing)
    return OverviewRequest(name=named["file"] or named["name"]) if named else None
