"""Tell headings: parts that are larger or bolder than the text and head something."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from inquote.ingest.layout.lines import Line
from inquote.ingest.layout.parts import Part

_LARGER = 1.1  # times the size of most text, and more
_LEVELS = 6
_MAX_WORDS = 20
_MAX_LINES = 3
_MAX_BOLD_WORDS = 12
_SAME_SIZE = 0.05  # of the size that the lines of a title may differ by
_NEXT_LINE = 1.6  # times the size between two lines of a title, and less
_PROSE_WORDS = 5  # of a line that tells the size of most text
_TOO_MANY = 0.3  # of a document's letters
_LETTERS = re.compile(r"[^\W\d_]{2}|[\u3040-\u9fff\uac00-\ud7af]")
_OVER = re.compile(r"[.,;:…。，；]$|\w[-–—]$")
_OF_TABLE = re.compile(
    r"\W{0,2}(?:[\w$]{1,20},? ){0,6}?in (?:millions|thousands|billions)\b"
    r"|(?:for the )?(?:\w{1,12} ){0,2}(?:years?|months|quarters?|weeks) ended\b"
    r"|fiscal years?$|\W{0,2}% change",
    re.IGNORECASE,
)
_ACCOUNTS = re.compile(
    r"(?:\w{2,20} ){0,2}consolidated (?:statements? of [\w ]{3,60}|balance sheets?|accounts)",
    re.IGNORECASE,
)
_UNIT = re.compile(r" ?\([^()]{0,80}\)$")
_CAPITALS = re.compile(r"[^\W\d_]{3}")
_INTRODUCES = re.compile(r"\b(?:follows?|following|below):$")  # a table or a list
_NUMBER = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,4})\.?\s+\S")
_PROSE_END = re.compile(r"[.!?]$")


def body_size(lines: Sequence[Line]) -> float:
    """Return the size of most running text; the print of tables and labels counts for little."""
    prose: Counter[float] = Counter()
    others: Counter[float] = Counter()
    for line in lines:
        is_prose = len(line.text.split()) >= _PROSE_WORDS or len(line.text) > 40
        letters = sum(map(str.isalpha, line.text))
        (prose if is_prose else others)[line.size] += letters
    counts = prose if prose.total() >= 0.1 * others.total() else others
    return max(counts, key=lambda size: (counts[size], size), default=10.0)


def mark_headings(parts: Sequence[Part], body: float, outline: dict[str, int]) -> None:
    """Make headings of the parts that head something, with their levels."""
    candidates = []
    for index, part in enumerate(parts):
        if part.kind in ("paragraph", "item") and _may_head(parts, index, body, outline):
            candidates.append(part)
    letters = sum(len(part.words) for part in parts) or 1
    if sum(len(part.words) for part in candidates) > _TOO_MANY * letters:
        candidates = [part for part in candidates if _is_sure(part, body, outline)]
    ranks = _ranks({_style(part, body) for part in candidates})
    for part in candidates:
        part.kind = "heading"
        part.level = outline.get(_key(part.words), 0) or ranks[_style(part, body)]


def join_title(parts: list[Part]) -> None:
    """Make one heading of the lines of a title that a change of weight or a blank parts.

    The title is the first heading. What is joined to it follows at once, is as large, has the same
    level, and stands below it, from the same left or around the same middle.
    """
    at = next((index for index, part in enumerate(parts) if part.kind == "heading"), None)
    if at is None:
        return
    title = parts[at]
    while at + 1 < len(parts) and _goes_on(title, parts[at + 1]):
        title.lines.extend(parts.pop(at + 1).lines)


def _goes_on(title: Part, part: Part) -> bool:
    """Return whether a part is a further line of a title."""
    is_alike = part.kind == "heading" and (part.page, part.level) == (title.page, title.level)
    if not is_alike or abs(part.size - title.size) > _SAME_SIZE * title.size:
        return False
    lines = len(title.lines) + len(part.lines)
    words = f"{title.words} {part.words}"
    if lines > _MAX_LINES or len(words.split()) > _MAX_WORDS or _NUMBER.match(part.words):
        return False
    above, below = title.lines[-1], part.lines[0]
    is_near = 0 < below.base - above.base <= _NEXT_LINE * title.size
    aside = min(abs(below.left - above.left), abs(_middle(below) - _middle(above)))
    return is_near and aside <= title.size and not _OVER.search(title.words)


def _middle(line: Line) -> float:
    return (line.left + line.right) / 2


def _ranks(styles: set[tuple[float, bool]]) -> dict[tuple[float, bool], int]:
    """Return the level of each style, the largest being 1; the nearest share one of six."""
    groups = [[style] for style in sorted(styles, reverse=True)]
    while len(groups) > _LEVELS:
        steps = [above[-1][0] - below[0][0] for above, below in pairwise(groups)]
        at = steps.index(min(steps))
        groups[at : at + 2] = [groups[at] + groups[at + 1]]
    return {style: rank for rank, group in enumerate(groups, 1) for style in group}


def _style(part: Part, body: float) -> tuple[float, bool]:
    """Return what tells levels apart: the size in steps of half a point, and the weight."""
    size = round(part.size * 2) / 2
    return (size, part.is_bold if size <= _LARGER * body else False)


def _key(text: str) -> str:
    return " ".join(text.lower().split())


def _may_head(parts: Sequence[Part], index: int, body: float, outline: dict[str, int]) -> bool:
    """Return whether a part is set as a heading and something follows it."""
    part = parts[index]
    words = part.words
    if len(part.lines) > _MAX_LINES or len(words.split()) > _MAX_WORDS or len(words) > 200:
        return False
    if (
        not part.lines
        or part.lines[0].angle
        or not _LETTERS.search(words)
        or not _heads_something(parts, index)
    ):
        return False
    if _key(words) in outline:
        return True
    if _OF_TABLE.match(words) or _INTRODUCES.search(words) or _is_over_columns(parts, index):
        return False
    is_numbered = bool(_NUMBER.match(words))
    if part.kind == "item" and not is_numbered:
        return False
    if _OVER.search(words) and not (words.endswith(":") and part.is_bold):
        return False
    if part.size >= _LARGER * body:
        return not (_PROSE_END.search(words) and len(words.split()) > 8)
    if part.size < 0.94 * body or len(part.lines) > 2:
        return False
    if _ACCOUNTS.fullmatch(_UNIT.sub("", words)) or (
        _is_capital(part) and not _is_capital(parts[index + 1])
    ):
        return True
    if not part.is_bold:
        return False
    return len(words.split()) <= _MAX_BOLD_WORDS and not _is_bold(parts[index + 1])


def _is_over_columns(parts: Sequence[Part], index: int) -> bool:
    """Return whether a part stands over some columns of the table below it, not over all."""
    below = parts[index + 1] if index + 1 < len(parts) else None
    table = below.table if below else None
    line = parts[index].lines[-1]
    if table is None or table.page != line.page or table.base - line.base > 3 * line.size:
        return False
    is_aside = line.left > table.left + 4 * line.size
    middle = (table.left + table.right) / 2
    return is_aside and abs(_middle(line) - middle) > 3 * line.size


def _is_capital(part: Part) -> bool:
    """Return whether a part is a few words in capitals alone, units behind them."""
    words = _UNIT.sub("", part.words)
    is_short = len(part.lines) <= 2 and 1 < len(words.split()) <= _MAX_BOLD_WORDS
    return is_short and words.isupper() and len(_CAPITALS.findall(words)) > 1


def _is_bold(part: Part) -> bool:
    return bool(part.lines) and part.is_bold


def _heads_something(parts: Sequence[Part], index: int) -> bool:
    """Return whether text follows a part that is not larger than it."""
    own = parts[index]
    for part in parts[index + 1 :]:
        if part.kind in ("header", "footer", "note") or part.reason:
            continue
        if part.table is not None or not part.lines:
            return True
        return part.size <= own.size * 1.02 or part.page != own.page
    return False


def _is_sure(part: Part, body: float, outline: dict[str, int]) -> bool:
    return _key(part.words) in outline or (
        part.size >= 1.3 * body and len(part.words.split()) <= 10 and len(part.lines) == 1
    )
