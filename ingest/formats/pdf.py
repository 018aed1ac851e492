"""Parse a PDF: put its characters together to what a reader sees on its pages.

A PDF holds glyphs and their places but no structure, so this reads a page as an eye does; each step
is a module of `ingest/layout`:

1. Characters become words by their gaps, and pieces of lines by their heights.
2. Heads and feet of pages are told by their return, and their numbers name the pages.
3. Pieces become tables, columns and lines, in the order in which they are read.
4. Lines become paragraphs, items, captions and notes by their distances, and a paragraph goes on
   over the end of a page.
5. Headings are told by their size and weight.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from typing import Any

from inquote.ingest.documents import UNTOLD, Page
from inquote.ingest.errors import FileSkipped
from inquote.ingest.formats.base import Format, Parsed
from inquote.ingest.formats.builder import canonical, first_title
from inquote.ingest.formats.scan import only_pictures
from inquote.ingest.layout.annotations import (
    draw_into,
    line_at,
    read_annotations,
    shown_values,
)
from inquote.ingest.layout.bands import Piece
from inquote.ingest.layout.characters import read_characters
from inquote.ingest.layout.columns import Fields, Flow, read_order
from inquote.ingest.layout.grids import ruled_tables
from inquote.ingest.layout.headings import body_size, join_title, mark_headings
from inquote.ingest.layout.legibility import Legibility
from inquote.ingest.layout.lines import Line, read_pieces
from inquote.ingest.layout.paragraphs import join_over_pages, parts_of
from inquote.ingest.layout.parts import Part
from inquote.ingest.layout.running import Edges, take_running
from inquote.ingest.layout.shapes import Box, Frame, Shapes, frame_of, read_shapes
from inquote.ingest.layout.strings import String
from inquote.ingest.layout.tables import is_level
from inquote.ingest.layout.words import read_words
from inquote.ingest.layout.writing import Sheet, Writer, compounds_in

_MAX_OUTLINE = 20_000  # entries
_NO_TITLE = re.compile(
    r"(?i:untitled(?:[ -][\w -]{1,30})?|no title|powerpoint presentation"
    r"|(?:title|document|presentation)\s?\d{0,3}|slide \d{1,4}|page \d{1,4}"
    r"|microsoft (?:word|powerpoint|excel)\b.{0,200}+)"
    r"|[\d\W_]{1,200}+|[^\n]{1,200}\.[a-zA-Z]{2,4}\d?",
)
_NO_LETTERS = (
    "the fonts of this PDF do not say which characters its glyphs are, so that its text cannot be "
    "decoded; run text recognition on it, or make it anew"
)


@dataclass
class PdfPage:
    """What was read of a page.

    `drawn` is the text of signatures and stamps; `is_scan` says whether most of its words are those
    of a picture.
    """

    sheet: Sheet
    pieces: list[Line]
    leaning: list[Line] = field(default_factory=list)
    drawn: list[Line] = field(default_factory=list)
    shapes: Shapes = field(default_factory=Shapes)
    hidden: list[tuple[str, str]] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    legibility: Legibility = field(default_factory=Legibility)
    is_scan: bool = False


def parse(content: bytes, encoding: str | None = None) -> Parsed:
    """Parse a PDF.

    Raises `FileSkipped` for one that needs a password, is damaged or holds no text.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            reason = "it is encrypted and needs a password; save it without one"
            raise FileSkipped(reason) from error
        raise FileSkipped(f"it is a damaged PDF ({error})") from error
    with closing(document):
        forms = _forms_of(document)
        pages = [_read_page(document, number, forms) for number in range(len(document))]
        outline = dict(_read_outline(document))
        title = " ".join(canonical(document.get_metadata_value("Title") or "").split())
    if not pages:
        raise FileSkipped("it is a damaged PDF (it has no pages)")
    legibility = Legibility()
    for page in pages:
        legibility.add(page.legibility)
    if legibility.is_garbage("\n".join([piece.text for page in pages for piece in page.pieces])):
        raise FileSkipped(_NO_LETTERS)
    return replace(_build(pages, outline, title), warning=legibility.warning)


def _forms_of(document: Any) -> Any:
    """Return the handle of a document's form, None where it has none."""
    with suppress(Exception):  # a broken form costs its fields
        document.init_forms()
        return document.formenv.raw if document.formenv else None
    return None


def _read_page(document: Any, number: int, forms: Any) -> PdfPage:
    """Read a page and close it; one that is broken is empty."""
    import pypdfium2

    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        return PdfPage(Sheet(0.0, 0.0), [])
    with closing(page):
        frame = frame_of(page)
        shapes = read_shapes(page, frame)
        with closing(page.get_textpage()) as text_page:
            text = read_characters(text_page, frame, shapes)
        notes = read_annotations(page, forms, frame, number)
        if notes.drawn:
            draw_into(page, notes.drawn)
    sheet = Sheet(frame.width, frame.height, document.get_page_label(number) or "")
    result = PdfPage(sheet, [], shapes=shapes, hidden=text.hidden, comments=notes.comments)
    result.legibility = text.legibility
    result.is_scan = 2 * text.layered > len(text.strings)
    angles = _by_angle(text.strings)
    for angle in sorted(angles, key=lambda angle: (-len(angles[angle]), angle)):
        pieces = read_pieces(read_words(angles[angle]), number, angle)
        if angle == 0 or not (result.pieces or angles.get(0)):
            result.pieces = pieces
        else:
            result.leaning.extend(pieces)
    drawn = _read_drawn(document, number, frame, text.strings) if notes.drawn else []
    fields, result.drawn = shown_values(notes.fields, drawn)
    result.pieces.extend(_named(fields, result.pieces))
    return result


def _read_drawn(document: Any, number: int, frame: Frame, known: list[String]) -> list[Line]:
    """Return the lines that were drawn into a page since its `known` strings were read."""
    before = Counter(map(_place_of, known))
    with closing(document[number]) as page:
        shapes = read_shapes(page, frame)
        with closing(page.get_textpage()) as text_page:
            strings = read_characters(text_page, frame, shapes).strings
    new = []
    for string in strings:
        if before[_place_of(string)]:
            before[_place_of(string)] -= 1
        else:
            new.append(string)
    lines = []
    for angle, drawn in sorted(_by_angle(new).items()):
        lines.extend(read_pieces(read_words(drawn), number, angle))
    return lines


def _by_angle(strings: list[String]) -> dict[float, list[String]]:
    """Return strings by the angle at which they stand, each in the order of drawing."""
    angles: dict[float, list[String]] = {}
    for string in strings:
        angles.setdefault(string.style.angle, []).append(string)
    return angles


def _place_of(string: String) -> tuple[str, int, int]:
    """Return what tells a string from others of its page."""
    return string.text, round(string.base), round(string.lefts[0]) if string.lefts else 0


def _named(fields: list[Line], pieces: list[Line]) -> Iterator[Line]:
    """Yield the values of fields, with the field's name where none is printed beside it."""
    for value in fields:
        is_labelled = not value.name
        for piece in pieces:
            is_above = 0 < value.top - piece.base < 1.5 * value.size and piece.left < value.right
            if is_level(piece, value) or (is_above and piece.right > value.left):
                is_labelled = True
        if is_labelled:
            yield value
        else:
            box = Box(value.left, value.top, value.right, value.bottom)
            yield line_at(f"{value.name}: {value.text}", box, value.page)


def _read_outline(document: Any) -> Iterator[tuple[str, int]]:
    """Yield the title, in lower case, and the level of every entry of a PDF's outline."""
    import pypdfium2

    with suppress(pypdfium2.PdfiumError):
        for count, entry in enumerate(document.get_toc(max_depth=8)):
            if count >= _MAX_OUTLINE:
                return
            words = canonical(entry.get_title() or "").lower().split()
            yield " ".join(words), min(entry.level + 1, 6)


def _build(pages: list[PdfPage], outline: dict[str, int], title: str) -> Parsed:
    """Lay out what was read, and write it."""
    all_pieces = [page.pieces for page in pages]
    edges = take_running(all_pieces, [page.sheet.height for page in pages])
    lines = [line for pieces in all_pieces for line in pieces]
    has_hidden = any(page.hidden or page.comments for page in pages)
    if not lines and not has_hidden and not any(edge.heads or edge.feet for edge in edges):
        raise only_pictures()
    body = body_size(lines)
    parts: list[Part] = []
    for number, (page, pieces, edge) in enumerate(zip(pages, all_pieces, edges, strict=True)):
        page.sheet.label = edge.label or page.sheet.label
        parts.extend(_edge_parts("header", edge, number))
        parts.extend(_page_parts(page, pieces, body))
        parts.extend(_edge_parts("footer", edge, number))
        for comment in page.comments:
            parts.append(Part("comment", number, text=comment))
        for reason, text in page.hidden:
            parts.append(Part("paragraph", number, text=" ".join(text.split()), reason=reason))
    mark_headings(parts, body, outline)
    join_title(parts)
    writer = Writer([page.sheet for page in pages], compounds_in([line.text for line in lines]))
    for part in join_over_pages(parts):
        writer.write(part)
    text, blocks = writer.builder.build()
    if _NO_TITLE.fullmatch(title):
        title = ""
    return Parsed(
        text,
        blocks,
        title or first_title(text, blocks),
        pages=writer.pages(),
        hidden=tuple(writer.builder.hidden),
        recognised=tuple(_scans(pages, writer.pages())),
    )


def _scans(pages: Sequence[PdfPage], written: Sequence[Page]) -> Iterator[tuple[int, int, float]]:
    """Yield the ranges of pages whose words another program has read from a picture."""
    for page, place in zip(pages, written, strict=True):
        if page.is_scan and place.start < place.end:
            yield place.start, place.end, UNTOLD


def _edge_parts(kind: Any, edges: Edges, number: int) -> Iterator[Part]:
    """Yield the heads or feet of a page."""
    for text in edges.heads if kind == "header" else edges.feet:
        yield Part(kind, number, text=text)


def _page_parts(page: PdfPage, pieces: list[Line], body: float) -> Iterator[Part]:
    """Yield the parts of a page as they are read."""
    tables, rest = ruled_tables(pieces, page.shapes)
    laid: list[Piece] = [*tables, *rest]
    for placed in (laid, list[Piece](page.leaning)):
        yield from _laid_parts(placed, body, page.sheet.height)
    for part in _laid_parts(list(page.drawn), body, page.sheet.height):
        yield part if part.table else replace(part, kind="comment")  # a large stamp heads nothing


def _laid_parts(pieces: list[Piece], body: float, height: float) -> Iterator[Part]:
    """Yield the parts of pieces in the order of reading."""
    for region in read_order(pieces):
        if isinstance(region, Flow):
            yield from parts_of(region, body, height)
        elif isinstance(region, Fields):
            for line in region.lines:
                yield Part("field", line.page, [line])
        else:
            yield Part("table", region.page, table=region)


FORMAT = Format("pdf", lambda content, suffix: b"%PDF-" in content[:1024], parse)
