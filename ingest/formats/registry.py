"""The table of formats; adding one takes a module with a `FORMAT` and a line here."""

from inquote.ingest.errors import FileSkipped
from inquote.ingest.formats import docx, html, markdown, pdf, text
from inquote.ingest.formats.base import Format

FORMATS: tuple[Format, ...] = (pdf.FORMAT, docx.FORMAT, html.FORMAT, markdown.FORMAT, text.FORMAT)
"""Asked in this order whether a file is theirs; the last one takes what is left."""

_BY_NAME = {format.name: format for format in FORMATS}
_REFUSED = (
    *(
        (b"\x1f\x8b", "gzip"),
        (b"\x89PNG", "PNG"),
        (b"\xff\xd8\xff", "JPEG"),
        (b"7z\xbc\xaf", "7z"),
        (b"Rar!", "RAR"),
    ),
    (b"\xd0\xcf\x11\xe0", "old Word, Excel or PowerPoint"),
)


def format_of(content: bytes, suffix: str) -> Format:
    """Return the format of a file's bytes, its name's `suffix` deciding between texts; raise `FileSkipped` for none."""
    if not content:
        raise FileSkipped("it is empty")
    for signature, name in _REFUSED:
        if content.startswith(signature):
            raise FileSkipped(
                f"it is a {name} file; text, Markdown, HTML, PDF and Word (.docx) can be read"
            )
    return next(format for format in FORMATS if format.sniff(content, suffix.lower()))


def format_called(name: str) -> Format:
    """Return the format with this name; raise `KeyError` where there is none."""
    return _BY_NAME[name]
