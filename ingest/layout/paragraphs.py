"""Part the lines of a column into paragraphs, items and notes, and join what a page's end parts.

Lines go on while their distance stays: any distance, if it is the same for the lines around.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from inquote.ingest.documents import BlockKind
from inquote.ingest.layout.columns import Flow
from inquote.ingest.layout.lines import Line
from inquote.ingest.layout.parts import Part
from inquote.ingest.layout.words import is_from_right
from inquote.ingest.text import LIST_MARKER

_WIDER = 1.25  # times the distance of the lines around, and more: a new paragraph
_SAME_SIZE = 0.08  # of the size that the lines of a paragraph may differ by
_FARTHEST = 3.2  # of the size between lines of a paragraph
_INDENT = 0.8  # of the size, and more: the first line of a paragraph
_SHORT = 0.8  # of a column's width, and less: a line that ends on purpose
_FULL = 0.86  # of a column's width, and more: a line that its paragraph goes on after
_NOTE_SIZE = 0.93  # of the size of most text, and less
_NOTE_PLACE = 0.4  # of the page's height, and lower
_LEADERS = 30  # characters at the end of a line that dots lead to
_LOOK_AHEAD = 8  # parts between two halves of a sentence
_BESIDE = ("note", "header", "footer")  # what stands at the edges of pages
_SENTENCE_OVER = re.compile(r"[.!?:;…。！？][\"'”’»)\]]*(?: ?\d{1,3})?$")
_NOTE_MARK = re.compile(r"\d{1,3}(?=[ ):]|\.\s|[A-Z])|[*∗†‡§¶]{1,3}|[a-z][).] ")
_CAPTION = re.compile(
    r"(?:fig(?:ure|\.)?|table|tab\.|abbildung|abb\.|tabelle|figura|tabla|tableau|scheme|chart|"
    r"图|表|図)\s?[A-Z]?\d{1,3}(?:[.:|–—-]|\s|$)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"(?:\d{1,2}\.){1,4}(?:\d{1,2})?:?\s+\S|\((?:\d{1,3}|[a-zA-Z]|[ivx]{1,5})\)\s+\S|[•‣◦▪●○■□◆➢✓☒☐]"
)


def parts_of(flow: Flow, body: float, height: float) -> Iterator[Part]:
    """Yield the paragraphs, items and notes of a column, `body` being the size of most text."""
    lines = flow.lines
    notes_at = _notes_begin(lines, body, height)
    for group in _groups(lines[:notes_at], flow):
        kind = _kind_of(group[0].text)
        yield Part(kind, group[0].page, group, left=flow.left, right=flow.right)
    group = []
    for line in lines[notes_at:]:
        if group and _NOTE_MARK.match(line.text):
            yield Part("note", group[0].page, group)
            group = []
        group.append(line)
    if group:
        yield Part("note", group[0].page, group)


def _kind_of(text: str) -> BlockKind:
    if _CAPTION.match(text):
        return "caption"
    return "item" if is_item(text) else "paragraph"


def is_item(text: str) -> bool:
    """Return whether a line begins an item of a list."""
    return bool(LIST_MARKER.match(text) or _NUMBERED.match(text))


def _notes_begin(lines: Sequence[Line], body: float, height: float) -> int:
    """Return the index of the first line of the notes at a column's foot."""
    at = len(lines)
    best = at
    while at and lines[at - 1].size <= _NOTE_SIZE * body:
        at -= 1
        line = lines[at]
        if line.top < _NOTE_PLACE * height:
            break
        if _NOTE_MARK.match(line.text):
            best = at
    return best


def _groups(lines: Sequence[Line], flow: Flow) -> Iterator[list[Line]]:
    """Yield the lines of each paragraph."""
    group: list[Line] = []
    for index, line in enumerate(lines):
        if group and not _goes_on(lines, index, group, flow):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _goes_on(lines: Sequence[Line], index: int, group: Sequence[Line], flow: Flow) -> bool:
    """Return whether a line belongs to the paragraph of the lines above it."""
    above, line = lines[index - 1], lines[index]
    if not _is_alike(above, line) or is_item(line.text) or _CAPTION.match(line.text):
        return False
    if _changes_weight(above, line, group, flow):
        return False
    if _has_leaders(above.text):
        return False
    distance = line.base - above.base
    usual = _distance_around(lines, index, group)
    if distance > _FARTHEST * line.size or distance < 0.3 * line.size:
        return False
    is_open = not _SENTENCE_OVER.search(above.text)
    if distance > _WIDER * usual:
        return is_open and _is_filled(above, flow) and line.text[:1].islower()
    if is_from_right(line.text):
        return not (above.left > flow.left + (1 - _SHORT) * (flow.right - flow.left))
    indent = line.left - min(above.left, group[-1].left)
    is_item_group = is_item(group[0].text)
    if indent > _INDENT * line.size and not is_item_group and len(group) != 1:
        return is_open and line.text[:1].islower()
    if indent > _INDENT * line.size and not is_item_group:
        return is_open
    if is_item_group and len(group) > 1 and line.left < group[-1].left - _INDENT * line.size:
        return is_open and line.text[:1].islower()
    ends_early = above.right < flow.left + _SHORT * (flow.right - flow.left)
    if ends_early and _room_for(line) + above.right < _reach(lines, flow):
        return is_open and line.text[:1].islower()
    return True


def _has_leaders(text: str) -> bool:
    """Return whether dots lead to the end of a line, as in a table of contents."""
    end = text[-_LEADERS:].replace(" ", "")
    return "....." in end and end[-1:].isalnum()


def _changes_weight(above: Line, line: Line, group: Sequence[Line], flow: Flow) -> bool:
    """Return whether a bold line ends or begins here that stands for itself."""
    if above.is_bold == line.is_bold:
        return False
    if line.is_bold:
        return not line.text[:1].islower()
    is_open = not _SENTENCE_OVER.search(above.text)
    if all(each.is_bold for each in group):
        return not (is_open and (line.begins_bold or _is_filled(above, flow)))
    return False


def _reach(lines: Sequence[Line], flow: Flow) -> float:
    """Return how far the lines of a column reach."""
    return max(line.right for line in lines)


def _room_for(line: Line) -> float:
    """Return how much room the first word of a line takes, with the blank before it."""
    end = line.text.find(" ")
    if end < 0:
        end = len(line.text)
    return abs(line.rights[end - 1] - line.lefts[0]) + 0.5 * line.size


def _is_alike(above: Line, line: Line) -> bool:
    return abs(above.size - line.size) <= _SAME_SIZE * max(above.size, line.size)


def _is_filled(line: Line, flow: Flow) -> bool:
    width = flow.right - flow.left
    if is_from_right(line.text):
        return line.left <= flow.right - _FULL * width
    return line.right >= flow.left + _FULL * width


def _distance_around(lines: Sequence[Line], index: int, group: Sequence[Line]) -> float:
    """Return the usual distance of the lines around one: in its paragraph, else below or near."""
    if len(group) > 1:
        return median([below.base - each.base for each, below in pairwise(group[-9:])])
    near = []
    for at in range(max(1, index - 6), min(len(lines), index + 7)):
        distance = lines[at].base - lines[at - 1].base
        is_alike = _is_alike(lines[at - 1], lines[at]) and _is_alike(lines[at], lines[index])
        if at != index and is_alike and 0 < distance <= _FARTHEST * lines[at].size:
            near.append(distance)
    return min(near, default=1.35 * lines[index].size)


def join_over_pages(parts: Sequence[Part]) -> list[Part]:
    """Return parts with the halves of a paragraph joined that a column's or page's end parts.

    What stands between the halves follows the paragraph; what stands there on the page of the first
    half, such as its notes, comes before it, so that the text of a page is one range.
    """
    result: list[Part] = []
    waiting = list(parts)
    index = 0
    while index < len(waiting):
        part = waiting[index]
        index += 1
        result.append(part)
        while part.kind in ("paragraph", "item") and part.lines:
            at = _other_half(part, waiting, index)
            if at is None:
                break
            half = waiting[at]
            between = waiting[index:at]
            early = [other for other in between if _ends_before(other, half)]
            late = [other for other in between if not _ends_before(other, half)]
            if any(other.page != part.page for other in early):
                break  # the paragraph fills a page that holds something else too
            waiting[index : at + 1] = late
            result[-1:] = [*early, part]
            part.lines = [*part.lines, *half.lines]
            part.left, part.right = half.left, half.right
    return result


def _ends_before(part: Part, half: Part) -> bool:
    """Tell whether a part stands on a page before a half; heads and feet have no boxes there."""
    return part.page < half.page and part.kind not in ("header", "footer")


def _other_half(part: Part, parts: Sequence[Part], start: int) -> int | None:
    """Return the index of the part that goes on with a sentence, None where there is none."""
    last = part.lines[-1]
    if _SENTENCE_OVER.search(last.text):
        return None
    is_filled = _is_filled(last, Flow([], part.left, part.right))
    looked_at = 0
    for at in range(start, len(parts)):
        other = parts[at]
        if other.kind in ("header", "footer"):
            continue
        looked_at += 1
        if looked_at > _LOOK_AHEAD:
            return None
        if other.kind in ("caption", "note", "table", "comment", "field") or other.reason:
            continue
        if other.lines and other.lines[0].angle:
            continue
        if other.kind != "paragraph" or not other.lines or not _is_alike(last, other.lines[0]):
            return None
        first = other.lines[0]
        is_elsewhere = first.page != last.page or first.base <= last.base
        if other.is_bold != part.is_bold or not (is_elsewhere or at > start):
            return None
        if first.text[:1].islower() or (last.text.endswith("-") and first.text[:1].isalpha()):
            return at if is_filled or last.text.endswith("-") or looked_at == 1 else None
        is_next = all(between.kind in _BESIDE for between in parts[start:at])
        is_long = len(part.lines) > 1 or len(other.lines) > 1
        return at if is_filled and is_next and is_long else None
    return None
