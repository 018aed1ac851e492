"""PDF: lines by their place and size on the page, put together to headings and paragraphs.

A PDF holds glyphs and places, no structure, so this reads it as an eye does. A line larger than most, or named in the
outline, is a heading. A paragraph goes on to the next line unless the distance grows, the size changes or an item of a
list begins, and over the end of a page unless its sentence is over. What stands at the top or foot of most pages is the
page's, not the text's, and is dropped. A word divided at the end of a line is joined again.
"""

import io
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from inquote.ingest.errors import FileSkipped
from inquote.ingest.formats.base import Format, Parsed
from inquote.ingest.formats.builder import TextBuilder, canonical
from inquote.ingest.text import LIST_MARKER

_LARGER = 1.12  # times the size of most text: a heading
_FARTHER = 1.35  # times the usual distance of lines: a new paragraph
_SHORT = 0.7  # of a full line: the line was ended on purpose, as that of a table or an address
_MOST_WORDS = 20  # of a heading
_EDGE = 0.1  # of a page's height at the top and at the foot: what stands there may be the page's
_FEWEST_PAGES = 3  # on which a line must return to be the page's
_DIVIDED = re.compile(r"(\w+)[-\u2010]$")
_SENTENCE_OVER = re.compile(r"[.!?:…][\"'”’)\]]*$")
_PAGE_NUMBER = re.compile(r"(?:page |p\. ?|- ?)?#(?: ?(?:of|/) ?#| ?-)?", re.IGNORECASE)


@dataclass(frozen=True)
class Line:
    """A line of a page: `y` is its height and `size` that of its letters, in points; `level` is 0 but for headings."""

    text: str
    page: int
    y: float
    size: float
    level: int = 0


def parse(content: bytes, encoding: str | None = None) -> Parsed:
    """Parse a PDF; raises `FileSkipped` for one that is encrypted, damaged, too costly to read or without text."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise FileSkipped("it is encrypted; save it without a password")
        pages = [list(_lines(page, number)) for number, page in enumerate(reader.pages)]
        heights = [float(page.mediabox.height) for page in reader.pages]
        outline, title = (
            dict(_outline(reader.outline, 1)),
            reader.metadata.title if reader.metadata else "",
        )
    except (
        PyPdfError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        OSError,
        ArithmeticError,
    ) as error:
        raise FileSkipped(f"it is a damaged PDF ({type(error).__name__}: {error})") from error
    except RecursionError as error:
        raise FileSkipped("it is a damaged PDF (its parts hold one another)") from error
    lines = list(_headed(_without_edges(pages, heights), outline))
    if not lines:
        raise FileSkipped("it holds no text, only pictures of it; run text recognition on it first")
    return _parsed(lines, len(pages), canonical(title or "").strip())


def _lines(page: Any, number: int) -> Iterator[Line]:
    """The lines of a page in the order in which they were written."""
    parts: list[tuple[str, float, float]] = []  # text, y, size

    def visit(
        text: str, outer: Sequence[float], inner: Sequence[float], font: Any, size: float
    ) -> None:
        y = inner[4] * outer[1] + inner[5] * outer[3] + outer[5]
        scale = math.hypot(inner[2], inner[3]) * math.hypot(outer[2], outer[3])
        parts.append((text, y, abs(size * scale)))

    page.extract_text(visitor_text=visit)
    words: list[tuple[str, float, float]] = []
    for text, y, size in parts:
        first, *others = text.split("\n")
        words.append((first, y, size))
        for other in others:
            yield from _line(words, number)
            words = [(other, y, size)]
    yield from _line(words, number)


def _line(words: Sequence[tuple[str, float, float]], page: int) -> Iterator[Line]:
    text = " ".join(
        canonical("".join(text for text, _, _ in words)).replace("\u00ad\n", "").split()
    )
    written = [(len(text), y, size) for text, y, size in words if text.strip()]
    if text and written:
        _, y, size = max(written)
        yield Line(text, page, y, round(size, 1))


def _without_edges(pages: Sequence[Sequence[Line]], heights: Sequence[float]) -> list[Line]:
    """All lines but those that return, numbers aside, at the top or the foot of at least half of the pages."""
    edges = [
        [line for line in lines if not _EDGE * height < line.y < (1 - _EDGE) * height]
        for lines, height in zip(pages, heights, strict=True)
    ]
    counts = Counter(key for lines in edges for key in {_edge_key(line) for line in lines})
    often = max(_FEWEST_PAGES, len(pages) / 2)
    kept = []
    for lines, edge in zip(pages, edges, strict=True):
        dropped = {id(line) for line in edge if counts[_edge_key(line)] >= often}
        kept += [line for line in lines if id(line) not in dropped]
    return kept


def _edge_key(line: Line) -> str:
    key = re.sub(r"\d+", "#", line.text.lower())
    return "#" if _PAGE_NUMBER.fullmatch(key) else key


def _outline(entries: Sequence[Any], level: int) -> Iterator[tuple[str, int]]:
    """(title, level) of every entry of a PDF's outline."""
    for entry in entries:
        if isinstance(entry, list):
            yield from _outline(entry, level + 1)
        elif entry.title:
            yield " ".join(canonical(str(entry.title)).lower().split()), min(level, 6)


def _headed(lines: Sequence[Line], outline: dict[str, int]) -> Iterator[Line]:
    """The lines with the levels of those that are headings: as in the outline, else by size, the largest being 1."""
    if not lines:
        return
    weight: Counter[float] = Counter()
    for line in lines:
        weight[line.size] += len(line.text)
    body = max(weight, key=lambda size: weight[size])
    larger = sorted({line.size for line in lines if line.size > _LARGER * body}, reverse=True)
    for line in lines:
        level = outline.get(line.text.lower(), 0)
        if not level and line.size in larger and len(line.text.split()) <= _MOST_WORDS:
            level = min(6, larger.index(line.size) + 1)
        yield Line(line.text, line.page, line.y, line.size, level)


def _parsed(lines: Sequence[Line], page_count: int, title: str) -> Parsed:
    builder, starts = TextBuilder(), [0] * page_count
    hyphenated = set(re.findall(r"\w+-\w+", " ".join(line.text.lower() for line in lines)))
    full = sorted(len(line.text) for line in lines)[
        9 * len(lines) // 10
    ]  # the characters of a full line
    seen, is_item = -1, False
    for block in _blocks(lines):
        text, joints = _joined(block, full, hyphenated)
        if block[0].level:
            builder.heading(text, block[0].level)
        else:
            is_item, after_item = bool(LIST_MARKER.match(text)), is_item
            builder.block(text, gap="\n" if is_item and after_item else "\n\n")
        begin = builder.length - len(text)
        for line, joint in zip(block, joints, strict=True):
            for page in range(seen + 1, line.page + 1):
                starts[page] = begin + joint
            seen = max(seen, line.page)
    for page in range(seen + 1, page_count):
        starts[page] = builder.length
    text, sections = builder.build()
    first = next((section.title for section in sections if section.title), "")
    return Parsed(text, sections, first or title, pages=tuple(starts))


def _blocks(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """The lines of one heading, paragraph or item after the other."""
    usual = _usual_distance(lines)
    block = [lines[0]]
    for before, line in pairwise(lines):
        if _goes_on(before, line, usual):
            block.append(line)
        else:
            yield block
            block = [line]
    yield block


def _usual_distance(lines: Sequence[Line]) -> float:
    """The most frequent distance of two lines, as a multiple of their size."""
    steps = Counter(
        round((a.y - b.y) / a.size, 1)
        for a, b in pairwise(lines)
        if a.page == b.page and a.size == b.size and 0 < a.y - b.y < 3 * a.size
    )
    return max(steps, key=lambda step: (steps[step], -step)) if steps else 1.2


def _goes_on(before: Line, line: Line, usual: float) -> bool:
    if before.level or line.level:
        near = before.page == line.page and abs(before.y - line.y) <= 2 * max(
            before.size, line.size
        )
        return before.level == line.level and before.size == line.size and near
    if LIST_MARKER.match(line.text) or abs(before.size - line.size) > 0.1 * before.size:
        return False
    if before.page != line.page or line.y > before.y:  # the next page or column
        return not _SENTENCE_OVER.search(before.text)
    return before.y - line.y <= _FARTHER * usual * before.size


def _joined(block: Sequence[Line], full: int, hyphenated: set[str]) -> tuple[str, list[int]]:
    """The text of a block, and at which of its characters each line begins."""
    text, joints = "", []
    for before, line in zip((None, *block), block, strict=False):
        if before is not None:
            divided = _DIVIDED.search(text)
            if divided and line.text[:1].islower():
                rest = re.match(r"\w+", line.text)
                whole = f"{divided.group(1)}-{rest.group() if rest else ''}".lower()
                text = text if whole in hyphenated else text[:-1]
            else:
                ended = len(before.text) < _SHORT * full or bool(block[0].level)
                text += " " if block[0].level or not ended else "\n"
        joints.append(len(text))
        text += line.text
    return text, joints


FORMAT = Format("pdf", lambda content, suffix: b"%PDF-" in content[:1024], parse)
