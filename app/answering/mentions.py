"""List all things of a kind that texts mention, by how such things are written.

"Which companies are mentioned?" has no passage that answers it: every text is gone through.
"""

from collections.abc import Iterator

from inquote.app.answering.answer import Inferred
from inquote.app.answering.choice import Choice
from inquote.app.answering.findings import Findings
from inquote.app.answering.forms import Form
from inquote.app.answering.shelf import Shelf
from inquote.app.answering.spans import AnswerSpan, HitReading
from inquote.app.language.mentions import (
    COMPANIES,
    MENTIONED_QUESTION,
    MENTIONS_ASKED,
    NO_NAME_BEGINS,
    WRITTEN,
)
from inquote.ingest.text import Range

CONFIDENCE = 0.7  # assumed, not calibrated: what is written otherwise is missed
MOST = 20  # things that are shown
MOST_DOCUMENTS = 24  # that are gone through, the nearest to the question
MOST_PASSAGES = 400  # of a document


def kind_asked(question: str) -> str:
    """Return the kind of things of which a question wants all, "" for any other question.

    >>> kind_asked("Which companies are mentioned?"), kind_asked("List all dates in the report.")
    ('companies', 'dates')
    >>> kind_asked("Which companies are growing?"), kind_asked("List the prices")
    ('', '')
    """
    mentioned = MENTIONED_QUESTION.match(question)
    if mentioned:
        return mentioned["kind"].lower()
    asked = MENTIONS_ASKED.match(question)
    return asked["kind"].lower() if asked and (asked["all"] or asked["told"]) else ""


def all_mentioned(question: str, shelf: Shelf) -> Choice | None:
    """Return the things of a kind that the texts mention, each once, in the order of the texts.

    None where a question asks for no such kind, or the texts mention nothing of it.
    """
    kind = kind_asked(question)
    spans = list(_each_once(kind, question, shelf)) if kind else []
    if not spans:
        return None
    shown = tuple(spans[:MOST])
    count = f"{len(spans)} found by the way they are written"
    if len(spans) > MOST:
        count += f", {MOST} of them here"
    sources = dict.fromkeys(span.source for span in shown)
    findings = Findings(tuple(sources), shown)
    return Choice(Form.LIST, findings, shown, {}, CONFIDENCE, Inferred("count", count))


def _each_once(kind: str, question: str, shelf: Shelf) -> Iterator[AnswerSpan]:
    """Yield the things of a kind, each at its first place; a company also by a part of its name."""
    has_names = bool(COMPANIES.search(kind))
    known: set[str] = set()
    hits = shelf.hits_of_documents(question, MOST_DOCUMENTS)
    for id in dict.fromkeys(hit.passage.document_id for hit in hits):
        passages = shelf.passages_near(question, MOST_PASSAGES, id)
        for rank, hit in enumerate(sorted(passages, key=lambda hit: hit.passage.start)):
            source = HitReading.unread(hit, rank)
            for start, end in sorted(_places(kind, hit.passage.text)):
                name = hit.passage.text[start:end].casefold()
                is_part = has_names and any(name in other or other in name for other in known)
                if name not in known and not is_part:
                    known.add(name)
                    yield AnswerSpan(source, start, end)


def _places(kind: str, text: str) -> Iterator[Range]:
    """Yield the places of a text where something of a kind is written."""
    for words, patterns in WRITTEN:
        for pattern in patterns if words.search(kind) else ():
            for match in pattern.finditer(text):
                if match["name"].split()[0].lower() not in NO_NAME_BEGINS:
                    yield match.span("name")
