"""PDF, Word and EPUB files made on the spot, the good and the bad."""

import io
import zipfile
from collections.abc import Sequence

Page = Sequence[
    tuple[float, float, str]
]  # (height on the page, size of the letters, text) of each line


def pdf(pages: Sequence[Page], title: str = "", extra: bytes = b"") -> bytes:
    """A PDF with these lines; `extra` goes into each page's dictionary."""
    drawings = []
    for lines in pages:
        drawings.append(b"\n".join(shown(72, height, text, size) for height, size, text in lines))
    return drawn_pdf(drawings, title, extra)


def shown(left: float, height: float, text: str, size: float = 10, font: str = "F1") -> bytes:
    """The operators that show a text at a place; font F2 is bold."""
    escaped = text.encode("latin-1").replace(b"\\", b"\\\\")
    escaped = escaped.replace(b"(", b"\\(").replace(b")", b"\\)")
    return b"BT /%s %g Tf %g %g Td (%s) Tj ET" % (font.encode(), size, left, height, escaped)


def drawn_pdf(
    drawings: Sequence[bytes],
    title: str = "",
    extra: bytes = b"",
    more: Sequence[bytes] = (),
    catalog: bytes = b"",
) -> bytes:
    """A PDF whose pages are drawn by these operators; `more` objects follow those of the pages.

    `extra` stands in every page, `catalog` in the catalog.
    """
    count = len(drawings)
    kids = b" ".join(b"%d 0 R" % (6 + 2 * at) for at in range(count))
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog,
        b"<< /Type /Pages /Count %d /Kids [%s] >>" % (count, kids),
        font % b"Helvetica",
        b"<< /Title (%s) >>" % title.encode("latin-1"),
        font % b"Helvetica-Bold",
    ]
    for at, drawn in enumerate(drawings):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R /F2 5 0 R >> >> %s >>" % (7 + 2 * at, extra)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn))
    out, places = b"%PDF-1.4\n", []
    objects.extend(more)
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return out + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R /Info 4 0 R "
        b">>\nstartxref\n%d\n%%%%EOF" % (size, table, size, len(out))
    )


def dotted_pdf(lines: Sequence[tuple[float, float, bytes]]) -> bytes:
    """A PDF whose letters are drawings in a grid of dots, as TeX made them; (left, height, codes).

    A letter is 7 points wide, of which 6 are black, and 9 high.
    """
    drawings = [b"BT /F3 0.12 Tf %g %g Td (%s) Tj ET" % line for line in lines]
    glyph = b"58 0 0 0 50 75 d1 0 0 50 75 re f"
    more = [
        b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 50 75] /FontMatrix [1 0 0 1 0 0] "
        b"/FirstChar 0 /LastChar 127 /Widths [%s] /CharProcs << /g 9 0 R >> "
        b"/Encoding << /Differences [0 %s] >> /Resources << >> >>" % (b"58 " * 128, b"/g " * 128),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(glyph), glyph),
    ]
    fonts = b"/Resources << /Font << /F3 8 0 R >> >>"
    return drawn_pdf([b"\n".join(drawings)], extra=fonts, more=more)


def down(
    lines: Sequence[str], *, start: float = 700, size: float = 10
) -> list[tuple[float, float, str]]:
    """Lines one below the other."""
    return [(start - 12 * at, size, line) for at, line in enumerate(lines)]


def word(fill: object = None) -> bytes:
    """A Word document; `fill`, a function, writes into it."""
    import docx

    document = docx.Document()
    if callable(fill):
        fill(document)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def archive(parts: dict[str, bytes], level: int = 9) -> bytes:
    """A ZIP archive with these parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return file.getvalue()


def epub(pages: Sequence[str], metadata: str = "", parts: dict[str, bytes] | None = None) -> bytes:
    """An EPUB with these pages, the last one first in the archive; `parts` are added to it."""
    items = spine = ""
    packed: dict[str, bytes] = {}
    for at in reversed(range(len(pages))):
        packed[f"OEBPS/text/p {at}.xhtml"] = (
            '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>p</title>'
            f"</head><body>{pages[at]}</body></html>"
        ).encode()
    for at in range(len(pages)):
        href = f"text/p%20{at}.xhtml"
        items += f'<item id="p{at}" href="{href}" media-type="application/xhtml+xml"/>'
        spine += f'<itemref idref="p{at}"/>'
    package = (
        '<?xml version="1.0"?><!DOCTYPE package><package xmlns="http://www.idpf.org/2007/opf">'
        f'<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">{metadata}</metadata>'
        f"<manifest>{items}</manifest><spine>{spine}</spine></package>"
    )
    container = '<container><rootfiles><rootfile full-path="OEBPS/b.opf"/></rootfiles></container>'
    return archive(
        {
            "mimetype": b"application/epub+zip",
            "META-INF/container.xml": container.encode(),
            "OEBPS/b.opf": package.encode(),
            **packed,
            **(parts or {}),
        }
    )
