"""Decode the bytes of a text file: detect its encoding, or use the one a person named."""

import codecs
from collections.abc import Callable
from dataclasses import replace

from inquote.ingest.errors import FileSkipped
from inquote.ingest.formats.base import Parsed

_BYTE_ORDER_MARKS = (  # the four-byte mark first, for it begins with the two-byte one
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
GUESSED = "it is not UTF-8 and was read as Windows-1252; give --encoding if letters came out wrong"
LAST_RESORT = "cp1252"  # decodes nearly all bytes; detectors that guess are wrong without a sign
_HEAD = 4096  # bytes that are searched for zeros
_ZERO_SHARE = 0.7  # of every second byte in UTF-16


def encoding_of(content: bytes) -> str:
    """Detect the encoding of a text.

    A byte order mark decides; without one, bytes with many zeros are UTF-16, other bytes UTF-8
    where they are valid, else Windows-1252. Raises `FileSkipped` for bytes that are no text.
    """
    for mark, name in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return name
    if b"\0" in content[:_HEAD]:
        return _utf_16_of(content)
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return LAST_RESORT
    return "utf-8"


def _utf_16_of(content: bytes) -> str:
    """Return the kind of UTF-16 that zero bytes show, or raise `FileSkipped`."""
    head = content[:_HEAD]
    if len(head) >= 4 and len(content) % 2 == 0:
        for name, high_bytes in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
            if high_bytes.count(0) > _ZERO_SHARE * len(high_bytes):
                return name
    raise FileSkipped("it is a binary file")


def decode(content: bytes, encoding: str | None = None) -> str:
    """Decode bytes, in the encoding that `encoding_of` detects if none is named.

    Raises `FileSkipped` for bytes that are no text in that encoding.
    """
    try:
        text = content.decode(encoding or encoding_of(content))
    except (UnicodeDecodeError, LookupError) as error:
        raise FileSkipped(f"it cannot be decoded: {error}") from error
    if "\0" in text:
        raise FileSkipped("it is a binary file")
    return text


def decode_first(parse: Callable[[str], Parsed]) -> Callable[[bytes, str | None], Parsed]:
    """Return a parser of bytes that decodes them and calls `parse`, a parser of text."""

    def parse_bytes(content: bytes, encoding: str | None = None) -> Parsed:
        used = encoding or encoding_of(content)
        parsed = parse(decode(content, used))
        is_guess = encoding is None and used == LAST_RESORT
        return replace(parsed, warning=GUESSED) if is_guess else parsed

    return parse_bytes
