"""Parse a PDF: put its lines together to headings and paragraphs by their place and size.

A PDF holds glyphs and their places but no structure, so this reads a page as an eye does:

1. Pieces of text are put together to lines, in the order in which they were written.
2. Running heads and feet, which return at the edge of most pages, belong to the pages and are
   dropped.
3. A line that is larger than most, or named in the outline, is a heading.
4. A paragraph goes on to the next line unless the spacing grows, the size changes or a list item
   begins, and over the end of a page unless its sentence is over.
5. A word divided at the end of a line is joined again.
"""

import io
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count, pairwise
from typing import Any

from inquote.ingest.documents import Page
from inquote.ingest.errors import FileSkipped
from inquote.ingest.formats.base import Format, Parsed
from inquote.ingest.formats.builder import TextBuilder, canonical, first_title
from inquote.ingest.text import LIST_MARKER

_HEADING_SIZE = 1.12  # times the size of most text, and more: a heading
_PARAGRAPH_SPACING = 1.35  # times the usual spacing, and more: a new paragraph
_USUAL_SPACING = 1.2  # times the size of a line, where no two lines tell
_SHORT_LINE = 0.7  # of a full line, and less: ended on purpose, as in a table or an address
_MAX_HEADING_WORDS = 20
_EDGE = 0.1  # of a page's height at its top and at its foot, where running heads stand
_MIN_PAGES = 3  # on which a running head returns
_DIVIDED_WORD = re.compile(r"(?<!\w)(\w++)[-\u2010]$")
_SENTENCE_OVER = re.compile(r"[.!?:…][\"'”’)\]]*$")
_PAGE_NUMBER = re.compile(r"(?:page |p\. ?|- ?)?#(?: ?(?:of|/) ?#| ?-)?", re.IGNORECASE)


@dataclass(frozen=True)
class Piece:
    """A piece of a page's text, its height on the page and the size of its letters, in points."""

    text: str
    y: float
    size: float


@dataclass(frozen=True)
class Line:
    """A line of a page, with the height and size of its longest piece.

    `page` counts from 0. `level` is that of a heading, 0 for other lines.
    """

    text: str
    page: int
    y: float
    size: float
    level: int = 0


def parse(content: bytes, encoding: str | None = None) -> Parsed:
    """Parse a PDF.

    Raises `FileSkipped` for one that is encrypted or damaged, costs too much to read or holds no
    text.
    """
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise FileSkipped("it is encrypted; save it without a password")
        pages = [list(_read_lines(page, number)) for number, page in enumerate(reader.pages)]
        heights = [float(page.mediabox.height) for page in reader.pages]
        outline = dict(_read_outline(reader.outline, 1))
        title = reader.metadata.title if reader.metadata else ""
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
    lines = _mark_headings(_drop_running_heads(pages, heights), outline)
    if not lines:
        raise FileSkipped("it holds no text, only pictures of it; run text recognition on it first")
    return _build(lines, len(pages), canonical(title or "").strip())


def _read_lines(page: Any, number: int) -> Iterator[Line]:
    """Yield the lines of a page in the order in which they were written."""
    pieces: list[Piece] = []

    def visit(
        text: str, outer: Sequence[float], inner: Sequence[float], font: Any, size: float
    ) -> None:
        # Two matrices give place and size: that of the text, and around it that of the page.
        y = inner[4] * outer[1] + inner[5] * outer[3] + outer[5]
        scale = math.hypot(inner[2], inner[3]) * math.hypot(outer[2], outer[3])
        pieces.append(Piece(text, y, abs(size * scale)))

    page.extract_text(visitor_text=visit)
    line: list[Piece] = []
    for piece in pieces:
        # A piece may end a line, and hold whole lines after that.
        first, *later = piece.text.split("\n")
        line.append(replace(piece, text=first))
        for text in later:
            yield from _join_pieces(line, number)
            line = [replace(piece, text=text)]
    yield from _join_pieces(line, number)


def _join_pieces(pieces: Sequence[Piece], page: int) -> Iterator[Line]:
    """Yield the line that these pieces make, nothing if they hold no text."""
    joined = canonical("".join(piece.text for piece in pieces))
    text = " ".join(joined.replace("\u00ad\n", "").split())
    written = [piece for piece in pieces if piece.text.strip()]
    if text and written:
        longest = max(written, key=lambda piece: (len(piece.text), piece.y, piece.size))
        yield Line(text, page, longest.y, round(longest.size, 1))


def _drop_running_heads(pages: Sequence[Sequence[Line]], heights: Sequence[float]) -> list[Line]:
    """Return the lines of all pages without running heads and feet.

    A running head stands at the top or the foot of at least half of the pages, its numbers aside.
    """
    # Count on how many pages each line at an edge returns.
    pages_with: Counter[str] = Counter()
    for lines, height in zip(pages, heights, strict=True):
        pages_with.update({_edge_key(line) for line in lines if _is_at_edge(line, height)})
    # Keep the lines that stand elsewhere or return too seldom.
    often = max(_MIN_PAGES, len(pages) / 2)
    kept = []
    for lines, height in zip(pages, heights, strict=True):
        for line in lines:
            if not _is_at_edge(line, height) or pages_with[_edge_key(line)] < often:
                kept.append(line)
    return kept


def _is_at_edge(line: Line, height: float) -> bool:
    return not _EDGE * height < line.y < (1 - _EDGE) * height


def _edge_key(line: Line) -> str:
    """Return a line's text with "#" for numbers, the same for all ways to print a page number."""
    key = re.sub(r"\d+", "#", line.text.lower())
    return "#" if _PAGE_NUMBER.fullmatch(key) else key


def _read_outline(entries: Sequence[Any], level: int) -> Iterator[tuple[str, int]]:
    """Yield the title, in lower case, and the level of every entry of a PDF's outline."""
    for entry in entries:
        if isinstance(entry, list):
            yield from _read_outline(entry, level + 1)
        elif entry.title:
            yield " ".join(canonical(str(entry.title)).lower().split()), min(level, 6)


def _mark_headings(lines: Sequence[Line], outline: dict[str, int]) -> list[Line]:
    """Return the lines with the levels of headings.

    A heading named in the outline has its level there. Others are short lines that are larger than
    most text; the largest size is level 1.
    """
    # The size of most text is that of the most characters.
    characters: Counter[float] = Counter()
    for line in lines:
        characters[line.size] += len(line.text)
    body_size = max(characters, key=lambda size: characters[size], default=0.0)
    heading_sizes = [size for size in characters if size > _HEADING_SIZE * body_size]
    heading_sizes.sort(reverse=True)
    # Give each line its level.
    marked = []
    for line in lines:
        level = outline.get(line.text.lower(), 0)
        is_short = len(line.text.split()) <= _MAX_HEADING_WORDS
        if not level and line.size in heading_sizes and is_short:
            level = min(6, heading_sizes.index(line.size) + 1)
        marked.append(replace(line, level=level))
    return marked


def _build(lines: Sequence[Line], page_count: int, title: str) -> Parsed:
    """Write the lines block by block, and note where each page begins."""
    builder = TextBuilder()
    page_starts = [0] * page_count
    hyphenated = set(re.findall(r"(?<!\w)\w++-\w+", " ".join(line.text.lower() for line in lines)))
    lengths = sorted(len(line.text) for line in lines)
    full_length = lengths[9 * len(lines) // 10]  # a full line, in characters
    last_page, follows_item = -1, False
    for block in _group_lines(lines):
        # Write the block.
        text, line_starts = _join_lines(block, full_length, hyphenated)
        if block[0].level:
            builder.heading(text, block[0].level)
        else:
            is_item = bool(LIST_MARKER.match(text))
            builder.block(text, gap="\n" if is_item and follows_item else "\n\n")
            follows_item = is_item
        # A page begins at its first line; one without lines begins where the next one does.
        block_start = builder.length - len(text)
        for line, line_start in zip(block, line_starts, strict=True):
            for page in range(last_page + 1, line.page + 1):
                page_starts[page] = block_start + line_start
            last_page = max(last_page, line.page)
    for page in range(last_page + 1, page_count):
        page_starts[page] = builder.length
    text, blocks = builder.build()
    ends = [*page_starts[1:], len(text)]
    pages = [Page(*page) for page in zip(count(1), page_starts, ends, strict=False)]
    return Parsed(text, blocks, first_title(text, blocks) or title, pages=tuple(pages))


def _group_lines(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield the lines of each heading, paragraph or list item."""
    spacing = _usual_spacing(lines)
    block = [lines[0]]
    for previous, line in pairwise(lines):
        if _continues(previous, line, spacing):
            block.append(line)
        else:
            yield block
            block = [line]
    yield block


def _usual_spacing(lines: Sequence[Line]) -> float:
    """Return the most frequent distance of two lines, as a multiple of their size."""
    counts: Counter[float] = Counter()
    for upper, lower in pairwise(lines):
        distance = upper.y - lower.y
        comparable = upper.page == lower.page and upper.size == lower.size
        if comparable and 0 < distance < 3 * upper.size:
            counts[round(distance / upper.size, 1)] += 1
    # The smaller one of two that are equally frequent.
    return max(counts, key=lambda spacing: (counts[spacing], -spacing), default=_USUAL_SPACING)


def _continues(previous: Line, line: Line, spacing: float) -> bool:
    """Return whether a line belongs to the same block as the previous one."""
    # A heading goes on in a line of its own kind close below.
    if previous.level or line.level:
        same_kind = previous.level == line.level and previous.size == line.size
        distance = abs(previous.y - line.y)
        is_near = previous.page == line.page and distance <= 2 * max(previous.size, line.size)
        return same_kind and is_near
    if LIST_MARKER.match(line.text) or abs(previous.size - line.size) > 0.1 * previous.size:
        return False
    # On the next page or in the next column an open sentence goes on.
    if previous.page != line.page or line.y > previous.y:
        return not _SENTENCE_OVER.search(previous.text)
    return previous.y - line.y <= _PARAGRAPH_SPACING * spacing * previous.size


def _join_lines(
    block: Sequence[Line], full_length: int, hyphenated: set[str]
) -> tuple[str, list[int]]:
    """Return the text of a block, and the offset in it at which each line begins.

    `hyphenated` are the words, in lower case, that stand somewhere with a hyphen within a line.
    """
    text = block[0].text
    line_starts = [0]
    for previous, line in pairwise(block):
        divided = _DIVIDED_WORD.search(text)
        if divided and line.text[:1].islower():
            # Keep the hyphen of a word that has one elsewhere too.
            rest = re.match(r"\w+", line.text)
            compound = f"{divided.group(1)}-{rest.group() if rest else ''}".lower()
            text = text if compound in hyphenated else text[:-1]
        elif block[0].level or len(previous.text) >= _SHORT_LINE * full_length:
            text += " "
        else:
            text += "\n"
        line_starts.append(len(text))
        text += line.text
    return text, line_starts


FORMAT = Format("pdf", lambda content, suffix: b"%PDF-" in content[:1024], parse)
