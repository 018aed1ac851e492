"""Tell whether a question asks for a whole text, a section or a library, and for which."""

from dataclasses import dataclass

from inquote.app.language.forms import (
    ABOUT_QUESTION,
    AT_HAND,
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
    - `title`: words that name one only where they are its whole title.
    - `kind`: what is at hand, where its words may name one text of several: "e-mail".
    """

    section: str = ""
    name: str = ""
    title: str = ""
    kind: str = ""


def overview_request(question: str) -> OverviewRequest | None:
    """Return what a question asks an overview of, None for any other question.

    >>> overview_request("What is this article about?") == OverviewRequest(kind="article")
    True
    >>> overview_request("Summarise the section on safety.").section
    'safety'
    >>> overview_request("What is Winter Sports about?").title
    'Winter Sports'
    """
    thing = _object_of(question)
    return None if thing is None else _request_of(thing)


def is_of_text_at_hand(question: str) -> bool:
    """Tell whether a question asks for an overview of the one text that is spoken of.

    >>> is_of_text_at_hand("What is it about?"), is_of_text_at_hand("Summarise everything.")
    (True, False)
    """
    thing = _object_of(question)
    return thing is not None and bool(not thing or AT_HAND.match(thing))


def _object_of(question: str) -> str | None:
    """Return what an overview is asked of, "" where nothing is named, None for other questions."""
    for pattern in (KEY_POINTS_QUESTION, ABOUT_QUESTION, SUMMARY_QUESTION, CONTENT_QUESTION):
        match = pattern.match(question)
        if match:
            return (match["object"] or "").strip()
    return None


def _request_of(thing: str) -> OverviewRequest:
    """Return the request for a thing, which is a text by its kind or else by its title."""
    if not thing or WHOLE_TEXT.match(thing):
        is_one = " " in thing and AT_HAND.match(thing)
        return OverviewRequest(kind=thing.rpartition(" ")[2].lower() if is_one else "")
    section = SECTION_OBJECT.match(thing)
    if section:
        return OverviewRequest(section=section["title"] or section["name"])
    named = NAMED_TEXT.match(thing)
    if named:
        return OverviewRequest(name=named["file"] or named["name"])
    return OverviewRequest(title=thing)
