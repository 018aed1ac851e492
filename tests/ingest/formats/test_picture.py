"""Pictures: without the extra, with recognised lines made up, and with the extra where it is."""

import io
import struct
import zlib

import numpy as np
import pytest

from inquote.ingest.errors import FileSkipped
from inquote.ingest.files.sandbox import message_of, parsed_from
from inquote.ingest.formats import picture
from inquote.ingest.formats.base import Parsed
from inquote.ingest.formats.registry import detect_format
from inquote.ingest.layout.boxes import rectangles
from inquote.ingest.layout.recognition import Recognised, can_recognise
from inquote.ingest.layout.regions import reading_order

with_extra = pytest.mark.skipif(not can_recognise(), reason="the extra ocr is not installed")


def png(width: int, height: int) -> bytes:
    """A white picture; the head says its size, and few rows of it are there."""
    content = b"\x89PNG\r\n\x1a\n"
    rows = zlib.compress(b"".join(b"\0" + b"\xff" * width for _ in range(min(height, 100))))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    for kind, body in ((b"IHDR", head), (b"IDAT", rows), (b"IEND", b"")):
        check = struct.pack(">I", zlib.crc32(kind + body))
        content += struct.pack(">I", len(body)) + kind + body + check
    return content


def line(text: str, left: float, top: float, width: float, score: float = 0.99) -> Recognised:
    return Recognised(text, (left, top, left + width, top + 20), score)


def parse(*lines: Recognised) -> Parsed:
    """The parsed picture in which these lines are recognised."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(picture, "can_recognise", lambda: True)
        patch.setattr(picture, "recognise", lambda dots: list(lines))
        return picture.parse(png(90, 60))


def test_without_the_extra_the_sentence_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture, "can_recognise", lambda: False)
    with pytest.raises(FileSkipped, match=r'^it is a picture; .* pip install "inquote\[ocr\]"$'):
        picture.parse(png(9, 9))


@pytest.mark.parametrize("start", [b"\xff\xd8\xff\xe0", b"II*\0", b"RIFF\0\0\0\0WEBPVP8 "])
def test_pictures_are_told_by_their_content(start: bytes) -> None:
    assert detect_format(start + bytes(40), ".txt").name == "picture"
    assert detect_format(png(9, 9), "").name == "picture"


@with_extra
def test_a_giant_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(FileSkipped, match=r"50,000 by 50,000 dots, more than 60 million|far dots"):
        picture.parse(png(50_000, 50_000))


@with_extra
def test_a_damaged_picture_is_refused() -> None:
    for content in (png(90, 60)[:40], b"\xff\xd8\xff\xe0" + bytes(40)):
        with pytest.raises(FileSkipped, match="damaged picture"):
            picture.parse(content)


def test_lines_are_paragraphs_and_each_piece_has_its_score() -> None:
    parsed = parse(
        line("The tap", 10, 10, 80, 0.9),
        line("is blue.", 95, 12, 80, 0.5),
        line("It drips.", 10, 34, 90),
        line("Far below.", 10, 200, 90),
    )
    assert parsed.text == "The tap is blue.\nIt drips.\n\nFar below."
    words = [(parsed.text[start:end], score) for start, end, score in parsed.recognised]
    assert words[:2] == [("The tap", 0.9), ("is blue.", 0.5)]
    assert words[-1][0] == "Far below."
    assert [page.end for page in parsed.pages] == [len(parsed.text)]
    assert parsed_from(*message_of(parsed)) == parsed


def test_each_piece_has_a_box_on_its_page() -> None:
    parsed = parse(line("The tap", 10, 10, 80, 0.9), line("drips.", 10, 34, 60))
    (page,) = parsed.pages
    start = parsed.text.index("drips")
    (left, top, right, bottom), *others = rectangles(page, start, start + 3)
    assert (left, right, others) == (10, 40, [])  # half of the letters, half of the width
    assert top <= 34 < bottom


def test_pieces_that_stand_apart_are_cells() -> None:
    parsed = parse(
        *(line("berth", 10, 10, 50), line("depth", 200, 10, 50)),
        *(line("North", 10, 40, 50), line("4.5", 200, 40, 30, 0.7)),
    )
    assert parsed.text == "berth | depth\nNorth | 4.5"
    start, end, score = parsed.recognised[-1]
    assert (parsed.text[start:end], score) == ("4.5", 0.7)


def test_columns_of_prose_are_read_one_after_the_other() -> None:
    pieces = [line("A title across both of the columns", 100, 10, 500)]
    for at in range(5):
        pieces.append(line(f"left {at}", 10, 60 + 24 * at, 300))
        pieces.append(line(f"right {at}", 330, 60 + 24 * at, 300))
    pieces.append(line("7", 312, 300, 16))
    texts = [" ".join(piece.text for piece in pieces) for pieces in reading_order(pieces)]
    assert texts == [
        "A title across both of the columns",
        *(f"left {at}" for at in range(5)),
        *(f"right {at}" for at in range(5)),
        "7",
    ]


def test_a_table_is_read_row_by_row() -> None:
    pieces = []
    for at in range(6):
        pieces += [line(f"row {at}", 10, 24 * at, 60), line(f"{at}.5", 330, 24 * at, 40)]
    assert [piece.text for piece in reading_order(pieces)[2]] == ["row 2", "2.5"]


def test_a_picture_without_words_is_skipped() -> None:
    with pytest.raises(FileSkipped, match="no words were recognised"):
        parse()


@with_extra
@pytest.mark.slow
def test_words_of_a_drawn_page_are_recognised() -> None:
    from PIL import Image, ImageDraw, ImageFont

    page = Image.new("RGB", (700, 160), "white")
    font = ImageFont.load_default(30)
    ImageDraw.Draw(page).text((20, 40), "The harbour has 41 berths.", "black", font)
    file = io.BytesIO()
    page.save(file, "PNG")
    parsed = picture.parse(file.getvalue())
    assert parsed.text == "The harbour has 41 berths."
    assert parsed.recognised[0][2] > 0.8
    assert np.asarray(page).shape == (160, 700, 3)
