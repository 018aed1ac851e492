"""Find the place of the text that each note of a document belongs to, and link the two."""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from operator import attrgetter

from inquote.app.chat.ranges import Insertion
from inquote.app.marks import escape_attribute
from inquote.ingest.documents import Block, Page

# A mark in the text that can be told from its words: raised, "[3]", a dagger after a word.
_MARK = re.compile(r"[⁰¹²³⁴-⁹ⁱᵛˣˡᶜᵈᵐ]{1,4}|\[[^\[\]\s]{1,20}\]|(?<=\S)[*†‡§¶]{1,3}")
# A number after a word, which may be the mark of a note or be named by the word ("Table 3").
_NUMBER = re.compile(r"\b([^\W\d_]{1,40})[.,;:)\]”\"’]{0,3} ?(\d{1,3})(?![\w.,%])")
_BESIDE = ("note", "comment", "header", "footer", "table", "row", "cell")
CLOSING, BREAK, OPENING = range(3)  # ranks of insertions at one offset


def note_links(text: str, blocks: Sequence[Block], pages: Sequence[Page] = ()) -> list[Insertion]:
    """Return the links from the text to its notes, and from the notes back.

    A note whose mark stands in the text is tied to that mark. Any other belongs to the paragraph
    before it, but for one at the foot of a page: that is tied to its number, if this can be told
    from the other numbers of the page.
    """
    notes = [block for block in blocks if block.kind == "note"]
    if not notes:
        return []
    places = _marks_of(text, blocks)
    insertions: list[Insertion] = []
    ended = None  # the last block of the text proper
    number = 0
    for block in blocks:
        if block.kind != "note":
            ended = ended if block.kind in _BESIDE else block
            continue
        number += 1
        place = _place_of(block, places)
        if place is None and pages:
            place = _place_on_page(text, notes, pages, block)
        elif place is None and ended is not None:
            place = (ended.end, ended.end)
        if place is not None:
            insertions += _links(text, block, number, *place)
    return insertions


def _marks_of(text: str, blocks: Sequence[Block]) -> dict[str, list[int]]:
    """Return where each mark stands, in the text proper; raised characters count as plain ones."""
    notes = [(block.start, block.end) for block in blocks if block.kind == "note"]
    starts: dict[str, list[int]] = defaultdict(list)
    for mark in _MARK.finditer(text):
        at = bisect_left(notes, (mark.start() + 1,)) - 1
        if at < 0 or mark.start() >= notes[at][1]:
            starts[_plain(mark.group())].append(mark.start())
    return starts


def _plain(mark: str) -> str:
    """Return a mark without its being raised, which a note may have and its mark not.

    >>> _plain("¹²ⁱ")
    '12i'
    """
    return unicodedata.normalize("NFKC", mark)


def _place_of(note: Block, places: dict[str, list[int]]) -> tuple[int, int] | None:
    """Return the range of a note's mark: the last one before the note, else the first after it."""
    starts = places.get(_plain(note.label))
    if not starts:
        return None
    at = max(bisect_left(starts, note.start) - 1, 0)
    start = starts.pop(at)
    return start, start + len(note.label)


def _place_on_page(
    text: str, notes: Sequence[Block], pages: Sequence[Page], note: Block
) -> tuple[int, int] | None:
    """Return the range of the number that refers to a note at the foot of its page.

    None where the page has several such numbers, or none.
    """
    if not note.label.isdigit():
        return None
    page = pages[max(bisect_right(pages, note.start, key=attrgetter("start")) - 1, 0)]
    feet = (other.start for other in notes if other.start >= page.start)
    foot = next(feet, note.start)  # a note may stand before the first page
    places = []
    for number in _NUMBER.finditer(text, page.start, foot):
        if number[2] == note.label and not number[1][:1].isupper():
            places.append(number.span(2))
    return places[0] if len(places) == 1 else None


def _links(text: str, note: Block, number: int, start: int, end: int) -> list[Insertion]:
    """Return the tags of the link to a note around its mark, and of the link back.

    Where no mark stands in the text, the link has no text and shows the label.
    """
    label = escape_attribute(note.label) or "*"
    shown = "" if start < end else f' data-label="{label}"'
    there = (
        f'<a class="to-note" id="note-{number}-from" href="#note-{number}" '
        f'title="Note {label}"{shown}>'
    )
    back = (
        f'<a class="from-note" id="note-{number}" href="#note-{number}-from" '
        f'title="Back to the text"'
    )
    label_end = note.start
    if note.label and text.startswith(note.label, note.start):
        label_end += len(note.label)
    back += ">" if label_end > note.start else ' data-label="↑">'
    if start == end:
        around = [Insertion(start, CLOSING, there + "</a>")]
    else:
        around = [Insertion(start, OPENING, there), Insertion(end, CLOSING, "</a>")]
    if label_end == note.start:
        return [*around, Insertion(note.start, OPENING, back + "</a>")]
    closing = Insertion(label_end, CLOSING, "</a>")
    return [*around, Insertion(note.start, OPENING, back), closing]
