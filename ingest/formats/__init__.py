"""One module a format: bytes of a file, decoded, to canonical text with sections."""

import codecs
from dataclasses import dataclass

from ingest.documents import Section
from ingest.errors import FileSkipped

_BOMS = (  # the four-byte mark first: its beginning is the two-byte one
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
LAST_RESORT = "cp1252"  # in which nearly every byte is a letter; detectors that guess guess wrong silently


@dataclass(frozen=True)
class Parsed:
    """What a format's parser gives: canonical `text`, its `sections`, and what the file says of itself.

    `title` and `source` are "" where the file states none; `pages` and `asides` are those of `Document`.
    """

    text: str
    sections: tuple[Section, ...]
    title: str = ""
    source: str = ""
    pages: tuple[int, ...] = ()
    asides: tuple[tuple[int, int], ...] = ()


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
