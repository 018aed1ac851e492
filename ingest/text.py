"""Find the blocks and sentences of a text, as exact ranges.

A block is a paragraph, a list item, a heading or a row of a table (a line with " | " in it). Blank
lines and list markers separate blocks, and a sentence never crosses from one into the next. Both
kinds of range are trimmed of white space, come in text order and do not overlap; together they
cover every character that is not white space.

The two functions at the end are for strings from outside, such as the names of files: they make
them safe to print and to store.
"""

import os
import re
from collections.abc import Iterable, Iterator

from inquote.ingest.english import ABBREVIATIONS, SENTENCE_STARTERS
from inquote.ingest.languages import LANGUAGES, USED_BEFORE_STOPS, Stops, stops_of

Range = tuple[int, int]  # half-open, in Unicode code points

LIST_MARKER = re.compile(r"[ \t]{0,100}+(?:[-*+•‣◦▪–]|\(?(?:\d{1,3}|[a-zA-Z])[.)])[ \t]+(?=\S)")

_LOOK_AHEAD = 100  # characters after a stop that decide whether it ends a sentence
_CELL_SEPARATOR = " | "
_ELIDED = re.compile(r"['’‘][st] [A-Z]")  # of Dutch: "'s Avonds"
_ORDINAL_DIGITS = 3
_ROMAN = re.compile(r"[IVX]{2,6}")
_STARTERS = LANGUAGES["de"].words
BLOCK_GAP = "\n\n"  # between the blocks of a text that was made canonical
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_STOP = re.compile(  # with closing marks, French ones after a space, and the marks of notes
    r"(?<![.!?…])[.!?…]++(?:[)\]}\"'”’»“«]|[ \u00a0\u202f]»)*+"
    r"(?:\[\d{1,3}\]|[¹²³⁰⁴-⁹ⁱᵛˣ])*+(?=\s|$)"
    r"|[。！？]+[」』”’）]*"
)
_LANGUAGE_SAMPLE = 3_000  # characters at the head of a text or block that tell its language
_OPENING = "([{\"'“‘«„‚»¿¡"
_CAPITALS = re.compile(r"(?:[A-Za-z]\.)+[A-Za-z]")


def touching(ranges: Iterable[Range], start: int, end: int) -> list[Range]:
    """Return the ranges that share a character with `[start, end)`, in the order given.

    >>> touching([(0, 3), (4, 9), (10, 12)], 5, 11)
    [(4, 9), (10, 12)]
    """
    return [(first, last) for first, last in ranges if first < end and start < last]


def block_ranges(text: str, start: int = 0, end: int | None = None) -> list[Range]:
    """Return the blocks of `text[start:end]`, as ranges into `text`."""
    end = len(text) if end is None else end
    blocks: list[Range] = []
    paragraph_start = start
    for gap in _BLANK_LINES.finditer(text, start, end):
        blocks.extend(_split_paragraph(text, paragraph_start, gap.start()))
        paragraph_start = gap.end()
    blocks.extend(_split_paragraph(text, paragraph_start, end))
    return blocks


def sentence_ranges(text: str, start: int = 0, end: int | None = None) -> list[Range]:
    """Return the sentences of `text[start:end]`, as ranges into `text`.

    >>> text = "It cost 3.5 million. Dr. Lee paid."
    >>> [text[a:b] for a, b in sentence_ranges(text)]
    ['It cost 3.5 million.', 'Dr. Lee paid.']
    """
    sentences: list[Range] = []
    for block in block_ranges(text, start, end):
        sentences.extend(_split_block(text, *block))
    return sentences


def _split_paragraph(text: str, start: int, end: int) -> Iterator[Range]:
    """Yield the blocks of a paragraph, cut before each list item and around each table row."""
    block_start, line_start = start, start
    follows_row = False
    while line_start < end:
        newline = text.find("\n", line_start, end)
        line_end = newline if newline >= 0 else end
        is_row = text.find(_CELL_SEPARATOR, line_start, line_end) >= 0
        opens_block = follows_row or is_row or LIST_MARKER.match(text, line_start, end)
        if line_start > start and opens_block:
            yield from _trim(text, block_start, line_start)
            block_start = line_start
        follows_row, line_start = is_row, line_end + 1
    yield from _trim(text, block_start, end)


def _split_block(text: str, start: int, end: int) -> Iterator[Range]:
    """Yield the sentences of a block, the first one with the block's list marker."""
    marker = LIST_MARKER.match(text, start, end)
    words_start = marker.end() if marker else start
    sentence_start = start
    for stop in _STOP.finditer(text, words_start, end):
        if _ends_sentence(text, words_start, stop, end):
            yield from _trim(text, sentence_start, stop.end())
            sentence_start = stop.end()
    yield from _trim(text, sentence_start, end)


def _ends_sentence(text: str, start: int, stop: re.Match[str], end: int) -> bool:
    """Return whether a stop ends a sentence of `text[start:end]`."""
    # The end of the block and a stop of Chinese or Japanese always do.
    next_start = stop.end()
    while next_start < end and text[next_start].isspace():
        next_start += 1
    if next_start == end or text[stop.start()] in "。！？":
        return True
    # A small letter goes on with the sentence.
    following = text[next_start : min(end, next_start + _LOOK_AHEAD)].lstrip(_OPENING)
    if following[:1].islower() and not _ELIDED.match(text, next_start, end):
        return False
    # A single full stop may belong to an abbreviation.
    if stop.group() != ".":
        return True
    word = _last_word(text, start, stop.start())
    stops = None
    if _depends_on_language(word):
        sample_end = min(end, start + _LANGUAGE_SAMPLE)
        stops = stops_of(text[start:sample_end], text[:_LANGUAGE_SAMPLE])
    if stops is None:
        return not _is_abbreviation(word, following)
    before = text[max(start, stop.start() - _LOOK_AHEAD) : stop.start()].split()[-2:-1]
    if _is_ordinal(word, "".join(before), following, stops):
        return False
    return not _is_abbreviation_in(stops, word, following)


def _is_abbreviation(word: str, following: str) -> bool:
    """Return whether the full stop after `word` is part of it, `following` being the next words."""
    if word.lower() in ABBREVIATIONS:
        return word.lower() != "etc" or following[:1].isdigit()
    if len(word) == 1 and word.isalpha() and word.isupper():
        return word != "I"
    if not _CAPITALS.fullmatch(word):
        return False
    next_word = re.match(r"\w+", following)
    return not (next_word and next_word.group().lower() in SENTENCE_STARTERS)


def _depends_on_language(word: str) -> bool:
    """Return whether languages may differ in the end of a sentence after a word."""
    if (
        len(word) <= 1
        or word.isdecimal()
        or _ROMAN.fullmatch(word)
        or not {"'", "’"}.isdisjoint(word)
    ):
        return True
    small = word.lower()
    return small in USED_BEFORE_STOPS or small in ABBREVIATIONS or small.endswith("str")


def _is_abbreviation_in(stops: Stops, word: str, following: str) -> bool:
    """Return whether the full stop after `word` is part of it in a language that is not English."""
    small = word.lower().replace("’", "'").rpartition("'")[2]  # "l'art." of French and Italian
    before_digit = following[:1].isdigit()
    if len(word) == 1 and word.isupper():
        return True
    if small in stops.lists or small in stops.before_digits:
        return before_digit or small in stops.abbreviations
    if small in stops.abbreviations or (stops.ordinals and small.endswith("str")):
        return True
    return bool(_CAPITALS.fullmatch(word))


def _is_ordinal(word: str, before: str, following: str, stops: Stops) -> bool:
    """Return whether a number and its full stop count what follows: "am 12. Mai"."""
    is_roman = bool(_ROMAN.fullmatch(word))
    is_number = word.isdecimal() and len(word) <= _ORDINAL_DIGITS
    if stops.ordinals is None or stops.ordered is None or not (is_number or is_roman):
        return False
    next_word = re.match(r"\w+", following)
    name = next_word.group().lower() if next_word else ""
    if name in stops.ordered or is_roman:
        return name not in stops.ordinals | _STARTERS
    return before.lower() in stops.ordinals and name not in stops.ordinals | _STARTERS


def _last_word(text: str, start: int, end: int) -> str:
    """Return the word that ends at `end`, without opening brackets and quotation marks."""
    word_start = end
    while word_start > start and not text[word_start - 1].isspace():
        word_start -= 1
    return text[word_start:end].lstrip(_OPENING)


def _trim(text: str, start: int, end: int) -> Iterator[Range]:
    """Yield a range without the white space at its ends, nothing if it holds only that."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


def printable(path: object) -> str:
    """Return a path as one line of text that is safe to print.

    Control characters, bidirectional marks and bytes that are no UTF-8 are escaped.
    """
    name = os.fsencode(str(path)).decode("utf-8", "backslashreplace")
    characters = []
    for character in name:
        is_safe = character.isprintable() or character == " "
        escaped = character.encode("unicode_escape").decode()
        characters.append(character if is_safe else escaped)
    return "".join(characters)


def encodable(text: object) -> str:
    """Return a value from outside as a string that UTF-8 can carry.

    Lone surrogates become "?", and None becomes "".

    >>> encodable("who\\ud800"), encodable(None)
    ('who?', '')
    """
    return ("" if text is None else str(text)).encode("utf-8", "replace").decode()
