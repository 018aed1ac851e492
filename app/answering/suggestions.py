"""Questions to ask, drawn from the corpus by templates over headings and sentences.

Only those are kept that the system answers, surely enough, from the very place that they were drawn from. A system
answers from a generation that is committed, so this is done right after an ingest, and what is kept lies beside the
generation's other derived files.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice, zip_longest

from inquote.app.answering.answer import Answer
from inquote.index.progress import Progress, silent
from inquote.index.stores.base import Snapshot
from inquote.ingest.documents import Document
from inquote.ingest.text import sentence_ranges

ATTACHMENT = "questions.json"  # of a generation
SURE = 0.6  # confidence of what is kept; that the answer comes from the right place speaks for it as well
MOST_TRIED = 48  # candidates of a corpus, however large; at most so many answers are computed
MOST_OF_ONE = 24  # candidates of one document

_NAME = r"(?!(?:This|These|That|Those|It|Its|They|Their|There|Such|Other|Some|Most|Many|In|For|As|With|By)\b)"
_SUBJECT = rf"(?P<subject>{_NAME}(?:The )?[A-Z][\w®™’'-]*(?: [A-Za-z0-9][\w®™’'-]*){{0,3}}?)(?: \([^)]*\))?"
_POSSESSIVE = re.compile(r"^(\w[\w®™-]*(?: [\w®™-]+){0,3}[’']s?) (\w.*)$")
_ABBREVIATED = re.compile(r"((?:[\w-]+ ){1,6}[\w-]+) \(([A-Z][A-Z-]+[A-Z]s?)\)")
_SENTENCES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), question)
    for pattern, question in (
        (rf"^{_SUBJECT} (?P<verb>is|are|was|were) (?:an?|the|one of) ", "What {verb} {subject}?"),
        (rf"^(?P<verb>[A-Z][a-z]+ed) by [A-Z][\w-]*[^,]*, {_SUBJECT} ", "Who {verb} {subject}?"),
        (rf"^{_SUBJECT} (?:was|were) (?P<verb>[a-z]+ed) by (?:the )?[A-Z]", "Who {verb} {subject}?"),
        (rf"^{_SUBJECT} (?P<be>was|were) (?P<verb>[a-z]+ed)\b[^,;]* in (?:[A-Z][a-z]+ )?[12]\d{{3}}\b",
         "When {be} {subject} {verb}?"),
        (rf"^{_SUBJECT} (?P<be>is|are|was|were) (?P<verb>[a-z]+ed(?: [a-z]+ly)?) (?P<by>for|into|from|as) ",
         "What {be} {subject} {verb} {by}?"),
        (r"\b(?!and |or )(?P<subject>(?:[a-z-]+ ){1,2}[a-z]{3,}s),? (?:including|such as|like) \w",
         "Which {subject} are mentioned?"),
        (r"\b(?:[Aa]n?|[Tt]he) (?P<subject>(?:[\w-]+ ){1,3}(?i:rate|ratio|share|level|risk|proportion))"
         r"(?: \([A-Z]+\))? of \d", "What was the {subject}?"),
        (r"\b\d[\d,]* (?P<subject>(?:[a-z-]+ ){0,2}[a-z]{3,}s) (?P<be>were|are) (?P<verb>[a-z]+ed)\b",
         "How many {subject} {be} {verb}?"),
    )
)  # fmt: skip


@dataclass(frozen=True)
class Candidate:
    """A question that the document with this id may answer from its `text[start:end]`."""

    question: str
    document_id: str
    start: int
    end: int

    def is_answered_by(self, answer: Answer) -> bool:
        """Whether the answer is sure, and cites the place that the question was drawn from."""
        return (
            answer.text is not None
            and answer.confidence >= SURE
            and any(
                c.document_id == self.document_id and c.start < self.end and c.end > self.start
                for c in answer.citations
            )
        )


@dataclass(frozen=True)
class Suggestion:
    """A question known to be answered, with the place of its first citation and the answer's confidence."""

    question: str
    document_id: str
    start: int
    end: int
    confidence: float


def candidates(document: Document) -> Iterator[Candidate]:
    """Questions that `document` may answer, each once; whether it does is for the system to say.

    >>> text = "The OPTiM trial was a study."
    >>> [candidate.question for candidate in candidates(Document("a", "A", "", text, ""))]
    ['What was the OPTiM trial?']
    """
    seen = set()
    for question, start, end in _drawn(document):
        if question not in seen:
            seen.add(question)
            yield Candidate(question, document.id, start, end)


def _drawn(document: Document) -> Iterator[tuple[str, int, int]]:
    for section in document.sections:
        for question in _from_heading(section.title):
            yield question, section.start, section.end
    for start, end in sentence_ranges(document.text):
        for question in _from_sentence(document.text[start:end], document.text):
            yield question, start, end


def _from_heading(title: str) -> Iterator[str]:
    if title.endswith("?"):
        yield title.rsplit(": ", 1)[-1]
    possessive = _POSSESSIVE.match(title)
    if possessive and len(title) < 60 and " and " not in title:
        owner, owned = possessive.groups()
        yield f"What is {owner} {owned[0].lower() if owned[:2].istitle() else owned[0]}{owned[1:].lower()}?"


def _from_sentence(sentence: str, text: str = "") -> Iterator[str]:
    """The questions that the templates make of a sentence of `text`.

    >>> list(_from_sentence("Developed by Amgen, IMLYGIC is new."))
    ['Who developed IMLYGIC?']
    >>> list(_from_sentence("It reached a Durable Response Rate (DRR) of 16%."))
    ['What does DRR stand for?', 'What was the durable response rate?']
    """
    for long, short in _ABBREVIATED.findall(sentence):
        initials = "".join(word[0] for word in re.split("[ -]", long) if word).upper()
        if initials.endswith(short.rstrip("s").replace("-", "")):
            yield f"What does {short} stand for?"
    for pattern, question in _SENTENCES:
        found = pattern.search(sentence)
        if found:
            parts = {name: part.lower() for name, part in found.groupdict().items()}
            begins = pattern.pattern.startswith(
                "^"
            )  # its subject keeps its capitals, but for the sentence's own
            parts["subject"] = (
                _within(found["subject"], text) if begins else found["subject"].lower()
            )
            yield question.format(**parts)


def _within(subject: str, text: str) -> str:
    """A subject that began a sentence as it stands within one: `text` tells whether its first word is a name.

    >>> _within("Wave buoys", "Later wave buoys came."), _within("The Tern", ""), _within("Tern", "")
    ('wave buoys', 'the Tern', 'Tern')
    """
    first, *rest = subject.split(" ", 1)
    common = first in ("A", "An", "The") or re.search(rf"\b{re.escape(first.lower())}\b", text)
    return " ".join([first.lower() if common else first, *rest])


def drawn_from(snapshot: Snapshot) -> list[Candidate]:
    """At most `MOST_TRIED` candidates: the first of each document, then the second of each, and so on.

    Of more documents than that, so many are drawn from, spread over all.
    """
    ids = list(snapshot.file_records())
    documents = (snapshot.document(id) for id in ids[:: -(-len(ids) // MOST_TRIED) or 1])
    lists = [list(islice(candidates(document), MOST_OF_ONE)) for document in documents]
    turns = (candidate for turn in zip_longest(*lists) for candidate in turn if candidate)
    return list(islice(turns, MOST_TRIED))


def answered(
    candidates: Sequence[Candidate], ask: Callable[[str], Answer], progress: Progress = silent
) -> list[Suggestion]:
    """Those that `ask` answers surely and from their place, the surest first."""
    kept = []
    for done, candidate in enumerate(candidates, 1):
        answer = ask(candidate.question)
        if candidate.is_answered_by(answer):
            first = answer.citations[0]
            kept.append(
                Suggestion(
                    candidate.question, first.document_id, first.start, first.end, answer.confidence
                )
            )
        progress("suggesting", done, len(candidates))
    return sorted(kept, key=lambda suggestion: -suggestion.confidence)


def starting(suggestions: Sequence[Suggestion], count: int) -> list[str]:
    """Questions to begin with: the surest, of as many documents as there are."""
    first = {suggestion.document_id: suggestion for suggestion in reversed(suggestions)}
    spread = sorted(
        suggestions, key=lambda suggestion: first[suggestion.document_id] is not suggestion
    )
    return [suggestion.question for suggestion in spread[:count]]


def following(
    suggestions: Sequence[Suggestion], answer: Answer, asked: Iterable[str], count: int
) -> list[str]:
    """Questions to go on with after `answer`: of the same document, the nearest places first, then of others.

    Not those that were `asked` before, nor those that the same words would answer.
    """
    places = [(c.document_id, c.start, c.end) for c in answer.citations]
    places = places or [
        (hit.passage.document_id, hit.passage.start, hit.passage.end) for hit in answer.hits[:1]
    ]
    before = {_plain(question) for question in asked}

    def distance(suggestion: Suggestion) -> tuple[bool, int]:
        near = [
            abs(suggestion.start - start) for id, start, _ in places if id == suggestion.document_id
        ]
        return (not near, min(near, default=0))

    def is_new(suggestion: Suggestion) -> bool:
        return _plain(suggestion.question) not in before and not any(
            c.document_id == suggestion.document_id
            and c.start < suggestion.end
            and c.end > suggestion.start
            for c in answer.citations
        )

    return [
        suggestion.question
        for suggestion in sorted(filter(is_new, suggestions), key=distance)[:count]
    ]


def _plain(question: str) -> str:
    """A question without what does not matter.

    >>> _plain(" Who  is It? ")
    'who is it'
    """
    return " ".join(re.findall(r"\w+", question.lower()))


def dump_suggestions(reader: str, suggestions: Sequence[Suggestion]) -> str:
    """Return suggestions as text, with the name of the reader that answered them."""
    questions = [asdict(suggestion) for suggestion in suggestions]
    return json.dumps({"reader": reader, "questions": questions}, indent=1)


def load_suggestions(text: str | None, reader: str) -> list[Suggestion] | None:
    """Return the suggestions of a text that `dump_suggestions` made for the same reader, else None."""
    try:
        content = json.loads(text or "")
        if content["reader"] != reader:
            return None
        return [Suggestion(**fields) for fields in content["questions"]]
    except (ValueError, TypeError, KeyError):
        return None
