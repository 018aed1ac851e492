"""Put glyphs together to words, by the gaps between them.

A gap parts words when it is wide for its line: letters that are spaced out stay a word. A blank
that the file holds parts words too, unless the next letter is drawn over it. A letter that is drawn
twice, which makes it look bold, is read once.
"""

import bisect
import unicodedata
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from inquote.ingest.layout.strings import FIRST_FROM_RIGHT, String, Style

_GAP = 0.14  # of the size, and more: between words
_SPACED_GAP = 0.12  # of the size: the least gap of letters that are spaced out
_OVERLAP = -0.03  # of the size: where the boxes of most letters are too wide
_LEAST_GAP = 0.05  # of the size: between words of such letters
_WIDEST = 0.7  # of the size: the widest gap of letters that are spaced out
_MIN_GAPS = 5  # that tell spaced letters
_SAME_BASE = 0.15  # of the size that letters of a word may be apart in height
_BACK = 0.5  # of the size; a string that begins further back begins anew
_FAR = 3.0  # of the size; a string that begins further ahead begins anew
_SAME_PLACE = 0.1  # of the size between two letters that are one, drawn twice, at most


@dataclass
class Word:
    """A word, or a piece of one, with the left and right edge of each character."""

    text: str
    lefts: "array[float]"
    rights: "array[float]"
    base: float
    style: Style
    left: float = 0.0
    right: float = 0.0
    reach: tuple[float, float] = (0.0, 0.0)  # from the highest to the lowest place of its letters
    order: int = 0  # in which it was drawn
    joint: bool | None = None  # whether a gap parts it from the word drawn before, if that is near
    is_raised: bool = False

    @property
    def top(self) -> float:
        """The upper edge of its letters."""
        return self.base - self.style.up

    @property
    def bottom(self) -> float:
        """The lower edge of its letters."""
        return self.base + self.style.down


@dataclass
class _Run:
    """Strings on a baseline that go one way, as one; `cuts` are where each of them begins."""

    parts: list[str] = field(default_factory=list)
    length: int = 0
    lefts: "array[float]" = field(default_factory=lambda: array("f"))
    rights: "array[float]" = field(default_factory=lambda: array("f"))
    blanks: set[int] = field(default_factory=set)
    cuts: dict[int, String] = field(default_factory=dict)

    def add(self, string: String, is_after_blank: bool) -> None:
        """Add a string at the end."""
        start = self.length
        self.cuts[start] = string
        if is_after_blank:
            self.blanks.add(start)
        self.blanks.update([start + blank for blank in string.blanks])
        self.parts.append(string.text)
        self.length += len(string.text)
        self.lefts.extend(string.lefts)
        self.rights.extend(string.rights)


def read_words(strings: Iterable[String]) -> list[Word]:
    """Return the words of strings that share an angle, in the order in which they were drawn."""
    words: list[Word] = []
    for run in _runs(_without_repeats(strings)):
        for word in _words_of(run):
            word.order = len(words)
            words.append(word)
    return words


def is_from_right(text: str) -> bool:
    """Return whether most letters of a text are of a script that runs from right to left."""
    if text.isascii():
        return False
    from_right = from_left = 0
    for character in text:
        if character > "\u058f":
            direction = unicodedata.bidirectional(character)
            from_right += direction in ("R", "AL")
            from_left += direction == "L"
        else:
            from_left += character.isalpha()
    return from_right > from_left


def _without_repeats(strings: Iterable[String]) -> Iterator[String]:
    """Yield strings without the letters that one before has in the same place."""
    rows: dict[float, list[String]] = {}
    ends: dict[float, float] = {}  # how far the strings of a row reach
    for string in strings:
        if string.text:
            base = round(string.base, 1)
            row, end = rows.setdefault(base, []), ends.get(base, 0.0)
            if row and min(string.lefts[0], string.lefts[-1]) < end:
                string = _without(string, row)
            if string.text:
                row.append(string)
                ends[base] = max(end, string.rights[0], string.rights[-1])
        yield string


def _without(string: String, row: Sequence[String]) -> String:
    """Return a string without the letters that others of its row have in the same place."""
    left, right = min(string.lefts), max(string.rights)
    near = [other for other in row if min(other.lefts) < right and left < max(other.rights)]
    distance = _SAME_PLACE * string.style.size
    kept = []
    for at, letter in enumerate(string.text):
        place = string.lefts[at]
        is_repeated = any(
            letter == other.text[index] and abs(place - start) <= distance
            for other in near
            for index, start in enumerate(other.lefts)
        )
        if not is_repeated:
            kept.append(at)
    if len(kept) == len(string.text):
        return string
    return replace(
        string,
        text="".join([string.text[at] for at in kept]),
        lefts=array("f", [string.lefts[at] for at in kept]),
        rights=array("f", [string.rights[at] for at in kept]),
        blanks=sorted({bisect.bisect_left(kept, blank) for blank in string.blanks}),
    )


def _runs(strings: Iterable[String]) -> Iterator[_Run]:
    """Yield the strings in runs; a string of blanks belongs to the gap after it."""
    run = _Run()
    last: String | None = None
    is_after_blank = False
    for string in strings:
        if not string.text:
            is_after_blank = is_after_blank or bool(string.blanks)
            continue
        if last is not None and not _goes_on(last, string):
            yield run
            run = _Run()
        run.add(string, is_after_blank)
        last, is_after_blank = string, False
    if run.parts:
        yield run


def _goes_on(last: String, string: String) -> bool:
    """Return whether a string stands on the baseline of the last one, and near."""
    size, other = last.style.size, string.style.size
    if size < other:
        size, other = other, size
    if abs(last.base - string.base) > _SAME_BASE * size or other < 0.5 * size:
        return False
    ahead = string.lefts[0] - last.rights[-1]
    if -_BACK * size <= ahead <= _FAR * size:
        return True
    return last.text[-1] >= FIRST_FROM_RIGHT and abs(last.lefts[-1] - string.rights[0]) <= (
        _FAR * size
    )


def _words_of(run: _Run) -> Iterator[Word]:
    text, lefts, rights = "".join(run.parts), run.lefts, run.rights
    gaps = [left - right for left, right in zip(lefts[1:], rights, strict=False)]
    if not text.isascii() and max(text) >= FIRST_FROM_RIGHT:
        back = [left - right for left, right in zip(lefts, rights[1:], strict=False)]
        gaps = list(map(max, gaps, back))
    string = run.cuts[0]
    limit = _limit_of(run, gaps, string.style.size)
    start = 0
    joint: bool | None = None
    reach = (string.top, string.bottom)
    for index, gap in enumerate(gaps, 1):
        is_new = gap > limit or index in run.blanks
        if not is_new and index not in run.cuts:
            continue
        following = run.cuts.get(index, string)
        if is_new or following.style is not string.style:
            yield _word(run, text, start, index, string, joint, reach)
            start, joint = index, is_new
            reach = (following.top, following.bottom)
        else:
            reach = (min(reach[0], following.top), max(reach[1], following.bottom))
        string = following
    yield _word(run, text, start, len(text), string, joint, reach)


def _limit_of(run: _Run, gaps: Sequence[float], size: float) -> float:
    """Return the gap that parts the words of a run."""
    inner = [gap for index, gap in enumerate(gaps, 1) if index not in run.blanks]
    if len(inner) < _MIN_GAPS:
        return _GAP * size
    inner.sort()
    middle = inner[len(inner) // 2]
    if middle < _OVERLAP * size:  # of letters whose boxes overlap, words need no gap so wide
        return max(_LEAST_GAP * size, middle + _GAP * size)
    usual = inner[len(inner) // 4]
    if usual < _SPACED_GAP * size:
        return max(_GAP * size, usual + (_GAP - 0.02) * size)
    return min(1.6 * usual + 0.05 * size, _WIDEST * size)


def _word(
    run: _Run,
    text: str,
    start: int,
    end: int,
    string: String,
    joint: bool | None,
    reach: tuple[float, float],
) -> Word:
    """Return a part of a run as a word; that of a right-to-left script by its places."""
    text = text[start:end]
    lefts, rights = run.lefts[start:end], run.rights[start:end]
    if len(text) > 1 and is_from_right(text):
        order = sorted(range(len(text)), key=lambda at: -rights[at])
        text = "".join([text[at] for at in order])
        lefts = array("f", [lefts[at] for at in order])
        rights = array("f", [rights[at] for at in order])
    left, right = min(lefts[0], lefts[-1]), max(rights[0], rights[-1])
    return Word(text, lefts, rights, string.base, string.style, left, right, reach, joint=joint)
