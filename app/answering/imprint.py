"""Answer questions for what a text says of itself: who wrote it, when, and what it is called.

A paper names its authors between its title and its abstract, a page in its byline, a letter at its
end; a date stands alone above a text. No sentence says what these are, so that a reader does not
find them.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from inquote.app.answering.choice import Choice
from inquote.app.answering.dates import read_date
from inquote.app.answering.findings import Findings
from inquote.app.answering.forms import Form
from inquote.app.answering.scope import documents_called
from inquote.app.answering.shelf import Shelf
from inquote.app.answering.spans import AnswerSpan, HitReading, spans_at
from inquote.app.language.english import DEFINITE_ARTICLE
from inquote.app.language.imprint import (
    ALONE,
    AUTHORS_QUESTIONS,
    BEGINS_TEXT,
    BETWEEN_PERSONS,
    BYLINE,
    DATE_QUESTIONS,
    NOTE_MARK,
    PERSON,
    SIGNED,
    TEXT_AT_HAND,
    TITLE_QUESTIONS,
)
from inquote.ingest.documents import Document
from inquote.ingest.text import Range

CONFIDENCE = 0.8  # assumed, not calibrated: these are told by how they are written
OPENING = 3_000  # characters in which a text says what it is
MOST_BLOCKS = 12  # of these
PROSE = 10  # words of a sentence with which a text begins
FEWEST = 2  # authors that stand in a line of their own
PASSAGES = 400  # of a document that are looked through


def imprint_asked(question: str, shelf: Shelf) -> Choice | None:
    """Return the authors, the date or the title of the text that a question asks about.

    None where it asks for none, where no text or several are meant, or where the text does not say
    them in one of these ways.
    """
    for patterns, find in _FINDERS:
        for asked in filter(None, (pattern.match(question) for pattern in patterns)):
            document = _document_meant((asked["thing"] or "").strip(), shelf)
            spans = _spans(find(document), document, shelf) if document else []
            if spans:
                sources = dict.fromkeys(span.source for span in spans)
                form = Form.LIST if len(spans) > 1 else Form.SHORT
                findings = Findings(tuple(sources), tuple(spans))
                return Choice(form, findings, tuple(spans), {}, CONFIDENCE)
    return None


def _document_meant(thing: str, shelf: Shelf) -> Document | None:
    """Return the only text, or the only one that is called so."""
    bare = thing.removeprefix(f"{DEFINITE_ARTICLE} ").removeprefix("this ")
    ids = documents_called(bare, shelf.infos) if bare else []
    if not ids and TEXT_AT_HAND.fullmatch(thing):
        ids = [info.id for info in shelf.infos]
    return shelf.document(ids[0]) if len(ids) == 1 else None


def _authors(document: Document) -> list[Range]:
    """Return the names in a text's byline, between its title and its abstract, or at its end."""
    byline = BYLINE.search(document.text[:OPENING])
    if byline:
        start = byline.start("names")
        return [_moved(name.span(), start) for name in PERSON.finditer(byline["names"])]
    signed = list(SIGNED.finditer(document.text))
    return _above_text(document) or [end.span("names") for end in signed[-1:]]


def _above_text(document: Document) -> list[Range]:
    """Return the names of the first line that is nothing but names, [] for none.

    Of what looks like a heading a mark of a note tells that it is none.
    """
    for start, text, is_heading in _opening(document):
        is_line = not is_heading or (start and NOTE_MARK.search(text))
        names = list(PERSON.finditer(text)) if is_line else []
        between = [text[one.end() : other.start()] for one, other in pairwise(names)]
        around = [text[: names[0].start()], text[names[-1].end() :]] if names else []
        if len(names) < FEWEST or not all(map(BETWEEN_PERSONS.fullmatch, between)):
            continue
        if not any(map(str.isalpha, "".join(around))):
            return [_moved(name.span(), start) for name in names]
    return []


def _date(document: Document) -> list[Range]:
    """Return the first date that stands alone above a text, or at its beginning."""
    for start, text, _ in _opening(document):
        alone = ALONE.fullmatch(text)
        if alone and (read_date(alone["date"]) or "").count("-"):
            return [_moved(alone.span("date"), start)]
    return []


def _title(document: Document) -> list[Range]:
    """Return where a text has its title, [] where that is made from the name of its file."""
    start = document.text.find(document.title, 0, OPENING) if document.title else -1
    return [(start, start + len(document.title))] if start >= 0 else []


def _opening(document: Document) -> Iterator[tuple[int, str, bool]]:
    """Yield where the blocks above a text begin, what they say, and whether they are headings."""
    for at, block in enumerate(document.blocks[:MOST_BLOCKS]):
        text = document.text[block.start : block.end]
        is_prose = text.endswith(".") and len(text.split()) >= PROSE
        if block.start > OPENING or is_prose or (at and BEGINS_TEXT.match(text)):
            return
        yield block.start, text, block.kind == "heading"


def _moved(place: Range, by: int) -> Range:
    return place[0] + by, place[1] + by


def _spans(places: Sequence[Range], document: Document, shelf: Shelf) -> list[AnswerSpan]:
    """Return places of a document, each in a passage that holds it."""
    hits = shelf.passages_near(document.title, PASSAGES, document.id) if places else []
    return spans_at(places, [HitReading.unread(hit, rank) for rank, hit in enumerate(hits)])


_FINDERS = (
    (AUTHORS_QUESTIONS, _authors),
    (DATE_QUESTIONS, _date),
    (TITLE_QUESTIONS, _title),
)
