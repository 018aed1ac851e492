"""Put the spans of all passages that were read on one scale.

A span refers to the reading that it comes from, and the reading to its hit.
"""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from inquote.app.answering.cells import fitting_members, terms_of_cells, weigh_cells
from inquote.app.answering.definitions import name_version, weigh_told
from inquote.app.answering.mail import read_mail
from inquote.app.answering.other_cells import without_other_cells
from inquote.app.answering.unfit import without_unfit
from inquote.app.language.forms import ASKING_HEADING, SECOND_TOPIC
from inquote.app.reader.base import Reader, Reading, Span
from inquote.index.retrieval.search import Hit
from inquote.ingest.documents import Passage
from inquote.ingest.text import BLOCK_GAP, Range, block_ranges

_NO_START = " \n|)]}】」』》）"
_NO_END = " \n|([{【「『《（"


@dataclass(eq=False)
class HitReading:
    """A hit with its reading; two are equal only if they are the same object.

    `rank` counts from 0 in the order of retrieval. `reading` is replaced where a list of the
    passage answers the question; see `lists.read_lists`.
    """

    hit: Hit
    rank: int
    reading: Reading

    @classmethod
    def unread(cls, hit: Hit, rank: int) -> "HitReading":
        """Return a hit that no reader has read, for what is found in it by other means."""
        return cls(hit, rank, Reading((), (), 0.0))

    @property
    def passage(self) -> Passage:
        """Return the passage that was read."""
        return self.hit.passage


@dataclass(frozen=True)
class AnswerSpan:
    """A range of a passage that may be a part of an answer: `source.passage.text[start:end]`."""

    source: HitReading
    start: int
    end: int
    score: float = 0.0

    @property
    def passage(self) -> Passage:
        """Return the passage around the span."""
        return self.source.passage

    @property
    def text(self) -> str:
        """Return the words of the span."""
        return self.passage.text[self.start : self.end]

    @property
    def document_start(self) -> int:
        """Return the start of the span in its document."""
        return self.passage.start + self.start

    @property
    def document_end(self) -> int:
        """Return the end of the span in its document."""
        return self.passage.start + self.end

    @property
    def document_range(self) -> tuple[str, int, int]:
        """Return the document's id, the start and the end of the span in it."""
        return self.passage.document_id, self.document_start, self.document_end

    def touches(self, other: "AnswerSpan") -> bool:
        """Tell whether two spans of one passage share a character."""
        return self.source is other.source and self.start < other.end and other.start < self.end

    def overlaps(self, other: "AnswerSpan") -> bool:
        """Tell whether two spans share a character of a document.

        Their passages may differ, for neighbouring passages share a sentence.
        """
        return (
            self.passage.document_id == other.passage.document_id
            and self.document_start < other.document_end
            and other.document_start < self.document_end
        )


def read_hits(
    question: str,
    hits: Sequence[Hit],
    reader: Reader,
    first_rank: int = 0,
    *,
    in_headings: bool = True,
    terms: frozenset[str] | None = None,
) -> list[HitReading]:
    """Return the hits with their readings, ranked from `first_rank` in the order given.

    With `in_headings` a part of a heading may answer the question. `terms` are those of the
    question by which cells are weighed; they are found in these hits if not given.
    """
    readings = []
    passages = [hit.passage for hit in hits]
    if terms is None:
        terms = terms_of_cells(question, passages)
    results = reader.read(question, passages)
    for rank, (hit, reading) in enumerate(zip(hits, results, strict=True), first_rank):
        if hit.passage.body:
            spans = _spans_that_answer(hit.passage, reading.spans, in_headings)
            reading = replace(reading, spans=spans)
        reading = replace(reading, spans=_tidy(hit.passage, reading.spans))
        if hit.passage.segments:
            spans = weigh_cells(question, terms, hit.passage, reading.spans)
            members = fitting_members(terms, hit.passage, reading.members)
            reading = replace(reading, spans=spans, members=members)
            reading = without_other_cells(question, hit.passage, reading)
            reading = read_mail(question, hit.passage, reading)
        spans = weigh_told(question, hit.passage, reading.spans)
        spans = name_version(question, hit.passage, spans)
        reading = without_unfit(question, hit.passage, replace(reading, spans=spans))
        readings.append(HitReading(hit, rank, reading))
    return readings


def _tidy(passage: Passage, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Return the spans, each up to the end of the block in which it begins; none comes twice.

    Bars of a table and halves of brackets at the ends of a span are no part of it.
    """
    kept: dict[tuple[int, int], Span] = {}
    for span in spans:
        words = passage.text[span.start : span.end].partition(BLOCK_GAP)[0].rstrip(_NO_END)
        start = span.start + len(words) - len(words.lstrip(_NO_START))
        end = span.start + len(words)
        if start < end:
            kept.setdefault((start, end), replace(span, start=start, end=end))
    return tuple(kept.values())


def _spans_that_answer(
    passage: Passage, spans: Sequence[Span], in_headings: bool
) -> tuple[Span, ...]:
    """Return the spans in the text below a heading, and with `in_headings` parts of the heading.

    A whole heading says what the text below it is about, and answers nothing, and so does one that
    asks something itself, and the second of two topics: "Approvals and Expanding Indications".
    """
    headings = block_ranges(passage.text, 0, passage.body) if in_headings else []
    headings = [place for place in headings if not ASKING_HEADING.search(passage.text, *place)]
    kept = []
    for span in spans:
        around = [heading for heading in headings if heading[0] <= span.start < heading[1]]
        is_part = bool(around) and span.end <= around[0][1] and (span.start, span.end) != around[0]
        is_part = is_part and not SECOND_TOPIC.search(passage.text, 0, span.start)
        if span.start >= passage.body or is_part:
            kept.append(span)
    return tuple(kept)


def spans_at(places: Iterable[Range], sources: Sequence[HitReading]) -> list[AnswerSpan]:
    """Return ranges of a document as spans, each in the first passage in which it begins.

    All `sources` are of that document. A span reaches as far as its passage does; a range that
    begins in none of them is left out.
    """
    spans = []
    for start, end in places:
        for source in sources:
            first, last = source.passage.start, source.passage.end
            if first <= start < last:
                spans.append(AnswerSpan(source, start - first, min(end, last) - first))
                break
    return spans


def rank_spans(readings: Sequence[HitReading], retrieval_weight: float) -> list[AnswerSpan]:
    """Return the spans of all readings, best first.

    A score is the reader's over "none", plus `retrieval_weight` times the hit's, plus the support
    of the same words at other places. Equal scores come in the order of retrieval and of the text.
    """
    spans: list[AnswerSpan] = []
    for source in readings:
        spans.extend(_weigh_spans(source, retrieval_weight))
    return sorted(
        _add_support(spans),
        key=lambda span: (-span.score, span.source.rank, span.start, span.end),
    )


def _weigh_spans(source: HitReading, retrieval_weight: float) -> Iterator[AnswerSpan]:
    """Yield the spans of a reading with their scores over "none" and the hit's weighted score."""
    none_score = source.reading.none_score
    for span in source.reading.spans:
        score = span.score - none_score + retrieval_weight * source.hit.score
        yield AnswerSpan(source, span.start, span.end, score)


def _add_support(spans: Sequence[AnswerSpan]) -> list[AnswerSpan]:
    """Raise each span that scores over "none", which is 0, by the support of its words."""
    same_words: dict[str, list[AnswerSpan]] = {}
    for span in spans:
        same_words.setdefault(normalize_words(span.text), []).append(span)
    raised = []
    for group in same_words.values():
        support = _support(group)
        for span in group:
            score = span.score + support if span.score > 0 else span.score
            raised.append(replace(span, score=score))
    return raised


def _support(spans: Sequence[AnswerSpan]) -> float:
    """Return what spans of the same words add to the score of each.

    The sum of the exponentials, relative to the best, as a logarithm. Only spans that score over
    "none" count, the best of each place and of each passage.
    """
    places: list[AnswerSpan] = []
    for span in sorted(spans, key=lambda span: -span.score):
        if span.score <= 0:
            break
        if not any(span.source is place.source or span.overlaps(place) for place in places):
            places.append(span)
    if not places:
        return 0.0
    best_score = places[0].score
    return math.log(sum(math.exp(place.score - best_score) for place in places))


def normalize_words(text: str) -> str:
    """Return a text without case and punctuation, to compare the words of two texts.

    >>> normalize_words("Amgen, Inc.") == normalize_words("amgen inc")
    True
    """
    return " ".join(re.findall(r"\w+", text.lower()))
