"""Answer "Who wrote the memo?" with the names above a text, or with the one that signs it.

A paper names its authors between its title and its abstract, a page in its byline, a letter at
its end. No sentence says what these names are, so that a reader does not find them.
"""

from collections.abc import Iterator
from itertools import pairwise

from inquote.app.answering.choice import Choice
from inquote.app.answering.findings import Findings
from inquote.app.answering.forms import Form
from inquote.app.answering.scope import documents_called
from inquote.app.answering.shelf import Shelf
from inquote.app.answering.spans import AnswerSpan, HitReading
from inquote.app.language.authors import (
    AUTHORS_QUESTION,
    BEGINS_TEXT,
    BETWEEN_PERSONS,
    BYLINE,
    PERSON,
    SIGNED,
    TEXT_AT_HAND,
)
from inquote.app.language.english import DEFINITE_ARTICLE
from inquote.ingest.documents import Document
from inquote.ingest.text import Range

CONFIDENCE = 0.8  # assumed, not calibrated: names are told by their letters
OPENING = 3_000  # characters in which a text names its authors
MOST_BLOCKS = 12  # of these
FEWEST = 2  # authors that stand in a line of their own
PASSAGES = 400  # of a document that are looked through


def authors_asked(question: str, shelf: Shelf) -> Choice | None:
    """Return the authors of the text that a question asks about.

    None where it asks for none, where no text or several are meant, or where the text does not say
    them in one of these ways.
    """
    asked = AUTHORS_QUESTION.match(question)
    if not asked:
        return None
    thing = asked["written"] or asked["passive"] or asked["object"] or ""
    document = _document_meant(thing.strip(), shelf)
    names = next(filter(None, _namings(document)), []) if document else []
    spans = list(_spans(names, document, shelf)) if document else []
    if not spans:
        return None
    sources = dict.fromkeys(span.source for span in spans)
    form = Form.LIST if len(spans) > 1 else Form.SHORT
    return Choice(form, Findings(tuple(sources), tuple(spans)), tuple(spans), {}, CONFIDENCE)


def _document_meant(thing: str, shelf: Shelf) -> Document | None:
    """Return the only text, or the only one that is called so."""
    bare = thing.removeprefix(f"{DEFINITE_ARTICLE} ").removeprefix("this ")
    ids = documents_called(bare, shelf.infos) if bare else []
    if not ids and TEXT_AT_HAND.fullmatch(thing):
        ids = [info.id for info in shelf.infos]
    return shelf.document(ids[0]) if len(ids) == 1 else None


def _namings(document: Document) -> Iterator[list[Range]]:
    """Yield the places of names that a text has in its byline, above its abstract, at its end."""
    byline = BYLINE.search(document.text[:OPENING])
    if byline:
        start = byline.start("names")
        yield [_moved(name.span(), start) for name in PERSON.finditer(byline["names"])]
    yield _above_text(document)
    signed = list(SIGNED.finditer(document.text))
    yield [signed[-1].span("names")] if signed else []


def _above_text(document: Document) -> list[Range]:
    """Return the names of the first paragraph that is nothing but names, [] for none."""
    for at, block in enumerate(document.blocks[:MOST_BLOCKS]):
        text = document.text[block.start : block.end]
        if block.start > OPENING or (block.start and BEGINS_TEXT.match(text)):
            break
        is_line = block.kind == "paragraph" or (at and block.kind == "heading")
        names = list(PERSON.finditer(text)) if is_line else []
        between = [text[one.end() : other.start()] for one, other in pairwise(names)]
        around = [text[: names[0].start()], text[names[-1].end() :]] if names else []
        if len(names) < FEWEST or not all(map(BETWEEN_PERSONS.fullmatch, between)):
            continue
        if not any(map(str.isalpha, "".join(around))):
            return [_moved(name.span(), block.start) for name in names]
    return []


def _moved(place: Range, by: int) -> Range:
    return place[0] + by, place[1] + by


def _spans(names: list[Range], document: Document, shelf: Shelf) -> Iterator[AnswerSpan]:
    """Yield names of a document, each in the first passage that holds it."""
    hits = shelf.passages_near(document.title, PASSAGES, document.id) if names else []
    sources = [HitReading.unread(hit, rank) for rank, hit in enumerate(hits)]
    for start, end in names:
        for source in sources:
            first = source.passage.start
            if first <= start and end <= source.passage.end:
                yield AnswerSpan(source, start - first, end - first)
                break
