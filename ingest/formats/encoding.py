"""Decode the bytes of a text file: detect its encoding, or use the one a person named."""

import codecs
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from inquote.ingest.errors import FileSkipped
from inquote.ingest.formats.base import Parsed
from inquote.ingest.formats.code_pages import guess_encoding, name_of

_BYTE_ORDER_MARKS = (  # the four-byte marks first, for one begins with a two-byte one
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ESCAPES = ((b"\x1b$)C", "iso2022_kr"), (b"\x1b$", "iso2022_jp_2"), (b"\x1b(J", "iso2022_jp_2"))
GUESSED = "it is not UTF-8 and was read as {}; give --encoding if letters came out wrong"
DAMAGED = "{} that {} not {} became � (U+FFFD)"
_HEAD = 4096  # bytes that are searched for zeros
_ZERO_SHARE = 0.7  # of every second byte in UTF-16
_GOOD_FOR_BAD = 2  # characters of UTF-8 beyond ASCII that outweigh a bad byte


class Decoded(NamedTuple):
    """A text, and a warning for a person, else ""."""

    text: str
    warning: str = ""


def encoding_of(content: bytes) -> str:
    """Detect the encoding of a text.

    A byte order mark decides; without one, bytes with many zeros are UTF-16, other bytes UTF-8
    where they are valid or nearly so, else what reads best. Raises `FileSkipped` for bytes that are
    no text.
    """
    marked = marked_encoding(content)
    if marked:
        return marked
    if b"\0" in content[:_HEAD]:
        return _utf_16_of(content)
    if content.isascii():
        return next((name for escape, name in _ESCAPES if escape in content), "utf-8")
    if is_utf_8(content):
        return "utf-8"
    return guess_encoding(content).encoding


def marked_encoding(content: bytes) -> str:
    """Return the encoding that a byte order mark states, else ""."""
    for mark, name in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return name
    return ""


def is_utf_8(content: bytes) -> bool:
    """Return whether bytes are UTF-8, or so much of it that the bad bytes are damage."""
    text = content.decode("utf-8", "replace")
    bad = text.count("\ufffd") - content.count("\ufffd".encode())
    return bad <= 0 or len(text) - _ascii_count(content) - bad >= _GOOD_FOR_BAD * bad


def _ascii_count(content: bytes) -> int:
    return len(content.decode("ascii", "ignore"))


def _utf_16_of(content: bytes) -> str:
    """Return the kind of UTF-16 that bytes are in, or raise `FileSkipped`."""
    head = content[:_HEAD]
    if len(head) >= 4 and len(content) % 2 == 0:
        for name, high_bytes in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
            if high_bytes.count(0) > _ZERO_SHARE * len(high_bytes) or _reads(head, name):
                return name
    raise FileSkipped("it is a binary file")


def _reads(head: bytes, encoding: str) -> bool:
    """Return whether bytes are characters of text, with spaces or ends of lines among them."""
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head).lstrip("\ufeff")
    for character in set(text) - set("\t\n\r\f"):
        if unicodedata.category(character) in ("Cc", "Cn", "Co", "Cs") or character == "\ufffd":
            return False
    return any(mark in text for mark in (" ", "\n", "。"))


def decode_told(content: bytes, encoding: str | None = None) -> Decoded:
    """Decode bytes, in the encoding that `encoding_of` detects if none is named.

    The warning says which encoding was guessed, and how many bytes are damaged. Raises
    `FileSkipped` for bytes that are no text in the encoding that a person named.
    """
    used = encoding or encoding_of(content)
    try:
        text = content.decode(used, "strict" if encoding else "replace")
    except (UnicodeDecodeError, LookupError) as error:
        raise FileSkipped(f"it cannot be decoded: {error}") from error
    if "\0" in text:
        raise FileSkipped("it is a binary file")
    warning = "" if encoding or used.startswith("utf") else GUESSED.format(name_of(used))
    damage = "" if encoding else damage_of(content, text, used)
    return Decoded(text, warning or damage)


def damage_of(content: bytes, text: str, encoding: str) -> str:
    """Return a sentence on the bytes that were replaced in a decoded text, else ""."""
    count = text.count("\ufffd")
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        noun, verb = ("a byte", "is") if count == 1 else (f"{count:,} bytes", "are")
        return DAMAGED.format(noun, verb, name_of(encoding))
    return ""


def decode(content: bytes, encoding: str | None = None) -> str:
    """Decode bytes as `decode_told` does, and return the text alone."""
    return decode_told(content, encoding).text


def decode_first(parse: Callable[[str], Parsed]) -> Callable[[bytes, str | None], Parsed]:
    """Return a parser of bytes that decodes them and calls `parse`, a parser of text."""

    def parse_bytes(content: bytes, encoding: str | None = None) -> Parsed:
        decoded = decode_told(content, encoding)
        parsed = parse(decoded.text)
        return replace(parsed, warning=decoded.warning or parsed.warning)

    return parse_bytes
