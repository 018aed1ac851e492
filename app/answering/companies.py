"""Ask a company's own report as it speaks of itself: as "the company"."""

import re
from collections.abc import Sequence

from inquote.app.answering.cleaning import capitalise
from inquote.app.answering.shelf import Shelf
from inquote.index.retrieval.search import Hit
from inquote.index.stores.base import Scope

_OPENING = 2_000  # characters of a document that say whose it is
_KINDS = (
    r"(?:incorporated|inc|corporation|corp|limited|ltd|llc|plc|ag|gmbh|se|company|co|holdings?)"
)
_OWN = "the company"


def of_company(
    question: str, names: Sequence[str], hits: Sequence[Hit], shelf: Shelf
) -> tuple[str, Scope] | None:
    """Return a question about a company as one about "the company", and the company's documents.

    These are the documents of the hits whose opening gives the name with its kind of company:
    "Morvane, Inc." None where the question names not one thing alone, or there are none.
    """
    if len(names) != 1:
        return None
    (name,) = names
    owned = re.compile(rf"\b{re.escape(name)}\W{{1,3}}{_KINDS}\b", re.IGNORECASE)
    ids = dict.fromkeys(hit.passage.document_id for hit in hits)
    own = tuple(id for id in ids if owned.search(shelf.document(id).text[:_OPENING]))
    return (_with_company(question, name), own) if own else None


def _with_company(question: str, name: str) -> str:
    """Return a question with "the company" in place of a name.

    >>> _with_company("What was Morvane Inc.'s profit?", "Morvane")
    "What was the company's profit?"
    """
    named = rf"\b(?:the )?{re.escape(name)}(?:,? {_KINDS}\b\.?)?"
    return capitalise(re.sub(named, _OWN, question, flags=re.IGNORECASE))
