"""Answer "What does clause 2.2 say?" with the clause itself, found by its printed number."""

import re
from collections.abc import Iterator, Sequence

from inquote.app.answering.choice import Choice
from inquote.app.answering.findings import Findings
from inquote.app.answering.forms import Form
from inquote.app.answering.shelf import Shelf
from inquote.app.answering.spans import AnswerSpan, HitReading, spans_at
from inquote.app.language.clauses import CLAUSE_QUESTION, CLAUSE_WORD
from inquote.index.retrieval.search import Hit
from inquote.index.terms import content_terms
from inquote.ingest.documents import Document
from inquote.ingest.text import Range

OPENING = 300  # characters of a document that say what it is
CONFIDENCE = 0.9  # where one document has a clause of the number
AMONG_SEVERAL = 0.5  # where others have one too
MOST_LINES = 5  # of a clause that is a heading with others below it
LONGEST_HEADING = 12  # words
NEAR = 1_000  # passages of a document among which the one that holds a clause is looked for

_LINE = re.compile(r"^[ \t]{0,20}(?P<words>\S[^\n]*)$", re.MULTILINE)
_LABEL = re.compile(rf"\W{{0,3}}(?:{CLAUSE_WORD}\s)?(\d{{1,3}}(?:\.\d{{1,3}}){{0,4}})[.):]?\s")


def clause_asked(question: str, hits: Sequence[Hit], shelf: Shelf) -> Choice | None:
    """Return the clause whose number a question names, None where it asks for none or none is.

    It is that of the document whose title and opening have most of the question's words, the first
    of the hits of these.
    """
    asked = CLAUSE_QUESTION.match(question)
    if not asked:
        return None
    # Choose the document.
    places: dict[str, list[Range]] = {}
    for id in dict.fromkeys(hit.passage.document_id for hit in hits):
        lines = list(_lines(asked["number"], shelf.document(id).text))
        if lines:
            places[id] = lines
    if not places:
        return None
    named = {id: _shared_with_opening(question, shelf.document(id)) for id in places}
    best = max(places, key=lambda id: named[id])
    is_alone = list(named.values()).count(named[best]) == 1

    # Cite the clause from its passages.
    spans = _spans(places[best], best, shelf)
    sources = dict.fromkeys(span.source for span in spans)
    read = {source.passage.id for source in sources}
    unread = tuple(hit for hit in hits if hit.passage.id not in read)
    findings = Findings(tuple(sources), tuple(spans), (), unread)
    confidence = CONFIDENCE if is_alone else AMONG_SEVERAL
    return Choice(Form.SENTENCES, findings, tuple(spans), {}, confidence) if spans else None


def _shared_with_opening(question: str, document: Document) -> int:
    """Return how many of a question's terms stand in a document's title and opening."""
    opening = f"{document.title} {document.text[:OPENING]}"
    return len(set(content_terms(question)) & set(content_terms(opening)))


def _lines(number: str, text: str) -> Iterator[Range]:
    """Yield the lines of a clause without its number: one, or a heading and those below it."""
    pattern = re.compile(
        rf"^\W{{0,3}}(?:{CLAUSE_WORD}\s)?{re.escape(number)}[.):]?[ \t]+(?P<words>\S[^\n]*)$",
        re.MULTILINE | re.IGNORECASE,
    )
    # A table of contents has the number too: the longest line is the clause.
    match = max(pattern.finditer(text), key=lambda match: len(match["words"]), default=None)
    if match is None:
        return
    yield match.span("words")
    if not _is_heading(match["words"].rstrip()):
        return
    given = 1
    for line in _LINE.finditer(text, match.end() + 1):
        label = _LABEL.match(line["words"])
        is_below = label is None or label[1].startswith(f"{number}.")
        if given == MOST_LINES or not is_below:
            return
        given += 1
        yield line.span("words")


def _is_heading(line: str) -> bool:
    """Tell whether a line without its number only heads what stands below it."""
    words = line.split()
    capitals = sum(word[:1].isupper() for word in words)
    is_title = 2 * capitals >= len(words)
    return len(words) <= LONGEST_HEADING and (is_title or not line.endswith((".", ";")))


def _spans(places: Sequence[Range], id: str, shelf: Shelf) -> list[AnswerSpan]:
    """Return the places that stand in a passage of a document, each as far as one holds it."""
    text = shelf.document(id).text
    hits = shelf.passages_near(text[slice(*places[0])], NEAR, id)
    return spans_at(places, [HitReading.unread(hit, rank) for rank, hit in enumerate(hits)])
