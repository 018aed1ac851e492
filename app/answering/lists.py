"""Find the lists of the text, read each as one sentence, and answer with all its items.

A list may go on from one passage to the next.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from inquote.app.answering.spans import AnswerSpan, HitReading
from inquote.app.language.english import NUMBERS
from inquote.app.reader.base import Reader, Reading, Span
from inquote.ingest.documents import Passage
from inquote.ingest.text import LIST_MARKER, Range, block_ranges, sentence_ranges

MOST_LISTS = 3  # lists that are read for a question
MOST_BETWEEN = 4  # characters between two pieces of one list: line ends
LONGEST_NAME = 80  # characters of an item's name before its colon


@dataclass(frozen=True, eq=False)
class TextList:
    """A list with at least two items.

    - `lead`: the line that introduces it, else the title of its section.
    - `items`: the names of the items in text order.
    - `pieces`: its ranges in the passages, in text order, with the lead-in where it stands there.
    """

    lead: str
    items: tuple[AnswerSpan, ...]
    pieces: tuple[AnswerSpan, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the items' names without closing punctuation."""
        return tuple(item.text.rstrip(".;, ") for item in self.items)

    @property
    def best_piece(self) -> AnswerSpan:
        """Return the piece in the passage that retrieval ranks first."""
        return min(self.pieces, key=lambda piece: piece.source.rank)

    def has_piece(self, span: AnswerSpan) -> bool:
        """Tell whether a span is all that one passage holds of the list."""
        return any(
            piece.source is span.source and (piece.start, piece.end) == (span.start, span.end)
            for piece in self.pieces
        )

    def has_at_most(self, count: int | None) -> bool:
        """Tell whether there are at most `count` items; None sets no limit."""
        return count is None or len(self.items) <= count

    def as_sentence(self) -> Passage:
        """Return lead-in and names as one sentence for a reader, no range of the document."""
        passage = self.pieces[0].passage
        text = f"{self.lead} {', '.join(self.names)}."
        return Passage(f"{passage.document_id} (list)", passage.start, passage.end, "", text)

    @property
    def description(self) -> str:
        """Return the words that a question for the list may share.

        These are its heading, lead-in and names, and the number of items in letters and digits.
        """
        count = len(self.items)
        number = NUMBERS[count] if count < len(NUMBERS) else ""
        return f"{self.pieces[0].passage.heading} {self.as_sentence().text} {number} {count}"

    def count_names(self, start: int, end: int) -> int:
        """Count the names that `as_sentence().text[start:end]` touches."""
        count = 0
        name_start = len(self.lead) + 1
        for name in self.names:
            name_end = name_start + len(name)
            count += name_start < end and start < name_end
            name_start = name_end + 2
        return count


@dataclass(frozen=True, eq=False)
class _Piece:
    """A list, or a part of it, in one passage; `lead` is "" where nothing introduces it."""

    lead: str
    span: AnswerSpan
    items: tuple[AnswerSpan, ...]


def find_lists(readings: Sequence[HitReading]) -> list[TextList]:
    """Return the lists of the passages that were read, in text order.

    Pieces of one list in several passages become one list.
    """
    pieces: list[_Piece] = []
    for source in readings:
        pieces.extend(_find_pieces(source))
    pieces.sort(key=lambda piece: piece.span.document_range[:2])
    groups: list[list[_Piece]] = []
    for piece in pieces:
        if groups and _continues(groups[-1][-1], piece):
            groups[-1].append(piece)
        else:
            groups.append([piece])
    lists = [_join(group) for group in groups]
    return [text_list for text_list in lists if len(text_list.items) > 1]


def _find_pieces(source: HitReading) -> Iterator[_Piece]:
    """Yield the runs of list items in a passage."""
    text = source.passage.text
    blocks = block_ranges(text)
    first = 0
    while first < len(blocks):
        last = first
        while last < len(blocks) and LIST_MARKER.match(text, *blocks[last]):
            last += 1
        if last > first:
            yield _make_piece(source, blocks, first, last)
        first = last + 1


def _make_piece(source: HitReading, blocks: Sequence[Range], first: int, last: int) -> _Piece:
    """Make a piece of the items `blocks[first:last]` and the line that introduces them.

    That line is the last sentence of the block before, if it ends with a colon. Items that open
    the passage go on from the passage before and have its lead-in.
    """
    text = source.passage.text
    start, end = blocks[first][0], blocks[last - 1][1]
    lead = "" if first else source.passage.lead
    if first and text[: blocks[first - 1][1]].endswith(":"):
        start, lead_end = sentence_ranges(text, *blocks[first - 1])[-1]
        lead = text[start:lead_end]
    items = [AnswerSpan(source, *_name_range(text, *block)) for block in blocks[first:last]]
    return _Piece(" ".join(lead.split()), AnswerSpan(source, start, end), tuple(items))


def _name_range(text: str, start: int, end: int) -> Range:
    """Return the range of an item's name, without its marker.

    The name ends before a colon within the first sentence, else with that sentence.
    """
    marker = LIST_MARKER.match(text, start, end)
    start = marker.end() if marker else start
    _, sentence_end = sentence_ranges(text, start, end)[0]
    colon = text.find(": ", start, min(sentence_end, start + LONGEST_NAME))
    return (start, colon) if colon > 0 else (start, sentence_end)


def _continues(piece: _Piece, later: _Piece) -> bool:
    """Tell whether a later piece belongs to the same list.

    It has the same lead-in, or has none and follows directly.
    """
    passage, later_passage = piece.span.passage, later.span.passage
    if passage.document_id != later_passage.document_id:
        return False
    if passage.heading != later_passage.heading:
        return False
    if later.lead:
        return piece.lead == later.lead
    return later.span.document_start - piece.span.document_end <= MOST_BETWEEN


def _join(pieces: Sequence[_Piece]) -> TextList:
    """Make one list of its pieces; an item that stands in two passages counts once."""
    items: dict[int, AnswerSpan] = {}
    for piece in pieces:
        for item in piece.items:
            items[item.document_start] = item
    title = pieces[0].span.passage.heading.rsplit(" > ", 1)[-1]
    return TextList(
        lead=pieces[0].lead or title,
        items=tuple(items[start] for start in sorted(items)),
        pieces=tuple(piece.span for piece in pieces),
    )


def read_lists(
    question: str, lists: Sequence[TextList], reader: Reader, most: int | None = None
) -> None:
    """Add a span to the readings for each list that answers with several of its items.

    A list is read as a sentence. The span is the best-ranked piece of the list, and scores as much
    over "none" as the sentence's best span. A list of more than `most` items is not requested.
    """
    # Choose the lists of the best-ranked passages.
    best_ranked = sorted(lists, key=lambda text_list: text_list.best_piece.source.rank)[:MOST_LISTS]
    requested = [text_list for text_list in best_ranked if text_list.has_at_most(most)]
    if not requested:
        return

    # Read them, and keep those that answer with several names.
    sentences = [text_list.as_sentence() for text_list in requested]
    for text_list, reading in zip(requested, reader.read(question, sentences), strict=True):
        if not reading.spans:
            continue
        answer = reading.spans[0]
        if text_list.count_names(answer.start, answer.end) > 1:
            _add_span(text_list.best_piece, reading)


def _add_span(piece: AnswerSpan, list_reading: Reading) -> None:
    """Put the piece of a list that answers in front of the spans of its passage."""
    source = piece.source
    none_score = min(source.reading.none_score, list_reading.none_score)
    own = _rescale(source.reading, none_score)
    score = list_reading.spans[0].score - list_reading.none_score + none_score
    source.reading = replace(own, spans=(Span(piece.start, piece.end, score), *own.spans))


def _rescale(reading: Reading, none_score: float) -> Reading:
    """Return the same reading on a scale with another score for "none"."""

    def shift_spans(spans: Sequence[Span]) -> tuple[Span, ...]:
        return tuple(
            replace(span, score=span.score - reading.none_score + none_score) for span in spans
        )

    return Reading(shift_spans(reading.spans), shift_spans(reading.evidence), none_score)
