"""Bytes to text: which encoding a file is in."""

import codecs
from collections.abc import Callable

from inquote.ingest.errors import FileSkipped
from inquote.ingest.formats.base import Parsed

_BOMS = (  # the four-byte mark first: its beginning is the two-byte one
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
LAST_RESORT = (
    "cp1252"  # in which nearly every byte is a letter; detectors that guess guess wrong silently
)


def encoding_of(content: bytes) -> str:
    """The encoding of a text: by its mark, UTF-16 by its zero bytes, else UTF-8, else Windows-1252.

    Raises `FileSkipped` for what is no text.
    """
    for mark, name in _BOMS:
        if content.startswith(mark):
            return name
    head = content[:4096]
    if b"\0" in head:
        for name, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
            if len(head) >= 4 and zeros.count(0) > 0.7 * len(zeros) and len(content) % 2 == 0:
                return name
        raise FileSkipped("it is a binary file")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return LAST_RESORT
    return "utf-8"


def decode(content: bytes, encoding: str | None = None) -> str:
    """Bytes to text: `encoding` if given, else by the byte order mark, else strict UTF-8, else Windows-1252.

    UTF-16 without a mark is told by its zero bytes. Raises `FileSkipped` for what is no text.
    """
    try:
        decoded = content.decode(encoding or encoding_of(content))
    except (UnicodeDecodeError, LookupError) as error:
        raise FileSkipped(f"it cannot be decoded: {error}") from error
    if "\0" in decoded:
        raise FileSkipped("it is a binary file")
    return decoded


def decoded(parse: Callable[[str], Parsed]) -> Callable[[bytes, str | None], Parsed]:
    """Return a parser of bytes made of a parser of text."""
    return lambda content, encoding: parse(decode(content, encoding))
