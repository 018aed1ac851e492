"""Parse a picture of text: PNG, JPEG, TIFF or WebP, with the extra "ocr"."""

import io
import warnings
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any

from inquote.ingest.documents import Page
from inquote.ingest.errors import FileSkipped
from inquote.ingest.formats.base import Format, Parsed
from inquote.ingest.formats.builder import TableCell, TextBuilder, canonical
from inquote.ingest.layout.boxes import LineBoxes, pack_lines
from inquote.ingest.layout.recognition import INSTALL, MEMORY, Recognised, can_recognise, recognise
from inquote.ingest.layout.regions import reading_order

if TYPE_CHECKING:  # a child that reads other formats need not wait for it
    import numpy as np

MAX_DOTS = 60_000_000  # of a picture
MAX_PAGES = 30  # of a TIFF
MAX_SIDE = 2_000  # dots of a picture as it is recognised; the models look at no more
_PARAGRAPH_GAP = 0.8  # of a line's height, between two lines of a paragraph at most
_CELL_GAP = 1.0  # of a line's height, between two cells of a row at least
_STARTS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*")

_Line = list[Recognised]  # from left to right


def parse(content: bytes, encoding: str | None = None) -> Parsed:
    """Recognise the words in a picture.

    Raises `FileSkipped` where the extra is not installed, for a picture that is too large or
    damaged, and for one without words.
    """
    if not can_recognise():
        raise FileSkipped(f"it is a picture; to have its words read: {INSTALL}")
    return parse_pictures(_pictures(content))


def parse_pictures(pictures: Iterable[tuple["np.ndarray", float, float]], count: int = 0) -> Parsed:
    """Recognise the words in pictures: dots, red first, with the width and height in points.

    `count` is how many there are, 0 where it is not known. Raises `FileSkipped` for
    pictures without words.
    """
    builder = TextBuilder()
    pages: list[Page] = []
    has_more = False
    for picture, width, height in pictures:
        has_more = len(pages) == MAX_PAGES
        if has_more:
            break
        start, known = builder.length, len(builder.recognised)
        lines = reading_order(recognise(picture))
        _write_lines(builder, lines)
        boxes = pack_lines(_boxes(builder.recognised[known:], lines, width / picture.shape[1]))
        number, end = len(pages) + 1, builder.length
        pages.append(Page(number, start, end, width=width, height=height, lines=boxes))
    if not builder.length:
        raise FileSkipped("it is a picture in which no words were recognised")
    has_more = has_more or len(pages) < count
    warning = f"only its first {len(pages)} pages were read" if has_more else ""
    return builder.parsed(pages=pages, warning=warning)


def _boxes(
    ranges: Sequence[tuple[int, int, float]], lines: Iterable[_Line], points: float
) -> Iterator[LineBoxes]:
    """Yield the boxes of pieces that were written at some ranges; a dot is so many `points`.

    The letters of a piece share its width evenly, for the recognition does not part them.
    """
    pieces = [piece for line in lines for piece in line if _words(piece)]
    for (start, end, _), piece in zip(ranges, pieces, strict=True):
        left, top, right, bottom = (side * points for side in piece.box)
        step = (right - left) / (end - start)
        edges = [left + step * at for at in range(end - start + 1)]
        yield LineBoxes(start, end, top, bottom, tuple(edges))


def _pictures(content: bytes) -> Iterator[tuple["np.ndarray", float, float]]:
    """Yield each picture of a file as dots, with its width and height in points."""
    from PIL import Image, ImageSequence, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(io.BytesIO(content))
            for frame in islice(ImageSequence.Iterator(image), MAX_PAGES + 1):
                yield _dots(frame)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError) as error:
        if isinstance(error, Image.DecompressionBombError):
            raise FileSkipped(_too_large("far")) from error
        raise FileSkipped("it is a damaged picture") from error
    except (ValueError, SyntaxError, KeyError, TypeError) as error:
        raise FileSkipped("it is a damaged picture") from error


def _too_large(size: str) -> str:
    limit = MAX_DOTS // 1_000_000
    return f"it is a picture of {size} dots, more than {limit} million; make it smaller"


def _dots(frame: Any) -> tuple["np.ndarray", float, float]:
    """Return an upright picture on white, not larger than is recognised, and its size in points."""
    import numpy as np
    from PIL import Image, ImageOps

    width, height = frame.size
    if width * height > MAX_DOTS:
        raise FileSkipped(_too_large(f"{width:,} by {height:,}"))
    frame.draft("RGB", (MAX_SIDE, MAX_SIDE))
    picture = ImageOps.exif_transpose(frame)
    picture.thumbnail((MAX_SIDE, MAX_SIDE))
    if "A" in picture.getbands() or "transparency" in picture.info:
        layers = picture.convert("RGBA")
        picture = Image.new("RGBA", layers.size, "white")
        picture.alpha_composite(layers)
    dots = np.asarray(picture.convert("RGB"))
    return dots, float(dots.shape[1]), float(dots.shape[0])


def _write_lines(builder: TextBuilder, lines: list[_Line]) -> None:
    """Write lines as paragraphs, and those of several cells as tables."""
    at = 0
    while at < len(lines):
        end = at + 1
        if _is_row(lines[at]):
            while end < len(lines) and _is_row(lines[end]):
                end += 1
            _write_table(builder, lines[at:end])
        else:
            while end < len(lines) and _goes_on(lines[end - 1], lines[end]):
                end += 1
            _write_paragraph(builder, lines[at:end])
        at = end


def _height(line: _Line) -> float:
    return max(piece.box[3] - piece.box[1] for piece in line)


def _is_row(line: _Line) -> bool:
    """Return whether the pieces of a line stand as far apart as cells do."""
    gap = _CELL_GAP * _height(line)
    return any(right.box[0] - left.box[2] > gap for left, right in pairwise(line))


def _goes_on(line: _Line, other: _Line) -> bool:
    """Return whether a paragraph goes on from one line to the next."""
    if _is_row(other):
        return False
    gap = min(piece.box[1] for piece in other) - max(piece.box[3] for piece in line)
    heights = sorted((_height(line), _height(other)))
    return -heights[1] < gap < _PARAGRAPH_GAP * heights[0] and heights[1] < 1.5 * heights[0]


def _words(piece: Recognised) -> str:
    return " ".join(canonical(piece.text).split())


def _write_paragraph(builder: TextBuilder, lines: list[_Line]) -> None:
    """Write lines as a paragraph, and note the score of each piece."""
    texts: list[str] = []
    scored: list[tuple[int, int, float]] = []
    length = 0
    for line in lines:
        for number, piece in enumerate(line):
            words = _words(piece)
            if not words:
                continue
            gap = "" if not texts else " " if number else "\n"
            texts.append(gap + words)
            length += len(gap) + len(words)
            scored.append((length - len(words), length, piece.score))
    builder.block("".join(texts))
    start = builder.length - length
    for first, last, score in scored:
        builder.recognised.append((start + first, start + last, score))


def _write_table(builder: TextBuilder, lines: list[_Line]) -> None:
    """Write lines as the rows of a table, and note the score of each cell."""
    rows = []
    scores = []
    for line in lines:
        pieces = [piece for piece in line if _words(piece)]
        rows.append([TableCell(_words(piece), column) for column, piece in enumerate(pieces)])
        scores += [piece.score for piece in pieces]
    before = len(builder.blocks)
    builder.table(rows)
    cells = [block for block in builder.blocks[before:] if block.kind == "cell"]
    for cell, score in zip(cells, scores, strict=True):
        builder.recognised.append((cell.start, cell.end, score))


def _is_picture(content: bytes, suffix: str) -> bool:
    is_webp = content.startswith(b"RIFF") and content[8:12] == b"WEBP"
    return is_webp or content.startswith(_STARTS)


FORMAT = Format("picture", _is_picture, parse, memory=MEMORY, patience=5)
