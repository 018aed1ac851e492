"""Lists of the text, in however many passages they lie: read as one sentence, answered with all their items."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from inquote.app.answering.spans import Chosen
from inquote.app.language.english import NUMBERS
from inquote.app.reader.base import Reader, Reading, Span
from inquote.index.retrieval.search import Hit
from inquote.ingest.documents import Passage
from inquote.ingest.text import LIST_MARKER, block_ranges, sentence_ranges

MOST_LISTS = 3  # that are read for a question
MOST_BETWEEN = 4  # characters between two pieces of one list: line ends
LONGEST_NAME = 80  # characters of an item's name before its colon


@dataclass(frozen=True)
class TextList:
    """A list: what introduces it, its items by name in text order, and the ranges that it takes up in the passages.

    `pieces` are in the order of the hits; each holds the lead-in too where it stands in that passage.
    """

    passage: Passage
    lead: str
    items: tuple[Chosen, ...]
    pieces: tuple[Chosen, ...]
    names: tuple[str, ...]

    def has_piece(self, span: Chosen) -> bool:
        """Whether a span is all that one passage holds of the list."""
        return any(
            (piece.hit, piece.start, piece.end) == (span.hit, span.start, span.end)
            for piece in self.pieces
        )

    def fits(self, most: int | None) -> bool:
        """Whether it has at most `most` items; None sets no limit."""
        return most is None or len(self.items) <= most

    def as_sentence(self) -> Passage:
        """Lead-in and names as a reader reads them; a text of its own, no range of the document."""
        text = f"{self.lead} {', '.join(self.names)}."
        return Passage(
            f"{self.passage.document_id} (list)", self.passage.start, self.passage.end, "", text
        )

    @property
    def told(self) -> str:
        """Heading, lead-in, names, and how many these are: the words that a question for the list may share."""
        count = NUMBERS[len(self.items)] if len(self.items) < len(NUMBERS) else ""
        return f"{self.passage.heading} {self.as_sentence().text} {count} {len(self.items)}"

    def names_in(self, start: int, end: int) -> int:
        """How many names `as_sentence().text[start:end]` touches."""
        at, touched = len(self.lead) + 1, 0
        for name in self.names:
            touched += at < end and start < at + len(name)
            at += len(name) + 2
        return touched


@dataclass(frozen=True)
class _Piece:
    """A list, or a part of it, in the passage of the hit `hit`; `lead` is "" where nothing introduces it."""

    hit: int
    lead: str
    start: int
    end: int
    items: tuple[tuple[int, int], ...]


def lists_of(hits: Sequence[Hit]) -> list[TextList]:
    """The lists of two items and more in the passages of `hits`, in the order of these; pieces of one list in several
    passages are one.
    """
    pieces = [piece for at, hit in enumerate(hits) for piece in _pieces(at, hit.passage)]
    groups: list[list[_Piece]] = []
    for piece in sorted(
        pieces, key=lambda p: (hits[p.hit].passage.document_id, hits[p.hit].passage.start + p.start)
    ):
        if groups and _goes_on(hits, groups[-1][-1], piece):
            groups[-1].append(piece)
        else:
            groups.append([piece])
    found = [_joined(hits, group) for group in groups]
    return sorted((one for one in found if len(one.items) > 1), key=lambda one: one.pieces[0].hit)


def _pieces(at: int, passage: Passage) -> Iterator[_Piece]:
    """The runs of items in a passage, each with the line that introduces it: the end of the block before, if that
    ends with a colon; for what goes on from the passage before, its lead-in.
    """
    text, blocks = passage.text, block_ranges(passage.text)
    is_item = [bool(LIST_MARKER.match(text, *block)) for block in blocks]
    first = 0
    while first < len(blocks):
        last = first
        while last < len(blocks) and is_item[last]:
            last += 1
        if last > first:
            lead, start = "" if first else passage.lead, blocks[first][0]
            if first and text[: blocks[first - 1][1]].endswith(":"):
                start, end = sentence_ranges(text, *blocks[first - 1])[-1]
                lead = text[start:end]
            items = tuple(_item_name(text, *block) for block in blocks[first:last])
            yield _Piece(at, " ".join(lead.split()), start, blocks[last - 1][1], items)
        first = last + 1


def _goes_on(hits: Sequence[Hit], piece: _Piece, other: _Piece) -> bool:
    """Whether `other`, which stands later, is a part of the same list: it has the same lead-in, or none and follows."""
    here, there = hits[piece.hit].passage, hits[other.hit].passage
    if (here.document_id, here.heading) != (there.document_id, there.heading):
        return False
    if other.lead:
        return piece.lead == other.lead
    return there.start + other.start - (here.start + piece.end) <= MOST_BETWEEN


def _item_name(text: str, start: int, end: int) -> tuple[int, int]:
    """An item without its marker: what stands before a colon within its first sentence, else that sentence."""
    marker = LIST_MARKER.match(text, start, end)
    start = marker.end() if marker else start
    _, first_end = sentence_ranges(text, start, end)[0]
    colon = text.find(": ", start, min(first_end, start + LONGEST_NAME))
    return (start, colon) if colon > 0 else (start, first_end)


def _joined(hits: Sequence[Hit], pieces: Sequence[_Piece]) -> TextList:
    """One list of its pieces; an item that stands in two passages counts once."""
    placed = {
        hits[piece.hit].passage.start + start: Chosen(piece.hit, start, end, 0.0)
        for piece in pieces
        for start, end in piece.items
    }
    items = tuple(placed[start] for start in sorted(placed))
    names = tuple(
        hits[item.hit].passage.text[item.start : item.end].rstrip(".;, ") for item in items
    )
    ranges = sorted(
        (Chosen(piece.hit, piece.start, piece.end, 0.0) for piece in pieces), key=lambda c: c.hit
    )
    passage = hits[pieces[0].hit].passage
    lead = pieces[0].lead or passage.heading.rsplit(" > ", 1)[-1]
    return TextList(passage, lead, items, tuple(ranges), names)


def list_around(hits: Sequence[Hit], span: Chosen) -> TextList | None:
    """The list that a span stands in or introduces."""
    for found in lists_of(hits):
        if any(
            p.hit == span.hit and p.start < span.end and span.start < p.end for p in found.pieces
        ):
            return found
    return None


def with_lists(
    question: str,
    hits: Sequence[Hit],
    readings: Sequence[Reading],
    reader: Reader,
    most: int | None = None,
) -> list[Reading]:
    """The readings, with a span for each list that answers with several of its items when it is read as a sentence.

    The span is the piece of the list in the first of its passages, and scores over "none" what the sentence scored. A
    list of more than `most` items is not what the question asks for.
    """
    lists = [found for found in lists_of(hits)[:MOST_LISTS] if found.fits(most)]
    if not lists:
        return list(readings)
    read = list(readings)
    for found, said in zip(
        lists, reader.read(question, [found.as_sentence() for found in lists]), strict=True
    ):
        if said.spans and found.names_in(said.spans[0].start, said.spans[0].end) > 1:
            piece = found.pieces[0]
            own = _with_none(read[piece.hit], min(read[piece.hit].none_score, said.none_score))
            score = said.spans[0].score - said.none_score + own.none_score
            read[piece.hit] = replace(own, spans=(Span(piece.start, piece.end, score), *own.spans))
    return read


def _with_none(reading: Reading, none_score: float) -> Reading:
    """The same reading on a scale with another score for "none"."""

    def moved(spans: Sequence[Span]) -> tuple[Span, ...]:
        return tuple(
            replace(span, score=span.score - reading.none_score + none_score) for span in spans
        )

    return Reading(moved(reading.spans), moved(reading.evidence), none_score)
