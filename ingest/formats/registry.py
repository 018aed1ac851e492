"""List the formats.

Adding one takes a module with a `FORMAT`, a place in this table, and a sample in
`tests/ingest/formats/test_contract.py`.
"""

from inquote.ingest.errors import FileSkipped
from inquote.ingest.formats import docx, html, markdown, odt, pdf, pptx, rtf, text, xlsx
from inquote.ingest.formats.base import Format

FORMATS: tuple[Format, ...] = (
    pdf.FORMAT,
    xlsx.FORMAT,
    pptx.FORMAT,
    odt.FORMAT,
    docx.FORMAT,
    rtf.FORMAT,
    html.FORMAT,
    markdown.FORMAT,
    text.FORMAT,
)
"""Each file belongs to the first format that recognises it; the last one takes any file."""

_BY_NAME = {format.name: format for format in FORMATS}
_UNREADABLE = (  # the first bytes of files that would pass for text, and the name of their format
    (b"\x1f\x8b", "gzip"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"7z\xbc\xaf", "7z"),
    (b"Rar!", "RAR"),
    (b"\xd0\xcf\x11\xe0", "old Word, Excel or PowerPoint"),
)


def detect_format(content: bytes, suffix: str) -> Format:
    """Return the format of a file from its bytes and its name's suffix.

    Raises `FileSkipped` for an empty file and for formats that cannot be read.
    """
    if not content:
        raise FileSkipped("it is empty")
    for signature, name in _UNREADABLE:
        if content.startswith(signature):
            raise FileSkipped(
                f"it is a {name} file; text, Markdown, HTML, PDF and Word (.docx) can be read"
            )
    return next(format for format in FORMATS if format.sniff(content, suffix.lower()))


def find_format(name: str) -> Format:
    """Return the format with this name, or raise `KeyError`."""
    return _BY_NAME[name]
