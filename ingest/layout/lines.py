"""Put words together to the pieces of lines that stand side by side on a page.

A row holds what stands at one height; a piece is a part of a row without a wide gap. Raised and
lowered figures join the piece that they stand beside.
"""

import bisect
import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from inquote.ingest.layout.strings import Style
from inquote.ingest.layout.words import Word, is_from_right

PIECE_GAP = 0.9  # of the size, and more: the words may stand in two columns
_SAME_ROW = 0.25  # of the size that words of a row may be apart in height
_SAME_BASE = 0.06  # of the size that words of a band may be apart in height
_SAME_SIZE = 0.6  # of the larger size of a band's words is the smaller one, at least
_SMALL = 0.86  # of the size, and less: it may be raised
_RAISED = 0.75  # of the size that a raised figure stands higher or lower, at most
_BESIDE = 0.4  # of the size between a raised figure and its word, at most
_BEFORE = 1.5  # of the size between a raised figure and the line that it stands before
_MAX_RAISED = 12  # characters
_GAP = 0.1  # of the size, and more: between words that were drawn apart
_UNITS = re.compile(r"(?:[a-zµ]{1,2}|[A-Z])$")
_NUMBER = re.compile(r"\d{1,2}(?:\.\d{1,2}){0,4}\.?")
_NUMBER_GAP = 3.0  # of the size between a heading and its number
_MARK = re.compile(r"[\d*†‡§¶+−–-]")
_CURRENCY = re.compile(r"[A-Z]{0,3}[$€£¥₹]")  # a sign that may stand apart from its amount
_AMOUNT = re.compile(r"\(?[-−–]?\(?\.?\d|[-−–—]{1,3}\)?$")
_AMOUNT_END = re.compile(r"(?:\d\)?|%\)?|[-−–—]\)?)$")
_CURRENCY_GAP = 16.0  # of the size between a sign and its amount, at most


class Band(NamedTuple):
    """How far the letters of a line reach that stand on one base, from an offset of its text."""

    at: int
    base: float
    size: float
    top: float
    bottom: float


@dataclass(frozen=True)
class Line:
    """A line of a page, or the piece of it that stands in a column.

    `lefts` and `rights` are the edges of each character in the frame of `angle`. `page` counts from
    0. `marks` are the offsets at which raised figures begin. `bands` has an entry for each base
    that its letters stand on, none where `top` and `bottom` say it.
    """

    text: str
    lefts: "array[float]"
    rights: "array[float]"
    left: float
    right: float
    top: float
    bottom: float
    base: float
    size: float
    page: int = 0
    angle: float = 0.0
    is_bold: bool = False
    marks: tuple[int, ...] = ()
    begins_bold: bool = False
    is_field: bool = False
    name: str = ""  # of its field
    bands: tuple[Band, ...] = ()

    @property
    def height(self) -> float:
        """The height of its letters."""
        return self.bottom - self.top


def read_pieces(words: Sequence[Word], page: int, angle: float = 0.0) -> list[Line]:
    """Return the pieces of lines that words make, from the top of a page and from its left."""
    pieces = []
    for row in _rows(words):
        for part in _parted(row):
            pieces.append(_line(part, page, angle))
    pieces.sort(key=lambda piece: (piece.base, piece.left))
    return pieces


def joined(pieces: Sequence[Line], gap: str = " ") -> Line:
    """Return the line that neighbours on one height make, with a blank at each gap."""
    if len(pieces) == 1:
        return pieces[0]
    main = max(pieces, key=lambda piece: len(piece.text))
    lefts, rights = array("f"), array("f")
    marks: list[int] = []
    bands: list[Band] = []
    text = ""
    for piece in pieces:
        if text:
            lefts.append(rights[-1])
            rights.append(piece.lefts[0])
            text += gap
        marks.extend([len(text) + mark for mark in piece.marks])
        for band in piece.bands:
            _add_band(bands, band._replace(at=len(text) + band.at))
        text += piece.text
        lefts.extend(piece.lefts)
        rights.extend(piece.rights)
    return replace(
        main,
        text=text,
        lefts=lefts,
        rights=rights,
        left=min(piece.left for piece in pieces),
        right=max(piece.right for piece in pieces),
        top=min(piece.top for piece in pieces),
        bottom=max(piece.bottom for piece in pieces),
        is_bold=all(piece.is_bold for piece in pieces),
        begins_bold=pieces[0].begins_bold,
        is_field=any(piece.is_field for piece in pieces),
        marks=tuple(marks),
        bands=tuple(bands),
    )


def _add_band(bands: list[Band], band: Band) -> None:
    """Add a band at the end, to the last one where its letters stand on the same base."""
    if bands:
        last = bands[-1]
        large, small = max(last.size, band.size), min(last.size, band.size)
        if abs(last.base - band.base) <= _SAME_BASE * small and small >= _SAME_SIZE * large:
            top, bottom = min(last.top, band.top), max(last.bottom, band.bottom)
            bands[-1] = last._replace(top=top, bottom=bottom)
            return
    bands.append(band)


def bands_between(line: Line, start: int, end: int) -> tuple[Band, ...]:
    """Return the bands of a part of a line, their offsets counted from its beginning."""
    bands: list[Band] = []
    for band in line.bands:
        if band.at <= start:
            bands = [band._replace(at=0)]
        elif band.at < end:
            bands.append(band._replace(at=band.at - start))
    return tuple(bands)


def _rows(words: Sequence[Word]) -> list[list[Word]]:
    """Return the words of each height, raised figures in the row that they stand beside."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda word: word.base):
        if rows and _are_level(rows[-1][0], word):
            rows[-1].append(word)
        else:
            rows.append([word])
    for row in rows:
        row.sort(key=lambda word: word.left)
    sizes = [max(word.style.size for word in row) for row in rows]
    for at, row in enumerate(rows):
        for near in (*range(max(0, at - 3), at), *range(at + 1, min(len(rows), at + 4))):
            if (
                rows[near]
                and row
                and abs(rows[near][0].base - row[0].base) <= _RAISED * sizes[near]
            ):
                _move_raised(row, rows[near], sizes[near])
    return [row for row in rows if row]


def _move_raised(row: list[Word], near: list[Word], size: float) -> None:
    """Move the raised words of a row to another one that they stand beside.

    Words of a longer text of their own height stay, however large the words beside them are.
    """
    for run in list(_parted(row)):
        if sum([len(word.text) for word in run]) > _MAX_RAISED:
            continue
        for word in run:
            if word.style.size <= _SMALL * size and _stands_beside(word, near):
                row.remove(word)
                bisect.insort(near, word, key=lambda word: word.left)


def _are_level(first: Word, word: Word) -> bool:
    size = min(first.style.size, word.style.size)
    return abs(first.base - word.base) <= _SAME_ROW * size


def _stands_beside(word: Word, row: Sequence[Word]) -> bool:
    """Return whether a word is small, and raised or lowered beside a larger one of a row."""
    at = bisect.bisect_left(row, word.left, key=lambda other: other.left)
    for other in row[max(0, at - 2) : at + 2]:
        size = other.style.size
        distance = other.base - word.base
        if word.style.size > _SMALL * size or not 0.05 * size < abs(distance) <= _RAISED * size:
            continue
        gap = max(word.left - other.right, other.left - word.right)
        is_mark = word.text.isdigit() and word.right <= other.left + 0.1 * size
        beside = _BEFORE if is_mark and other is row[0] else _BESIDE
        if -_RAISED * size < gap <= beside * size and not other.is_raised:
            word.is_raised = True
            return True
    return False


def _parted(row: Sequence[Word]) -> Iterator[list[Word]]:
    """Yield the parts of a row between its wide gaps, what is drawn twice only once.

    A currency sign stands with the amount after it, however far that is.
    """
    part: list[Word] = []
    for at, word in enumerate(row):
        if part:
            last = part[-1]
            size = max(last.style.size, word.style.size)
            if last.text == word.text and abs(last.left - word.left) < 0.15 * size:
                continue
            gap = word.left - max(other.right for other in part[-3:])
            is_wide = gap > PIECE_GAP * size and not _is_numbered(part, word, gap)
            if is_wide and gap <= _CURRENCY_GAP * size:
                is_wide = not _is_priced(last, word)
            elif not is_wide and at + 1 < len(row) and _is_priced(word, row[at + 1]):
                is_far = row[at + 1].left - word.right > PIECE_GAP * size
                is_wide = is_far or bool(_AMOUNT_END.search(last.text[-2:]))
            if is_wide:
                yield part
                part = []
        part.append(word)
    if part:
        yield part


def _is_priced(sign: Word, amount: Word) -> bool:
    """Return whether a word is a currency sign, and the next one an amount."""
    return bool(_CURRENCY.fullmatch(sign.text) and _AMOUNT.match(amount.text))


def _is_numbered(part: Sequence[Word], word: Word, gap: float) -> bool:
    """Return whether a bold number stands before the words of its heading."""
    number = part[0]
    is_alike = number.style.is_bold and word.style.is_bold and len(part) == 1
    is_near = gap <= _NUMBER_GAP * number.style.size
    return is_alike and is_near and bool(_NUMBER.fullmatch(number.text)) and word.text[0].isupper()


def _line(words: list[Word], page: int, angle: float) -> Line:
    """Return the line that neighbours make, in the order in which they are read."""
    if is_from_right("".join([word.text for word in words])):
        words = _in_reading_order(words)
    text = ""
    lefts, rights = array("f"), array("f")
    marks = []
    bands: list[Band] = []
    previous: Word | None = None
    for word in words:
        if previous is not None and _is_apart(previous, word, words[0]):
            text += " "
            ends = (previous.right, word.left)
            if word.right <= previous.left:  # from right to left
                ends = (word.right, previous.left)
            lefts.append(min(ends))
            rights.append(max(ends))
        if word.is_raised and _MARK.match(word.text):
            marks.append(len(text))
        if bands and word.base == bands[-1].base and word.style.size == bands[-1].size:
            top, bottom = word.reach
            if top < bands[-1].top or bottom > bands[-1].bottom:
                _add_band(bands, Band(len(text), word.base, word.style.size, top, bottom))
        else:
            _add_band(bands, Band(len(text), word.base, word.style.size, *word.reach))
        text += word.text
        lefts.extend(word.lefts)
        rights.extend(word.rights)
        previous = word
    main = _main_style(words)
    base = max([word for word in words if word.style is main], key=lambda word: len(word.text)).base
    return Line(
        text,
        lefts,
        rights,
        min(word.left for word in words),
        max(word.right for word in words),
        min(word.top for word in words),
        max(word.bottom for word in words),
        base,
        round(main.size, 1),
        page,
        angle,
        all(word.style.is_bold or not word.text.isalpha() for word in words) and main.is_bold,
        tuple(marks),
        words[0].style.is_bold,
        bands=tuple(bands),
    )


def _main_style(words: Sequence[Word]) -> Style:
    """Return the style of most characters."""
    first = words[0].style
    if all(word.style is first for word in words):
        return first
    lengths: dict[Style, int] = {}
    for word in words:
        lengths[word.style] = lengths.get(word.style, 0) + len(word.text)
    style = max(lengths, key=lambda style: lengths[style])
    for word in words:
        if word.style == style:
            return word.style
    return style


def _in_reading_order(words: Sequence[Word]) -> list[Word]:
    """Return words from right to left, but those that run the other way as they stand."""
    ordered: list[Word] = []
    run: list[Word] = []  # from left to right, in reverse
    for word in reversed(words):
        if is_from_right(word.text) or not any(map(str.isalnum, word.text)):
            ordered.extend(reversed(run))
            run = []
            ordered.append(word)
        else:
            run.append(word)
    ordered.extend(reversed(run))
    return ordered


def _is_apart(previous: Word, word: Word, first: Word) -> bool:
    """Return whether a blank stands between two neighbours; `first` begins their line."""
    if word.is_raised != previous.is_raised:
        if not word.is_raised or not _MARK.match(word.text):
            gap = word.left - previous.right
            is_note = previous.is_raised and previous is first and len(word.text) > 1
            is_note = is_note and previous.text.isdigit() and word.text[0].isalpha()
            return is_note or gap > _GAP * max(previous.style.size, word.style.size)
        is_lowered = word.base > previous.base
        is_unit = bool(_UNITS.search(previous.text[-3:])) and len(previous.text) <= 2
        return not (is_lowered or is_unit)
    if word.order == previous.order + 1 and word.joint is not None:
        return word.joint
    gap = max(word.left - previous.right, previous.left - word.right)
    return gap > _GAP * min(previous.style.size, word.style.size)
