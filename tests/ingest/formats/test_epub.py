"""EPUB: pages in the order of the spine, what the book says of itself, locks and bad parts."""

import pytest

from inquote.ingest.errors import FileSkipped
from inquote.ingest.formats.epub import parse
from inquote.ingest.formats.registry import detect_format
from made_files import archive, epub

LOCK = (
    '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><EncryptedData '
    'xmlns="http://www.w3.org/2001/04/xmlenc#"><EncryptionMethod Algorithm="{}"/></EncryptedData>'
    "</encryption>"
)
FONTS = "http://www.idpf.org/2008/embedding"


def test_pages_come_in_the_order_of_the_spine_after_title_and_author() -> None:
    pages = [f"<h2>Part {at}</h2><p>Words of {at}.</p>" for at in range(12)]
    parsed = parse(epub(pages, "<dc:title>Moles</dc:title><dc:creator>Ida Fen</dc:creator>"))
    assert parsed.title == "Moles"
    assert parsed.text.startswith("Moles\n\nAuthor: Ida Fen\n\nPart 0\n\nWords of 0.\n\nPart 1\n\n")
    assert [section.level for section in parsed.sections[:2]] == [1, 2]
    assert parsed.text.index("Part 9") < parsed.text.index("Part 10")
    assert parsed.blocks[1].label == "Author"


def test_a_title_that_the_first_page_repeats_stands_once() -> None:
    parsed = parse(epub(["<h1>Moles</h1><p>They dig."], "<dc:title>Moles</dc:title>"))
    assert parsed.text == "Moles\n\nThey dig."


def test_scripts_are_no_text_and_hidden_words_are_marked() -> None:
    parsed = parse(epub(["<p>Seen.</p><script>alert(1)</script><p hidden>Unseen.</p>"]))
    assert "alert" not in parsed.text
    hidden = parsed.hidden[0]
    assert parsed.text[hidden.start : hidden.end] == "Unseen."


def test_a_page_without_text_costs_nothing_but_itself() -> None:
    assert parse(epub(["<img/>", "<p>Read.</p>"])).text == "Read."
    with pytest.raises(FileSkipped, match="pictures only"):
        parse(epub(["<img/>"]))


def test_a_locked_book_is_refused_and_one_with_locked_fonts_is_read() -> None:
    lock = {"META-INF/encryption.xml": LOCK.format(FONTS).encode()}
    assert parse(epub(["<p>Read.</p>"], parts=lock)).text == "Read."
    aes = "http://www.w3.org/2001/04/xmlenc#aes256-cbc"
    lock = {"META-INF/encryption.xml": LOCK.format(aes).encode()}
    with pytest.raises(FileSkipped, match="locked by its seller"):
        parse(epub(["<p>Read.</p>"], parts=lock))


def test_entities_of_a_part_are_not_resolved() -> None:
    bomb = b'<!DOCTYPE p [<!ENTITY a SYSTEM "file:///etc/hostname">]><package>&a;</package>'
    with pytest.raises(FileSkipped):
        parse(epub([], parts={"OEBPS/b.opf": bomb}))


def test_a_book_is_told_by_its_content() -> None:
    assert detect_format(epub(["<p>x"]), ".zip").name == "epub"
    content = archive({"a/META-INF.txt": b"", "META-INF/container.xml": b"<container/>"})
    assert detect_format(content, "").name == "epub"
    with pytest.raises(FileSkipped, match="damaged EPUB"):
        parse(content)


def test_parts_that_lead_outside_or_unpack_without_end_are_refused() -> None:
    for parts, reason in (({"../x": b""}, "outside"), ({"x": b"0" * 9_000_000}, "far more")):
        with pytest.raises(FileSkipped, match=reason):
            parse(epub(["<p>x"], parts=parts))


def test_a_part_that_does_not_unpack_costs_its_own_text() -> None:
    content = bytearray(epub(["<p>" + "Words of many kinds. " * 99]))
    at = content.index(b"p 0.xhtml") + len(b"p 0.xhtml")
    content[at + 2 : at + 12] = b"\xff" * 10
    with pytest.raises(FileSkipped, match="without text"):
        parse(bytes(content))
