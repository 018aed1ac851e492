"""Look a pasted paragraph up: show it where it stands, word for word."""

import re
from collections.abc import Iterable

from inquote.app.answering.shelf import Shelf
from inquote.index.retrieval.search import Hit
from inquote.ingest.documents import Document
from inquote.ingest.text import Range

FEWEST_WORDS = 25  # of a paragraph; fewer may be a long question
_WORD = re.compile(r"\w+")
_SEARCHED = 60  # words of a paragraph by which its documents are searched for
_DOCUMENTS = 8  # that are read for it


def is_paragraph(typed: str) -> bool:
    """Tell whether what was typed is a piece of text and asks nothing."""
    return "?" not in typed and len(_WORD.findall(typed)) >= FEWEST_WORDS


def place_in(typed: str, document: Document) -> Range | None:
    """Return where the words of a paragraph stand in a document, white space and marks aside.

    >>> from inquote.ingest.documents import Document
    >>> place_in("the cat, sat", Document("a", "", "", "See: the cat\\nsat.", ""))
    (5, 16)
    """
    wanted = [word.lower() for word in _WORD.findall(typed)]
    words = list(_WORD.finditer(document.text))
    folded = [word[0].lower() for word in words]
    count = len(wanted)
    for first in range(len(words) - count + 1):
        if folded[first] == wanted[0] and folded[first : first + count] == wanted:
            return words[first].start(), words[first + count - 1].end()
    return None


def look_up(typed: str, shelf: Shelf) -> tuple[Hit, Range] | None:
    """Return the first hit in whose document a paragraph stands, and where; None for nowhere."""
    hits = shelf.hits(" ".join(_WORD.findall(typed)[:_SEARCHED]))
    for hit in _first_of_documents(hits):
        place = place_in(typed, shelf.document(hit.passage.document_id))
        if place is not None:
            return hit, place
    return None


def _first_of_documents(hits: Iterable[Hit]) -> list[Hit]:
    """Return the best hit of each document, of a few."""
    first: dict[str, Hit] = {}
    for hit in hits:
        first.setdefault(hit.passage.document_id, hit)
    return list(first.values())[:_DOCUMENTS]
