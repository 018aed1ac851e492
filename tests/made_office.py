"""Make small office files: Word and OpenDocument from their XML, Excel, PowerPoint."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any

from made_files import archive

_TRANSITIONAL = "http://schemas.openxmlformats.org/"
NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def relations(targets: dict[str, str]) -> bytes:
    """The relationships of a part: an id and kind ("h1 header") for each target."""
    lines = []
    for target, name in targets.items():
        id, kind = name.split()
        lines.append(f'<Relationship Id="{id}" Type="{_OFFICE}/{kind}" Target="{target}"/>')
    return f'<Relationships xmlns="{_PACKAGE}">{"".join(lines)}</Relationships>'.encode()


def part(name: str, inner: str) -> bytes:
    """A part whose root has this name."""
    return f"<w:{name} {NAMESPACES}>{inner}</w:{name}>".encode()


def word_of(body: str, main: str = "document.xml", **parts: str) -> bytes:
    """A Word file with this body; `parts` are the insides of others, by their root's name.

    A header or footer part has the id of its name.
    """
    roots = {"header": "hdr", "footer": "ftr"}
    files = {
        "_rels/.rels": relations({f"word/{main}": "r1 officeDocument"}),
        f"word/{main}": part("document", f"<w:body>{body}</w:body>"),
        f"word/_rels/{main}.rels": relations({f"{name}.xml": f"{name} {name}" for name in parts}),
    }
    for name, inner in parts.items():
        files[f"word/{name}.xml"] = part(roots.get(name, name), inner)
    return archive(files)


def paragraph(text: str, properties: str = "", after: str = "") -> str:
    """A paragraph with one run of text."""
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t>{after}</w:r></w:p>"


def cell(text: str, properties: str = "") -> str:
    """A cell of a table."""
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"


def strict(content: bytes) -> bytes:
    """A Word file with the namespaces of strict OOXML."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    for name, xml in parts.items():
        for folder in ("wordprocessingml", "officeDocument"):
            old = f"{_TRANSITIONAL}{folder}/2006/".encode()
            xml = xml.replace(old, f"http://purl.oclc.org/ooxml/{folder}/".encode())
        parts[name] = xml
    return archive(parts)


def workbook(sheets: dict[str, Sequence[Sequence[Any]]], fill: object = None) -> bytes:
    """An Excel workbook with these rows; `fill`, a function, writes into it."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    if callable(fill):
        fill(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def presentation(slides: Sequence[tuple[str, str]], fill: object = None) -> bytes:
    """A presentation whose slides have a title and a text box; `fill` writes into it."""
    import pptx
    from pptx.util import Pt

    made = pptx.Presentation()
    for title, text in slides:
        slide = made.slides.add_slide(made.slide_layouts[5])
        slide.shapes.title.text = title
        slide.shapes.add_textbox(Pt(10), Pt(10), Pt(90), Pt(20)).text_frame.text = text
    if callable(fill):
        fill(made)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


_URN = "urn:oasis:names:tc:opendocument:xmlns:"
_PREFIXES = "office text table style draw"


def opendocument(body: str, styles: str = "", content: str = "") -> bytes:
    """An OpenDocument text with this body, and styles of its own."""
    names = [f'xmlns:{prefix}="{_URN}{prefix}:1.0"' for prefix in _PREFIXES.split()]
    names[-1] = names[-1].replace("draw:1.0", "drawing:1.0")
    names += [f'xmlns:fo="{_URN}xsl-fo-compatible:1.0"']
    names += ['xmlns:dc="http://purl.org/dc/elements/1.1/"']
    root = f"<office:document-content {' '.join(names)}>"
    content = content or (
        f"{root}<office:automatic-styles>{styles}</office:automatic-styles><office:body>"
        f"<office:text>{body}</office:text></office:body></office:document-content>"
    )
    return archive(
        {
            "mimetype": b"application/vnd.oasis.opendocument.text",
            "content.xml": content.encode(),
        }
    )
