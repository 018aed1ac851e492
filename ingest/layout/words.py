"""Put glyphs together to words, by the gaps between them.

A gap parts words when it is wide for its line: letters that are spaced out stay a word. A blank that
the file holds parts words too, unless the next letter is drawn over it.
"""

import unicodedata
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from inquote.ingest.layout.characters import Glyph, Style

_GAP = 0.14  # of the size, and more: between words
_SPACED_GAP = 0.12  # of the size: the least gap of letters that are spaced out
_MIN_GAPS = 5  # that tell spaced letters
_OVERDRAWN = 0.25  # of a blank's width that is left when a letter is drawn over it
_SAME_BASE = 0.15  # of the size that letters of a word may be apart in height
_FAR_BACK = 0.6  # of the size; a glyph further back begins anew
_FAR = 3.0  # of the size; a glyph further ahead begins anew


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
    """Glyphs on a baseline that go one way, and the blanks among them."""

    glyphs: list[Glyph] = field(default_factory=list)
    blanks: list[bool] = field(default_factory=list)  # before each glyph


def read_words(glyphs: Iterable[Glyph]) -> list[Word]:
    """Return the words of glyphs that share an angle, in the order in which they were drawn."""
    words: list[Word] = []
    for run in _runs(glyphs):
        for word in _words_of(run):
            word.order = len(words)
            words.append(word)
    return words


def is_from_right(text: str) -> bool:
    """Return whether most letters of a text are of a script that runs from right to left."""
    from_right = from_left = 0
    for character in text:
        if character > "\u058f":
            direction = unicodedata.bidirectional(character)
            from_right += direction in ("R", "AL")
            from_left += direction == "L"
        else:
            from_left += character.isalpha()
    return from_right > from_left


def _runs(glyphs: Iterable[Glyph]) -> Iterator[_Run]:
    """Yield the glyphs in runs; a blank belongs to the gap after it."""
    run = _Run()
    blank: Glyph | None = None
    for glyph in glyphs:
        if glyph.text.isspace():
            blank = glyph
            continue
        previous = run.glyphs[-1] if run.glyphs else None
        if previous and not _goes_on(previous, glyph):
            yield run
            run = _Run()
        run.blanks.append(blank is not None and _parts(blank, glyph))
        run.glyphs.append(glyph)
        blank = None
    if run.glyphs:
        yield run


def _goes_on(previous: Glyph, glyph: Glyph) -> bool:
    """Return whether a glyph stands on the baseline of the previous one, and near."""
    size = max(previous.style.size, glyph.style.size)
    if abs(previous.base - glyph.base) > _SAME_BASE * size:
        return False
    if min(previous.style.size, glyph.style.size) < 0.5 * size:
        return False
    if glyph.left >= previous.left - _FAR_BACK * size and previous.text[0] < "\u0590":
        return glyph.left - previous.right <= _FAR * size and glyph.left >= previous.left - 0.3 * size
    return abs(previous.left - glyph.right) <= _FAR * size or (
        0 <= glyph.left - previous.right <= _FAR * size
    )


def _parts(blank: Glyph, glyph: Glyph) -> bool:
    """Return whether a blank is seen, for no letter is drawn over it."""
    if glyph.left < blank.left - 0.3 * glyph.style.size:
        return True  # from right to left, or a new line
    return glyph.left - blank.left >= _OVERDRAWN * (blank.right - blank.left)


def _gap(previous: Glyph, glyph: Glyph) -> float:
    """Return the room between two neighbours, whichever way they run."""
    return max(glyph.left - previous.right, previous.left - glyph.right)


def _words_of(run: _Run) -> Iterator[Word]:
    glyphs = run.glyphs
    limit = _limit_of(run)
    start = 0
    joint: bool | None = None
    for index in range(1, len(glyphs)):
        size = max(glyphs[index].style.size, glyphs[index - 1].style.size)
        gap = _gap(glyphs[index - 1], glyphs[index])
        is_new = run.blanks[index] or gap > limit * size
        if is_new or glyphs[index].style is not glyphs[start].style:
            yield _word(glyphs[start:index], joint)
            start, joint = index, is_new
    yield _word(glyphs[start:], joint)


def _limit_of(run: _Run) -> float:
    """Return the gap, in sizes, that parts the words of a run."""
    gaps = []
    for index in range(1, len(run.glyphs)):
        if not run.blanks[index]:
            glyph = run.glyphs[index]
            gaps.append(_gap(run.glyphs[index - 1], glyph) / max(glyph.style.size, 0.1))
    if len(gaps) < _MIN_GAPS:
        return _GAP
    gaps.sort()
    usual = gaps[len(gaps) // 4]
    if usual < _SPACED_GAP:
        return max(_GAP, usual + _GAP - 0.02)
    return 1.6 * usual + 0.05


def _word(glyphs: Sequence[Glyph], joint: bool | None) -> Word:
    """Return the word that glyphs make, a ligature's box shared by its letters."""
    if len(glyphs) > 1 and is_from_right("".join([glyph.text for glyph in glyphs])):
        glyphs = sorted(glyphs, key=lambda glyph: -glyph.right)
    text = ""
    lefts, rights = array("f"), array("f")
    for glyph in glyphs:
        step = (glyph.right - glyph.left) / len(glyph.text)
        for at in range(len(glyph.text)):
            lefts.append(glyph.left + at * step)
            rights.append(glyph.left + (at + 1) * step)
        text += glyph.text
    first = glyphs[0]
    return Word(
        text, lefts, rights, first.base, first.style, min(lefts), max(rights), joint=joint
    )
