"""List the formats.

Adding one takes a module with a `FORMAT`, a place in this table, and a sample in
`tests/ingest/formats/test_contract.py`.
"""

from inquote.ingest.errors import FileSkipped
from inquote.ingest.formats import (
    docx,
    epub,
    html,
    mail,
    markdown,
    odt,
    pdf,
    picture,
    pptx,
    rst,
    rtf,
    scan,
    tables,
    text,
    xlsx,
)
from inquote.ingest.formats.archive import archive_kind
from inquote.ingest.formats.base import Format
from inquote.ingest.formats.unreadable import reason_against

FORMATS: tuple[Format, ...] = (
    pdf.FORMAT,
    epub.FORMAT,
    xlsx.FORMAT,
    pptx.FORMAT,
    odt.FORMAT,
    docx.FORMAT,
    rtf.FORMAT,
    picture.FORMAT,
    mail.FORMAT,
    html.FORMAT,
    tables.FORMAT,
    markdown.FORMAT,
    rst.FORMAT,
    text.FORMAT,
)
"""Each file belongs to the first format that recognises it; the last one takes any file."""

_BY_NAME = {format.name: format for format in (*FORMATS, scan.FORMAT)}


def detect_format(content: bytes, suffix: str) -> Format:
    """Return the format of a file from its bytes and its name's suffix.

    Raises `FileSkipped` for an empty file and for formats that cannot be read.
    """
    if not content:
        raise FileSkipped("it is empty")
    # An archive may be a document.
    if archive_kind(content) in ("", "zip"):
        reason = reason_against(content)
        if reason:
            raise FileSkipped(reason)
    return next(format for format in FORMATS if format.sniff(content, suffix.lower()))


def find_format(name: str) -> Format:
    """Return the format with this name, or raise `KeyError`."""
    return _BY_NAME[name]
